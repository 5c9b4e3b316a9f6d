// The live source of batches: attached programs and the native drain, as batches that are given back after use.
import type { Addon, Drain } from "../addon/addon.js";
import type { EventWriter } from "../addon/event-file.js";
import type { Attached } from "../attach/attach.js";
import type { Batch } from "./frame.js";
import type { Tick } from "./source.js";

/** A batch with room for a few thousand events; with the others it rides over a pause of the main thread. */
const BATCH_BYTES = 512 * 1024;
const BATCHES = 6;

/** A batch on its way through the program. */
export interface LiveBatch extends Batch {
  /** The memory behind it, which a Worker can see too. */
  readonly shared: SharedArrayBuffer;
  readonly records: number;
  /** A timed block is due, after all events of the batches before; such a batch has no events. */
  readonly tick?: Tick;
  /** Gives the memory back to the drain; the batch must not be looked at after. */
  release(): void;
}

export class LiveSource {
  readonly #drain: Drain;
  /** On their way through the drain. */
  readonly #ticks: Tick[] = [];
  readonly #queue: LiveBatch[] = [];
  #wake: (() => void) | null = null;
  #ended = false;
  #records = 0;

  /** `attached`: its ring is what is drained. */
  constructor(addon: Addon, attached: Pick<Attached, "object">) {
    const memory = Array.from({ length: BATCHES }, () => new SharedArrayBuffer(BATCH_BYTES));
    const buffers = memory.map((shared) => Buffer.from(shared));
    const views = memory.map((shared) => new DataView(shared));
    this.#drain = new addon.Drain(attached.object, "events", buffers, (index, length, records) => {
      this.#records += records;
      const tick = index === -1 ? this.#ticks.shift() : undefined;
      if (index === -1) this.#queue.push(emptyBatch(tick));
      else
        this.#queue.push({
          bytes: buffers[index]!,
          view: views[index]!,
          shared: memory[index]!,
          length,
          records,
          release: () => this.#drain.release(index),
        });
      this.#wake?.();
    });
  }

  /** Events that came out of the ring so far. */
  get delivered(): number {
    return this.#records + this.skipped;
  }

  /** Those of them that went to the file alone: nobody here had memory free for them. */
  get skipped(): number {
    return this.#drain.counters().skipped;
  }

  /** Before the first event: the writer gets every batch, whatever becomes of it here. */
  tap(writer: EventWriter): void {
    this.#drain.tap(writer);
  }

  /** Finds its place between the batches, the same here and in the file. */
  tick(tick: Tick): void {
    this.#ticks.push(tick);
    this.#drain.tick(tick.block, tick.time);
  }

  /** Everything that is in the ring is handed over before the last batch ends the iteration. */
  async stop(): Promise<void> {
    await this.#drain.stop();
    this.#ended = true;
    this.#wake?.();
  }

  async *batches(): AsyncGenerator<LiveBatch> {
    for (;;) {
      const batch = this.#queue.shift();
      if (batch !== undefined) yield batch;
      else if (this.#ended) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

function emptyBatch(tick: Tick | undefined): LiveBatch {
  const shared = new SharedArrayBuffer(0);
  return {
    bytes: Buffer.from(shared),
    view: new DataView(shared),
    shared,
    length: 0,
    records: 0,
    ...(tick === undefined ? {} : { tick }),
    release: () => {},
  };
}
