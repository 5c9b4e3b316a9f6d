// Precedence of the binary operators below comparisons: from operands and operators in a row to a tree.
import { join } from "../source/diagnostic.js";
import type { Arithmetic, ArithmeticOp, Expr } from "./ast.js";

/** Loosest first, as LANGUAGE §1 lists them; all associate to the left. */
const levels: readonly (readonly ArithmeticOp[])[] = [
  ["|"],
  ["^"],
  ["&"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];

const strengths: ReadonlyMap<string, number> = new Map(
  levels.flatMap((ops, level) => ops.map((op): [string, number] => [op, level])),
);

/** How tightly an operator binds: a larger number is tighter. */
export const strength = (op: ArithmeticOp): number => strengths.get(op) ?? 0;

export const isArithmeticOp = (text: string): text is ArithmeticOp => strengths.has(text);

/** `operators` stand between `operands`: one fewer. */
export function foldArithmetic(operands: readonly Expr[], operators: readonly ArithmeticOp[]): Expr {
  let next = 0;
  const operand = (): Expr => {
    const expr = operands[next];
    if (expr === undefined) throw new RangeError("an operator without its operand");
    return expr;
  };
  const climb = (weakest: number): Expr => {
    let left = operand();
    for (;;) {
      const op = operators[next];
      if (op === undefined || strength(op) < weakest) return left;
      next += 1;
      const right = climb(strength(op) + 1);
      left = { kind: "arithmetic", op, left, right, span: join(left.span, right.span) };
    }
  };
  return climb(0);
}

/** `80-90` as an element of a set: a range in the spelling of other tools. */
export const isDashRange = (expr: Expr): expr is Arithmetic =>
  expr.kind === "arithmetic" &&
  expr.op === "-" &&
  expr.left.kind === expr.right.kind &&
  (expr.left.kind === "int" || expr.left.kind === "ip");
