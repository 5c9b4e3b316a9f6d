// Losses that a stored source tells of, for a file that is made of it. They are handed over as the kernel does, by
// counters: the writer looks at those of a CPU when a frame of it says that something was lost, and at all in the end.
import type { LossCounterPlace } from "../addon/event-file.js";
import type { StreamMark } from "../events/source.js";

/** More than Linux can have. */
const CPUS = 8192;
const COUNTER = 8;

export class StoredLosses {
  readonly place: LossCounterPlace;
  /** By CPU and slot; the last slot of each is that of losses of which the source does not know the probe. */
  readonly #counters: BigUint64Array<ArrayBuffer>;
  readonly #slots: number;

  constructor(probes: number) {
    this.#slots = probes + 1;
    this.#counters = new BigUint64Array(CPUS * this.#slots);
    const cpuStride = this.#slots * COUNTER;
    const memory = this.#counters.buffer;
    this.place = { memory, cpuStride, first: 0, slotStride: COUNTER, slots: this.#slots };
  }

  /** Before the frames that follow it are written, and once those before it are. */
  add({ cpu, slot, count }: Extract<StreamMark, { kind: "loss" }>): void {
    const unknown = this.#slots - 1;
    const index = Math.min(cpu, CPUS - 1) * this.#slots + Math.min(slot ?? unknown, unknown);
    this.#counters[index] = (this.#counters[index] ?? 0n) + count;
  }
}
