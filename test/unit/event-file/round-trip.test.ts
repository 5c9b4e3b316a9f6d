// What goes into an event file comes out of it: frames, their text, what they refer to, and what the file says of
// itself.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import test from "node:test";
import { structs } from "../../../compiler/schema/generated/layout.js";
import { SECTION_BITS } from "../../../compiler/schema/section-bits.js";
import type { SectionName } from "../../../compiler/schema/value.js";
import { type Batch, framePresent, frameSize } from "../../../runtime/events/frame.js";
import { notBuilt } from "../addon/fixture.js";
import { FULL_LAYOUT } from "../handlers/made-frames.js";
import { batchOf, open, randomFrame, randomNumbers, readAll, textOf, Workshop } from "./made-file.js";

const skip = notBuilt;

/** The parts of a frame that mean something, by name. */
function partsOf(batch: Batch, at: number, offsets: typeof FULL_LAYOUT.offsets, fixed: number): unknown {
  const { bytes, view } = batch;
  const present = framePresent(view, at);
  const parts: Record<string, string> = {
    header: bytes.toString("hex", at + 4, at + structs.frame.size),
  };
  for (const [section, offset] of Object.entries(offsets)) {
    if (section === "stack" || (present & SECTION_BITS[section as SectionName]) === 0) continue;
    const size = structs[`section_${section as SectionName}`].size;
    parts[section] = bytes.toString("hex", at + offset, at + offset + size);
  }
  if ((present & SECTION_BITS.packet) !== 0) {
    const captured = view.getUint16(
      at + (offsets.packet ?? 0) + structs.section_packet.members.captured.offset,
      true,
    );
    parts["bytes"] = bytes.toString("hex", at + fixed, at + fixed + captured);
  }
  return parts;
}

function* framesOf(batch: Batch): Generator<number> {
  for (let at = 0; at < batch.length; at += frameSize(batch.view, at)) yield at;
}

for (const level of [0, 1, 3])
  test(`frames come back as they were, at level ${level}`, { skip }, async () => {
    const workshop = new Workshop();
    try {
      const random = randomNumbers(level + 7);
      const path = workshop.path("trace");
      const file = workshop.create(path, { level });
      const parts: unknown[] = [];
      const lines: string[] = [];
      let index = 0;
      for (let number = 0; number < 20; number++) {
        const batch = batchOf(Array.from({ length: 1 + random(400) }, () => randomFrame(random, index++)));
        for (const at of framesOf(batch))
          parts.push(partsOf(batch, at, FULL_LAYOUT.offsets, FULL_LAYOUT.bytes));
        lines.push(...textOf(workshop.names, batch));
        await file.write(batch, null);
      }
      await file.close();
      assert.deepEqual(file.written, { events: index, bytes: statSync(path).size, files: 1 });

      const source = await open(path);
      const { layout } = source.names;
      assert.ok(layout.bytes < FULL_LAYOUT.bytes - 1000, "a stack is stored by number");
      const read: unknown[] = [];
      const readLines: string[] = [];
      for await (const batch of source.batches()) {
        for (const at of framesOf(batch)) read.push(partsOf(batch, at, layout.offsets, layout.bytes));
        readLines.push(...textOf(source.names, batch));
        batch.release();
      }
      assert.deepEqual(source.problems, []);
      assert.deepEqual(read, parts);
      assert.deepEqual(readLines, lines);
      assert.ok(source.complete);
      await source.close();
    } finally {
      workshop.done();
    }
  });

test("the file says where it comes from", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const path = workshop.path("trace");
    const file = workshop.create(path);
    await file.write(batchOf([randomFrame(randomNumbers(1), 0)]), null);
    await file.close();
    const source = await open(path);
    assert.deepEqual(source.header, {
      format: "retis",
      writer: "retis test",
      commandLine: "retis run test",
      kernelRelease: "6.12.0",
      kernelVersion: "#1 SMP",
      hardware: "x86_64",
      clockOffset: 1_700_000_000_000_000_000n,
      scriptDigest: "00ff",
      scriptOptions: source.facts.script?.options,
      decidedClauses: [0, 2],
      started: 12345n,
      sorted: false,
    });
    assert.deepEqual(
      { ...source.facts.script, options: { ...source.facts.script?.options } },
      { name: "test.rts", digest: "00ff", options: { port: "80" }, decided: [0, 2] },
    );
    assert.equal(source.facts.started, 12345n);
    assert.deepEqual(source.names.probes, workshop.names.probes);
    assert.equal(source.enums.enumValues("skb_drop_reason")?.get("SKB_DROP_REASON_NO_SOCKET"), 3n);
    assert.equal(source.enums.enumValues("tcp_state"), null);
    assert.equal(source.names.enums.reasons.text(3), "NO_SOCKET");
    await source.close();
  } finally {
    workshop.done();
  }
});

test("only chosen frames are written, in order", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const random = randomNumbers(3);
    const path = workshop.path("trace");
    const file = workshop.create(path);
    const expected: string[] = [];
    for (let number = 0; number < 5; number++) {
      const batch = batchOf(Array.from({ length: 100 }, (_, i) => randomFrame(random, number * 100 + i)));
      const chosen = new Uint8Array(13);
      const lines = textOf(workshop.names, batch);
      lines.forEach((line, i) => {
        if (random(3) !== 0) return;
        chosen[i >> 3] = (chosen[i >> 3] ?? 0) | (1 << (i & 7));
        expected.push(line);
      });
      await file.write(batch, chosen);
    }
    await file.close();
    assert.equal(file.written.events, expected.length);
    assert.deepEqual(await readAll(await open(path)), expected);
  } finally {
    workshop.done();
  }
});

test("what is copied from one file to another reads the same, however numbers are used", {
  skip,
}, async () => {
  const workshop = new Workshop();
  try {
    const random = randomNumbers(11);
    const [first, second] = [workshop.path("first"), workshop.path("second")];
    const file = workshop.create(first);
    for (let number = 0; number < 10; number++)
      await file.write(
        batchOf(Array.from({ length: 50 }, (_, i) => randomFrame(random, number * 50 + i))),
        null,
      );
    await file.close();

    const source = await open(first);
    const copy = workshop.create(second, { names: source.names, live: null });
    for await (const batch of source.batches()) {
      await copy.write(batch, null);
      batch.release();
    }
    await copy.close();
    await source.close();
    assert.deepEqual(await readAll(await open(second)), await readAll(await open(first)));
  } finally {
    workshop.done();
  }
});

test("ticks and losses stand where they happened", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const path = workshop.path("trace");
    const file = workshop.create(path);
    const random = randomNumbers(5);
    const frame = (index: number, cpu: number, lost: number): Uint8Array => {
      const bytes = randomFrame(random, index);
      const view = new DataView(bytes.buffer);
      view.setUint32(structs.frame.members.cpu.offset, cpu, true);
      view.setUint32(structs.frame.members.lost.offset, lost, true);
      return bytes;
    };
    await file.write(batchOf([frame(0, 0, 0), frame(1, 1, 0), frame(2, 0, 5)]), null);
    file.tick(2, 77n);
    await file.write(batchOf([frame(3, 1, 0), frame(4, 1, 2)]), null);
    file.tick(2, 78n);
    await file.close();

    const source = await open(path);
    const seen: string[] = [];
    for await (const batch of source.batches()) {
      const places = [...framesOf(batch), batch.length];
      for (const mark of batch.marks)
        seen.push(
          `${places.indexOf(mark.at)} ${mark.kind} ${mark.kind === "tick" ? `${mark.block} ${mark.time}` : `${mark.cpu} ${mark.slot} ${mark.from}-${mark.to} ${mark.count}`}`,
        );
      batch.release();
    }
    assert.deepEqual(seen, [
      "2 loss 0 null 1000000-1002000 5",
      "3 tick 2 77",
      "4 loss 1 null 1003000-1004000 2",
      "5 tick 2 78",
    ]);
    assert.equal(source.lost, 7n);
    await source.close();
  } finally {
    workshop.done();
  }
});

test("counters say which probe lost what, to the last event", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const memory = new ArrayBuffer(2 * 64);
    const counters = new BigUint64Array(memory);
    const path = workshop.path("trace");
    const file = workshop.create(path, {
      live: {
        symbols: workshop.symbols(),
        counters: { memory, cpuStride: 64, first: 8, slotStride: 16, slots: 2 },
      },
    });
    const bytes = randomFrame(randomNumbers(9), 0);
    const view = new DataView(bytes.buffer);
    view.setUint32(structs.frame.members.cpu.offset, 1, true);
    view.setUint32(structs.frame.members.lost.offset, 3, true);
    counters[(64 + 8) / 8] = 1n;
    counters[(64 + 8 + 16) / 8] = 2n;
    await file.write(batchOf([bytes]), null);
    counters[1] = 4n;
    await file.close();
    const source = await open(path);
    const losses: string[] = [];
    for await (const batch of source.batches())
      for (const mark of batch.marks)
        if (mark.kind === "loss") losses.push(`cpu ${mark.cpu} slot ${mark.slot}: ${mark.count}`);
    assert.deepEqual(losses, ["cpu 1 slot 0: 1", "cpu 1 slot 1: 2", "cpu 0 slot 0: 4"]);
    assert.equal(source.lost, 7n);
    await source.close();
  } finally {
    workshop.done();
  }
});

test("nothing of what lay in a frame's gaps is stored", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const path = workshop.path("trace");
    const file = workshop.create(path, { level: 0 });
    // Made frames hold 0xa5 where the kernel writes nothing.
    await file.write(
      batchOf(Array.from({ length: 50 }, (_, i) => randomFrame(randomNumbers(i + 1), i))),
      null,
    );
    await file.close();
    assert.equal(readFileSync(path).indexOf(Buffer.alloc(8, 0xa5)), -1);
  } finally {
    workshop.done();
  }
});
