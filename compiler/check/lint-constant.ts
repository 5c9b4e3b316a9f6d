// `5 == 5`: a test between values that stand in the script says nothing of a packet. Options of the script may differ
// from run to run, and are no such values.
import { assertNever } from "../source/assert-never.js";
import * as catalog from "../source/catalog/check-expressions.js";
import type { Compare, CompareOp, Expr, Membership } from "../syntax/ast.js";
import type { Report } from "./collect-declarations.js";
import { type Operand, withoutParentheses } from "./operand.js";

export function lintCompare(expr: Compare, left: Operand, right: Operand, report: Report): void {
  if (isFixed(expr.left) && isFixed(expr.right))
    report(catalog.constantTest(expr.span, outcomeOf(expr.op, left, right)));
}

/** Of `in`. */
export function lintMembership(expr: Membership, report: Report): void {
  if (isFixed(expr.left) && isFixed(expr.right)) report(catalog.constantTest(expr.span, null));
}

/** Null: not worked out. */
function outcomeOf(op: CompareOp, left: Operand, right: Operand): boolean | null {
  if (left.constant !== null && right.constant !== null) return decide(op, left.constant, right.constant);
  const [a, b] = [left.literal, right.literal];
  if (a?.kind === "string" && b?.kind === "string") return (a.value === b.value) === (op === "==");
  return null;
}

function decide(op: CompareOp, left: bigint, right: bigint): boolean {
  switch (op) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    default:
      return assertNever(op);
  }
}

function isFixed(expr: Expr): boolean {
  const inner = withoutParentheses(expr);
  switch (inner.kind) {
    case "int":
    case "size":
    case "duration":
    case "string":
    case "ip":
    case "cidr":
    case "mac":
      return true;
    case "path":
      return inner.tail.length === 0 && (inner.head.text === "true" || inner.head.text === "false");
    case "prefix":
      return inner.op !== "!" && isFixed(inner.operand);
    case "arithmetic":
      return isFixed(inner.left) && isFixed(inner.right);
    case "set-literal":
      return inner.elements.every(({ from, to }) => isFixed(from) && (to === null || isFixed(to)));
    default:
      return false;
  }
}
