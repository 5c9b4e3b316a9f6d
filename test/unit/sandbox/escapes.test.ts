// What a hostile or broken handler may try: none gets out, none stops the others, and the next batch is handled.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of the scripts under test
import assert from "node:assert/strict";
import { test } from "node:test";
import { tcp4 } from "../handlers/made-frames.js";
import { Running } from "./running.js";

interface Attempt {
  readonly name: string;
  readonly body: string;
  /** Lines that it prints, when it is known. */
  readonly prints?: string;
  /** How it is reported; null: it is not. */
  readonly fault: "exception" | "deadline" | "memory" | "output" | "terminated" | "either" | null;
  readonly lets?: Readonly<Record<string, string>>;
}

// What a handler prints that finds a way to code from text, and what is left there: nothing.
const GONE = "undefined";

const ATTEMPTS: readonly Attempt[] = [
  // Code from text.
  { name: "constructor chain", body: `print(typeof [].constructor.constructor)`, prints: GONE, fault: null },
  {
    name: "constructor chain, called",
    body: `[].constructor.constructor("return this")()`,
    fault: "exception",
  },
  {
    name: "generator constructor",
    body: `print(typeof (function* () {}).constructor)`,
    prints: GONE,
    fault: null,
  },
  {
    name: "async constructor",
    body: `print(typeof (async () => {}).constructor)`,
    prints: GONE,
    fault: null,
  },
  {
    name: "async generator",
    body: `print(typeof (async function* () {}).constructor)`,
    prints: GONE,
    fault: null,
  },
  {
    name: "eval of globalThis",
    body: `print(typeof globalThis.eval, typeof globalThis["Function"])`,
    prints: `${GONE} ${GONE}`,
    fault: null,
  },
  {
    name: "bound function's constructor",
    body: `print(typeof (() => 1).bind().constructor)`,
    prints: GONE,
    fault: null,
  },
  {
    name: "Reflect.construct of nothing",
    body: `Reflect.construct((() => 1).constructor, ["return 1"])`,
    fault: "exception",
  },
  {
    name: "constructor put back",
    body: `Object.defineProperty(Object.getPrototypeOf(() => 1), "constructor", { value: 1 })`,
    fault: "exception",
  },
  // The host.
  {
    name: "host objects",
    body: `const names = ["process", "require", "module", "global", "console", "setTimeout", "WebAssembly", "fetch", "navigator", "Worker", "Deno", "std", "os", "scriptArgs", "print", "load", "queueMicrotask"];
      print(names.filter((name) => name in globalThis).length)`,
    prints: "0",
    fault: null,
  },
  {
    name: "shared memory",
    body: `print(typeof globalThis["SharedArrayBuffer"], typeof globalThis["Atomics"])`,
    prints: `${GONE} ${GONE}`,
    fault: null,
  },
  {
    name: "own machinery",
    body: `print(Object.getOwnPropertyNames(globalThis).filter((name) => name.startsWith("rts")).length)`,
    prints: "0",
    fault: null,
  },
  { name: "caller", body: `const f = function () { return f.caller }; print(f())`, fault: "either" },
  {
    name: "stack text shows no host path",
    body: `print(/node|\\/|wasm/.test(new Error("x").stack))`,
    prints: "false",
    fault: null,
  },
  // Memory that is not the script's.
  {
    name: "transfer",
    body: `const b = new ArrayBuffer(8); print(typeof b.transfer, typeof b.resize)`,
    prints: `${GONE} ${GONE}`,
    fault: null,
  },
  {
    name: "typed array out of range",
    body: `const a = new Uint8Array(8); a[2 ** 31] = 1; print(a[2 ** 31], a[-1])`,
    prints: "- -",
    fault: null,
  },
  { name: "view out of range", body: `new DataView(new ArrayBuffer(8)).getUint32(6)`, fault: "exception" },
  // Built-in objects that the sandbox itself needs.
  {
    name: "arrays changed",
    body: `Array.prototype.push = Array.prototype.join = Array.prototype.slice = () => { throw 1 }; Array.prototype[Symbol.iterator] = null; print("x", cpu, [1])`,
    prints: "x 0 [1]",
    fault: null,
  },
  {
    name: "setters on array indices",
    body: `for (let i = 0; i < 20; i++) Object.defineProperty(Array.prototype, String(i), { set() { throw 1 }, get() { return "stolen" } }); const s = "a" + cpu; print(s, s)`,
    prints: "a0 a0",
    fault: null,
  },
  {
    name: "maps changed",
    body: `Map.prototype.get = Map.prototype.set = () => { throw 1 }; const c = comm, a = ip.saddr; print(c, a)`,
    prints: "nginx 10.0.0.1",
    fault: null,
  },
  {
    name: "JSON changed",
    body: `JSON.stringify = JSON.parse = () => { throw 1 }; print({ a: 1 }); emit({ b: [1n] })`,
    prints: '{"a":1}\n{"b":[1]}',
    fault: null,
  },
  {
    name: "strings changed",
    body: `String.prototype.slice = String.prototype.toWellFormed = String.prototype.replaceAll = () => { throw 1 }; const s = comm + "!"; print(s)`,
    prints: "nginx!",
    fault: null,
  },
  {
    name: "numbers changed",
    body: `Math.min = Number.prototype.toString = BigInt.asUintN = () => { throw 1 }; print(eth.saddr, time + 0n)`,
    prints: "02:11:22:33:44:55 0",
    fault: null,
  },
  {
    name: "Object changed",
    body: `Object.defineProperty = Object.freeze = Object.getPrototypeOf = () => { throw 1 }; const f = tcp.flags; print(f)`,
    prints: "syn",
    fault: null,
  },
  {
    name: "prototype pollution",
    body: `Object.prototype.handler = Object.prototype.get = Object.prototype.toJSON = () => 1; Object.prototype[0] = "x"; print(comm, drop.reason); delete Object.prototype.toJSON`,
    prints: "nginx -",
    fault: null,
  },
  {
    name: "typed arrays changed",
    body: `const p = Object.getPrototypeOf(Uint8Array.prototype); Object.defineProperty(p, "length", { get() { throw 1 } }); p.set = p.fill = null; print(tcp.dport)`,
    prints: "80",
    fault: null,
  },
  {
    name: "DataView changed",
    body: `DataView.prototype.getUint32 = () => 7; const s = ip.saddr; print(tcp.seq, s)`,
    prints: "4275878552 10.0.0.1",
    fault: null,
  },
  {
    name: "Symbol.replace and friends",
    body: `String.prototype[Symbol.replace] = () => ({}); Error[Symbol.hasInstance] = () => { throw 2 }; const z = "\\0"; print("a" + z)`,
    fault: "either",
  },
  {
    name: "Date and chance replaced",
    body: `Date.now = () => { throw 1 }; Math.random = null; Date = null; print(cpu)`,
    prints: "0",
    fault: null,
  },
  {
    name: "species and promises",
    body: `Promise.prototype.then = () => { throw 1 }; Promise.resolve(1).then(2)`,
    fault: "exception",
  },
  // Values that run code when they are shown.
  {
    name: "getter that throws, printed",
    body: `print({ get a() { throw new Error("from a getter") } })`,
    fault: "exception",
  },
  {
    name: "toJSON that throws, emitted",
    body: `emit({ x: { toJSON() { throw new Error("from toJSON") } } })`,
    fault: "exception",
  },
  {
    name: "proxy that throws",
    body: `print(new Proxy({}, { ownKeys() { throw new Error("from a proxy") } }))`,
    fault: "exception",
  },
  {
    name: "print within toJSON",
    body: `print("outer", { toJSON() { print("inner"); return 1 } })`,
    prints: "inner\nouter 1",
    fault: null,
  },
  { name: "endless toString", body: "print(`${{ toString() { for (;;); } }}`)", fault: "deadline" },
  { name: "endless toJSON", body: `emit({ a: { toJSON() { for (;;); } } })`, fault: "deadline" },
  { name: "endless getter", body: `print({ get a() { while (true); } })`, fault: "deadline" },
  { name: "circle", body: `const a = {}; a.a = a; emit(a)`, fault: "exception" },
  {
    name: "JSON bomb",
    body: `let a = ["x".repeat(1000)]; for (let i = 0; i < 40; i++) a = [a, a]; emit({ a })`,
    fault: "either",
  },
  { name: "deep JSON", body: `let a = []; for (let i = 0; i < 1e5; i++) a = [a]; print(a)`, fault: "either" },
  // Things thrown.
  { name: "throw null", body: `throw null`, fault: "exception" },
  { name: "throw undefined", body: `throw undefined`, fault: "exception" },
  { name: "throw a symbol", body: `throw Symbol("s")`, fault: "exception" },
  { name: "throw a huge message", body: `throw new Error("m".repeat(1e6))`, fault: "exception" },
  {
    name: "throw what throws when looked at",
    body: `throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 1 } })`,
    fault: "exception",
  },
  { name: "throw what loops when looked at", body: `throw { get stack() { for (;;); } }`, fault: "deadline" },
  { name: "throw from finally", body: `try { throw 1 } finally { throw 2 }`, fault: "exception" },
  {
    name: "an exception's stack is a lie",
    body: `const e = new Error("x"); e.stack = "handlers.js:999999:1\\nhandlers.js:1:99999"; throw e`,
    fault: "exception",
  },
  // Time.
  { name: "endless loop", body: `for (;;);`, fault: "deadline" },
  {
    name: "loop that catches everything",
    body: `for (;;) try { for (;;); } catch {} finally { continue }`,
    fault: "deadline",
  },
  {
    name: "endless generator",
    body: `const g = (function* () { for (;;) yield 1 })(); for (const x of g);`,
    fault: "deadline",
  },
  { name: "regex bomb", body: `/^(a+)+$/.test("a".repeat(40) + "b")`, fault: "deadline" },
  {
    name: "promise chain",
    body: `const again = () => Promise.resolve().then(again); again(); print("x")`,
    prints: "x",
    fault: null,
  },
  // Stack.
  { name: "recursion", body: `const f = () => f() + 1; f()`, fault: "exception" },
  { name: "mutual recursion through natives", body: `const f = () => [1].map(f); f()`, fault: "exception" },
  {
    name: "recursion in toString",
    body: "const o = { toString: () => `${o}` }; print(`${o}`)",
    fault: "exception",
  },
  {
    name: "deep regular expression",
    body: `new RegExp("(".repeat(50000) + ")".repeat(50000))`,
    fault: "either",
  },
  { name: "deep JSON.parse", body: `JSON.parse("[".repeat(100000) + "]".repeat(100000))`, fault: "either" },
  // Memory.
  { name: "one huge array", body: `new Array(1e8).fill(1)`, fault: "either" },
  { name: "huge buffer", body: `new Uint8Array(2 ** 31)`, fault: "either" },
  { name: "string that doubles", body: `let s = "x"; for (;;) s += s`, fault: "either" },
  { name: "huge padStart", body: `"x".padStart(2 ** 29)`, fault: "either" },
];

const PACKET = { packet: { bytes: tcp4() }, sections: { task: { comm: "nginx" } } } as const;

// Each attempt has a sandbox of its own; several at a time would wait for each other's processor.
for (const { name, body, prints, fault } of ATTEMPTS) {
  test(name, async () => {
    const running = await Running.start({ on: [body, "print('other', ++n, tcp.dport)"], lets: { n: "0" } });
    try {
      const first = await running.on([PACKET], [0, 1]);
      const lines = first.split("\n");
      const others = lines.filter((line) => line.startsWith("other "));
      assert.deepEqual(others, ["other 1 80"], `the other clause was handled: ${first.slice(0, 500)}`);
      const rest = lines.filter((line) => !line.startsWith("other ") && line !== "");
      if (prints !== undefined) assert.equal(rest.join("\n"), prints);
      const kinds = new Set(running.faults.map((one) => one.kind));
      if (fault === null) assert.deepEqual([...kinds], [], running.faults[0]?.message ?? "");
      else if (fault !== "either") assert.deepEqual([...kinds], [fault], running.faults[0]?.message ?? "");
      for (const one of running.faults) {
        assert.ok(one.message.length < 1000, "messages are short");
        assert.ok(one.span !== null && one.span.end <= one.span.source.text.length, "they have a place");
      }
      // And the next batch.
      const second = await running.on([PACKET], [1]);
      assert.match(second, /^other \d+ 80\n$/);
    } finally {
      await running.stop();
    }
  });
}

test("memory that fills over many events: the handler is switched off, the others start anew", async () => {
  const running = await Running.start({
    on: ["for (let i = 0; i < 2000; i++) kept.push({ a: kept.length, b: [i] })", "print('other', ++n)"],
    lets: { kept: "[]", n: "0" },
  });
  let text = "";
  let batches = 0;
  while (running.faults.length === 0 && batches++ < 2000) text += await running.on([PACKET, PACKET], [0, 1]);
  assert.deepEqual(
    running.faults.map((fault) => fault.kind),
    ["memory"],
  );
  assert.deepEqual([...running.sandbox.switchedOff], [0]);
  assert.match(running.faults[0]?.message ?? "", /switched off/);
  const counts = [...text.matchAll(/other (\d+)/g)].map((match) => Number(match[1]));
  assert.ok(counts.includes(1) && counts.lastIndexOf(1) > 0, `n began again: ${counts.slice(-5)}`);
  const after = await running.on([PACKET, PACKET], [0, 1]);
  assert.match(after, /^other \d+\nother \d+\n$/);
  assert.equal(running.faults.length, 1);
  await running.stop();
});

test("a loop around a native is ended from outside, its clause alone is switched off", async () => {
  const running = await Running.start({
    on: [
      "print('before', cpu)",
      "if (cpu === 2) for (;;) new Array(1e5).fill(1).sort()",
      "print('after', cpu)",
    ],
  });
  const frames = [1, 2, 3].map((cpu) => ({ cpu }));
  const text = await running.on(frames, [0, 1, 2]);
  assert.deepEqual(
    running.faults.map((fault) => fault.kind),
    ["terminated"],
  );
  assert.equal(text, "before 1\nafter 1\nbefore 2\nafter 2\nbefore 3\nafter 3\n");
  assert.deepEqual([...running.sandbox.switchedOff], [1]);
  assert.equal(await running.on(frames, [1, 2]), "after 1\nafter 2\nafter 3\n");
  await running.stop();
});
