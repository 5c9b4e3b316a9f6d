// The half of the visitor that builds expressions and attach points, and how both halves walk a CST.
import type { CstChildrenDictionary as Children, CstNode } from "chevrotain";
import * as habits from "../source/catalog/habits.js";
import { type Diagnostic, join, type Source, type Span } from "../source/diagnostic.js";
import { foldArithmetic, isArithmeticOp, isDashRange } from "./arithmetic.js";
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
import { intOf, literalOf, regexOf, textOf } from "./literal-of.js";
import * as t from "./tokens.js";

/** chevrotain derives the visitor's base class from a parser, so the class is made when a parser is. */
export function createExpressionBuilder(parser: ScriptParser) {
  const Base = parser.getBaseCstVisitorConstructor<Span, unknown>();

  return class ExpressionBuilder extends Base {
    constructor(
      readonly source: Source,
      readonly report: (problem: Diagnostic) => void,
    ) {
      super();
    }

    // ---- walking ---------------------------------------------------------------------------------------------------

    build<T>(node: CstNode): T {
      return this.visit(node, nodeSpan(this.source, node)) as T;
    }
    child<T>(children: Children, rule: string, index = 0): T {
      return this.build<T>(nodeOf(children, rule, index));
    }
    maybe<T>(children: Children, rule: string): T | null {
      const node = optionalNode(children, rule);
      return node === null ? null : this.build<T>(node);
    }
    all<T>(children: Children, rule: string): readonly T[] {
      return nodesOf(children, rule).map((node) => this.build<T>(node));
    }
    spanOf(token: t.Token): Span {
      return tokenSpan(this.source, token);
    }
    name(token: t.Token): ast.Name {
      return { text: token.image, span: this.spanOf(token) };
    }
    optionRef(token: t.Token): ast.OptionRef {
      return { kind: "option-ref", name: token.image.slice(1), span: this.spanOf(token) };
    }
    javaScript(start: number, end: number): ast.JavaScriptText {
      return { text: this.source.text.slice(start, end), span: { source: this.source, start, end } };
    }
    text(children: Children): string | null {
      const token = optionalToken(children, t.Text);
      return token === null ? null : textOf(token, this.spanOf(token)).value;
    }

    // ---- attach points ------

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
    test(children: Children, left: ast.Expr, end: number): ast.Expr {
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
    refuseDash(element: ast.Expr): void {
      if (!isDashRange(element)) return;
      const { left, right, span } = element;
      const written = (expr: ast.Expr): string => this.source.text.slice(expr.span.start, expr.span.end);
      this.report(habits.dashRange(span, written(left), written(right)));
    }
  };
}

function logical(op: "and" | "or", operands: readonly ast.Expr[], span: Span): ast.Expr {
  const [only] = operands;
  return operands.length === 1 && only !== undefined ? only : { kind: "logical", op, operands, span };
}
