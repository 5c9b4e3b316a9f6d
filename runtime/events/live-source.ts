// The live source of batches: attached programs and the native drain, as batches that are given back after use.
import type { Addon, Drain } from "../addon/addon.js";
import type { Attached } from "../attach/attach.js";
import type { Batch } from "./frame.js";

/** A batch with room for a few thousand events; with the others it rides over a pause of the main thread. */
const BATCH_BYTES = 512 * 1024;
export const BATCHES = 6;

/** A batch on its way through the program. */
export interface LiveBatch extends Batch {
  /** The memory behind it, which a Worker can see too. */
  readonly shared: SharedArrayBuffer;
  readonly records: number;
  /** Gives the memory back to the drain; the batch must not be looked at after. */
  release(): void;
}

export class LiveSource {
  readonly #drain: Drain;
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

  /** Events that the drain handed over so far. */
  get delivered(): number {
    return this.#records;
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
