// `every D` over stored events: ticks that follow the events' time.
import type { Plan } from "../../compiler/plan/plan.js";
import type { Tick } from "../outputs/output-loop.js";

/** A silence of more periods than that is passed over: nothing happened in it that a script could tell. */
const MAX_TICKS_AT_ONCE = 10_000;

export class Ticks {
  readonly #blocks: { readonly block: number; readonly period: bigint; due: bigint }[];

  constructor(plan: Pick<Plan, "timed">, started: bigint) {
    this.#blocks = plan.timed.flatMap((timed, block) =>
      timed.kind === "every" ? [{ block, period: timed.nanoseconds, due: started + timed.nanoseconds }] : [],
    );
  }

  /** When the next one is due; null: there are none. */
  get next(): bigint | null {
    return this.#blocks.reduce<bigint | null>(
      (least, { due }) => (least === null || due < least ? due : least),
      null,
    );
  }

  /** All that are due by `time`, in order; they are not due again. */
  due(time: bigint): readonly Tick[] {
    const ticks: Tick[] = [];
    for (;;) {
      const [first] = [...this.#blocks].sort((a, b) =>
        a.due < b.due ? -1 : a.due > b.due ? 1 : a.block - b.block,
      );
      if (first === undefined || first.due > time) return ticks;
      if (ticks.length >= MAX_TICKS_AT_ONCE) {
        first.due = time + first.period;
        continue;
      }
      ticks.push({ block: first.block, time: first.due });
      first.due += first.period;
    }
  }
}
