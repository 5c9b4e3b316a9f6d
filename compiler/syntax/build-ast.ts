// The one visitor: from an item's CST to its node in the tree. Reports what the grammar accepts and the language does not.
import type { CstChildrenDictionary as Children, CstNode } from "chevrotain";
import * as habits from "../source/catalog/habits.js";
import * as say from "../source/catalog/syntax.js";
import { type Diagnostic, join, type Source, type Span } from "../source/diagnostic.js";
import { foldArithmetic, isArithmeticOp } from "./arithmetic.js";
import type * as ast from "./ast.js";
import { readAttachPoint } from "./attach-point.js";
import {
  isCstNode,
  nodeOf,
  nodeSpan,
  nodesOf,
  onlyChild,
  optionalNode,
  optionalToken,
  tokenOf,
  tokenSpan,
  tokensOf,
} from "./cst.js";
import type { ScriptParser } from "./grammar.js";
import { durationOf, intOf, literalOf, regexOf, textOf } from "./literal-of.js";
import * as t from "./tokens.js";
import { grammarWords } from "./words.js";

/** Turns the CST of one item into its node. */
export type ItemBuilder = (cst: CstNode, source: Source, report: (problem: Diagnostic) => void) => ast.Item;

/** chevrotain derives the visitor's base class from a parser, so the class is made when a parser is. */
export function createItemBuilder(parser: ScriptParser): ItemBuilder {
  const Base = parser.getBaseCstVisitorConstructor<Span, unknown>();

  class AstBuilder extends Base {
    constructor(
      private readonly source: Source,
      private readonly report: (problem: Diagnostic) => void,
    ) {
      super();
    }

    // ---- walking ---------------------------------------------------------------------------------------------------

    private build<T>(node: CstNode): T {
      return this.visit(node, nodeSpan(this.source, node)) as T;
    }
    private child<T>(children: Children, rule: string, index = 0): T {
      return this.build<T>(nodeOf(children, rule, index));
    }
    private maybe<T>(children: Children, rule: string): T | null {
      const node = optionalNode(children, rule);
      return node === null ? null : this.build<T>(node);
    }
    private all<T>(children: Children, rule: string): readonly T[] {
      return nodesOf(children, rule).map((node) => this.build<T>(node));
    }
    private spanOf(token: t.Token): Span {
      return tokenSpan(this.source, token);
    }
    private name(token: t.Token): ast.Name {
      return { text: token.image, span: this.spanOf(token) };
    }
    private optionRef(token: t.Token): ast.OptionRef {
      return { kind: "option-ref", name: token.image.slice(1), span: this.spanOf(token) };
    }
    private javaScript(start: number, end: number): ast.JavaScriptText {
      return { text: this.source.text.slice(start, end), span: { source: this.source, start, end } };
    }
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
    private text(children: Children): string | null {
      const token = optionalToken(children, t.Text);
      return token === null ? null : textOf(token, this.spanOf(token)).value;
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

    // ---- attach points and modifiers -------------------------------------------------------------------------------

    attachList(children: Children): readonly ast.Attach[] {
      return this.all(children, "attach");
    }
    attach(children: Children, span: Span): ast.Attach {
      return { alternatives: this.all(children, "attachPoint"), span };
    }
    attachPoint(children: Children, span: Span): ast.AttachPoint {
      const option = optionalToken(children, t.OptionName);
      if (option !== null) return { kind: "option", option: this.optionRef(option), span };
      return readAttachPoint(tokenOf(children, t.ProbeWord).image, span, this.report);
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
      const { count, wanted, example } = aggregateShape(word.image);
      if (given.length !== count) {
        this.report(habits.aggregateArguments(this.spanOf(word), word.image, wanted, example));
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

    // ---- expressions -----------------------------------------------------------------------------------------------

    expressionList(children: Children): readonly ast.Expr[] {
      return this.all(children, "expression");
    }
    expression(children: Children, span: Span): ast.Expr {
      return logical("or", this.all(children, "conjunction"), span);
    }
    conjunction(children: Children, span: Span): ast.Expr {
      return logical("and", this.all(children, "comparison"), span);
    }
    comparison(children: Children, span: Span): ast.Expr {
      const nots = tokensOf(children, t.Not);
      let result = this.test(children, this.child(children, "bits"), span.end);
      for (const token of nots.toReversed()) {
        result = { kind: "not", operand: result, span: join(this.spanOf(token), result.span) };
      }
      return result;
    }
    private test(children: Children, left: ast.Expr, end: number): ast.Expr {
      const span = { ...left.span, end };
      const op = optionalToken(children, t.CompareOp);
      if (op !== null) {
        const right = this.child<ast.Expr>(children, "bits", 1);
        return { kind: "compare", op: op.image as ast.CompareOp, left, right, span };
      }
      const pattern = this.maybe<ast.Matches["pattern"]>(children, "pattern");
      if (pattern !== null) return { kind: "matches", left, pattern, span };
      const membership = this.maybe<Pick<ast.Membership, "op" | "negated" | "right">>(children, "membership");
      return membership === null ? left : { kind: "membership", left, ...membership, span };
    }
    pattern(children: Children, span: Span): ast.Matches["pattern"] {
      const regex = optionalToken(children, t.Regex);
      if (regex !== null) return regexOf(regex, span);
      const option = optionalToken(children, t.OptionName);
      return option === null ? textOf(tokenOf(children, t.Text), span) : this.optionRef(option);
    }
    membership(children: Children): Pick<ast.Membership, "op" | "negated" | "right"> {
      return {
        op: tokenOf(children, t.MembershipWord).image as ast.Membership["op"],
        negated: optionalToken(children, t.Not) !== null,
        right: this.maybe<ast.Expr>(children, "set") ?? this.child(children, "bits"),
      };
    }
    bits(children: Children): ast.Expr {
      const operators = this.all<string>(children, "binaryOperator").filter(isArithmeticOp);
      return foldArithmetic(this.all(children, "unary"), operators);
    }
    binaryOperator(children: Children): string {
      const child = onlyChild(children);
      return isCstNode(child) ? "" : child.image;
    }
    unary(children: Children): ast.Expr {
      const prefixes = [...tokensOf(children, t.Minus), ...tokensOf(children, t.PrefixOp)];
      prefixes.sort((a, b) => b.startOffset - a.startOffset);
      let operand = this.child<ast.Expr>(children, "primary");
      for (const token of prefixes) {
        const op = token.image as ast.Prefix["op"];
        operand = { kind: "prefix", op, operand, span: join(this.spanOf(token), operand.span) };
      }
      return operand;
    }
    primary(children: Children, span: Span): ast.Expr {
      const child = onlyChild(children);
      if (isCstNode(child)) return this.build(child);
      return literalOf(child, span) ?? this.optionRef(child);
    }
    path(children: Children, span: Span): ast.Path {
      const head = this.name(tokenOf(children, t.Word));
      return { kind: "path", head, tail: this.maybe(children, "tail") ?? [], span };
    }
    tail(children: Children): readonly ast.PathStep[] {
      return this.all(children, "step");
    }
    step(children: Children, span: Span): ast.PathStep {
      const index = this.maybe<ast.Expr>(children, "expression");
      if (index !== null) return { kind: "index", index, span };
      return { kind: "member", name: this.name(tokenOf(children, t.Word)) };
    }
    parenthesized(children: Children, span: Span): ast.Expr {
      return { kind: "parenthesized", inner: this.child(children, "expression"), span };
    }
    stack(children: Children, span: Span): ast.Expr {
      const depth = tokenOf(children, t.Int);
      return { kind: "stack-call", depth: intOf(depth, this.spanOf(depth)), span };
    }
    pcap(children: Children, span: Span): ast.Expr {
      const token = tokenOf(children, t.Text);
      return { kind: "pcap", text: textOf(token, this.spanOf(token)), span };
    }
    since(children: Children, span: Span): ast.Expr {
      const attach = this.child<readonly ast.Attach[]>(children, "attachList");
      return { kind: "since", attach, by: this.maybe(children, "expression"), span };
    }
    cast(children: Children, span: Span): ast.Expr {
      return {
        kind: "cast",
        operand: this.child(children, "expression"),
        type: this.name(tokenOf(children, t.Word)),
        tail: this.maybe(children, "tail") ?? [],
        span,
      };
    }
    set(children: Children, span: Span): ast.SetLiteral {
      return { kind: "set-literal", elements: this.all(children, "element"), span };
    }
    element(children: Children, span: Span): ast.SetElement {
      const [from, to = null] = this.all<ast.Expr>(children, "bits");
      if (from === undefined) throw new Error("the grammar promised an element");
      if (to === null) this.refuseDash(from);
      return { from, to, span };
    }
    /** `{80-90}` would be a set of one negative number. */
    private refuseDash(element: ast.Expr): void {
      if (element.kind !== "arithmetic" || element.op !== "-") return;
      const { left, right, span } = element;
      if (left.kind !== right.kind || (left.kind !== "int" && left.kind !== "ip")) return;
      const written = (expr: ast.Expr): string => this.source.text.slice(expr.span.start, expr.span.end);
      this.report(habits.dashRange(span, written(left), written(right)));
    }
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
  }

  // A rule without its method, or a method without its rule, is a bug that shows at once.
  new AstBuilder({ name: "", text: "" }, () => {}).validateVisitor();
  return (cst, source, report) => new AstBuilder(source, report).visit(cst) as ast.Item;
}

function logical(op: "and" | "or", operands: readonly ast.Expr[], span: Span): ast.Expr {
  const [only] = operands;
  return operands.length === 1 && only !== undefined ? only : { kind: "logical", op, operands, span };
}

const limitUnit = (text: string): "s" | "min" | "h" | null =>
  text === "s" || text === "min" || text === "h" ? text : null;

function aggregateShape(word: string): { count: number; wanted: string; example: string } {
  if (word === "count") return { count: 0, wanted: "no value", example: "count() by KEY" };
  if (word === "lhist") {
    return {
      count: 4,
      wanted: "a value, the lowest and highest bound and a step",
      example: "lhist(packet.len, 0, 1500, 100)",
    };
  }
  return { count: 1, wanted: "one value", example: `${word}(packet.len)` };
}
