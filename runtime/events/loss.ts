// Loss while it happens: every frame carries how many events its CPU lost so far; the differences are what is new.
import { type Batch, frameCpu, frameLost, frameSize } from "./frame.js";

/** A person can read one line a second. */
const QUIET_MS = 1000;

export class LossWatch {
  readonly #byCpu = new Map<number, number>();
  #total = 0;
  #said = 0;
  #nextAt = 0;

  /** Takes note of a batch; returns the events lost so far when that is worth saying now, else null. */
  watch(batch: Batch, now: number): number | null {
    const { view, length } = batch;
    let lastCpu = -1;
    let lastLost = 0;
    for (let at = 0; at < length; at += frameSize(view, at)) {
      const lost = frameLost(view, at);
      const cpu = frameCpu(view, at);
      if (cpu === lastCpu && lost === lastLost) continue;
      lastCpu = cpu;
      lastLost = lost;
      const known = this.#byCpu.get(cpu) ?? 0;
      if (lost === known) continue;
      // The counter has 32 bits and wraps.
      this.#total += (lost - known) >>> 0;
      this.#byCpu.set(cpu, lost);
    }
    if (this.#total === this.#said || now < this.#nextAt) return null;
    this.#said = this.#total;
    this.#nextAt = now + QUIET_MS;
    return this.#total;
  }
}
