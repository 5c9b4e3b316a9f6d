// A file made of another: ticks and losses stand in the copy where they stand in the original, and losses know their
// probe.
import assert from "node:assert/strict";
import test from "node:test";
import { structs } from "../../../compiler/schema/generated/layout.js";
import { frameSize } from "../../../runtime/events/frame.js";
import type { StreamMark } from "../../../runtime/events/source.js";
import { StoredLosses } from "../../../runtime/store/stored-losses.js";
import { writeBatches } from "../../../runtime/store/write-batches.js";
import { createFileOf } from "../../../runtime/store/write-source.js";
import { notBuilt } from "../addon/fixture.js";
import { batchOf, open, randomFrame, randomNumbers, Workshop } from "./made-file.js";

const CPU_STRIDE = 64;
const SLOT_STRIDE = 16;

/** Frames by number, and marks between them. */
async function storyOf(path: string): Promise<{ readonly story: readonly string[]; readonly lost: bigint }> {
  const source = await open(path);
  const story: string[] = [];
  let frames = 0;
  for await (const { view, length, marks, release } of source.batches()) {
    let next = 0;
    for (let at = 0; at <= length; at += at < length ? frameSize(view, at) : 1) {
      for (; marks[next]?.at === at; next++) story.push(markText(marks[next]));
      if (at < length) story.push(`frame ${frames++}`);
    }
    release();
  }
  await source.close();
  return { story, lost: source.lost };
}

function markText(mark: StreamMark | undefined): string {
  if (mark?.kind !== "loss") return `tick ${mark?.block} ${mark?.time}`;
  return `loss of ${mark.count} on CPU ${mark.cpu} at slot ${mark.slot}`;
}

async function copy(from: string, to: string): Promise<void> {
  const source = await open(from);
  const losses = new StoredLosses(source.names.probes.length);
  const request = { path: to, format: "retis", writer: "test", losses: losses.place } as const;
  await writeBatches(source, createFileOf(source, source, request), losses, () => {});
  await source.close();
}

function frame(index: number, cpu: number, lost: number): Uint8Array {
  const bytes = randomFrame(randomNumbers(index + 1), index);
  const view = new DataView(bytes.buffer);
  view.setUint32(structs.frame.members.cpu.offset, cpu, true);
  view.setUint32(structs.frame.members.lost.offset, lost, true);
  return bytes;
}

test("ticks and losses of a copy stand where they stood", { skip: notBuilt }, async () => {
  const workshop = new Workshop();
  try {
    const memory = new ArrayBuffer(2 * CPU_STRIDE);
    const counters = new BigUint64Array(memory);
    const count = (cpu: number, slot: number, lost: bigint): void => {
      counters[(cpu * CPU_STRIDE + 8 + slot * SLOT_STRIDE) / 8] = lost;
    };
    const original = workshop.path("original");
    const place = { memory, cpuStride: CPU_STRIDE, first: 8, slotStride: SLOT_STRIDE, slots: 2 };
    const file = workshop.create(original, { live: { symbols: workshop.symbols(), counters: place } });
    await file.write(batchOf([frame(0, 0, 0), frame(1, 1, 0)]), null);
    count(0, 0, 2n);
    count(0, 1, 3n);
    await file.write(batchOf([frame(2, 1, 0), frame(3, 0, 5), frame(4, 1, 0)]), null);
    file.tick(2, 77n);
    count(1, 1, 4n);
    await file.write(batchOf([frame(5, 1, 4)]), null);
    count(0, 0, 9n);
    file.tick(2, 78n);
    await file.close();

    const first = await storyOf(original);
    assert.deepEqual(first.story, [
      ...["frame 0", "frame 1", "frame 2"],
      ...["loss of 2 on CPU 0 at slot 0", "loss of 3 on CPU 0 at slot 1", "frame 3", "frame 4"],
      ...["tick 2 77", "loss of 4 on CPU 1 at slot 1", "frame 5"],
      ...["tick 2 78", "loss of 7 on CPU 0 at slot 0"],
    ]);
    const copied = workshop.path("copied");
    await copy(original, copied);
    assert.deepEqual(await storyOf(copied), first);
  } finally {
    workshop.done();
  }
});

test("a loss whose probe nobody knows stays one in a copy", { skip: notBuilt }, async () => {
  const workshop = new Workshop();
  try {
    const original = workshop.path("original");
    const file = workshop.create(original);
    await file.write(batchOf([frame(0, 0, 0), frame(1, 0, 3)]), null);
    await file.close();
    const copied = workshop.path("copied");
    await copy(original, copied);
    const { story, lost } = await storyOf(copied);
    assert.deepEqual(story, ["frame 0", "loss of 3 on CPU 0 at slot null", "frame 1"]);
    assert.equal(lost, 3n);
  } finally {
    workshop.done();
  }
});
