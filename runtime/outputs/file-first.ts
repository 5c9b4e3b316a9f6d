// Live batches for whoever shows them, beside a file that has all of them. Where showing is behind, the frames wait in
// memory of their own, so that the drain is not held up; beyond a limit they are not shown.
import type { Plan } from "../../compiler/plan/plan.js";
import type { Batch } from "../events/frame.js";
import type { LiveBatch, LiveSource } from "../events/live-source.js";
import type { SourceBatch, Tick } from "../events/source.js";
import type { OutputFile } from "../store/output-file.js";
import type { BatchSource } from "./output-loop.js";

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

export type TappedSource = Pick<LiveSource, "batches" | "tick" | "skipped">;

export class FileFirst implements BatchSource {
  readonly bringsTicks = true;
  readonly #source: TappedSource;
  /** A file that the drain is not tapped into: it is given each batch here. */
  readonly #file: OutputFile | null;
  readonly #timed: Plan["timed"];
  readonly #queue: Item[] = [];
  /** The last of the queue, while frames can be added to it. */
  #open: Backlog | null = null;
  readonly #free: Backlog[] = [];
  #chunks = 0;
  #dropped = 0;
  #busy = false;
  #ended = false;
  #wake: (() => void) | null = null;

  constructor(source: TappedSource, file: OutputFile, timed: Plan["timed"]) {
    this.#source = source;
    this.#file = file.writer === null ? file : null;
    this.#timed = timed;
  }

  /** Events that are in the file and were not shown. */
  get notShown(): number {
    return this.#dropped + this.#source.skipped;
  }

  async *batches(): AsyncGenerator<Item> {
    const timers = this.#timed.flatMap((timed, block) =>
      timed.kind === "every"
        ? [
            setInterval(
              () => this.#source.tick({ block, time: process.hrtime.bigint() }),
              Number(timed.nanoseconds) / 1e6,
            ),
          ]
        : [],
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
    if (batch.tick !== undefined) {
      this.#file?.tick(batch.tick.block, batch.tick.time);
      this.#open = null;
      this.#push({ ...batch, before: [batch.tick] });
      return;
    }
    let users = this.#file === null ? 1 : 2;
    const release = (): void => {
      users--;
      if (users === 0) batch.release();
    };
    this.#file?.write(batch, null).then(release, release);
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
      this.#dropped += batch.records;
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
