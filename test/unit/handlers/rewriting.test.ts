// How handlers are rewritten: the text that becomes of reads and calls, and everything that is refused, with its place.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of the scripts under test
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CheckedOption } from "../../../compiler/check/checked.js";
import { dumpHandlers, generateHandlers } from "../../../compiler/codegen/handlers/index.js";
import type { Diagnostic } from "../../../compiler/source/diagnostic.js";
import { findings, KERNEL, makeModule, makePlan, type Pieces, sourceOf } from "./made-plan.js";

/** The one handler's function, without the reads at its top. */
function rewritten(body: string): string {
  const dump = dumpHandlers(makeModule({ on: [body] }));
  const text = dump.slice(dump.indexOf("function rts$handler0"));
  return text.slice(text.indexOf("\n") + 1, text.lastIndexOf("\n}")).trimEnd();
}

test("a header field is read from the batch, in the byte order of the network", () => {
  assert.equal(
    rewritten("x(tcp.dport)".replace("x", "Number")),
    "Number(((rts$layers & 256) && rts$l4 + 4 <= rts$end ? (rts$u8[rts$l4 + 2] << 8 | rts$u8[rts$l4 + 3]) : undefined))",
  );
});

test("members of sections are read at constant offsets", () => {
  // A stored event need not say where it ran.
  assert.equal(
    rewritten("return cpu"),
    "return ((rts$u16[rts$o + 6 >> 1] & 2) === 0 ? rts$u32[rts$o + 8 >> 2] : undefined)",
  );
  assert.equal(rewritten("return time"), "return (rts$u64[rts$o + 16 >> 3])");
});

test("print writes raw values, literals are part of the format", () => {
  assert.equal(
    rewritten("print('cpu', cpu, `on ${time} ${1 + 1}`)"),
    [
      "rts$format4(((rts$u16[rts$o + 6 >> 1] & 2) === 0 ? rts$u32[rts$o + 8 >> 2] : NaN), ",
      "(rts$u32[rts$o + 20 >> 2]), (rts$u32[rts$o + 16 >> 2]), rts$templateText(1 + 1))",
    ].join(""),
  );
  const module = makeModule({ on: ["print('cpu', cpu, `on ${time} ${1 + 1}`)"] });
  const format = module.formats[4];
  assert.ok(format?.kind === "line");
  assert.deepEqual(
    format.pieces.map((piece) => (piece.kind === "text" ? piece.text : piece.argument.kind)),
    ["cpu", " ", "number", " ", "on ", "u64", " ", "value", ""],
  );
});

test("what is the script's own stays as it is", () => {
  for (const body of [
    "const a = 1; function f(tcp) { return tcp.dport + a }",
    "let { x: drop = 3 } = {}; drop++",
    "label: for (const cpu of [1]) { continue label }",
    "class ip { static saddr = 1; m() { return this } } new ip().m()",
    "var time; { let time } try { } catch (comm) { comm }",
    "const o = { tcp: 1, ip() {}, get drop() { return 1 } }; o.tcp; o?.ip",
    "((...stack) => stack)(1)",
    "for (var flow in {}) flow",
  ]) {
    assert.equal(rewritten(body), body);
  }
});

test("names in short form keep their keys", () => {
  assert.equal(rewritten("return { time }"), "return { time: (rts$u64[rts$o + 16 >> 3]) }");
});

test("a handler cannot break out of its function", () => {
  for (const body of ["} stop(); {", "}); (function () {", "/*", "`", "return }"]) {
    assert.equal(findings({ on: [body] })[0]?.code, "E0401", body);
  }
  // A comment at the end does not swallow what follows.
  assert.equal(findings({ on: ["print(1) // the end"] }).length, 0);
});

const option = (name: string, value: CheckedOption["value"]): CheckedOption => ({
  name,
  type: "int",
  description: null,
  required: false,
  value,
  span: { source: sourceOf(""), start: 0, end: 0 },
});

test("options are literals", () => {
  const span = { source: sourceOf(""), start: 0, end: 0 };
  const options = [
    option("port", { kind: "int", value: 80n, span }),
    option("big", { kind: "int", value: 1n << 60n, span }),
    option("every", { kind: "duration", nanoseconds: 1_000_000n, text: "1ms", span }),
    option("net", { kind: "cidr", version: 4, value: 0n, prefix: 8, text: "10.0.0.0/8", span }),
    option("on", { kind: "name", text: "true", span }),
    option("none", null),
  ];
  const module = makeModule({ on: ["return [$port, $big, $every, $net, $on, $none, { $port }]"], options });
  assert.ok(
    module.text.includes(
      'return [(80), (1152921504606846976n), (1000000), "10.0.0.0/8", true, (undefined), { $port: (80) }]',
    ),
  );
});

/** Code, underlined text, and the way out. */
type Refusal = readonly [pieces: Pieces | string, code: string, at: string, help?: RegExp];

const REFUSALS: readonly Refusal[] = [
  ["print(tcp.dprot)", "E0403", "tcp.dprot", /`tcp\.dport`/],
  ["drop.reson", "E0403", "drop.reson", /`drop\.reason`/],
  ["tcp.flags.rts", "E0403", "tcp.flags.rts", /`tcp\.flags\.rst`/],
  ["if (tcp.opt.ms) print()", "E0403", "tcp.opt.ms", /`tcp\.opt\.mss`/],
  ["pint(tcp.dport)", "E0402", "pint", /`print`/],
  ["x = 1", "E0402", "x", /let NAME/],
  ["typeof nowhere", "E0402", "nowhere"],
  ["const counter = 1; print(conter)", "E0402", "conter", /`counter`/],
  ["emit({ commm })", "E0402", "commm", /`comm`/],
  ["print(tcp.port)", "E0405", "tcp.port", /`tcp\.sport` and `tcp\.dport`/],
  ["tcp.dport = 80", "E0406", "tcp.dport"],
  ["cpu++", "E0406", "cpu"],
  ["delete tcp.dport", "E0406", "tcp.dport"],
  ["[ip.saddr] = ['x']", "E0406", "ip.saddr"],
  ["({ a: drop.reason } = {})", "E0406", "drop.reason"],
  ["for (pid of [1]) ;", "E0406", "pid"],
  ["drop.location.x = 1", "E0406", "drop.location"],
  ["print = 1", "E0406", "print"],
  ["count('x')", "E0408", "count", /let/],
  ["hist('x', 1)", "E0408", "hist"],
  ["maps.x.top(3)", "E0408", "maps"],
  ["since(rx)", "E0408", "since"],
  ["console.log(1)", "E0409", "console", /print/],
  ["eval('1')", "E0409", "eval"],
  ["new Function('return 1')", "E0409", "Function"],
  ["setTimeout(() => 1)", "E0409", "setTimeout", /every/],
  ["require('fs')", "E0409", "require"],
  ["import('fs')", "E0409", "import('fs')"],
  ["print(this)", "E0409", "this"],
  ["print(arguments[0])", "E0409", "arguments"],
  ["new SharedArrayBuffer(1)", "E0409", "SharedArrayBuffer"],
  ["let rts$o = 1", "E0410", "rts$o"],
  ["rts$u8[0]", "E0402", "rts$u8"],
  ["printf('%q', 1)", "E0411", "%q"],
  ["printf('%', 1)", "E0411", "%"],
  ["printf('%d %d', 1)", "E0412", "printf('%d %d', 1)"],
  ["printf('x', 1)", "E0412", "printf('x', 1)"],
  ["print(stack(2))", "E0416", "stack(2)", /`stack\.slice\(0, 2\)`/],
  ["comm()", "E0416", "comm()", /`comm`/],
  ["$port", "E0414", "$port", /option port/],
  ["const x = ;", "E0401", ";"],
  ["with (tcp) dport", "E0401", "w"],
  ["let a; let a", "E0401", "a"],
  ["await 1", "E0401", "1"],
  [{ begin: "print(tcp.dport)" }, "E0404", "tcp.dport", /`on`/],
  [{ every: "print()" }, "E0404", "print()"],
  [{ end: "const f = () => ip.saddr" }, "E0404", "ip.saddr"],
  [{ lets: { x: "comm" } }, "E0404", "comm"],
  [{ lets: { x: "() => drop.reason" } }, "E0404", "drop.reason"],
  [{ lets: { x: "1 +" } }, "E0401", "+"],
  [{ lets: { x: "nothing" } }, "E0402", "nothing"],
  [{ lets: { tcp: "1" } }, "E0407", "1"],
  [{ lets: { print: "1" } }, "E0407", "1"],
  [{ lets: { count: "0" } }, "E0407", "0"],
  [{ lets: { Math: "0" } }, "E0407", "0"],
  [{ lets: { elapsed: "0" } }, "E0407", "0"],
];

const shown = ({ code, span }: Diagnostic): string =>
  `${code} ${span.source.text.slice(span.start, span.end)}`;

for (const [given, code, at, help] of REFUSALS) {
  const pieces = typeof given === "string" ? { on: [given] } : given;
  test(`refused: ${typeof given === "string" ? given : JSON.stringify(given)}`, () => {
    const { value, diagnostics } = generateHandlers(makePlan(pieces), KERNEL);
    assert.equal(value, null);
    assert.equal(diagnostics.map(shown)[0], `${code} ${at}`);
    if (help !== undefined) assert.match(diagnostics[0]?.help ?? "", help);
  });
}

const DOUBTFUL: readonly Refusal[] = [
  ["tcp.flags === 'syn'", "W0417", "tcp.flags === 'syn'", /`tcp\.flags\.syn`/],
  ["if ('syn|ack' !== tcp.flags) print()", "W0417", "'syn|ack' !== tcp.flags"],
  ["tcp.flags === 2", "W0417", "tcp.flags === 2"],
  ["ip.proto === 6", "W0417", "ip.proto === 6", /`ip\.proto === "tcp"`/],
  ["drop.reason !== 3", "W0417", "drop.reason !== 3", /"NO_SOCKET"/],
  ["ns.cookie === 7", "W0417", "ns.cookie === 7", /`7n`/],
];

for (const [body, code, at, help] of DOUBTFUL) {
  test(`doubtful: ${String(body)}`, () => {
    const { value, diagnostics } = generateHandlers(makePlan({ on: [String(body)] }), KERNEL);
    assert.notEqual(value, null);
    assert.deepEqual(diagnostics.map(shown), [`${code} ${at}`]);
    if (help !== undefined) assert.match(diagnostics[0]?.help ?? "", help);
  });
}

test("comparisons that can hold are not doubted", () => {
  const body =
    'return [tcp.flags == "syn", String(tcp.flags) === "syn", tcp.flags === undefined, tcp.flags.syn === true, ip.ttl === 5, ip.proto === "tcp", ip.proto === 250, ns.cookie === 7n, ns.cookie == 7, comm === "x"]';
  assert.deepEqual(findings({ on: [body] }), []);
});

test("all errors of all handlers, in the order of the script", () => {
  const diagnostics = findings({ on: ["a1; tcp.b", "c1"], end: "ip" });
  assert.deepEqual(diagnostics.map(shown), ["E0402 a1", "E0403 tcp.b", "E0402 c1", "E0404 ip"]);
});
