// One side of a comparison or of arithmetic, as the rules about types look at it.
import type { EitherField, Field } from "../schema/field.js";
import { type NumberRange, rangeOf } from "../schema/value-range.js";
import type { Expr } from "../syntax/ast.js";
import type { Type } from "./type.js";

export interface Operand {
  readonly expr: Expr;
  readonly type: Type;
  /** The field or either-field that it is, and no more than that. */
  readonly field: Field | EitherField | null;
  /** The literal that it is or, for an option, stands for in this run. */
  readonly literal: Expr | null;
  /** A number that is known now. */
  readonly constant: bigint | null;
}

export const textOf = (expr: Expr): string =>
  expr.span.source.text.slice(expr.span.start, expr.span.end).replace(/\s+/g, " ");

export const withoutParentheses = (expr: Expr): Expr =>
  expr.kind === "parenthesized" ? withoutParentheses(expr.inner) : expr;

const width = (bits: number, signed: boolean): NumberRange =>
  signed
    ? { from: -(1n << BigInt(bits - 1)), to: (1n << BigInt(bits - 1)) - 1n }
    : { from: 0n, to: (1n << BigInt(bits)) - 1n };

/** The numbers that a field can be: by its type, and closer where its bits in the packet say so. */
export function fieldRange(field: Field | EitherField): NumberRange | null {
  const one = field.kind === "either" ? field.sides[0] : field;
  const { type, value } = one;
  if (type.kind === "boolean") return { from: 0n, to: 1n };
  const known = value.kind === "number" ? rangeOf(value.value) : null;
  if (type.kind === "integer") {
    const declared = width(type.bits, type.signed);
    if (known === null) return declared;
    return {
      from: known.from > declared.from ? known.from : declared.from,
      to: known.to < declared.to ? known.to : declared.to,
    };
  }
  return type.kind === "enum" || type.kind === "flags" ? known : null;
}
