// The kernel's counters of a run, read from memory that both sides see: what became of every hit.
import { structs } from "../../compiler/schema/generated/layout.js";

const perCpu = structs.counters;
const perSlot = structs.slot_counters;

/** What became of the hits of one probe. hits = rejected + ringFull + submitted. */
export interface ProbeCounts {
  /** No clause's kernel part held. */
  readonly rejected: bigint;
  /** Passed, but the ring had no room: lost. */
  readonly ringFull: bigint;
  /** Handed to user space. */
  readonly submitted: bigint;
}

export class Counters {
  readonly #view: DataView;
  readonly #cpus: number;

  /** `memory`: the `counters` map, one struct counters a CPU. */
  constructor(memory: ArrayBuffer, cpus: number) {
    this.#view = new DataView(memory);
    this.#cpus = cpus;
  }

  probe(slot: number): ProbeCounts {
    return {
      rejected: this.#sum(slot, perSlot.members.rejected.offset),
      ringFull: this.#sum(slot, perSlot.members.ring_full.offset),
      submitted: this.#sum(slot, perSlot.members.submitted.offset),
    };
  }

  #sum(slot: number, member: number): bigint {
    let sum = 0n;
    for (let cpu = 0; cpu < this.#cpus; cpu++) {
      const at = cpu * perCpu.size + perCpu.members.slots.offset + slot * perSlot.size + member;
      sum += this.#view.getBigUint64(at, true);
    }
    return sum;
  }
}
