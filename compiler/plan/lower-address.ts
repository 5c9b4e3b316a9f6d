// Comparisons of addresses -> tests on numbers: IPv4 is one of 32 bits, IPv6 two halves of 64, compared from the top.
import type { CheckedScript } from "../check/checked.js";
import type { AddressValue, Field } from "../schema/field.js";
import type { Value } from "../schema/value.js";
import type { Expr, SetElement } from "../syntax/ast.js";
import { constant, resolve } from "./lower-value.js";
import type { ComparisonOperator, Range, Test } from "./predicate.js";

const LOW = (1n << 64n) - 1n;

const never: Test = { kind: "constant", value: false };
const and = (...tests: readonly Test[]): Test => ({ kind: "and", tests });
const or = (...tests: readonly Test[]): Test => ({ kind: "or", tests });
const compare = (op: ComparisonOperator, left: Value, right: Value): Test => ({
  kind: "compare",
  op,
  left,
  right,
});

/** Inclusive bounds of one family. */
interface AddressRange {
  readonly family: 4 | 6;
  readonly range: Range;
}

export function isAddress(expr: Expr, checked: CheckedScript): boolean {
  return addressOf(expr, checked) !== null;
}

function addressOf(expr: Expr, checked: CheckedScript): AddressValue | null {
  const resolved = resolve(expr, checked);
  if (resolved?.kind !== "path") return null;
  const reference = checked.references.get(resolved);
  return reference?.kind === "field" ? fieldAddress(reference.field) : null;
}

export function fieldAddress(field: Field): AddressValue | null {
  return field.value.kind === "address" ? field.value.value : null;
}

/** `left OP right`, one side an address field. `!=` is false when the address is absent. */
export function compareAddress(
  op: ComparisonOperator,
  field: AddressValue,
  right: Expr,
  checked: CheckedScript,
): Test {
  const other = addressOf(right, checked);
  if (other !== null) return compareFields(op, field, other);
  const bounds = rangesOf(right, null, checked);
  switch (op) {
    case "==":
      return inRanges(field, bounds);
    case "!=":
      return and(present(field), { kind: "not", test: inRanges(field, bounds) });
    default:
      return or(...bounds.map((bound) => order(op, field, bound)));
  }
}

/** `left in { … }`, `left in CIDR`; `negated`: present and in none. */
export function addressIn(
  field: AddressValue,
  elements: readonly SetElement[],
  negated: boolean,
  checked: CheckedScript,
): Test {
  const inside = inRanges(
    field,
    elements.flatMap((element) => rangesOf(element.from, element.to, checked)),
  );
  return negated ? and(present(field), { kind: "not", test: inside }) : inside;
}

function rangesOf(from: Expr, to: Expr | null, checked: CheckedScript): readonly AddressRange[] {
  const first = resolve(from, checked);
  const last = to === null ? first : resolve(to, checked);
  if (first === null || last === null) return [];
  if (first.kind === "set-literal") {
    return first.elements.flatMap((element) => rangesOf(element.from, element.to, checked));
  }
  if (first.kind === "cidr") {
    const host = (1n << BigInt((first.version === 4 ? 32 : 128) - first.prefix)) - 1n;
    const base = first.value & ~host;
    return [{ family: first.version, range: { from: base, to: base | host } }];
  }
  if (first.kind === "ip" && last.kind === "ip" && first.version === last.version) {
    return [{ family: first.version, range: { from: first.value, to: last.value } }];
  }
  return [];
}

function present(field: AddressValue): Test {
  const tests: Test[] = [];
  if (field.v4 !== null) tests.push(compare("==", field.v4, field.v4));
  if (field.v6 !== null)
    tests.push(and(compare("==", field.v6.high, field.v6.high), compare("==", field.v6.low, field.v6.low)));
  return or(...tests);
}

function inRanges(field: AddressValue, bounds: readonly AddressRange[]): Test {
  const v4 = merge(bounds.filter((bound) => bound.family === 4).map((bound) => bound.range));
  const v6 = merge(bounds.filter((bound) => bound.family === 6).map((bound) => bound.range));
  const tests: Test[] = [];
  if (field.v4 !== null && v4.length > 0)
    tests.push({ kind: "ranges", value: field.v4, ranges: v4, negated: false });
  if (field.v6 !== null) for (const range of v6) tests.push(within128(field.v6.high, field.v6.low, range));
  return tests.length === 0 ? never : or(...tests);
}

/** Ascending and disjoint, as `ranges` tests want them. */
export function merge(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges]
    .filter((range) => range.from <= range.to)
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const merged: Range[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to + 1n) {
      merged[merged.length - 1] = { from: last.from, to: range.to > last.to ? range.to : last.to };
    } else merged.push(range);
  }
  return merged;
}

const unsigned = (value: bigint): Value => ({ kind: "constant", value, signed: false });

function within128(high: Value, low: Value, range: Range): Test {
  const [fromHigh, fromLow] = [range.from >> 64n, range.from & LOW];
  const [toHigh, toLow] = [range.to >> 64n, range.to & LOW];
  const lowWithin = (from: bigint, to: bigint): Test =>
    from === 0n && to === LOW
      ? compare("==", low, low)
      : { kind: "ranges", value: low, ranges: [{ from, to }], negated: false };
  if (fromHigh === toHigh) return and(compare("==", high, unsigned(fromHigh)), lowWithin(fromLow, toLow));
  // A prefix of at most 64 bits: the lower half does not matter, but has to be there.
  if (fromLow === 0n && toLow === LOW)
    return and(
      { kind: "ranges", value: high, ranges: [{ from: fromHigh, to: toHigh }], negated: false },
      compare("==", low, low),
    );
  const tests: Test[] = [
    and(compare("==", high, unsigned(fromHigh)), compare(">=", low, unsigned(fromLow))),
    and(compare("==", high, unsigned(toHigh)), compare("<=", low, unsigned(toLow))),
  ];
  if (toHigh - fromHigh > 1n) {
    const between: Range = { from: fromHigh + 1n, to: toHigh - 1n };
    tests.push(
      and({ kind: "ranges", value: high, ranges: [between], negated: false }, compare("==", low, low)),
    );
  }
  return or(...tests);
}

/** `<`, `<=`, `>`, `>=` against one address, of the family that it has. */
function order(op: ComparisonOperator, field: AddressValue, bound: AddressRange): Test {
  const value = op === "<" || op === ">=" ? bound.range.from : bound.range.to;
  if (bound.family === 4) return field.v4 === null ? never : compare(op, field.v4, constant(value));
  if (field.v6 === null) return never;
  const strict: ComparisonOperator = op === "<" || op === "<=" ? "<" : ">";
  const high = unsigned(value >> 64n);
  return or(
    and(compare(strict, field.v6.high, high), compare("==", field.v6.low, field.v6.low)),
    and(compare("==", field.v6.high, high), compare(op, field.v6.low, unsigned(value & LOW))),
  );
}

function compareFields(op: ComparisonOperator, left: AddressValue, right: AddressValue): Test {
  const tests: Test[] = [];
  if (left.v4 !== null && right.v4 !== null) tests.push(compare(op, left.v4, right.v4));
  if (left.v6 !== null && right.v6 !== null) {
    const equal = compare("==", left.v6.high, right.v6.high);
    const lowPresent = compare("==", left.v6.low, left.v6.low);
    const rightLowPresent = compare("==", right.v6.low, right.v6.low);
    switch (op) {
      case "==":
        tests.push(and(equal, compare("==", left.v6.low, right.v6.low)));
        break;
      case "!=":
        tests.push(
          and(
            or(compare("!=", left.v6.high, right.v6.high), compare("!=", left.v6.low, right.v6.low)),
            lowPresent,
            rightLowPresent,
          ),
        );
        break;
      default: {
        const strict: ComparisonOperator = op === "<" || op === "<=" ? "<" : ">";
        tests.push(
          or(
            and(compare(strict, left.v6.high, right.v6.high), lowPresent, rightLowPresent),
            and(equal, compare(op, left.v6.low, right.v6.low)),
          ),
        );
      }
    }
  }
  return tests.length === 0 ? never : or(...tests);
}
