// Numbers of the syntax tree -> the Value form that both code generators take.
import type { CheckedScript, OptionValue } from "../check/checked.js";
import type { Field } from "../schema/field.js";
import type { Value } from "../schema/value.js";
import type { Expr } from "../syntax/ast.js";

const SIGNED_MAX = (1n << 63n) - 1n;

/** A number that is never there: comparisons with it are false. */
export const ABSENT: Value = { kind: "first", values: [], signed: true };

export const constant = (value: bigint): Value => ({
  kind: "constant",
  value,
  signed: value <= SIGNED_MAX,
});

/** What a value is written in: `(x)` is x, `$x` is the literal that it has in this run. Null: an option not given. */
export function resolve(expr: Expr, checked: CheckedScript): Expr | null {
  if (expr.kind === "parenthesized") return resolve(expr.inner, checked);
  if (expr.kind === "option-ref") return optionValue(expr.name, checked);
  return expr;
}

export function optionValue(name: string, checked: CheckedScript): OptionValue | null {
  return checked.options.find((option) => option.name === name)?.value ?? null;
}

/** The number that a field is: null for fields that are not numbers (addresses, strings, stacks). */
export function fieldNumber(field: Field): Value | null {
  switch (field.value.kind) {
    case "number":
      return field.value.value;
    case "computed":
      return { kind: "computed", name: field.value.name, reason: field.value.reason, signed: true };
    default:
      return null;
  }
}

/** An expression of a numeric type: integers, enums, flags, durations, sizes, MACs, booleans. */
export function lowerValue(expr: Expr, checked: CheckedScript): Value {
  const resolved = resolve(expr, checked);
  if (resolved === null) return ABSENT;
  switch (resolved.kind) {
    case "int":
    case "percent":
    case "mac":
    case "ip":
      return constant(resolved.value);
    case "duration":
      return constant(resolved.nanoseconds);
    case "size":
      return constant(resolved.bytes);
    case "string":
      return flagLetters(resolved.value);
    case "name":
      return constant(resolved.text === "true" ? 1n : 0n);
    case "path": {
      const reference = checked.references.get(resolved);
      if (reference?.kind === "field") return fieldNumber(reference.field) ?? ABSENT;
      if (reference?.kind === "member") return reference.value === null ? ABSENT : constant(reference.value);
      if (resolved.head.text === "true") return constant(1n);
      if (resolved.head.text === "false") return constant(0n);
      return ABSENT;
    }
    case "arithmetic": {
      const left = lowerValue(resolved.left, checked);
      const right = lowerValue(resolved.right, checked);
      // A shift has the sign of what is shifted; everything else is unsigned as soon as one side is (LANGUAGE §3).
      const signed = resolved.op === "<<" || resolved.op === ">>" ? left.signed : left.signed && right.signed;
      return { kind: "arithmetic", op: resolved.op, left, right, signed };
    }
    case "prefix": {
      const operand = lowerValue(resolved.operand, checked);
      if (resolved.op === "-") {
        if (operand.kind === "constant") return constant(-operand.value);
        return { kind: "negate", operand, signed: operand.signed };
      }
      return { kind: "complement", operand, signed: operand.signed };
    }
    default:
      return ABSENT;
  }
}

/** scapy's way to write TCP flags: "SA". */
function flagLetters(text: string): Value {
  const bits = new Map([..."FSRPAUEC"].map((letter, bit) => [letter, 1n << BigInt(bit)]));
  return constant([...text.toUpperCase()].reduce((sum, letter) => sum | (bits.get(letter) ?? 0n), 0n));
}
