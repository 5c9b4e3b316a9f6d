// print, printf, emit and stop: text, JSON, order, and how much of it there may be.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TextWriter } from "../../../runtime/packet/text-writer.js";
import { HandlerOutput, plainLines } from "../../../runtime/sandbox/handler-output.js";
import { type MadeFrame, makeBatch, makeFrame, selectAll, tcp4 } from "../handlers/made-frames.js";
import { NO_HOST, output, Running } from "./running.js";

const TCP: MadeFrame = {
  time: 2n ** 63n,
  packet: { bytes: tcp4({ dport: 443, flags: 0x12 }) },
  sections: { task: { comm: 'a"b' }, drop: { reason: 3, has_reason: 1 } },
};

const check = async (body: string, expected: string, frame: MadeFrame = TCP): Promise<void> => {
  assert.equal(await output(body, [frame]), expected, body);
};

test("print separates by one space and shows values as JavaScript does", async () => {
  await check(
    "print(1, -0, 1.5, 1e21, 2n ** 70n, true, null, undefined, 'x y', NaN, '')",
    "1 0 1.5 1e+21 1180591620717411303424 true null - x y NaN \n",
  );
  await check(
    "print([1, 'a', 2n, undefined], { b: { c: 1n } }, new Map([[1, 2]]), new Set([3]))",
    '[1,"a",2,null] {"b":{"c":1}} [[1,2]] [3]\n',
  );
  await check(
    "print(new Error('e'), Symbol('s'), () => 1, new Date(0))",
    'Error: e Symbol(s) [function] "1970-01-01T00:00:00.000Z"\n',
  );
  await check("const values = [1, 'b', tcp.dport]; print('a', ...values)", "a 1 b 443\n");
  await check(
    "[1, 2].forEach((n) => print(n, comm)); const p = print; p('q', time)",
    '1 a"b\n2 a"b\nq 9223372036854775808\n',
  );
  await check(
    "const [nul, half] = ['\\0', '\\ud800']; print('nul' + nul, half, '\\u{1f600}', 'line\\nbreak')",
    "nul\ufffd \ufffd \u{1f600} line\nbreak\n",
  );
  await check("print(print('inner'), 'outer')", "inner\n- outer\n");
});

test("print of words of the event is the event, with sections added", async () => {
  await check(
    "print(); print(stack); print(tcp, stack); print('x', 1)",
    "event at 0 \nevent at 0 stack\nevent at 0 tcp+stack\nx 1\n",
  );
});

test("printf is C's", async () => {
  await check(
    "printf('%d|%5d|%-5d|%05d|%+d|%x|%#X|%o', 42, 42, 42, 42, 42, 255, 255, 8)",
    "42|   42|42   |00042|+42|ff|0XFF|10",
  );
  await check(
    "printf('%s|%10s|%-10s|%.2s|%c|%%', comm, 'ab', 'ab', 'abc', 65)",
    'a"b|        ab|ab        |ab|A|%',
  );
  await check(
    "printf('%f|%.2f|%e|%g|%g', 1.5, 2.005, 12345.678, 0.0001, 1e10)",
    "1.500000|2.00|1.234568e+04|0.0001|1e+10",
  );
  await check(
    "printf('%u %x %llx %d', -1, -1n, time, time)",
    "18446744073709551615 ffffffffffffffff 8000000000000000 9223372036854775808",
  );
  await check(
    "printf('%s %d %s %-8s|', drop.reason, drop.reason, tcp.flags, ip.saddr)",
    "NO_SOCKET 3 syn|ack 10.0.0.1|",
  );
  await check("printf('%s %d %5s', tcp.dport, tcp.dport, ip.saddr)", "- -     -", {});
  await check("const f = '%d-%s'; printf(f, 7, 'x'); printf('%5d' + '!', tcp.dport)", "7-x  443!");
  // It ends its own lines.
  await check("printf('a\\n'); printf('b'); print('c')", "a\nbc\n");
});

test("control characters of values do not reach a terminal, those of the script's constants do", async () => {
  const frame: MadeFrame = { ...TCP, sections: { task: { comm: "\u001b[1mx\u0007" } } };
  await check(
    "print(comm, 'a' + comm, `${comm}`, [comm])",
    '\ufffd[1mx\ufffd a\ufffd[1mx\ufffd \ufffd[1mx\ufffd ["\\u001b[1mx\\u0007"]\n',
    frame,
  );
  await check("printf('%s|%5s\\n', comm, comm + '')", "\ufffd[1mx\ufffd|\ufffd[1mx\ufffd\n", frame);
  await check("const f = '%s' + comm + '\\n'; printf(f, comm)", "\ufffd[1mx\ufffd\ufffd[1mx\ufffd\n", frame);
  await check("print('\\x1b[1m', 1); printf('\\x1b[0m%d\\n', 2)", "\u001b[1m 1\n\u001b[0m2\n", frame);
  await check("print(['a\\nb', 'c\\td'].join(' '))", "a\nb c\td\n", frame);
});

test("a set of flags reads as text wherever it is printed", async () => {
  await check("print(tcp.flags, tcp?.flags ?? 'none', [tcp.flags])", 'syn|ack syn|ack ["syn|ack"]\n');
  await check("const { flags } = tcp; printf('%s\\n', flags)", "syn|ack\n");
});

test("JSON.stringify writes BigInt as digits in quotes, print and emit as numbers all the same", async () => {
  await check("print(JSON.stringify({ t: time, list: [1n] }))", '{"t":"9223372036854775808","list":["1"]}\n');
  await check("emit({ ...{ t: time, s: '1' } })", '{"t":9223372036854775808,"s":"1"}\n');
  await check(
    "print({ t: time, s: '1', d: new Date(0) })",
    '{"t":9223372036854775808,"s":"1","d":"1970-01-01T00:00:00.000Z"}\n',
  );
});

test("emit is one JSON object", async () => {
  await check(
    "emit({ comm, 'the port': tcp.dport, addr: ip.saddr, t: time, flags: tcp.flags, syn: tcp.flags.syn, r: drop.reason })",
    '{"comm":"a\\"b","the port":443,"addr":"10.0.0.1","t":9223372036854775808,"flags":"syn|ack","syn":true,"r":"NO_SOCKET"}\n',
  );
  await check(
    "emit({ a: tcp.dport, b: comm, c: ip.saddr, d: undefined, e: NaN, f: 'x' })",
    '{"a":null,"b":null,"c":null,"d":null,"e":null,"f":"x"}\n',
    {},
  );
  await check(
    "const o = { n: 1n, list: [comm, 2n ** 64n] }; emit(o)",
    '{"n":1,"list":["a\\"b",18446744073709551616]}\n',
  );
  await check("emit({ ...{ a: 1 }, b: tcp })".replace("tcp", "tcp.dport"), '{"a":1,"b":443}\n');
  await check("emit({}); emit({ x: '\\u2028 \\ud800' })", '{}\n{"x":"\u2028 \ufffd"}\n');
  await check("emit({ get a() { return 1 }, ['b' + 1]: 2 })", '{"a":1,"b1":2}\n');
});

test("a batch keeps the order of items, clauses, blocks and calls", async () => {
  const running = await Running.start({
    on: [["print('a', cpu); print('b', cpu)", "print('c', cpu)"], "print('d', cpu)"],
  });
  const text = await running.on([{ cpu: 1 }, { cpu: 2 }], [0, 1]);
  assert.equal(text, "a 1\nb 1\nc 1\nd 1\na 2\nb 2\nc 2\nd 2\n");
  await running.stop();
});

test("what a block put out is written where its action stands", async () => {
  const running = await Running.start({ on: [["print('first')", "print('second')"], "print('other')"] });
  const batch = makeBatch([makeFrame({}), makeFrame({})]);
  const selection = selectAll(batch, [0, 1]);
  const emissions = await running.sandbox.run(batch, selection);
  const out = new TextWriter();
  const handled = new HandlerOutput(running.module, emissions, batch, selection, NO_HOST, {
    ...plainLines,
    event: () => {},
  });
  for (let item = 0; item < 4; item++) {
    // Item 1 is passed over: what it put out is not written.
    if (item === 1) continue;
    for (const action of [0, 1]) {
      out.ascii(`${item}.${action}: `);
      assert.equal(handled.write(out, item, action), false);
      out.ascii(";");
    }
  }
  assert.equal(
    out.take().toString(),
    "0.0: first\n;0.1: second\n;2.0: first\n;2.1: second\n;3.0: other\n;3.1: ;",
  );
  await running.stop();
});

test("stop ends with its event", async () => {
  const running = await Running.start({ on: ["if (cpu === 2) stop(); print('a', cpu)", "print('b', cpu)"] });
  const batch = makeBatch([1, 2, 3].map((cpu) => makeFrame({ cpu })));
  const emissions = await running.sandbox.run(batch, selectAll(batch, [0, 1]));
  assert.equal(emissions.stopped, true);
  assert.equal(running.text(emissions, batch, selectAll(batch, [0, 1])), "a 1\nb 1\na 2\nb 2\n");
  await running.stop();
});

test("many events with much output come whole", async () => {
  const running = await Running.start({ on: ["for (let i = 0; i < 40; i++) print(cpu, i, 'text ' + i)"] });
  const text = await running.on(Array.from({ length: 1000 }, (_, cpu) => ({ cpu })));
  const lines = text.trimEnd().split("\n");
  assert.equal(lines.length, 40_000);
  lines.forEach((line, n) => {
    assert.equal(line, `${Math.floor(n / 40)} ${n % 40} text ${n % 40}`);
  });
  assert.deepEqual(running.faults, []);
  await running.stop();
});

test("one call's output has a bound, and it is said that something is missing", async () => {
  const running = await Running.start({
    on: [
      "const a = Array(100).fill(7); for (let i = 0; i < 2000; i++) print(...a)",
      "for (let i = 0; i < 400; i++) print('x'.repeat(30_000))",
      "print('y'.repeat(1e6))",
      "print(cpu)",
    ],
  });
  const first = await running.on([{}], [0]);
  const lines = first.trimEnd().split("\n");
  assert.ok(lines.length > 300 && lines.length < 1000, String(lines.length));
  assert.ok(running.faults.some((fault) => fault.kind === "output"));
  const second = await running.on([{}], [1]);
  assert.ok(second.length > 1_000_000 && second.length < 3_000_000, String(second.length));
  assert.equal((await running.on([{}], [2])).length, 65_537);
  assert.equal(await running.on([{ cpu: 9 }], [3]), "9\n");
  assert.equal(running.sandbox.faults.filter((fault) => fault.kind === "output").length, 3);
  await running.stop();
});
