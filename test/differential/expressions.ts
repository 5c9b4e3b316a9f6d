// Random predicates over every field that a script can name, every operator, and the constants that make them matter.
import fc from "fast-check";
import type { ComparisonOperator, Range, Test } from "../../compiler/plan/predicate.js";
import type { AddressValue, Field } from "../../compiler/schema/field.js";
import { fields, words } from "../../compiler/schema/index.js";
import type {
  ArithmeticOperator,
  Layer,
  SectionName,
  StringLoad,
  Value,
} from "../../compiler/schema/value.js";
import { ADDRESSES4, ADDRESSES6, MACS, PORTS } from "./packets.js";

/** Time and CPU differ between two runs of the same packet. */
const UNREPEATABLE = new Set(["time", "cpu"]);
/** What only the collector sorts out: no harness lays it out. */
const reachable = (field: Field): boolean =>
  !UNREPEATABLE.has(field.name) &&
  !(field.value.kind === "number" && JSON.stringify(field.value, textOfBigInt).includes('"kind":"frame"'));

const textOfBigInt = (_: string, value: unknown): unknown =>
  typeof value === "bigint" ? String(value) : value;

const usable: readonly Field[] = [...fields.values()].filter(reachable);

export const numberFields: readonly Value[] = usable.flatMap((field) =>
  field.value.kind === "number" ? [field.value.value] : [],
);
const addressFields: readonly AddressValue[] = usable.flatMap((field) =>
  field.value.kind === "address" ? [field.value.value] : [],
);
const stringFields: readonly StringLoad[] = usable.flatMap((field) =>
  field.value.kind === "string" ? [field.value.value] : [],
);
const computedFields: readonly Value[] = usable.flatMap((field) =>
  field.value.kind === "computed" && field.type.kind !== "number-set"
    ? [{ kind: "computed", name: field.value.name, reason: field.value.reason, signed: true }]
    : [],
);

const SIGNED_MAX = (1n << 63n) - 1n;
const constantOf = (value: bigint): Value => ({ kind: "constant", value, signed: value <= SIGNED_MAX });

const INTERESTING: readonly bigint[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 17, 20, 28, 40, 58, 60, 63, 64, 100, 128, 132, 255, 256, 1500].map(
    BigInt,
  ),
  ...[0x0800, 0x0806, 0x8100, 0x88a8, 0x86dd, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff].map(
    BigInt,
  ),
  1n << 32n,
  1n << 53n,
  SIGNED_MAX,
  SIGNED_MAX + 1n,
  (1n << 64n) - 1n,
  -1n,
  -2n,
  -80n,
  -(1n << 31n),
  -(1n << 31n) - 1n,
  -(1n << 63n),
  ...PORTS.map(BigInt),
  ...ADDRESSES4.map(BigInt),
  ...MACS.map(BigInt),
  ...ADDRESSES6.flatMap((address) => [address >> 64n, address & ((1n << 64n) - 1n)]),
];

const number: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...INTERESTING) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 70_000n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }) },
);
const constant: fc.Arbitrary<Value> = number.map(constantOf);

const OPERATORS: readonly ArithmeticOperator[] = ["|", "^", "&", "<<", ">>", "+", "-", "*", "/", "%"];

const leaf: fc.Arbitrary<Value> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...numberFields) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...addressFields.flatMap(({ v6 }) => (v6 === null ? [] : [v6.high, v6.low]))),
  },
);

/** As the planner makes them: unsigned as soon as one side is, a shift as what is shifted. */
function arithmetic(op: ArithmeticOperator, left: Value, right: Value): Value {
  const signed = op === "<<" || op === ">>" ? left.signed : left.signed && right.signed;
  return { kind: "arithmetic", op, left, right, signed };
}

const valueOfDepth = (depth: number): fc.Arbitrary<Value> =>
  depth === 0
    ? leaf
    : fc.oneof(
        { weight: 3, arbitrary: leaf },
        {
          weight: 4,
          arbitrary: fc
            .tuple(
              fc.constantFrom(...OPERATORS),
              valueOfDepth(depth - 1),
              fc.oneof(constant, valueOfDepth(depth - 1)),
            )
            .map(([op, left, right]) => arithmetic(op, left, right)),
        },
        {
          weight: 1,
          arbitrary: fc
            .tuple(fc.constantFrom(...OPERATORS), constant, valueOfDepth(depth - 1))
            .map(([op, left, right]) => arithmetic(op, left, right)),
        },
        {
          weight: 1,
          arbitrary: fc
            .tuple(fc.constantFrom("negate", "complement"), valueOfDepth(depth - 1))
            .map(([kind, operand]): Value => ({ kind: kind as "negate", operand, signed: operand.signed })),
        },
      );

const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 5, arbitrary: leaf },
  { weight: 2, arbitrary: valueOfDepth(1) },
  { weight: 2, arbitrary: valueOfDepth(3) },
);

const OPS: readonly ComparisonOperator[] = ["==", "!=", "<", "<=", ">", ">="];
const compare: fc.Arbitrary<Test> = fc
  .tuple(fc.constantFrom(...OPS), value, fc.oneof({ weight: 3, arbitrary: constant }, value), fc.boolean())
  .map(([op, one, other, turned]): Test => {
    const [left, right] = turned ? [other, one] : [one, other];
    return { kind: "compare", op, left, right };
  });

function disjoint(bounds: readonly (readonly [bigint, bigint])[]): readonly Range[] {
  const sorted = bounds.map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }));
  sorted.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const result: Range[] = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last === undefined || range.from > last.to + 1n) result.push(range);
    else if (range.to > last.to) result[result.length - 1] = { from: last.from, to: range.to };
  }
  return result;
}

const ranges: fc.Arbitrary<readonly Range[]> = fc.oneof(
  fc
    .array(
      number.map((one) => [one, one] as const),
      { minLength: 1, maxLength: 40 },
    )
    .map(disjoint),
  fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 3 }).map(disjoint),
  // Dense sets, which become bits of a word.
  fc
    .tuple(
      number,
      fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 90n }), fc.bigInt({ min: 0n, max: 3n })), {
        minLength: 2,
        maxLength: 30,
      }),
    )
    .map(([base, offsets]) =>
      disjoint(offsets.map(([offset, width]) => [base + offset, base + offset + width])),
    ),
);
const membership: fc.Arbitrary<Test> = fc
  .tuple(value, ranges, fc.boolean())
  .map(([subject, bounds, negated]): Test => ({ kind: "ranges", value: subject, ranges: bounds, negated }));

const LAYERS: readonly Layer[] = [
  ...(["ETH", "VLAN", "ARP", "ARP_ETH_IPV4", "IPV4", "IPV6", "L4_PROTO", "FRAGMENT"] as const),
  ...(["TCP", "UDP", "ICMP", "ICMPV6", "SCTP"] as const),
];
const layer: fc.Arbitrary<Test> = fc
  .oneof(
    fc.array(fc.constantFrom(...LAYERS), { minLength: 1, maxLength: 3 }),
    fc.constantFrom(
      ...[...words.values()].flatMap(({ presence }) => (presence.kind === "layer" ? [presence.anyOf] : [])),
    ),
  )
  .map((anyOf): Test => ({ kind: "layer", anyOf }));

const SECTIONS: readonly SectionName[] = ["task", "packet", "skb", "drop", "dev", "ns"];
const section: fc.Arbitrary<Test> = fc
  .constantFrom(...SECTIONS)
  .map((name): Test => ({ kind: "section", section: name }));

const TEXTS = [
  "eth0",
  "lo",
  "veth0123456789a",
  "tun0",
  "node",
  "MainThread",
  "",
  "e",
  "eth",
  "a-text-too-long-for-it",
];
const GLOBS = [
  ...[
    "eth*",
    "*0",
    "*th*",
    "v*a",
    "e?h0",
    "????",
    "*",
    "**",
    "*a*b*c*",
    "?*?",
    "veth*9?",
    "*0*2*4*",
    "lo",
    "*ö*",
  ],
  ...["node", "*ode", "Main*", "*?????????????????*", "veth0123456789a*", "*a-pattern-that-is-too-long*"],
];
const text: fc.Arbitrary<Test> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...stringFields), fc.constantFrom(...TEXTS), fc.boolean())
    .map(([load, wanted, negated]): Test => ({ kind: "string", load, text: wanted, negated })),
  fc
    .tuple(
      fc.constantFrom(...stringFields),
      fc.oneof(fc.constantFrom(...GLOBS), fc.string({ unit: fc.constantFrom(..."ehtv0*?o"), maxLength: 8 })),
    )
    .map(([load, pattern]): Test => ({ kind: "glob", load, pattern })),
);
const probe: fc.Arbitrary<Test> = fc
  .tuple(
    fc.constantFrom("name", "type"),
    fc.constantFrom("skb:kfree_skb", "skb:*", "*skb", "tp", "net:?x"),
    fc.boolean(),
  )
  .map(([what, wanted, glob]): Test => ({ kind: "probe", what: what as "name", text: wanted, glob }));

const single: fc.Arbitrary<Test> = fc.oneof(
  { weight: 8, arbitrary: compare },
  { weight: 4, arbitrary: membership },
  { weight: 1, arbitrary: layer },
  { weight: 1, arbitrary: section },
  { weight: 2, arbitrary: text },
  { weight: 1, arbitrary: probe },
);

const joined = (of: fc.Arbitrary<Test>): fc.Arbitrary<Test> =>
  fc.oneof(
    fc.array(of, { minLength: 2, maxLength: 4 }).map((tests): Test => ({ kind: "and", tests })),
    fc.array(of, { minLength: 2, maxLength: 4 }).map((tests): Test => ({ kind: "or", tests })),
    of.map((test): Test => ({ kind: "not", test })),
  );

/** What the kernel can decide. */
export const kernelTest: fc.Arbitrary<Test> = fc.oneof(
  { weight: 5, arbitrary: single },
  { weight: 2, arbitrary: joined(single) },
  { weight: 2, arbitrary: joined(fc.oneof(single, joined(single))) },
);

const chunkSet: fc.Arbitrary<Test> = fc
  .tuple(
    fc.array(fc.constantFrom(0n, 1n, 3n, 4n, 10n, 192n), { minLength: 1, maxLength: 3 }),
    fc.constantFrom("has", "any", "equal", "not-equal"),
  )
  .map(([members, mode]): Test => ({ kind: "set-has", name: "sctp.chunk", members, mode: mode as "has" }));

/** What only user space can. */
export const userTest: fc.Arbitrary<Test> = fc.oneof(
  chunkSet,
  fc
    .tuple(fc.constantFrom(...OPS), fc.constantFrom(...computedFields), fc.oneof(constant, leaf))
    .map(([op, left, right]): Test => ({ kind: "compare", op, left, right })),
  fc
    .tuple(fc.constantFrom(...computedFields), ranges, fc.boolean())
    .map(([subject, bounds, negated]): Test => ({ kind: "ranges", value: subject, ranges: bounds, negated })),
);
