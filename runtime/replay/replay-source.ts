// Stored events as a script sees them: each frame goes to the plan's probe of the same name, with the verdicts of its
// clauses' kernel halves, which are worked out here. What no clause wants is left out.
import { compileTest, type FrameTest } from "../../compiler/codegen/predicates/index.js";
import type { Plan, PlannedProbe } from "../../compiler/plan/plan.js";
import type { ProbeName } from "../../compiler/plan/probe-name.js";
import { structs } from "../../compiler/schema/generated/layout.js";
import { type Batch, frameSize, frameSlot, frameTime, partOf } from "../events/frame.js";
import type { EventSource, SourceBatch } from "../events/source.js";
import type { Tick } from "../outputs/output-loop.js";
import { Ticks } from "./ticks.js";

const header = structs.frame.members;

export interface ReplayCounts {
  /** Events of the source. */
  readonly events: number;
  /** By slot of the plan: events that came to the probe, and those that no clause's kernel half held for. */
  readonly hits: readonly number[];
  readonly rejected: readonly number[];
}

export class ReplaySource {
  readonly #source: Pick<EventSource, "names" | "batches">;
  readonly #plan: Plan;
  /** Kernel halves by clause; null: always true. */
  readonly #tests: readonly (FrameTest | null)[];
  /** Slot of the source -> slot of the plan; -1: no clause is about it. */
  readonly #slots: number[] = [];
  readonly #as: string | null;
  readonly #ticks: Ticks;
  readonly #recorded: boolean;
  readonly #hits: number[];
  readonly #rejected: number[];
  #events = 0;
  #stopped = false;

  /** `plan`: of replayPlan(). `as`: every event is one of this probe. `started`: when ticks begin to count. `recorded`: the
   * source is a run of the same script: verdicts are in its frames, and ticks between them.
   */
  constructor(
    source: Pick<EventSource, "names" | "batches">,
    plan: Plan,
    as: string | null,
    started: bigint,
    recorded = false,
  ) {
    this.#recorded = recorded;
    this.#source = source;
    this.#plan = plan;
    this.#as = as;
    this.#ticks = new Ticks(plan, started);
    this.#hits = plan.probes.map(() => 0);
    this.#rejected = plan.probes.map(() => 0);
    const frames = { layout: plan.layout, probes: plan.probes };
    this.#tests = plan.clauses.map(({ kernel }) =>
      kernel.kind === "constant" && kernel.value ? null : compileTest(kernel, frames),
    );
  }

  get counts(): ReplayCounts {
    return { events: this.#events, hits: this.#hits, rejected: this.#rejected };
  }

  async *batches(): AsyncGenerator<SourceBatch & { readonly before: readonly Tick[] }> {
    if (this.#stopped) return;
    for await (const batch of this.#source.batches()) {
      if (this.#recorded) {
        yield* this.#asRecorded(batch);
        batch.release();
        if (this.#stopped) return;
        continue;
      }
      const length = this.#select(batch, 0, batch.length);
      // A batch is cut where a tick is due between two events of it.
      for (let from = 0; from < length; ) {
        const before = this.#ticks.due(frameTime(batch.view, from));
        const to = this.#ticks.next === null ? length : this.#cut(batch.view, from, length);
        yield { ...partOf(batch, from, to), before, release: () => {} };
        from = to;
      }
      batch.release();
      if (this.#stopped) return;
    }
  }

  /** The rest of the source is not read. */
  stop(): void {
    this.#stopped = true;
  }

  /** Where the first event stands that comes at or after the next tick. */
  #cut(view: DataView, from: number, end: number): number {
    const due = this.#ticks.next;
    let at = from + frameSize(view, from);
    while (at < end && (due === null || frameTime(view, at) < due)) at += frameSize(view, at);
    return at;
  }

  /** Batches that are cut where ticks are recorded. */
  *#asRecorded(batch: SourceBatch): Generator<SourceBatch & { readonly before: readonly Tick[] }> {
    let before: Tick[] = [];
    let from = 0;
    const ticks = (batch.marks ?? []).filter((mark) => mark.kind === "tick");
    for (const { at, block, time } of ticks) {
      if (at > from) {
        yield* this.#stretch(batch, from, at, before);
        before = [];
        from = at;
      }
      before.push({ block, time });
    }
    if (batch.length > from || before.length > 0) yield* this.#stretch(batch, from, batch.length, before);
  }

  *#stretch(
    batch: SourceBatch,
    from: number,
    to: number,
    before: readonly Tick[],
  ): Generator<SourceBatch & { readonly before: readonly Tick[] }> {
    const end = this.#select(batch, from, to);
    if (end > from || before.length > 0) yield { ...partOf(batch, from, end), before, release: () => {} };
  }

  /** Moves the frames of a stretch that some clause wants together; returns where they end. */
  #select(batch: Batch, from: number, to: number): number {
    const { bytes, view } = batch;
    let end = from;
    for (let at = from; at < to; ) {
      const size = frameSize(view, at);
      this.#events++;
      if (this.#decide(view, at)) {
        if (end !== at) bytes.copyWithin(end, at, at + size);
        end += size;
      }
      at += size;
    }
    return end;
  }

  #decide(view: DataView, at: number): boolean {
    const slot = this.#slotOf(frameSlot(view, at));
    const probe = this.#plan.probes[slot];
    if (probe === undefined) return false;
    this.#hits[slot] = (this.#hits[slot] ?? 0) + 1;
    view.setUint16(at + header.slot.offset, slot, true);
    if (this.#recorded) return true;
    let low = 0;
    let high = 0;
    for (const clause of probe.clauses) {
      const test = this.#tests[clause];
      if (test !== null && test !== undefined && !test(view, at)) continue;
      if (clause < 32) low |= 1 << clause;
      else high |= 1 << (clause - 32);
    }
    view.setUint32(at + header.clauses.offset, low >>> 0, true);
    view.setUint32(at + header.clauses.offset + 4, high >>> 0, true);
    if (low !== 0 || high !== 0) return true;
    this.#rejected[slot] = (this.#rejected[slot] ?? 0) + 1;
    return false;
  }

  #slotOf(stored: number): number {
    const known = this.#slots[stored];
    if (known !== undefined) return known;
    const name = this.#source.names.probes[stored];
    const slot = name === undefined ? -1 : this.#match(name);
    this.#slots[stored] = slot;
    return slot;
  }

  #match(stored: ProbeName): number {
    const find = (test: (probe: PlannedProbe) => boolean): number => this.#plan.probes.findIndex(test);
    if (this.#as !== null) return find((probe) => probe.name === this.#as);
    return find((probe) => probe.kind === stored.kind && probe.name === stored.name);
  }
}
