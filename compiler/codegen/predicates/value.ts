// Values as closures over a frame. A number where 53 bits hold every possible result (NaN: absent, which makes
// comparisons false by itself), else a BigInt (null: absent). The meaning is that of schema/value.ts.
import type { Load, Value } from "../../schema/value.js";
import { assertNever } from "../../source/assert-never.js";
import { type Interval, integerInterval, interpret, intervalOf, isSafe } from "../interval.js";
import { computedNumber } from "./computed.js";
import { type FrameBigInt, type FrameNumber, type FramePlan, placeMember, readInteger } from "./frame.js";
import { headerNumber, headerPosition, layersNumber, packetLength } from "./packet.js";

const absentNumber: FrameNumber = () => Number.NaN;
const absentBigInt: FrameBigInt = () => null;

/** What a load can be, read from a frame. */
export function frameInterval(load: Load, signed: boolean, plan: FramePlan): Interval {
  switch (load.kind) {
    case "header":
      return integerInterval(load.size * 8, false, signed);
    case "layers":
      return integerInterval(load.member === "l4_proto" ? 8 : 16, false, signed);
    case "packet":
      return integerInterval(32, false, signed);
    default: {
      const place = placeMember(load.frame, plan);
      return place === null ? { min: 0n, max: 0n } : integerInterval(place.size * 8, place.signed, signed);
    }
  }
}

const rangeOf = (value: Value, plan: FramePlan): Interval =>
  intervalOf(value, (load, signed) => frameInterval(load, signed, plan));

/** Whether a double holds it, so that `numberOf` may be used. */
export const isNumber = (value: Value, plan: FramePlan): boolean => isSafe(rangeOf(value, plan));

// ---- doubles -------------------------------------------------------------------------------------------------------

/** Only for values that a double holds. */
export function numberOf(value: Value, plan: FramePlan): FrameNumber {
  switch (value.kind) {
    case "constant": {
      const number = Number(interpret(value.value, value.signed));
      return () => number;
    }
    case "load":
      return numberOfLoad(value.load, plan);
    case "arithmetic":
      return numberOfArithmetic(value, plan);
    case "complement":
    case "negate": {
      if (!isNumber(value.operand, plan)) return narrowed(value, plan);
      const operand = numberOf(value.operand, plan);
      return value.kind === "negate"
        ? (view, at) => -operand(view, at)
        : (view, at) => -1 - operand(view, at);
    }
    case "first": {
      const all = value.values.map((one) => numberOf(one, plan));
      return (view, at) => {
        for (const one of all) {
          const number = one(view, at);
          if (!Number.isNaN(number)) return number;
        }
        return Number.NaN;
      };
    }
    case "guarded": {
      const number = numberOf(value.value, plan);
      const accepted = acceptedBy(value, plan);
      return (view, at) => (accepted(view, at) ? number(view, at) : Number.NaN);
    }
    case "computed":
      return computedNumber(value.name, plan);
    default:
      return assertNever(value);
  }
}

/** Of a result that a double holds, whose operands it does not. */
function narrowed(value: Value, plan: FramePlan): FrameNumber {
  const big = wideOf(value, plan);
  return (view, at) => {
    const result = big(view, at);
    return result === null ? Number.NaN : Number(result);
  };
}

function numberOfLoad(load: Load, plan: FramePlan): FrameNumber {
  switch (load.kind) {
    case "header":
      return headerNumber(load, plan);
    case "layers":
      return layersNumber(load, plan);
    case "packet":
      return packetLength(plan);
    default: {
      const place = placeMember(load.frame, plan);
      if (place === null) return absentNumber;
      const read = readInteger(place);
      const { present } = place;
      return (view, at) => (present(view, at) ? read(view, at) : Number.NaN);
    }
  }
}

function numberOfArithmetic(value: Extract<Value, { kind: "arithmetic" }>, plan: FramePlan): FrameNumber {
  if (!isNumber(value.left, plan) || !isNumber(value.right, plan)) return narrowed(value, plan);
  const left = numberOf(value.left, plan);
  const right = numberOf(value.right, plan);
  switch (value.op) {
    case "+":
      return (view, at) => left(view, at) + right(view, at);
    case "-":
      return (view, at) => left(view, at) - right(view, at);
    case "*":
      return (view, at) => left(view, at) * right(view, at);
    case "/":
      // Exact: below 2^53 a quotient that is no integer does not round to one. By zero: absent.
      return (view, at) => {
        const divisor = right(view, at);
        return divisor === 0 ? Number.NaN : Math.trunc(left(view, at) / divisor);
      };
    case "%":
      return (view, at) => left(view, at) % right(view, at);
    case "<<":
    case ">>":
      return shifted(value, left, plan);
    case "&":
    case "|":
    case "^":
      return bitwise(value, left, right, plan);
    default:
      return assertNever(value.op);
  }
}

function shifted(
  value: Extract<Value, { kind: "arithmetic" }>,
  left: FrameNumber,
  plan: FramePlan,
): FrameNumber {
  if (value.right.kind !== "constant") return narrowed(value, plan);
  const factor = 2 ** Number(value.right.value & 63n);
  if (value.op === "<<") return (view, at) => left(view, at) * factor;
  // A negative number under `>>` of an unsigned value has other bits than the double shows.
  if (!value.signed && rangeOf(value.left, plan).min < 0n) return narrowed(value, plan);
  return (view, at) => Math.floor(left(view, at) / factor);
}

const UINT32 = 0xffff_ffffn;

/** JavaScript's own operators have 32 bits, and make 0 of NaN. */
function bitwise(
  value: Extract<Value, { kind: "arithmetic" }>,
  left: FrameNumber,
  right: FrameNumber,
  plan: FramePlan,
): FrameNumber {
  for (const side of [value.left, value.right]) {
    const { min, max } = rangeOf(side, plan);
    if (min < 0n || max > UINT32) return narrowed(value, plan);
  }
  const { op } = value;
  return (view, at) => {
    const a = left(view, at);
    const b = right(view, at);
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
    return (op === "&" ? a & b : op === "|" ? a | b : a ^ b) >>> 0;
  };
}

// ---- 64 bits -------------------------------------------------------------------------------------------------------

/** For every value. The result is the number that the bits stand for under the value's sign. */
export function bigIntOf(value: Value, plan: FramePlan): FrameBigInt {
  if (!isNumber(value, plan)) return wideOf(value, plan);
  const number = numberOf(value, plan);
  return (view, at) => {
    const result = number(view, at);
    return Number.isNaN(result) ? null : BigInt(result);
  };
}

function wideOf(value: Value, plan: FramePlan): FrameBigInt {
  const { signed } = value;
  switch (value.kind) {
    case "constant": {
      const number = interpret(value.value, signed);
      return () => number;
    }
    case "load":
      return wideOfLoad(value.load, signed, plan);
    case "arithmetic":
      return wideOfArithmetic(value, plan);
    case "complement":
    case "negate": {
      const operand = bigIntOf(value.operand, plan);
      const complement = value.kind === "complement";
      return (view, at) => {
        const bits = operand(view, at);
        return bits === null ? null : interpret(complement ? ~bits : -bits, signed);
      };
    }
    case "first": {
      const all = value.values.map((one) => bigIntOf(one, plan));
      return (view, at) => {
        for (const one of all) {
          const bits = one(view, at);
          if (bits !== null) return interpret(bits, signed);
        }
        return null;
      };
    }
    case "guarded": {
      const bits = bigIntOf(value.value, plan);
      const accepted = acceptedBy(value, plan);
      return (view, at) => {
        const found = accepted(view, at) ? bits(view, at) : null;
        return found === null ? null : interpret(found, signed);
      };
    }
    case "computed":
      return bigIntOf(value, plan);
    default:
      return assertNever(value);
  }
}

function wideOfLoad(load: Load, signed: boolean, plan: FramePlan): FrameBigInt {
  if (load.kind === "header" && load.size === 8) {
    const position = headerPosition(load, plan);
    return (view, at) => {
      const found = position(view, at);
      if (found < 0) return null;
      return signed ? view.getBigInt64(found) : view.getBigUint64(found);
    };
  }
  if (load.kind === "header" || load.kind === "layers" || load.kind === "packet") return absentBigInt;
  const place = placeMember(load.frame, plan);
  if (place === null) return absentBigInt;
  const { offset, present, size } = place;
  if (size === 8)
    return (view, at) => {
      if (!present(view, at)) return null;
      return signed ? view.getBigInt64(at + offset, true) : view.getBigUint64(at + offset, true);
    };
  // A negative number of 32 bits that is read as unsigned.
  const read = readInteger(place);
  return (view, at) => (present(view, at) ? interpret(BigInt(read(view, at)), signed) : null);
}

function wideOfArithmetic(value: Extract<Value, { kind: "arithmetic" }>, plan: FramePlan): FrameBigInt {
  const left = bigIntOf(value.left, plan);
  const right = bigIntOf(value.right, plan);
  const { op, signed } = value;
  return (view, at) => {
    const a = left(view, at);
    if (a === null) return null;
    const b = right(view, at);
    if (b === null) return null;
    const result = combine(op, a, b, signed);
    return result === null ? null : interpret(result, signed);
  };
}

/** Before it wraps. Null: division by zero. */
function combine(
  op: Extract<Value, { kind: "arithmetic" }>["op"],
  a: bigint,
  b: bigint,
  signed: boolean,
): bigint | null {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "<<":
      return a << (b & 63n);
    case ">>":
      return interpret(a, signed) >> (b & 63n);
    case "/":
      return interpret(b, signed) === 0n ? null : interpret(a, signed) / interpret(b, signed);
    case "%":
      return interpret(b, signed) === 0n ? null : interpret(a, signed) % interpret(b, signed);
    default:
      return assertNever(op);
  }
}

/** Whether the guard is present and accepted. */
function acceptedBy(
  value: Extract<Value, { kind: "guarded" }>,
  plan: FramePlan,
): (view: DataView, at: number) => boolean {
  const { accepts } = value;
  if (isNumber(value.guard, plan)) {
    const guard = numberOf(value.guard, plan);
    if (accepts === "nonzero")
      return (view, at) => {
        const number = guard(view, at);
        return number !== 0 && !Number.isNaN(number);
      };
    const members = new Set(accepts.map(Number));
    return (view, at) => members.has(guard(view, at));
  }
  const guard = bigIntOf(value.guard, plan);
  if (accepts === "nonzero")
    return (view, at) => {
      const bits = guard(view, at);
      return bits !== null && bits !== 0n;
    };
  const members = new Set(accepts);
  return (view, at) => {
    const bits = guard(view, at);
    return bits !== null && members.has(bits);
  };
}
