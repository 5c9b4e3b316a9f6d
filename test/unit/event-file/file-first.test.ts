// A live run with a file: everything goes to the file as it comes, showing gets what it can, in the same order, and
// what a script chooses is chosen to the event.
import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { PlannedAction } from "../../../compiler/plan/plan.js";
import { frameSize, frameTime } from "../../../runtime/events/frame.js";
import type { LiveBatch } from "../../../runtime/events/live-source.js";
import type { Tick } from "../../../runtime/events/source.js";
import { SystemError } from "../../../runtime/failure.js";
import { FrameChooser, StopNote } from "../../../runtime/outputs/chosen-frames.js";
import { FileFirst, type TappedSource } from "../../../runtime/outputs/file-first.js";
import type { Selection } from "../../../runtime/outputs/perform.js";
import type { Chosen, OutputFile } from "../../../runtime/store/output-file.js";
import { makeFrame } from "../handlers/made-frames.js";
import { makePlan } from "../handlers/made-plan.js";
import { batchOf } from "./made-file.js";

/** Numbers of frames, which are their times. */
function numbersOf(batch: { readonly view: DataView; readonly length: number }): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < batch.length; at += frameSize(batch.view, at))
    numbers.push(Number(frameTime(batch.view, at)));
  return numbers;
}

/** Keeps what it is given as text; takes its time; fails when told to. */
class MadeFile implements OutputFile {
  readonly seen: (number | string)[] = [];
  readonly written = { events: 0, bytes: 0, files: 1 };
  readonly closedByReader = false;
  readonly writer = null;
  readonly failed = new Promise<void>(() => {});
  fails = false;

  async write(batch: Parameters<OutputFile["write"]>[0], _: Chosen | null): Promise<void> {
    if (this.fails) throw new SystemError("no space left");
    this.seen.push(...numbersOf(batch));
    await sleep(1);
  }

  tick(block: number): void {
    this.seen.push(`tick ${block}`);
  }

  async close(): Promise<void> {}
}

/** Hands out batches of a few memories, as the drain does: none is filled again before it is released. */
class MadeSource implements TappedSource {
  readonly skipped = 0;
  held = 0;
  most = 0;
  readonly #batches: number;
  readonly #frames: number;
  readonly #pause: number;
  readonly #ticks: Tick[] = [];

  constructor(batches: number, frames: number, pause: number) {
    this.#batches = batches;
    this.#frames = frames;
    this.#pause = pause;
  }

  tick(tick: Tick): void {
    this.#ticks.push(tick);
  }

  async *batches(): AsyncGenerator<LiveBatch> {
    for (let number = 0; number < this.#batches; number++) {
      const frames = Array.from({ length: this.#frames }, (_, i) =>
        makeFrame({ time: BigInt(number * this.#frames + i) }),
      );
      const batch = batchOf(frames);
      let released = false;
      this.held++;
      this.most = Math.max(this.most, this.held);
      yield {
        ...batch,
        shared: batch.bytes.buffer as SharedArrayBuffer,
        records: frames.length,
        release: () => {
          assert.equal(released, false, "released twice");
          released = true;
          this.held--;
          batch.bytes.fill(0xee);
        },
      };
      for (const tick of this.#ticks.splice(0))
        yield { ...batchOf([]), shared: new SharedArrayBuffer(0), records: 0, tick, release: () => {} };
      await sleep(this.#pause);
    }
  }
}

async function show(first: FileFirst, pause: number): Promise<(number | string)[]> {
  const shown: (number | string)[] = [];
  for await (const batch of first.batches()) {
    for (const tick of batch.before) shown.push(`tick ${tick.block}`);
    await sleep(pause);
    shown.push(...numbersOf(batch));
    batch.release();
  }
  return shown;
}

const every = makePlan({ every: "print(1)" }).timed.map((block) =>
  block.kind === "every" ? { ...block, nanoseconds: 7_000_000n } : block,
);

test("file and screen see events and ticks in the same order", async () => {
  const file = new MadeFile();
  const source = new MadeSource(30, 3, 2);
  const first = new FileFirst(source, file, every);
  const shown = await show(first, 0);
  assert.deepEqual(shown, file.seen);
  assert.deepEqual(
    shown.filter((item) => typeof item === "number"),
    Array.from({ length: 90 }, (_, i) => i),
  );
  assert.ok(
    shown.some((item) => typeof item === "string"),
    "a tick",
  );
  assert.equal(source.held, 0);
  assert.equal(first.notShown, 0);
});

test("a slow screen holds up neither the file nor the drain, and loses nothing of what fits", async () => {
  const file = new MadeFile();
  const source = new MadeSource(60, 20, 1);
  const first = new FileFirst(source, file, every);
  const shown = await show(first, 25);
  assert.deepEqual(shown, file.seen);
  assert.equal(first.notShown, 0);
  assert.ok(source.most <= 4, `${source.most} batches were held at once`);
});

test("what does not fit is counted, to the event", async () => {
  const file = new MadeFile();
  // 1.5 KB each: 512 KB and 32 times that hold less than these.
  const source = new MadeSource(60, 300, 0);
  const first = new FileFirst(source, file, []);
  const shown: number[] = [];
  for await (const batch of first.batches()) {
    if (shown.length === 0) await sleep(1500);
    shown.push(...numbersOf(batch));
    batch.release();
  }
  assert.deepEqual(
    file.seen,
    Array.from({ length: 18_000 }, (_, i) => i),
  );
  assert.ok(first.notShown > 0);
  assert.equal(shown.length + first.notShown, 18_000);
  assert.deepEqual(
    shown,
    [...shown].sort((a, b) => a - b),
  );
  assert.equal(source.held, 0);
});

test("when the file fails, showing goes on", async () => {
  const file = new MadeFile();
  const source = new MadeSource(10, 3, 2);
  const first = new FileFirst(source, file, []);
  file.fails = true;
  const shown = await show(first, 0);
  assert.equal(shown.length, 30);
  assert.equal(source.held, 0);
});

/** A plan whose clauses have these actions. */
function planOf(...clauses: readonly (readonly PlannedAction["kind"][])[]) {
  const plan = makePlan({ on: clauses.map(() => "1") });
  const span = plan.clauses[0]!.span;
  return {
    ...plan,
    clauses: plan.clauses.map((clause, id) => ({
      ...clause,
      actions: (clauses[id] ?? []).map((kind): PlannedAction => {
        if (kind === "print-event") return { kind, added: [], span };
        if (kind === "save" || kind === "stop") return { kind, span };
        return { kind: "javascript", body: { text: "1", span }, span };
      }),
    })),
  };
}

const batch = batchOf(Array.from({ length: 12 }, (_, i) => makeFrame({ time: BigInt(i) })));
const offsets = (() => {
  const all: number[] = [];
  for (let at = 0; at < batch.length; at += frameSize(batch.view, at)) all.push(at);
  return all;
})();

/** `pairs`: frames by number, and clauses. */
const selectionOf = (pairs: readonly (readonly [number, number])[]): Selection => ({
  pairs: Uint32Array.from(pairs.flatMap(([frame, clause]) => [offsets[frame] ?? 0, clause])),
  count: pairs.length,
  items: new Uint32Array(0),
});

const chosenBy = (chosen: Chosen | null): number[] | null =>
  chosen === null
    ? null
    : offsets.flatMap((_, i) => (((chosen[i >> 3] ?? 0) & (1 << (i & 7))) !== 0 ? [i] : []));

test("a `save` chooses its events; without one, all are", () => {
  const printing = new FrameChooser(planOf(["print-event"]));
  assert.equal(printing.choose(batch, selectionOf([[3, 0]]), false, -1), null);
  const saving = new FrameChooser(planOf(["print-event"], ["save"]));
  const selection = selectionOf([
    [0, 0],
    [2, 1],
    [5, 0],
    [5, 1],
    [11, 1],
  ]);
  assert.deepEqual(chosenBy(saving.choose(batch, selection, false, -1)), [2, 5, 11]);
  assert.deepEqual(chosenBy(saving.choose(batch, selectionOf([]), false, -1)), []);
});

test("nothing is saved after the event at which the script stops", () => {
  const stopping = new FrameChooser(planOf(["print-event"], ["stop"]));
  const selection = selectionOf([
    [1, 0],
    [4, 0],
    [4, 1],
    [6, 0],
    [8, 1],
  ]);
  assert.deepEqual(chosenBy(stopping.choose(batch, selection, true, -1)), [0, 1, 2, 3, 4]);
  const saving = new FrameChooser(planOf(["save"], ["stop"]));
  assert.deepEqual(chosenBy(saving.choose(batch, selection, true, -1)), [1, 4]);
  // Enough events were asked for: the last of the selection is the last of the file.
  const counting = new FrameChooser(planOf(["print-event"]));
  assert.deepEqual(
    chosenBy(
      counting.choose(
        batch,
        selectionOf([
          [1, 0],
          [3, 0],
        ]),
        true,
        -1,
      ),
    ),
    [0, 1, 2, 3],
  );
});

test("a handler that stops does so at its event", () => {
  const plan = planOf(["print-event"], ["javascript"]);
  const chooser = new FrameChooser(plan);
  const note = new StopNote({ write: (_out, item) => item === 1 });
  const nowhere = {} as Parameters<StopNote["write"]>[0];
  assert.equal(note.write(nowhere, 0, 0), false);
  assert.equal(note.write(nowhere, 1, 0), true);
  const selection = selectionOf([
    [1, 0],
    [2, 1],
    [5, 0],
    [5, 1],
    [7, 1],
  ]);
  assert.deepEqual(chosenBy(chooser.choose(batch, selection, true, note.item)), [0, 1, 2, 3, 4, 5]);
});
