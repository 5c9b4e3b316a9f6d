// Which numbers a value can be at all, from the widths of its loads and the arithmetic over them: what finds a constant
// that a field can never equal.
import { assertNever } from "../source/assert-never.js";
import type { Load, Value } from "./value.js";

/** Inclusive bounds. */
export interface NumberRange {
  readonly from: bigint;
  readonly to: bigint;
}

const SIGNED: NumberRange = { from: -(1n << 63n), to: (1n << 63n) - 1n };
const UNSIGNED: NumberRange = { from: 0n, to: (1n << 64n) - 1n };

const widest = (value: Value): NumberRange => (value.signed ? SIGNED : UNSIGNED);

const ofBytes = (size: number): NumberRange => ({ from: 0n, to: (1n << BigInt(8 * size)) - 1n });

const within = (range: NumberRange, limit: NumberRange): boolean =>
  range.from >= limit.from && range.to <= limit.to;

const hull = (ranges: readonly NumberRange[]): NumberRange | null => {
  const [first, ...rest] = ranges;
  if (first === undefined) return null;
  return rest.reduce(
    (all, range) => ({
      from: range.from < all.from ? range.from : all.from,
      to: range.to > all.to ? range.to : all.to,
    }),
    first,
  );
};

function rangeOfLoad(load: Load): NumberRange | null {
  switch (load.kind) {
    case "header":
      return ofBytes(load.size);
    case "layers":
      return ofBytes(load.member === "l4_proto" ? 1 : 2);
    case "packet":
      return ofBytes(4);
    // Members of kernel structs differ in width by kernel: the field's type knows.
    case "kernel":
    case "argument":
    case "context":
    case "frame":
      return null;
    default:
      return assertNever(load);
  }
}

/** Null: nothing is known but that it has 64 bits. */
export function rangeOf(value: Value): NumberRange | null {
  switch (value.kind) {
    case "constant":
      return { from: value.value, to: value.value };
    case "load":
      return rangeOfLoad(value.load);
    case "guarded":
      return rangeOf(value.value);
    case "first": {
      const ranges = value.values.map(rangeOf);
      const known = ranges.filter((range) => range !== null);
      return known.length === ranges.length ? hull(known) : null;
    }
    case "arithmetic":
      return rangeOfArithmetic(value);
    case "complement":
    case "negate":
    case "computed":
      return null;
    default:
      return assertNever(value);
  }
}

function rangeOfArithmetic(value: Extract<Value, { kind: "arithmetic" }>): NumberRange | null {
  const left = rangeOf(value.left);
  const right = rangeOf(value.right);
  if (value.op === "&") {
    // A mask that is not negative bounds the result, whatever the other side is.
    const bounds = [left, right]
      .filter((range) => range !== null && range.from >= 0n)
      .map((range) => range!.to);
    const least = bounds.reduce<bigint | null>((low, to) => (low === null || to < low ? to : low), null);
    return least === null ? null : { from: 0n, to: least };
  }
  if (left === null || right === null) return null;
  const corners = (apply: (a: bigint, b: bigint) => bigint): NumberRange | null => {
    const all = [left.from, left.to].flatMap((a) => [right.from, right.to].map((b) => apply(a, b)));
    const range = hull(all.map((one) => ({ from: one, to: one })));
    return range !== null && within(range, widest(value)) ? range : null;
  };
  switch (value.op) {
    case "+":
      return corners((a, b) => a + b);
    case "-":
      return corners((a, b) => a - b);
    case "*":
      return corners((a, b) => a * b);
    case ">>":
      return right.from >= 0n && right.to < 64n && left.from >= 0n ? corners((a, b) => a >> b) : null;
    default:
      return null;
  }
}
