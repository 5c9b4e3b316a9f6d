// Batch of frames -> what the script's actions make of them, as bytes. Two steps, so that handlers can run between:
// `select` decides which clause each event passed, `write` performs the actions in the order of events and actions.
import { compileTest, type FrameTest, type RegexHook } from "../../compiler/codegen/predicates/index.js";
import type { Clause, Plan, PlannedAction } from "../../compiler/plan/plan.js";
import { assertNever } from "../../compiler/source/assert-never.js";
import { type Batch, frameClausesHigh, frameClausesLow, frameSize, frameSlot } from "../events/frame.js";
import type { TextWriter } from "../packet/text-writer.js";
import type { RunOptions } from "../run-options.js";
import { AddedJson } from "./added-json.js";
import { EventJson } from "./event-json.js";
import { EventText } from "./event-text.js";
import type { Names } from "./names.js";
import { RecordOutput } from "./records.js";

/** Events that passed: pairs of a frame's offset in the batch and a clause, in the order of events and of the script. */
export interface Selection {
  /** `count` pairs are in use; valid until the next selection. */
  readonly pairs: Uint32Array;
  readonly count: number;
  /** The pairs whose clause has JavaScript: the items of its handlers. */
  readonly items: Uint32Array;
}

/** What the handlers of a batch put out, asked for in the order of items and actions. */
export interface HandlerText {
  /** Writes what that action of the item put out; true: the handler asked to stop. */
  write(out: TextWriter, item: number, action: number): boolean;
}

export type PerformOptions = Pick<RunOptions, "format" | "utc" | "linkLayer" | "stopAfter">;

const NO_ITEMS = new Uint32Array(0);
const NO_CLAUSES: readonly number[] = [];

export interface ProbeTally {
  passed: number;
  printed: number;
}

export class Performer {
  readonly tallies: readonly ProbeTally[];
  /** A clause of the script said `stop`, or the count of events is reached: nothing after it is shown. */
  stopped = false;
  readonly #plan: Plan;
  /** User space's part of each clause's predicate; null: the kernel decided it all. */
  readonly #verdicts: readonly (FrameTest | null)[];
  /** Clauses with JavaScript among their actions. */
  readonly #scripted: readonly boolean[];
  readonly #text: EventText;
  readonly #json: EventJson | null;
  readonly #added: AddedJson;
  readonly #records: RecordOutput;
  #pairs = new Uint32Array(8192);
  #left: number;

  /** `patterns`: how the regular expressions of predicates are decided; null: there are none. */
  constructor(
    plan: Plan,
    names: Names,
    options: PerformOptions,
    paint: (text: string) => string,
    patterns: RegexHook | null,
  ) {
    const json = options.format === "json";
    this.#plan = plan;
    this.#verdicts = plan.clauses.map(({ user }) =>
      user === null ? null : compileTest(user, { ...plan, strings: names.strings }, patterns ?? undefined),
    );
    this.#scripted = plan.clauses.map(({ actions }) =>
      actions.some((action) => action.kind === "javascript"),
    );
    this.tallies = plan.probes.map(() => ({ passed: 0, printed: 0 }));
    this.#text = new EventText(names, {
      singleLine: options.format === "single-line",
      time: options.utc ? "utc" : "ns",
      linkLayer: options.linkLayer,
    });
    this.#json = json ? new EventJson(names) : null;
    this.#added = new AddedJson(names);
    this.#records = new RecordOutput(plan, names, { json, utc: options.utc, paint, patterns });
    this.#left = options.stopAfter ?? Number.POSITIVE_INFINITY;
  }

  /** User space's verdicts and records over a batch, for nothing but what they look up on the way (see PatternMemo). */
  rehearse(batch: Batch): void {
    this.#forEachPass(batch, (at, clause) => {
      for (const action of this.#plan.clauses[clause]?.actions ?? [])
        if (action.kind === "print-record") this.#records.rehearse(batch, at, action);
    });
  }

  /** Counts what passes; after the last event that was asked for, nothing does. */
  select(batch: Batch): Selection {
    let count = 0;
    let items = 0;
    let last = -1;
    this.#forEachPass(batch, (at, clause) => {
      if (at !== last) {
        if (this.#left === 0) return;
        this.#left--;
        last = at;
        const tally = this.tallies[frameSlot(batch.view, at)];
        if (tally !== undefined) tally.passed++;
      }
      if (count * 2 + 2 > this.#pairs.length) this.#grow();
      this.#pairs[count * 2] = at;
      this.#pairs[count * 2 + 1] = clause;
      count++;
      if (this.#scripted[clause] === true) items++;
    });
    return { pairs: this.#pairs, count, items: items === 0 ? NO_ITEMS : this.#itemsOf(count, items) };
  }

  #forEachPass(batch: Batch, pass: (at: number, clause: number) => void): void {
    const { view, length } = batch;
    const probes = this.#plan.probes;
    for (let at = 0; at < length; at += frameSize(view, at)) {
      const low = frameClausesLow(view, at);
      const high = frameClausesHigh(view, at);
      const clauses = probes[frameSlot(view, at)]?.clauses ?? NO_CLAUSES;
      for (let index = 0; index < clauses.length; index++) {
        const clause = clauses[index]!;
        if (((clause < 32 ? low >>> clause : high >>> (clause - 32)) & 1) === 0) continue;
        const verdict = this.#verdicts[clause];
        if (verdict !== null && verdict !== undefined && !verdict(view, at)) continue;
        pass(at, clause);
      }
    }
  }

  #itemsOf(count: number, items: number): Uint32Array {
    const pairs = new Uint32Array(items * 2);
    let filled = 0;
    for (let pair = 0; pair < count; pair++) {
      const clause = this.#pairs[pair * 2 + 1] ?? 0;
      if (this.#scripted[clause] !== true) continue;
      pairs[filled++] = this.#pairs[pair * 2] ?? 0;
      pairs[filled++] = clause;
    }
    return pairs;
  }

  #grow(): void {
    const larger = new Uint32Array(this.#pairs.length * 2);
    larger.set(this.#pairs);
    this.#pairs = larger;
  }

  write(out: TextWriter, batch: Batch, selection: Selection, handled: HandlerText | null): void {
    let last = -1;
    let item = 0;
    for (let pair = 0; pair < selection.count && !this.stopped; pair++) {
      const at = selection.pairs[pair * 2] ?? 0;
      const clause = this.#plan.clauses[selection.pairs[pair * 2 + 1] ?? 0];
      if (clause === undefined) continue;
      const before = out.length;
      this.#perform(out, batch, at, clause, item, handled);
      if (this.#scripted[clause.id] === true) item++;
      if (out.length > before && at !== last) {
        last = at;
        const tally = this.tallies[frameSlot(batch.view, at)];
        if (tally !== undefined) tally.printed++;
      }
    }
    if (this.#left === 0) this.stopped = true;
  }

  #perform(
    out: TextWriter,
    batch: Batch,
    at: number,
    clause: Clause,
    item: number,
    handled: HandlerText | null,
  ): void {
    for (let index = 0; index < clause.actions.length && !this.stopped; index++) {
      const action = clause.actions[index] as PlannedAction;
      switch (action.kind) {
        case "print-event":
          this.event(out, batch, at, action.added);
          break;
        case "print-record":
          this.#records.write(out, batch, at, action);
          break;
        case "javascript":
          if (handled?.write(out, item, index) === true) this.stopped = true;
          break;
        case "save":
          break;
        case "stop":
          this.stopped = true;
          break;
        default:
          assertNever(action);
      }
    }
  }

  /** The whole event, as `print` shows it. */
  event(out: TextWriter, batch: Batch, at: number, added: readonly string[]): void {
    if (this.#json !== null) {
      this.#json.writeObject(out, batch.bytes, batch.view, at);
      this.#added.write(out, batch, at, added);
      out.char(10);
    } else this.#text.write(out, batch.bytes, batch.view, at, added);
  }
}
