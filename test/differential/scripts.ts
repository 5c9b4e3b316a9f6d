// Random expressions as script text: every field, every operator that its type allows, constants that packets have.
import fc from "fast-check";
import type { Compiled } from "../../compiler/index.js";
import { compile } from "../../compiler/index.js";
import type { EnumSource, Field } from "../../compiler/schema/field.js";
import { eithers, fields, words } from "../../compiler/schema/index.js";
import { COLLECTED_SECTIONS } from "../../compiler/schema/section-bits.js";
import type { SectionName } from "../../compiler/schema/value.js";
import { kernel } from "./memory.js";
import { ADDRESSES4, ADDRESSES6, MACS, PORTS } from "./packets.js";

type Text = fc.Arbitrary<string>;

/** They differ between two runs of the same packet. */
const UNREPEATABLE = new Set(["time", "cpu"]);
/** Of sections that live scripts have: the compiler refuses the others, a quarter of all expressions. */
const isLive = ({ sections }: { readonly sections: readonly SectionName[] }): boolean =>
  sections.every((section) => (COLLECTED_SECTIONS as readonly SectionName[]).includes(section));
const usable = [...fields.values()].filter((field) => !UNREPEATABLE.has(field.name) && isLive(field));
const usableWords = [...words.values()].filter(isLive).map(({ name }) => name);

const namesOf = (kind: Field["type"]["kind"]): readonly string[] =>
  usable.filter(({ type }) => type.kind === kind).map(({ name }) => name);
const eithersOf = (kind: Field["type"]["kind"]): readonly string[] =>
  [...eithers.values()].filter(({ sides }) => sides[0].type.kind === kind).map(({ name }) => name);

const oneOf = (...of: readonly string[]): Text => fc.constantFrom(...of);
const EQUALITY = oneOf("==", "!=");
const NOT_IN = oneOf("in", "not in");
const ORDER = oneOf("==", "!=", "<", "<=", ">", ">=");

const join = (...parts: readonly (Text | string)[]): Text =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((all) => all.join(" "));

/** `{ … }` of single ones and, where texts can be ordered, ranges. */
const setOf = (element: Text, order: ((text: string) => number) | null): Text => {
  const range = fc.tuple(element, element).map(([one, other]) => {
    const turned = order !== null && order(one) > order(other);
    return turned ? `${other}..${one}` : `${one}..${other}`;
  });
  return fc
    .array(order === null ? element : fc.oneof(element, range), { minLength: 1, maxLength: 5 })
    .map((all) => `{${all.join(", ")}}`);
};

// ---- numbers -------------------------------------------------------------------------------------------------------

const NUMBERS = [0, 1, 2, 4, 6, 17, 20, 40, 63, 64, 100, 255, 1500, 65_535, 65_536, ...PORTS];
const number: Text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NUMBERS).map(String) },
  {
    weight: 1,
    arbitrary: oneOf("0x7fffffff", "0x80000000", "0xffffffff", "9223372036854775807", "0xffffffffffffffff"),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 70_000 }).map(String) },
  { weight: 1, arbitrary: fc.integer({ min: -100, max: -1 }).map(String) },
);
/** What a field of so many bits can be: anything else is an error. */
const numberOfBits = (bits: number): Text =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...NUMBERS.filter((one) => one < 2 ** bits)).map(String) },
    { weight: 1, arbitrary: fc.nat({ max: 2 ** Math.min(bits, 31) - 1 }).map(String) },
  );
const asNumber = (text: string): number => Number(text);

/** Fields of numbers against numbers that they can be. */
const fieldTests: readonly Text[] = [...usable, ...eithers.values()].flatMap((entry) => {
  const { type } = entry.kind === "either" ? entry.sides[0] : entry;
  if (type.kind !== "integer") return [];
  const value = numberOfBits(type.bits);
  const sized = type.unit === "bytes" ? fc.oneof(value, oneOf("1KB", "2KiB")) : value;
  return [
    join(entry.name, ORDER, type.bits === 8 ? value : sized),
    join(entry.name, NOT_IN, setOf(value, asNumber)),
  ];
});
const integers = namesOf("integer");
const mask: Text = oneOf("1", "7", "0xff", "0xff00", "0xf0f0f0f0", "255");
const operand = (depth: number): Text =>
  depth === 0
    ? fc.oneof({ weight: 3, arbitrary: oneOf(...integers) }, { weight: 1, arbitrary: number })
    : fc.oneof(
        { weight: 2, arbitrary: oneOf(...integers) },
        {
          weight: 3,
          arbitrary: join(
            "(",
            operand(depth - 1),
            oneOf("+", "-", "*", "/", "%", "|", "&", "^"),
            operand(depth - 1),
            ")",
          ),
        },
        { weight: 1, arbitrary: join("(", operand(depth - 1), "&", mask, ")") },
        {
          weight: 1,
          arbitrary: join("(", operand(depth - 1), oneOf("<<", ">>"), oneOf("1", "3", "31", "63", "64"), ")"),
        },
        { weight: 1, arbitrary: operand(depth - 1).map((inner) => `-(${inner})`) },
        { weight: 1, arbitrary: operand(depth - 1).map((inner) => `~${inner}`) },
      );

const integerTest: Text = fc.oneof(
  { weight: 5, arbitrary: fc.oneof(...fieldTests) },
  { weight: 2, arbitrary: join(operand(2), ORDER, fc.oneof(number, operand(1))) },
  { weight: 1, arbitrary: join(operand(3), ORDER, operand(2)) },
  { weight: 1, arbitrary: join(operand(1), NOT_IN, setOf(numberOfBits(8), asNumber)) },
);

// ---- names ---------------------------------------------------------------------------------------------------------

function membersOf(source: EnumSource): readonly string[] {
  const all = source.kind === "fixed" ? source.values : kernel.enumValues(source.name);
  return [...(all?.keys() ?? [])].filter((name) => /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)).slice(0, 40);
}

const enumTests: readonly Text[] = usable.flatMap(({ name, type }) => {
  if (type.kind !== "enum") return [];
  const members = membersOf(type.source);
  if (members.length === 0) return [];
  const value = oneOf(...members);
  return [join(name, EQUALITY, value), join(name, NOT_IN, setOf(value, null))];
});

const flagTests: readonly Text[] = usable.flatMap(({ name, type }) => {
  if (type.kind !== "flags") return [];
  const flag = oneOf(...type.bits.keys());
  const some = fc.array(flag, { minLength: 1, maxLength: 3 });
  return [
    join(
      name,
      oneOf("has", "any", "not has", "not any"),
      fc.oneof(
        flag,
        some.map((all) => `{${all.join(", ")}}`),
      ),
    ),
    join(
      name,
      EQUALITY,
      some.map((all) => all.join(" | ")),
    ),
    join(name, "&", mask, EQUALITY, numberOfBits(8)),
  ];
});

const chunkTests: readonly Text[] = usable.flatMap(({ name, type }) => {
  if (type.kind !== "number-set") return [];
  const member = oneOf("data", "init", "sack", "heartbeat", "cookie-echo");
  return [join(name, oneOf("has", "any", "not has", "not any"), fc.oneof(member, setOf(member, null)))];
});

const booleanTest: Text = fc.oneof(
  oneOf(...namesOf("boolean")),
  join(oneOf(...namesOf("boolean")), EQUALITY, oneOf("true", "false")),
  oneOf(...usableWords.filter((word) => word !== "stack" && word !== "flow")),
);

// ---- addresses and text --------------------------------------------------------------------------------------------

const dotted = (bits: number): string => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
const colons = (bits: bigint): string =>
  Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(
    ":",
  );
const macText = (bits: number): string =>
  Array.from({ length: 6 }, (_, index) => Math.floor(bits / 2 ** (40 - 8 * index)) % 256)
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join(":");

const address4: Text = fc
  .oneof(
    { weight: 4, arbitrary: fc.constantFrom(...ADDRESSES4) },
    { weight: 1, arbitrary: fc.nat({ max: 0xffffffff }) },
  )
  .map(dotted);
const address6: Text = fc
  .oneof(
    { weight: 4, arbitrary: fc.constantFrom(...ADDRESSES6) },
    { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }) },
  )
  .map(colons);
const CIDRS4 = ["10.0.0.0/8", "0.0.0.0/0", "192.168.1.0/24", "10.0.0.1/32", "224.0.0.0/4", "127.0.0.0/31"];
const CIDRS6 = [
  "fd00::/8",
  "::/0",
  "2001:db8::/32",
  "fe80::/64",
  "fe80::200:ff:fe00:0/112",
  "::1/128",
  "2001:db8:0:0:8000::/65",
];
const RANGES4 = [
  "10.0.0.1..10.0.0.254",
  "0.0.0.0..127.0.0.1",
  "10.0.0.1..10.0.0.1",
  "192.168.1.1..224.0.0.1",
];
const RANGES6 = [
  "::1..::ffff",
  "2001:db8::..fd00::1",
  "fd00::1..fd00::2",
  "fe80::200:ff:fe00:1..ffff::",
  "2001:db8:0:0:8000::fe..2001:db8:0:0:8000::ff",
];
const addressTests: readonly Text[] = [...usable, ...eithers.values()].flatMap((entry) => {
  const { type } = entry.kind === "either" ? entry.sides[0] : entry;
  if (type.kind !== "address") return [];
  const single = type.family === 4 ? address4 : type.family === 6 ? address6 : fc.oneof(address4, address6);
  const blocks = oneOf(...(type.family === 6 ? [] : CIDRS4), ...(type.family === 4 ? [] : CIDRS6));
  const ranges = fc.oneof(
    ...(type.family === 6 ? [] : [oneOf(...RANGES4)]),
    ...(type.family === 4 ? [] : [oneOf(...RANGES6)]),
  );
  const element = fc.oneof(single, blocks, ranges);
  return [
    join(entry.name, ORDER, single),
    join(entry.name, EQUALITY, blocks),
    join(entry.name, NOT_IN, fc.oneof(blocks, setOf(element, null))),
  ];
});
const addressPairs: Text = join(
  oneOf("ip.saddr", "flow.daddr", "ipv6.daddr"),
  ORDER,
  oneOf("ip.daddr", "ip.saddr"),
);

const mac = fc.oneof(fc.constantFrom(...MACS), fc.nat({ max: 2 ** 47 })).map(macText);
const macTest: Text = fc.oneof(
  join(oneOf(...namesOf("mac"), ...eithersOf("mac")), EQUALITY, mac),
  join(
    oneOf(...namesOf("mac"), ...eithersOf("mac")),
    NOT_IN,
    setOf(mac, (text) => Number(`0x${text.replaceAll(":", "")}`)),
  ),
);

const quoted = oneOf(
  '"eth0"',
  '"lo"',
  '"veth0123456789a"',
  '"node"',
  '"skb:kfree_skb"',
  '"net:*"',
  '""',
  '"eth"',
);
const globs = oneOf('"eth*"', '"*0"', '"*th*"', '"?o"', '"v*9?"', '"*"', '"*:kfree_*"', '"*ode"', '"tp"');
const regexes = oneOf("/^e/", "/o$/", "/[0-9]{3}/", "/TH/i");
const textTest: Text = fc.oneof(
  join(oneOf(...namesOf("string")), EQUALITY, quoted),
  join(oneOf(...namesOf("string")), NOT_IN, setOf(quoted, null)),
  join(
    oneOf(...namesOf("string")),
    "matches",
    fc.oneof({ weight: 3, arbitrary: globs }, { weight: 1, arbitrary: regexes }),
  ),
  join(oneOf("dev.name", "comm"), oneOf("contains", "not contains"), oneOf('"th"', '"o"', '"e?h"')),
);

const single: Text = fc.oneof(
  { weight: 6, arbitrary: integerTest },
  { weight: 3, arbitrary: fc.oneof(...addressTests, addressPairs) },
  { weight: 2, arbitrary: fc.oneof(...enumTests) },
  { weight: 2, arbitrary: fc.oneof(...flagTests, ...chunkTests) },
  { weight: 2, arbitrary: booleanTest },
  { weight: 1, arbitrary: macTest },
  { weight: 1, arbitrary: textTest },
);
const joined = (of: Text): Text =>
  fc.oneof(
    fc.array(of, { minLength: 2, maxLength: 3 }).map((all) => all.join(" and ")),
    fc.array(of, { minLength: 2, maxLength: 3 }).map((all) => `(${all.join(" or ")})`),
    of.map((inner) => `not (${inner})`),
  );

export const expressionText: Text = fc.oneof(
  { weight: 5, arbitrary: single },
  { weight: 2, arbitrary: joined(single) },
  { weight: 2, arbitrary: joined(fc.oneof(single, joined(single))) },
);

// ---- scripts -------------------------------------------------------------------------------------------------------

/** The two attach points of every script here: slots 0 and 1. */
export const scriptOf = (expressions: readonly string[]): string =>
  expressions.map((text) => `on net:netif_receive_skb, skb:kfree_skb where ${text} stop\n`).join("");

export function compileScript(text: string): {
  readonly compiled: Compiled | null;
  readonly errors: readonly string[];
} {
  const { value, diagnostics } = compile({
    source: { name: "differential.rts", text },
    prelude: { name: "prelude.rts", text: "" },
    load: (path) => {
      throw new Error(`nothing is used here, least of all ${path}`);
    },
    kernel,
    options: new Map(),
    settings: { buffer: null, snaplen: null },
  });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return { compiled: value, errors: errors.map(({ code, message }) => `${code} ${message}`) };
}
