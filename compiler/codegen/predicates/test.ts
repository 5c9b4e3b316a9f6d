// Tests as closures over a frame: user space's verdict. No text is evaluated.
import type { ComparisonOperator, Range, Test, UserTest } from "../../plan/predicate.js";
import type { Value } from "../../schema/value.js";
import { assertNever } from "../../source/assert-never.js";
import { glob } from "../glob.js";
import { probeText } from "../probe-text.js";
import { chunkTypes } from "./computed.js";
import { type FramePlan, type FrameTest, hasSection, SLOT } from "./frame.js";
import { headerPosition, layerTest, packetTest } from "./packet.js";
import { globTest, stringTest } from "./string.js";
import { bigIntOf, isNumber, numberOf } from "./value.js";

/** Regular expressions run in the sandbox: who has one hands in how it is asked. */
export type RegexHook = (test: Extract<UserTest, { kind: "regex" }>) => FrameTest;

const noSandbox: RegexHook = (test) => {
  throw new Error(`/${test.source}/ is not decided here: regular expressions run in the sandbox`);
};

/** The verdict on frames of this plan. */
export function compileTest(test: Test, plan: FramePlan, regex: RegexHook = noSandbox): FrameTest {
  switch (test.kind) {
    case "constant": {
      const { value } = test;
      return () => value;
    }
    case "not": {
      const inner = compileTest(test.test, plan, regex);
      return (view, at) => !inner(view, at);
    }
    case "and":
      return conjunction(test.tests.map((part) => compileTest(part, plan, regex)));
    case "or":
      return disjunction(test.tests.map((part) => compileTest(part, plan, regex)));
    case "compare":
      return comparison(test.op, test.left, test.right, plan);
    case "ranges":
      return membership(test.value, test.ranges, test.negated, plan);
    case "layer":
      return layerTest(test.anyOf, plan);
    case "section":
      return test.section === "packet" ? packetTest(plan) : hasSection(test.section);
    case "string":
      return stringTest(test.load, test.text, test.negated, plan);
    case "glob":
      return globTest(test.load, test.pattern, plan);
    case "probe": {
      const verdicts = plan.probes.map((probe) => {
        const text = probeText(probe, test.what);
        return test.glob ? glob(test.text, text) : test.text === text;
      });
      return (view, at) => verdicts[view.getUint16(at + SLOT, true)] === true;
    }
    case "set-has":
      return setTest(test, plan);
    case "regex":
      return regex(test);
    default:
      return assertNever(test);
  }
}

function conjunction(tests: readonly FrameTest[]): FrameTest {
  const [first, second] = tests;
  if (tests.length === 2 && first !== undefined && second !== undefined)
    return (view, at) => first(view, at) && second(view, at);
  return (view, at) => {
    for (const test of tests) if (!test(view, at)) return false;
    return true;
  };
}

function disjunction(tests: readonly FrameTest[]): FrameTest {
  const [first, second] = tests;
  if (tests.length === 2 && first !== undefined && second !== undefined)
    return (view, at) => first(view, at) || second(view, at);
  return (view, at) => {
    for (const test of tests) if (test(view, at)) return true;
    return false;
  };
}

// ---- comparisons ---------------------------------------------------------------------------------------------------

function comparison(op: ComparisonOperator, left: Value, right: Value, plan: FramePlan): FrameTest {
  if (isNumber(left, plan) && isNumber(right, plan)) return numberComparison(op, left, right, plan);
  const a = bigIntOf(left, plan);
  const b = bigIntOf(right, plan);
  // Each is the number that its bits stand for: BigInt compares them exactly across signs.
  return (view, at) => {
    const first = a(view, at);
    if (first === null) return false;
    const second = b(view, at);
    return second !== null && compared(op, first, second);
  };
}

function compared(op: ComparisonOperator, a: bigint, b: bigint): boolean {
  switch (op) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      return assertNever(op);
  }
}

/** Absent is NaN, which is neither less, equal nor greater; only `!=` has to ask. */
function numberComparison(op: ComparisonOperator, left: Value, right: Value, plan: FramePlan): FrameTest {
  const a = numberOf(left, plan);
  const b = numberOf(right, plan);
  switch (op) {
    case "==":
      return (view, at) => a(view, at) === b(view, at);
    case "!=":
      return (view, at) => {
        const first = a(view, at);
        const second = b(view, at);
        return first < second || first > second;
      };
    case "<":
      return (view, at) => a(view, at) < b(view, at);
    case "<=":
      return (view, at) => a(view, at) <= b(view, at);
    case ">":
      return (view, at) => a(view, at) > b(view, at);
    case ">=":
      return (view, at) => a(view, at) >= b(view, at);
    default:
      return assertNever(op);
  }
}

// ---- sets ----------------------------------------------------------------------------------------------------------

function membership(value: Value, ranges: readonly Range[], negated: boolean, plan: FramePlan): FrameTest {
  if (isNumber(value, plan)) {
    const number = numberOf(value, plan);
    // Bounds that a double rounds lie beyond every value.
    const bounds = ranges.map(({ from, to }) => [Number(from), Number(to)] as const);
    const starts = Float64Array.from(bounds, ([from]) => from);
    const ends = Float64Array.from(bounds, ([, to]) => to);
    return (view, at) => {
      const found = number(view, at);
      return !Number.isNaN(found) && inRanges(found, starts, ends) !== negated;
    };
  }
  if (value.kind === "load" && value.load.kind === "header" && value.load.size === 8 && !value.signed)
    return halvesMembership(value.load, ranges, negated, plan);
  const bits = bigIntOf(value, plan);
  return (view, at) => {
    const found = bits(view, at);
    if (found === null) return false;
    return ranges.some(({ from, to }) => found >= from && found <= to) !== negated;
  };
}

/** The last range that begins at or below the number has it, or none has. */
function inRanges(number: number, starts: Float64Array, ends: Float64Array): boolean {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= number) low = middle + 1;
    else high = middle;
  }
  return low > 0 && number <= (ends[low - 1] ?? 0);
}

/** Halves of IPv6 addresses, without BigInt: 32 bits at a time. */
function halvesMembership(
  load: Parameters<typeof headerPosition>[0],
  ranges: readonly Range[],
  negated: boolean,
  plan: FramePlan,
): FrameTest {
  const position = headerPosition(load, plan);
  const split = (bits: bigint): readonly [number, number] => [
    Number(bits >> 32n),
    Number(bits & 0xffff_ffffn),
  ];
  const limit = 1n << 64n;
  const bounds = ranges
    .filter(({ from, to }) => to >= 0n && from < limit)
    .map(({ from, to }) => ({
      from: split(from < 0n ? 0n : from),
      to: split(to >= limit ? limit - 1n : to),
    }));
  return (view, at) => {
    const found = position(view, at);
    if (found < 0) return false;
    const high = view.getUint32(found);
    const low = view.getUint32(found + 4);
    const inside = bounds.some(
      ({ from, to }) =>
        (high > from[0] || (high === from[0] && low >= from[1])) &&
        (high < to[0] || (high === to[0] && low <= to[1])),
    );
    return inside !== negated;
  };
}

function setTest(test: Extract<UserTest, { kind: "set-has" }>, plan: FramePlan): FrameTest {
  if (test.name !== "sctp.chunk") throw new Error(`nothing computes ${test.name}`);
  const types = chunkTypes(plan);
  const members = new Set(test.members.map(Number));
  const { mode } = test;
  return (view, at) => {
    const found = types(view, at);
    if (found === null) return false;
    const common = [...members].filter((member) => found.has(member)).length;
    switch (mode) {
      case "has":
        return common === members.size;
      case "any":
        return common > 0;
      case "equal":
        return common === members.size && common === found.size;
      case "not-equal":
        return common !== members.size || common !== found.size;
      default:
        return assertNever(mode);
    }
  };
}
