// What holds for every text: the parser returns, spans stay in the text, messages render, and printed expressions
// read back as the same tree. The seed of a failure is printed; FC_SEED repeats it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Diagnostic, Source, Span } from "../../../compiler/source/diagnostic.js";
import { renderDiagnostic } from "../../../compiler/source/render.js";
import type { Expr, Script } from "../../../compiler/syntax/ast.js";
import { dumpScript } from "../../../compiler/syntax/dump.js";
import { parse } from "../../../compiler/syntax/parse.js";
import { printExpression } from "../../../compiler/syntax/print-expression.js";

const seed = Number(process.env["FC_SEED"] ?? Date.now() % 2 ** 31);
console.log(`seed ${seed}`);
const check = (property: fc.IProperty<[string]>, numRuns: number): void =>
  fc.assert(property, { seed, numRuns });

/** Every span of a tree or a message, wherever it is. */
function* spansIn(value: unknown): Generator<Span> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "span") yield inner as Span;
    else if (key !== "source") yield* spansIn(inner);
  }
}

function checkParse(text: string): Script | null {
  const source: Source = { name: "random", text };
  const { value, diagnostics } = parse(source);
  assert.equal(value === null, diagnostics.length > 0, "a tree exactly when nothing is wrong");
  for (const { start, end } of [...spansIn(value), ...spansIn(diagnostics)]) {
    assert.ok(0 <= start && start <= end && end <= text.length, `${start}-${end} of ${text.length}`);
  }
  assert.deepEqual(
    diagnostics,
    diagnostics.toSorted((a: Diagnostic, b: Diagnostic) => a.span.start - b.span.start),
  );
  for (const diagnostic of diagnostics)
    assert.match(renderDiagnostic(diagnostic, { color: false }), /^error\[E01\d\d\]: /);
  if (value !== null) assert.ok(dumpScript(value).startsWith("script random\n"));
  return value;
}

const words = (
  "use option set probe filter follow let on every begin end at where sample limit per by top print clear remember " +
  "save stop count sum hist lhist quantiles and or not in has any contains matches stack since cast pcap journey flow " +
  "tcp ip drop.reason web rx kprobe:f tp:a:b k* BEGIN printf if struct function return"
).split(" ");
const symbols =
  "| || & && ^ << >> + - * / % ! ~ ( ) [ ] { } , ; : = == != < <= > >= . .. ? @ @x $p $1 # // /* */ \" ' ` \\";
const literals =
  '1 0x10 80..90 5s 2KB 10.0.0.1 10.0.0.0/8 fd00::/8 ::1 02:42:ac:11:00:02 "text" /re/ /x/g 1.5 ${ }` é 漢 \u0000';
const token = fc.constantFrom(...words, ...symbols.split(" "), ...literals.split(" "));
const soup = fc
  .array(fc.tuple(token, fc.constantFrom("", " ", " ", " ", "\n", "\t", "\r\n")), { maxLength: 60 })
  .map((parts) => parts.flat().join(""));

const valid = [
  'option port: port = 80 "TCP port"\nfilter web = tcp.port == $port and ip.addr in {10.0.0.0/8, fd00::/8}',
  "on drop where web or not udp.port in {53, 5000..6000} sample 1/10 by flow limit 10/s per ip.saddr print stack, flow",
  'on usdt:"/x":p:n, kprobe:a || kprobe:b { if (tcp) { print(`a${tcp.dport / 2}`, /x}/.test(comm)) } }',
  "let seen = new Map()\nevery 5s @x = sum(packet.len) by ip.saddr print @x top 10 clear @x\nend { print('bye') }",
  "probe path = tp:net:*, rx\nfollow web at path\non path where since(rx by tid) > 10ms and comm matches /a|b/i save stop",
  'set buffer = 32MB; use "lib.rts" on drop where cast(sk_buff._nfct & ~7, nf_conn).mark == 0x1f remember 5',
];

const mutated = fc
  .tuple(
    fc.shuffledSubarray(valid, { minLength: 1 }),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(6), token), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([scripts, edits]) =>
    edits.reduce((text, [where, removed, inserted]) => {
      const at = Math.floor(where * text.length);
      return text.slice(0, at) + inserted + text.slice(at + removed);
    }, scripts.join("\n")),
  );

describe("any text", () => {
  it("is read without a crash when it is made of tokens", () =>
    check(
      fc.property(soup, (text) => void checkParse(text)),
      2000,
    ));
  it("is read without a crash when it is made of characters", () =>
    check(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => void checkParse(text)),
      1000,
    ));
  it("is read without a crash when it is nearly right", () =>
    check(
      fc.property(mutated, (text) => void checkParse(text)),
      2000,
    ));

  it("of a valid script has a tree", () => {
    for (const text of valid) assert.ok(checkParse(text) !== null, text);
  });
});

describe("a broken item", () => {
  // Items are separated by lines here, as people write them.
  const broken = [
    "on drop where tcp.dport = 80 print",
    "on drop print ip.saddr ip.daddr",
    "every 5 print @",
    "on drop wher tcp print",
  ];
  const items = fc.array(fc.constantFrom(...valid.slice(0, 2), ...broken, "on rx print"), {
    minLength: 1,
    maxLength: 8,
  });

  it("hides no error in another and makes none", () => {
    const property = fc.property(
      items.map((list) => list.join("\n")),
      (text) => {
        const expected = text.split("\n").filter((line) => broken.includes(line)).length;
        assert.equal(parse({ name: "items", text }).diagnostics.length, expected);
      },
    );
    check(property, 300);
  });
});

describe("deep nesting", () => {
  const depth = 100_000;
  const cases: readonly [string, string][] = [
    ["parentheses", `${"(".repeat(depth)}tcp${")".repeat(depth)} print`],
    ["open parentheses", "(".repeat(depth)],
    ["negation", `${"not ".repeat(depth)}tcp print`],
    ["prefixes", `${"-".repeat(depth)}1 print`],
    ["sums", `${"1+".repeat(depth)}1 print`],
    ["indexes", `a${"[b".repeat(depth)}`],
    ["sets", "a in {".repeat(depth)],
    ["braces", `tcp ${"{".repeat(depth)}`],
    ["brackets in JavaScript", `tcp { ${"[".repeat(depth)}${"]".repeat(depth)} }`],
    ["prefixes in JavaScript", `tcp { ${"!".repeat(depth)}1 }`],
    ["templates", `tcp { ${"`${".repeat(depth)} }`],
  ];
  for (const [name, text] of cases) {
    it(`of ${name} is an error`, () => {
      const { value, diagnostics } = parse({ name, text: `on drop where ${text}` });
      assert.equal(value, null);
      assert.ok(diagnostics.length > 0 && diagnostics.length < 10, `${diagnostics.length} messages`);
    });
  }
  it("of a hundred levels is fine", () => {
    const text = `on drop where ${"(".repeat(100)}tcp${")".repeat(100)} print`;
    assert.ok(parse({ name: "hundred", text }).value !== null);
  });
});

// ---- expressions -----------------------------------------------------------------------------------------------------

/** Generated expressions are text that reads back: built from parts that stand in parentheses where they must not matter. */
const atom = fc.constantFrom(
  ...[
    "tcp.dport",
    "drop.reason",
    "args[0].sk",
    "any.ip.saddr",
    "echo-request",
    "on",
    "print",
    "stack",
    "$port",
    "x.in.has",
  ],
  ...[
    "0",
    "80",
    "0x1f",
    "18446744073709551615",
    "10ms",
    "2KiB",
    '"a\\n\\"b\\u{7f}"',
    "10.0.0.1",
    "10.0.0.0/8",
    "fd00::/8",
    "::",
  ],
  ...[
    "02:42:ac:11:00:02",
    "stack(5)",
    'pcap "tcp port 80"',
    "since(rx, k:a || b by tid)",
    "cast(a & ~7, nf_conn).mark",
  ],
);
const { expression } = fc.letrec<{ expression: string; bits: string; unary: string; test: string }>(
  (tie) => ({
    unary: fc.oneof(
      { maxDepth: 3 },
      { weight: 4, arbitrary: atom },
      fc.tuple(fc.constantFrom("!", "-", "~"), tie("unary")).map((parts) => parts.join("")),
      tie("expression").map((inner) => `(${inner})`),
    ),
    bits: fc
      .tuple(
        tie("unary"),
        fc.array(
          fc.tuple(fc.constantFrom("|", "^", "&", "<<", ">>", "+", "-", "*", "/", "%"), tie("unary")),
          { maxLength: 4 },
        ),
      )
      .map((parts) => parts.flat(2).join(" ")),
    test: fc.oneof(
      tie("bits"),
      fc
        .tuple(tie("bits"), fc.constantFrom("==", "!=", "<", "<=", ">", ">="), tie("bits"))
        .map((parts) => parts.join(" ")),
      fc
        .tuple(tie("unary"), fc.constantFrom("/a\\/[/]b/i", '"veth*"', "$glob"))
        .map((parts) => parts.join(" matches ")),
      fc
        .tuple(
          tie("bits"),
          fc.constantFrom("in", "not in", "has", "not has", "any", "contains"),
          fc.oneof(
            tie("bits"),
            fc
              .array(
                fc.oneof(
                  tie("unary"),
                  fc.tuple(tie("unary"), tie("unary")).map((ends) => ends.join("..")),
                ),
                {
                  minLength: 1,
                  maxLength: 3,
                },
              )
              .map((elements) => `{${elements.join(", ")}}`),
          ),
        )
        .map((parts) => parts.join(" ")),
    ),
    expression: fc
      .tuple(
        fc.nat(2),
        tie("test"),
        fc.array(fc.tuple(fc.constantFrom("and", "or", "&&", "||"), fc.nat(1), tie("test")), {
          maxLength: 3,
        }),
      )
      .map(([nots, first, more]) => {
        const rest = more.map(([op, negations, test]) => ` ${op} ${"not ".repeat(negations)}${test}`);
        return `${"not ".repeat(nots)}${first}${rest.join("")}`;
      }),
  }),
);

/** The tree without places and without how things were spelt. */
const shape = (expr: unknown): unknown =>
  JSON.parse(
    JSON.stringify(expr, (key, value: unknown) =>
      key === "span" ? undefined : typeof value === "bigint" ? `${value}n` : value,
    ),
  );

/** The same tree without its `parenthesized` nodes, as a later stage may build one. */
function withoutParentheses<T>(value: T): T;
function withoutParentheses(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((inner: unknown) => withoutParentheses(inner));
  if (typeof value !== "object" || value === null) return value;
  if ("kind" in value && value.kind === "parenthesized" && "inner" in value)
    return withoutParentheses(value.inner);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "span" ? inner : withoutParentheses<unknown>(inner),
    ]),
  );
}

function readExpression(text: string): Expr | null {
  const item = parse({ name: "expression", text: `filter f = ${text}` }).value?.items[0];
  return item?.kind === "filter" ? item.value : null;
}

describe("an expression", () => {
  it("reads back from its canonical form as the same tree", () => {
    let readable = 0;
    const property = fc.property(expression, (text) => {
      const first = readExpression(text);
      if (first === null) return;
      readable += 1;
      const printed = printExpression(first);
      const second = readExpression(printed);
      assert.deepEqual(shape(second), shape(first), printed);
      assert.equal(second === null ? "" : printExpression(second), printed, "printing is stable");
    });
    check(property, 250);
    assert.ok(readable > 200, `${readable} of 250 were expressions: the generator has gone stale`);
  });

  it("gets the parentheses that its tree needs", () => {
    const property = fc.property(expression, (text) => {
      const parsed = readExpression(text);
      if (parsed === null) return;
      const bare = withoutParentheses(parsed);
      const printed = printExpression(bare);
      const again = readExpression(printed);
      assert.ok(again !== null, printed);
      assert.deepEqual(shape(withoutParentheses(again)), shape(bare), printed);
    });
    check(property, 250);
  });
});
