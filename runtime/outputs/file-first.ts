// Live batches for a file and for whoever shows them: each goes to the file as it comes; where showing is behind, the
// frames wait in memory of their own, so that the drain is never held up by it, and beyond a limit they are not shown.
import type { Plan } from "../../compiler/plan/plan.js";
import type { Batch } from "../events/frame.js";
import type { LiveBatch } from "../events/live-source.js";
import type { SourceBatch } from "../events/source.js";
import type { OutputFile } from "../store/output-file.js";
import type { BatchSource, Tick } from "./output-loop.js";

/** As large as those of the drain. */
const CHUNK_BYTES = 512 * 1024;
/** Frames that wait to be shown: a pause of a second at 40,000 of them a second. */
const MOST_CHUNKS = 32;

interface Item extends SourceBatch {
  readonly before: readonly Tick[];
}

/** Frames that wait, copied. */
class Backlog {
  readonly shared = new SharedArrayBuffer(CHUNK_BYTES);
  readonly bytes = Buffer.from(this.shared);
  readonly view = new DataView(this.shared);
  length = 0;

  add(batch: Batch): boolean {
    if (this.length + batch.length > CHUNK_BYTES) return false;
    batch.bytes.copy(this.bytes, this.length, 0, batch.length);
    this.length += batch.length;
    return true;
  }
}

export class FileFirst implements BatchSource {
  readonly bringsTicks = true;
  /** Events that are in the file and were not shown. */
  notShown = 0;
  readonly #source: { batches(): AsyncIterable<LiveBatch> };
  readonly #file: OutputFile;
  readonly #timed: Plan["timed"];
  readonly #onFailure: () => void;
  readonly #queue: Item[] = [];
  /** The last of the queue, while frames can be added to it. */
  #open: Backlog | null = null;
  readonly #free: Backlog[] = [];
  #chunks = 0;
  #busy = false;
  #failed = false;
  #ended = false;
  #wake: (() => void) | null = null;

  /** `onFailure`: the file cannot be written any more; what comes then is shown all the same. */
  constructor(
    source: { batches(): AsyncIterable<LiveBatch> },
    file: OutputFile,
    timed: Plan["timed"],
    onFailure: () => void,
  ) {
    this.#source = source;
    this.#file = file;
    this.#timed = timed;
    this.#onFailure = onFailure;
  }

  /** A timed block is due: it runs, here and in a replay of the file, after all events that came before. */
  #tick(block: number): void {
    const tick = { block, time: process.hrtime.bigint() };
    if (!this.#failed) this.#file.tick(tick.block, tick.time);
    const bytes = Buffer.alloc(0);
    this.#open = null;
    this.#push({ bytes, view: new DataView(bytes.buffer), length: 0, before: [tick], release: () => {} });
  }

  async *batches(): AsyncGenerator<Item> {
    const timers = this.#timed.flatMap((block, index) =>
      block.kind === "every" ? [setInterval(() => this.#tick(index), Number(block.nanoseconds) / 1e6)] : [],
    );
    const pump = this.#pump().finally(() => {
      for (const timer of timers) clearInterval(timer);
    });
    for (;;) {
      const item = this.#queue.shift();
      if (item !== undefined) {
        if (this.#queue.length === 0) this.#open = null;
        this.#busy = true;
        yield item;
        this.#busy = false;
      } else if (this.#ended) break;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
    await pump;
  }

  async #pump(): Promise<void> {
    try {
      for await (const batch of this.#source.batches()) this.#take(batch);
    } finally {
      this.#ended = true;
      this.#wake?.();
    }
  }

  #take(batch: LiveBatch): void {
    let users = 2;
    const release = (): void => {
      users--;
      if (users === 0) batch.release();
    };
    if (this.#failed) release();
    else
      this.#file.write(batch, null).then(release, () => {
        release();
        if (!this.#failed) this.#onFailure();
        this.#failed = true;
      });
    if (!this.#busy && this.#queue.length === 0) this.#push({ ...batch, before: [], release });
    else {
      this.#keep(batch);
      release();
    }
  }

  #keep(batch: LiveBatch): void {
    if (this.#open?.add(batch) === true) return;
    const backlog = this.#free.pop() ?? this.#more();
    if (backlog === null) {
      this.notShown += batch.records;
      return;
    }
    backlog.length = 0;
    backlog.add(batch);
    this.#open = backlog;
    const { bytes, view } = backlog;
    this.#push({
      bytes,
      view,
      // Frames may still be added while it waits.
      get length() {
        return backlog.length;
      },
      before: [],
      release: () => this.#free.push(backlog),
    });
  }

  #more(): Backlog | null {
    if (this.#chunks === MOST_CHUNKS) return null;
    this.#chunks++;
    return new Backlog();
  }

  #push(item: Item): void {
    this.#queue.push(item);
    this.#wake?.();
  }
}
