// The sandbox around the handlers: state, clocks, timed blocks, patterns, values from the host, places of exceptions.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of the scripts under test
import assert from "node:assert/strict";
import { test } from "node:test";
import { generateHandlers, patternId } from "../../../compiler/codegen/handlers/index.js";
import { placeOf } from "../../../compiler/source/lines.js";
import { type HostValues, Sandbox, SandboxWorker } from "../../../runtime/sandbox/sandbox.js";
import { makeBatch, makeFrame, selectAll, tcp4 } from "../handlers/made-frames.js";
import { KERNEL, makePlan } from "../handlers/made-plan.js";
import { FILES, NO_HOST, Running, SETTINGS } from "./running.js";

async function running(pieces: Parameters<typeof Running.start>[0], host?: HostValues): Promise<Running> {
  return Running.start(pieces, host);
}

test("let variables are shared by all handlers and last", async () => {
  const sandbox = await running({
    on: ["seen.push(cpu); total += cpu", "print(seen, total, double(total))"],
    lets: { seen: "[]", total: "0", double: "(n) => n * 2", nothing: null },
    end: "print('end', seen.length, nothing)",
  });
  assert.equal(await sandbox.on([{ cpu: 1 }, { cpu: 2 }], [0, 1]), "[1] 1 2\n[1,2] 3 6\n");
  assert.equal(await sandbox.on([{ cpu: 3 }], [0, 1]), "[1,2,3] 6 12\n");
  assert.equal(await sandbox.timed(0), "end 3 -\n");
  await sandbox.stop();
});

test("a let that throws is reported at its place; the rest runs", async () => {
  const sandbox = await running({
    on: ["print(a, b)"],
    lets: { a: "null.x", b: "2", c: "(() => { for (;;); })()" },
  });
  assert.equal(await sandbox.on([{}]), "- 2\n");
  assert.deepEqual(
    sandbox.faults.map(({ kind, span }) => [
      kind,
      span === null ? "" : span.source.text.slice(span.start, span.end),
    ]),
    [
      ["deadline", "(() => { for (;;); })()"],
      ["exception", "x"],
    ],
  );
  await sandbox.stop();
});

test("the clock is the event's, or the block's", async () => {
  const sandbox = await running({
    on: [
      "print(Date.now(), new Date().toISOString(), new Date(0).getTime(), typeof Date(), new Date() instanceof Date, elapsed)",
    ],
    every: "print(Date.now(), elapsed, [1, 2].length)",
  });
  // 1 700 000 000 s, and 3.5 s of the trace.
  assert.equal(
    await sandbox.on([{ time: 3_500_000_000n }]),
    "1700000003500 2023-11-14T22:13:23.500Z 0 string true 3499999000\n",
  );
  assert.equal(await sandbox.timed(0, 5_000_001_000n), "1700000005000 5000000000 2\n");
  await sandbox.stop();
});

test("chance is the same for the same seed", async () => {
  const outputs: string[] = [];
  for (let i = 0; i < 2; i++) {
    const sandbox = await running({ on: ["print(Math.random())"] });
    outputs.push(await sandbox.on([{}, {}]));
    await sandbox.stop();
  }
  assert.equal(outputs[0], outputs[1]);
  const [first, second] = (outputs[0] ?? "").split("\n").map(Number);
  assert.ok(first !== second && [first, second].every((one) => one !== undefined && one > 0 && one < 1));
});

test("timed blocks: begin in order, exceptions, stop", async () => {
  const sandbox = await running({
    begin: "print('begin', elapsed)",
    every: "null.y",
    end: "stop(); print('end')",
  });
  assert.equal(await sandbox.timed(0), "begin 1000\n");
  assert.equal(await sandbox.timed(1), "");
  const emissions = await sandbox.sandbox.end(3_000n, [2]);
  assert.equal(emissions.stopped, true);
  assert.equal(sandbox.faults[0]?.message, "TypeError: cannot read property 'y' of null");
  await sandbox.stop();
});

test("an exception is reported once for each place, at line and column of the script, and counted", async () => {
  const body = "\n  const x = { a: tcp.dport };\n  if (cpu % 2) x.b.c();\n  else undefinedIsNot(cpu);\n";
  const sandbox = await running({
    on: [body],
    lets: { undefinedIsNot: "(n) => { throw new RangeError(`bad ${n}`) }" },
  });
  await sandbox.on(Array.from({ length: 10 }, (_, cpu) => ({ cpu })));
  assert.equal(sandbox.faults.length, 2);
  assert.deepEqual(
    sandbox.faults.map(({ message, span }) => {
      const place = span === null ? null : placeOf(span.source, span.start);
      return `${message} ${place?.line}:${place?.column}`;
    }),
    ["RangeError: bad 0 1:41", "TypeError: cannot read property 'c' of undefined 4:20"],
  );
  assert.deepEqual(
    sandbox.sandbox.faults.map((fault) => fault.count),
    [5, 5],
  );
  await sandbox.stop();
});

test("text from the network does not reach the terminal through a message", async () => {
  const sandbox = await running({ on: ["throw new Error(comm)"] });
  await sandbox.on([{ sections: { task: { comm: "\u001b[2Jx\n\u009b" } } }]);
  assert.equal(sandbox.faults[0]?.message, "Error: \ufffd[2Jx\ufffd\ufffd");
  await sandbox.stop();
});

test("closed while batches are under way", async () => {
  const sandbox = await running({ on: ["for (let i = 0; i < 1e6; i++);"] });
  const batch = makeBatch([makeFrame({}), makeFrame({})]);
  const results = [1, 2].map(() => sandbox.sandbox.run(batch, selectAll(batch)));
  await sandbox.stop();
  assert.deepEqual(
    (await Promise.all(results)).map((one) => one.notHandled),
    [2, 2],
  );
  assert.deepEqual(sandbox.faults, []);
});

test("patterns", async () => {
  const patterns = [/^ngin/, /eth\d+$/i, /^(a+)+$/, /x/g];
  const sandbox = await running({ patterns });
  const ask = async (pattern: RegExp, subjects: readonly string[]): Promise<string> => {
    const id = patternId(sandbox.module, pattern.source, pattern.flags);
    return [...(await sandbox.sandbox.matchBatch(id, subjects))].join("");
  };
  assert.equal(await ask(patterns[0]!, ["nginx", "engine", "", "ngin"]), "1001");
  assert.equal(await ask(patterns[1]!, ["ETH0", "veth", 'eth"1', "eth12"]), "1001");
  // No position is kept from one to the next.
  assert.equal(await ask(patterns[3]!, ["xx", "xx", "ax", "y"]), "1110");
  assert.equal(sandbox.faults.length, 0);
  // Text from the network that would take for ever: no match, said once, and what follows is tested.
  assert.equal(
    await ask(patterns[2]!, ["aaa", `${"a".repeat(40)}b`, "aa", `${"a".repeat(50)}c`, "b"]),
    "10100",
  );
  assert.deepEqual(
    sandbox.faults.map((fault) => fault.kind),
    ["pattern"],
  );
  assert.deepEqual(
    sandbox.sandbox.faults.map((fault) => fault.count),
    [2],
  );
  assert.equal(await ask(patterns[0]!, []), "");
  await sandbox.stop();
});

test("a pattern that is none is an error of the script", () => {
  const { diagnostics } = generateHandlers(makePlan({ patterns: [{ source: "(", flags: "" }] }), KERNEL);
  assert.deepEqual(
    diagnostics.map((one) => one.code),
    ["E0413"],
  );
});

test("fields that only the host knows: in records, as values, and again after the sandbox was replaced", async () => {
  const reads: string[] = [];
  const host: HostValues = {
    read: (field, bytes, frame) => {
      reads.push(field.name);
      const cpu = new DataView(bytes.buffer).getUint32(frame + 8, true);
      if (field.name === "stack") return cpu === 0 ? undefined : [`f${cpu}+0x1`, "main"];
      return field.name === "drop.location" ? `loc${cpu}` : 2n ** 60n + BigInt(cpu);
    },
  };
  const frames = [0, 1, 2, 1].map((cpu) => ({ cpu, sections: { drop: {} } }));
  const sandbox = await running(
    {
      on: [
        "print(drop.location, stack, 'x')",
        "const l = drop.location, s = stack; print(l, l.length, s?.[0], s?.length)",
        "if (cpu === 2) new ArrayBuffer(1e8)",
        "for (;;) kept.sort()",
      ],
      lets: { kept: "Array(100000).fill(1)" },
    },
    host,
  );
  assert.equal(await sandbox.on(frames.slice(0, 2)), "loc0 - x\nloc1 \n    f1+0x1\n    main x\n");
  const values = "loc0 4 - -\nloc1 4 f1+0x1 2\nloc2 4 f2+0x1 2\nloc1 4 f1+0x1 2\n";
  assert.equal(await sandbox.on(frames, [1]), values);
  assert.equal(await sandbox.on(frames, [1]), values);
  // A new machine in the same Worker, or a new Worker: the values are there again.
  assert.equal(await sandbox.on(frames, [2, 1]), values);
  assert.equal(await sandbox.on(frames, [3, 1]), values);
  assert.equal(await sandbox.on(frames, [1]), values);
  assert.deepEqual([...sandbox.sandbox.switchedOff], [2, 3]);
  await sandbox.stop();
});

test("two batches at a time, in order", async () => {
  const sandbox = await running({ on: ["print(++n, cpu)"], lets: { n: "0" } });
  const batches = [1, 2, 3].map((cpu) => makeBatch([makeFrame({ cpu }), makeFrame({ cpu })]));
  assert.equal(sandbox.sandbox.room, 2);
  const results = batches.map((batch) => sandbox.onBatch(batch, selectAll(batch)));
  const full = sandbox.sandbox.room;
  assert.ok(full <= 0);
  assert.deepEqual(await Promise.all(results), ["1 1\n2 1\n", "3 2\n4 2\n", "5 3\n6 3\n"]);
  assert.equal(sandbox.sandbox.room, 2);
  await sandbox.stop();
});

test("batches of any size, and none", async () => {
  const sandbox = await running({ on: ["print(tcp.dport)"] });
  for (const count of [0, 1, 5000, 3, 20_000]) {
    const frames = Array.from({ length: count }, (_, i) =>
      makeFrame({ packet: { bytes: tcp4({ dport: i % 60_000 }) } }),
    );
    const batch = makeBatch(frames);
    const text = await sandbox.onBatch(batch, selectAll(batch));
    assert.equal(text, frames.map((_, i) => `${i % 60_000}\n`).join(""));
  }
  assert.deepEqual(sandbox.faults, []);
  await sandbox.stop();
});

test("a Worker that was started ahead; one that cannot start", async () => {
  const plan = makePlan({ on: ["print(1)"] });
  const { value } = generateHandlers(plan, KERNEL);
  assert.ok(value !== null);
  const worker = new SandboxWorker(FILES);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const faults: string[] = [];
  const options = {
    settings: SETTINGS,
    hostValues: NO_HOST,
    report: (fault: { message: string }) => faults.push(fault.message),
  };
  const early = await Sandbox.start(value, { ...options, worker });
  const batch = makeBatch([makeFrame({})]);
  assert.equal((await early.run(batch, selectAll(batch))).chunks.length, 1);
  await early.close();
  assert.deepEqual(faults, []);
  const broken = await Sandbox.start(value, {
    ...options,
    worker: new SandboxWorker({ ...FILES, wasm: "/nowhere.wasm" }),
  });
  assert.match(faults[0] ?? "", /sandbox .* failed: ENOENT/);
  assert.equal((await broken.run(batch, selectAll(batch))).notHandled, 1);
  assert.equal((await broken.matchBatch(0, ["a"]))[0], 0);
  await broken.close();
});

test("the module of a script without JavaScript is empty", () => {
  const { value } = generateHandlers(makePlan({}), KERNEL);
  assert.equal(value?.empty, true);
});
