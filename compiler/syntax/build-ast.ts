// The one visitor: from an item's CST to its node in the tree. Reports what the grammar accepts and the language does not.
import type { CstChildrenDictionary as Children, CstNode } from "chevrotain";
import * as habits from "../source/catalog/habits.js";
import * as say from "../source/catalog/syntax.js";
import type { Diagnostic, Source, Span } from "../source/diagnostic.js";
import type * as ast from "./ast.js";
import { createExpressionBuilder } from "./build-expression.js";
import { isCstNode, onlyChild, optionalToken, tokenOf } from "./cst.js";
import type { ScriptParser } from "./grammar.js";
import { durationOf, intOf, literalOf, textOf } from "./literal-of.js";
import * as t from "./tokens.js";
import { grammarWords } from "./words.js";

/** Turns the CST of one item into its node. */
export type ItemBuilder = (cst: CstNode, source: Source, report: (problem: Diagnostic) => void) => ast.Item;

export function createItemBuilder(parser: ScriptParser): ItemBuilder {
  class AstBuilder extends createExpressionBuilder(parser) {
    /** A name that is read with `$` or from JavaScript, neither of which knows `-`. */
    private plainName(children: Children): ast.Name {
      const name = this.name(tokenOf(children, t.Word));
      if (name.text.includes("-")) this.report(say.hyphenatedName(name.span, name.text));
      return name;
    }
    private unreserved(name: ast.Name, kind: string): ast.Name {
      if (grammarWords.has(name.text)) this.report(say.grammarWord(name.span, name.text, kind));
      return name;
    }

    // ---- items -----------------------------------------------------------------------------------------------------

    entry(children: Children): ast.Item {
      return this.child(children, "item");
    }
    item(children: Children): ast.Item {
      const child = onlyChild(children);
      if (!isCstNode(child)) throw new Error("an item is a rule");
      return this.build(child);
    }
    use(children: Children, span: Span): ast.Use {
      const token = tokenOf(children, t.Text);
      return { kind: "use", path: textOf(token, this.spanOf(token)), span };
    }
    optionDeclaration(children: Children, span: Span): ast.OptionDecl {
      return {
        kind: "option",
        name: this.plainName(children),
        type: this.child(children, "optionType"),
        default: this.maybe(children, "literal"),
        description: this.text(children),
        span,
      };
    }
    optionType(children: Children, span: Span): ast.OptionType {
      return {
        base: this.name(tokenOf(children, t.Word)),
        set: optionalToken(children, t.LeftBrace) !== null,
        optional: optionalToken(children, t.Question) !== null,
        span,
      };
    }
    setting(children: Children, span: Span): ast.Setting {
      return {
        kind: "set",
        name: this.name(tokenOf(children, t.Word)),
        value: this.child(children, "literal"),
        span,
      };
    }
    probe(children: Children, span: Span): ast.ProbeDecl {
      return {
        kind: "probe",
        name: this.plainName(children),
        attach: this.child(children, "attachList"),
        description: this.text(children),
        span,
      };
    }
    filter(children: Children, span: Span): ast.FilterDecl {
      return {
        kind: "filter",
        name: this.unreserved(this.name(tokenOf(children, t.Word)), "filter"),
        value: this.child(children, "expression"),
        span,
      };
    }
    follow(children: Children, span: Span): ast.Follow {
      return {
        kind: "follow",
        value: this.child(children, "expression"),
        at: this.maybe(children, "attachList") ?? [],
        span,
      };
    }
    let(children: Children, span: Span): ast.Let {
      const value = optionalToken(children, t.JavaScriptExpression);
      return {
        kind: "let",
        name: this.unreserved(this.plainName(children), "`let` variable"),
        value: value === null ? null : this.javaScript(value.startOffset, value.endOffset + 1),
        span,
      };
    }
    on(children: Children, span: Span): ast.On {
      return {
        kind: "on",
        attach: this.child(children, "attachList"),
        where: this.maybe(children, "expression"),
        modifiers: this.all(children, "modifier"),
        actions: this.child(children, "actions"),
        span,
      };
    }
    every(children: Children, span: Span): ast.Every {
      const option = optionalToken(children, t.OptionName);
      const duration = option ?? tokenOf(children, t.Duration);
      return {
        kind: "every",
        period: option === null ? durationOf(duration, this.spanOf(duration)) : this.optionRef(option),
        actions: this.child(children, "actions"),
        span,
      };
    }
    begin(children: Children, span: Span): ast.Begin {
      return { kind: "begin", actions: this.child(children, "actions"), span };
    }
    end(children: Children, span: Span): ast.End {
      return { kind: "end", actions: this.child(children, "actions"), span };
    }

    // ---- literals and modifiers -------------------------------------------------------------------------------

    literal(children: Children, span: Span): ast.Literal {
      const set = this.maybe<ast.SetLiteral>(children, "set");
      if (set !== null) return set;
      const int = optionalToken(children, t.Int);
      if (int !== null) {
        const sign = optionalToken(children, t.Minus) === null ? 1n : -1n;
        const kind = optionalToken(children, t.Percent) === null ? "int" : "percent";
        return { kind, value: sign * intOf(int, span).value, span };
      }
      const child = onlyChild(children);
      if (isCstNode(child)) throw new Error("a literal is a token or a set");
      return literalOf(child, span) ?? { kind: "name", text: child.image, span };
    }
    modifier(children: Children): ast.Modifier {
      return this.maybe<ast.Modifier>(children, "sample") ?? this.child(children, "limit");
    }
    sample(children: Children, span: Span): ast.Modifier {
      const by = optionalToken(children, t.Word);
      if (by !== null && by.image !== "flow") this.report(say.sampleBy(this.spanOf(by), by.image));
      return {
        kind: "sample",
        numerator: this.child(children, "amount"),
        denominator: this.child(children, "amount", 1),
        byFlow: by !== null,
        span,
      };
    }
    limit(children: Children, span: Span): ast.Modifier {
      const unit = optionalToken(children, t.Word);
      const per = unit === null ? null : limitUnit(unit.image);
      if (unit !== null && per === null) this.report(say.limitUnit(this.spanOf(unit), unit.image));
      return {
        kind: "limit",
        count: this.child(children, "amount"),
        per,
        keys: this.maybe(children, "expressionList") ?? [],
        span,
      };
    }
    amount(children: Children, span: Span): ast.IntLiteral | ast.OptionRef {
      const option = optionalToken(children, t.OptionName);
      return option === null ? intOf(tokenOf(children, t.Int), span) : this.optionRef(option);
    }

    // ---- actions ---------------------------------------------------------------------------------------------------

    actions(children: Children): readonly ast.Action[] {
      return this.all(children, "action");
    }
    action(children: Children, span: Span): ast.Action {
      const child = onlyChild(children);
      if (isCstNode(child)) return this.build(child);
      if (child.tokenType === t.Save) return { kind: "save", span };
      if (child.tokenType === t.Stop) return { kind: "stop", span };
      return { kind: "javascript", body: this.javaScript(span.start + 1, span.end - 1), span };
    }
    print(children: Children, span: Span): ast.Action {
      return { kind: "print", what: this.all(children, "what"), span };
    }
    what(children: Children, span: Span): ast.What {
      const mark = optionalToken(children, t.AggregateMark);
      if (mark !== null) {
        return {
          kind: "aggregate",
          name: this.aggregateName(mark),
          top: this.maybe(children, "amount"),
          span,
        };
      }
      const value = this.child<ast.Expr>(children, "expression");
      const isJourney = value.kind === "path" && value.head.text === "journey" && value.tail.length === 0;
      return isJourney ? { kind: "journey", span } : { kind: "expression", value, span };
    }
    aggregate(children: Children, span: Span): ast.Aggregate {
      const mark = optionalToken(children, t.AggregateMark);
      const word = tokenOf(children, t.AggregateWord);
      const lists = this.all<readonly ast.Expr[]>(children, "expressionList");
      const by = optionalToken(children, t.By);
      const given = lists.length > (by === null ? 0 : 1) ? (lists[0] ?? []) : [];
      const { count, wanted } = aggregateShape(word.image);
      if (given.length !== count) {
        this.report(habits.aggregateArguments(this.spanOf(word), word.image, wanted));
      }
      return {
        kind: "aggregate",
        name: mark === null ? null : this.aggregateName(mark),
        function: word.image as ast.AggregateFunction,
        arguments: given,
        by: by === null ? [] : (lists.at(-1) ?? []),
        span,
      };
    }
    clear(children: Children, span: Span): ast.Action {
      return { kind: "clear", aggregate: this.aggregateName(tokenOf(children, t.AggregateMark)), span };
    }
    remember(children: Children, span: Span): ast.Action {
      return { kind: "remember", count: this.maybe(children, "amount"), span };
    }
    private aggregateName(mark: t.Token): ast.AggregateName {
      return { text: mark.image.slice(1), span: this.spanOf(mark) };
    }
  }

  // A rule without its method, or a method without its rule, is a bug that shows at once.
  new AstBuilder({ name: "", text: "" }, () => {}).validateVisitor();
  return (cst, source, report) => new AstBuilder(source, report).visit(cst) as ast.Item;
}

const limitUnit = (text: string): "s" | "min" | "h" | null =>
  text === "s" || text === "min" || text === "h" ? text : null;

function aggregateShape(word: string): { count: number; wanted: string } {
  if (word === "count") return { count: 0, wanted: "no value" };
  if (word === "lhist") return { count: 4, wanted: "a value, the lowest and highest bound and a step" };
  return { count: 1, wanted: "one value" };
}
