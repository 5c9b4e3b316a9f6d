// Which numbers a value can be: lets both generators take the short way (one comparison instead of two, a double
// instead of a BigInt) where the answer is the same.
import type { Load, Value } from "../schema/value.js";

/** Inclusive, as the number that the value stands for under its sign. */
export interface Interval {
  readonly min: bigint;
  readonly max: bigint;
}

/** What a load of the kernel's or the frame's memory can be; the two differ in where it is read. */
export type LoadInterval = (load: Load, signed: boolean) => Interval;

const SIGNED: Interval = { min: -(1n << 63n), max: (1n << 63n) - 1n };
const UNSIGNED: Interval = { min: 0n, max: (1n << 64n) - 1n };

export const domain = (signed: boolean): Interval => (signed ? SIGNED : UNSIGNED);

/** 64 bits as the number that they stand for. */
export const interpret = (bits: bigint, signed: boolean): bigint =>
  signed ? BigInt.asIntN(64, bits) : BigInt.asUintN(64, bits);

/** What a member of this size can be, read as a value of this sign. */
export function integerInterval(bits: number, memberSigned: boolean, signed: boolean): Interval {
  const own = memberSigned
    ? { min: -(1n << BigInt(bits - 1)), max: (1n << BigInt(bits - 1)) - 1n }
    : { min: 0n, max: (1n << BigInt(bits)) - 1n };
  return under(own, signed);
}

/** The same bits under another sign. */
const under = (interval: Interval, signed: boolean): Interval =>
  within(interval, domain(signed)) ? interval : domain(signed);

export const within = (inner: Interval, outer: Interval): boolean =>
  inner.min >= outer.min && inner.max <= outer.max;

/** Fits a double without loss. */
export const isSafe = (interval: Interval): boolean =>
  interval.min >= BigInt(Number.MIN_SAFE_INTEGER) && interval.max <= BigInt(Number.MAX_SAFE_INTEGER);

export function intervalOf(value: Value, ofLoad: LoadInterval): Interval {
  switch (value.kind) {
    case "constant": {
      const number = interpret(value.value, value.signed);
      return { min: number, max: number };
    }
    case "load":
      return under(ofLoad(value.load, value.signed), value.signed);
    case "arithmetic":
      return under(arithmetic(value, ofLoad), value.signed);
    case "complement": {
      const { min, max } = intervalOf(value.operand, ofLoad);
      return under({ min: -max - 1n, max: -min - 1n }, value.signed);
    }
    case "negate": {
      const { min, max } = intervalOf(value.operand, ofLoad);
      return under({ min: -max, max: -min }, value.signed);
    }
    case "first": {
      const all = value.values.map((one) => under(intervalOf(one, ofLoad), value.signed));
      const [head] = all;
      if (head === undefined) return { min: 0n, max: 0n };
      return all.reduce(
        (union, one) => ({
          min: one.min < union.min ? one.min : union.min,
          max: one.max > union.max ? one.max : union.max,
        }),
        head,
      );
    }
    case "guarded":
      return under(intervalOf(value.value, ofLoad), value.signed);
    case "computed":
      // Options and chunks hold nothing wider than 32 bits.
      return { min: 0n, max: 0xffff_ffffn };
  }
}

/** Of the exact result, before it wraps. */
function arithmetic(value: Extract<Value, { kind: "arithmetic" }>, ofLoad: LoadInterval): Interval {
  const left = intervalOf(value.left, ofLoad);
  const right = intervalOf(value.right, ofLoad);
  const all = domain(value.signed);
  const positive = left.min >= 0n && right.min >= 0n;
  switch (value.op) {
    case "+":
      return { min: left.min + right.min, max: left.max + right.max };
    case "-":
      return { min: left.min - right.max, max: left.max - right.min };
    case "*": {
      const corners = [
        left.min * right.min,
        left.min * right.max,
        left.max * right.min,
        left.max * right.max,
      ];
      return {
        min: corners.reduce((a, b) => (b < a ? b : a)),
        max: corners.reduce((a, b) => (b > a ? b : a)),
      };
    }
    case "&":
      if (positive) return { min: 0n, max: left.max < right.max ? left.max : right.max };
      if (left.min >= 0n) return { min: 0n, max: left.max };
      if (right.min >= 0n) return { min: 0n, max: right.max };
      return all;
    case "|":
    case "^":
      if (!positive) return all;
      return { min: 0n, max: allOnes(left.max > right.max ? left.max : right.max) };
    case "<<": {
      if (value.right.kind !== "constant") return all;
      const count = value.right.value & 63n;
      return { min: left.min << count, max: left.max << count };
    }
    case ">>": {
      if (value.right.kind !== "constant") return all;
      const shifted = under(left, value.signed);
      const count = value.right.value & 63n;
      return { min: shifted.min >> count, max: shifted.max >> count };
    }
    case "/":
      return positive && within(left, SIGNED) && within(right, SIGNED) ? { min: 0n, max: left.max } : all;
    case "%":
      return positive && within(left, SIGNED) && within(right, SIGNED)
        ? { min: 0n, max: left.max < right.max ? left.max : right.max }
        : all;
  }
}

/** The least 2^n - 1 that is not below. */
const allOnes = (value: bigint): bigint => (1n << BigInt(value.toString(2).length)) - 1n;
