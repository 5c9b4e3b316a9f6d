// Predicates that mean something else than they seem to: `and` with `or`, two bounds on an either-field.
import type { EitherField } from "../schema/field.js";
import * as catalog from "../source/catalog/check-expressions.js";
import type { Compare, Expr, Logical, Path } from "../syntax/ast.js";
import type { Reference } from "./checked.js";
import type { Report } from "./collect-declarations.js";
import { textOf, withoutParentheses } from "./operand.js";

type References = ReadonlyMap<Path, Reference>;

export function lintLogic(expr: Logical, references: References, report: Report): void {
  if (expr.op === "and") {
    findTwoBounds(expr, references, report);
    return;
  }
  for (const operand of expr.operands)
    if (operand.kind === "logical" && operand.op === "and")
      report(catalog.mixedLogic(expr.span, operand.span, textOf(operand)));
}

/** `tcp.port > 10 and tcp.port < 20` is met by ports 5 and 25. */
function findTwoBounds(expr: Logical, references: References, report: Report): void {
  const seen = new Map<string, Bound>();
  for (const operand of expr.operands.map(withoutParentheses)) {
    const bound = boundOf(operand, references);
    if (bound === null) continue;
    const before = seen.get(bound.name);
    if (before === undefined) {
      seen.set(bound.name, bound);
      continue;
    }
    const [low, high] = before.isLow ? [before.text, bound.text] : [bound.text, before.text];
    const range = `${bound.name} in {${low}..${high}}`;
    report(catalog.twoBounds(bound.expr.span, bound.name, range, before.expr.span));
  }
}

interface Bound {
  readonly expr: Compare;
  readonly name: string;
  /** The other side, as the end of a range. */
  readonly text: string;
  readonly isLow: boolean;
}

function boundOf(expr: Expr, references: References): Bound | null {
  if (expr.kind !== "compare" || expr.op === "==" || expr.op === "!=") return null;
  const left = eitherOf(expr.left, references);
  const either = left ?? eitherOf(expr.right, references);
  if (either === null) return null;
  const isGreater = expr.op === ">" || expr.op === ">=";
  const isLow = isGreater === (left !== null);
  return {
    expr,
    name: either.name,
    text: inclusive(left === null ? expr.left : expr.right, expr.op, isLow),
    isLow,
  };
}

/** `< 2048` ends a range at 2047. */
function inclusive(bound: Expr, op: Compare["op"], isLow: boolean): string {
  const inner = withoutParentheses(bound);
  if (inner.kind !== "int" || op === "<=" || op === ">=") return textOf(bound);
  return String(isLow ? inner.value + 1n : inner.value - 1n);
}

function eitherOf(expr: Expr, references: References): EitherField | null {
  const inner = withoutParentheses(expr);
  const reference = inner.kind === "path" ? references.get(inner) : undefined;
  return reference?.kind === "either" ? reference.field : null;
}
