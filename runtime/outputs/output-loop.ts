// From batches to bytes on standard output: verdicts, handlers, actions, one write a batch; and the script's timed
// blocks between them. One thing at a time, so that output keeps the order of events and actions.
import { setImmediate as eventLoopTurn } from "node:timers/promises";
import type { HandlerModule } from "../../compiler/codegen/handlers/index.js";
import type { Plan } from "../../compiler/plan/plan.js";
import { fields } from "../../compiler/schema/index.js";
import { type Batch, frameSize, frameTime } from "../events/frame.js";
import { LossWatch } from "../events/loss.js";
import type { SourceBatch, Tick } from "../events/source.js";
import { SystemError } from "../failure.js";
import { TextWriter } from "../packet/text-writer.js";
import type { RunOptions } from "../run-options.js";
import { PatternMemo } from "../sandbox/pattern-memo.js";
import type { HostValue, SandboxWorker } from "../sandbox/sandbox.js";
import { ScriptHandlers } from "../sandbox/script-handlers.js";
import type { OutputFile } from "../store/output-file.js";
import { FrameChooser, StopNote } from "./chosen-frames.js";
import { type Reader, readField } from "./field-value.js";
import { handlerWriter } from "./handler-writer.js";
import type { Names } from "./names.js";
import { Performer, type ProbeTally, type Selection } from "./perform.js";
import { type ByteSink, Sink } from "./sink.js";
import { subjectReader } from "./subject.js";

export type { Tick } from "../events/source.js";

/** Whose time the script's clocks show: of the machine, or of the events that are replayed. */
export type Clock =
  | { readonly kind: "machine"; readonly started: bigint }
  /** `started`: CLOCK_MONOTONIC at the start of the trace, ns. */
  | { readonly kind: "events"; readonly started: bigint };

/** Batches to put out. `before`: timed blocks that are due ahead of it. */
export interface BatchSource {
  /** Timed blocks come with the batches, by no other way. */
  readonly bringsTicks?: boolean;
  batches(): AsyncIterable<SourceBatch & { readonly before?: readonly Tick[] }>;
}

export interface OutputInput {
  readonly clock: Clock;
  readonly plan: Plan;
  readonly script: { readonly module: HandlerModule; readonly worker: SandboxWorker } | null;
  readonly options: RunOptions;
  readonly names: Names;
  readonly say: (line: string) => void;
  readonly paint: (text: string) => string;
  /** Where the output goes; standard output when it is left out. */
  readonly sink?: ByteSink;
}

/** Batches that are there already, and output that never waits, would hold up signals and timers for seconds. */
const TURN_MS = 20;

const machineTime = (): bigint => process.hrtime.bigint();

export class OutputLoop {
  readonly #plan: Plan;
  readonly #performer: Performer;
  readonly #handlers: ScriptHandlers | null;
  readonly #patterns: PatternMemo | null;
  readonly #json: boolean;
  readonly #say: (line: string) => void;
  readonly #out = new TextWriter(1 << 20);
  readonly #sink: ByteSink;
  /** It waits for what the script makes of its events: see chosen-frames.ts. */
  #file: { readonly file: OutputFile; readonly chooser: FrameChooser } | null = null;
  readonly #losses = new LossWatch();
  readonly #clock: Clock;
  /** What the clock shows outside of events: of the last tick, or, where it is that of the events, the last event. */
  #now: bigint;
  #turn: Promise<unknown> = Promise.resolve();
  #timers: NodeJS.Timeout[] = [];
  #shown = false;

  /** Resolves when the script's `let`s and `begin` blocks have run. */
  static async start(input: OutputInput): Promise<OutputLoop> {
    const { script, plan, names } = input;
    const handlers =
      script === null
        ? null
        : await ScriptHandlers.start(script.module, plan, {
            worker: script.worker,
            hostValues: hostValues(names),
            started: input.clock.started,
            clockOffset: names.clockOffset,
            say: input.say,
          });
    const loop = new OutputLoop(input, handlers);
    if (handlers !== null) await loop.#timed(handlers.timed("begin"));
    return loop;
  }

  private constructor(input: OutputInput, handlers: ScriptHandlers | null) {
    const { plan, names, options, script } = input;
    this.#plan = plan;
    this.#handlers = handlers;
    this.#sink = input.sink ?? new Sink(1);
    this.#clock = input.clock;
    this.#now = input.clock.started;
    this.#json = options.format === "json";
    this.#say = input.say;
    this.#patterns =
      script !== null && script.module.patterns.length > 0 ? new PatternMemo(script.module) : null;
    const patterns = this.#patterns;
    this.#performer = new Performer(
      plan,
      names,
      options,
      input.paint,
      patterns === null ? null : (test) => patterns.test(test, subjectReader(test.subject, names)),
    );
  }

  get tallies(): readonly ProbeTally[] {
    return this.#performer.tallies;
  }

  /** Events that the script chooses go to this file, from the next batch on. */
  saveTo(file: OutputFile): void {
    this.#file = { file, chooser: new FrameChooser(this.#plan) };
  }

  /** Something was printed so far. */
  get shown(): boolean {
    return this.#shown;
  }

  get notHandled(): number {
    return this.#handlers?.notHandled ?? 0;
  }

  faultLines(): readonly string[] {
    return this.#handlers?.faultLines() ?? [];
  }

  /** Until the source ends. What comes after the script has stopped is taken, so that counts agree, and not shown. */
  async run(source: BatchSource, stop: () => void): Promise<void> {
    // A `begin` block may have said so.
    if (this.#done) stop();
    if (this.#clock.kind === "machine" && source.bringsTicks !== true) this.#startTimers(stop);
    let turned = performance.now();
    for await (const batch of source.batches()) {
      const lost = this.#losses.watch(batch, performance.now());
      if (lost !== null) this.#say(`lost ${lost} events so far: ring buffer full`);
      for (const { block, time } of batch.before ?? []) await this.#inTurn(() => this.#tick(block, time));
      await this.#inTurn(() => this.#batch(batch));
      batch.release();
      if (this.#done) stop();
      if (performance.now() - turned < TURN_MS) continue;
      await eventLoopTurn();
      turned = performance.now();
    }
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** The script's `end` blocks. `time`: what the clock shows in them. */
  async end(time: bigint = this.#now): Promise<void> {
    this.#now = time;
    if (this.#handlers !== null) await this.#inTurn(() => this.#timed(this.#handlers?.timed("end") ?? []));
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#handlers?.close();
  }

  get #done(): boolean {
    return this.#performer.stopped || this.#sink.closed;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  async #batch(batch: Batch): Promise<void> {
    if (this.#done || batch.length === 0) return;
    if (this.#clock.kind === "events") this.#now = lastTime(batch);
    const handlers = this.#handlers;
    if (this.#patterns !== null && handlers !== null) {
      // A verdict that was cut short by a missing answer may want another one after it.
      do this.#performer.rehearse(batch);
      while (await this.#patterns.ask(handlers.sandbox));
    }
    const selection = this.#performer.select(batch);
    const handled =
      handlers === null || selection.items.length === 0
        ? null
        : await handlers.run(batch, selection.items, handlerWriter(this.#performer, batch, this.#json));
    const noted = handled === null ? null : new StopNote(handled);
    this.#performer.write(this.#out, batch, selection, noted);
    await this.#flush();
    await this.#save(batch, selection, noted?.item ?? -1);
  }

  async #save(batch: Batch, selection: Selection, item: number): Promise<void> {
    if (this.#file === null) return;
    const { file, chooser } = this.#file;
    try {
      await file.write(batch, chooser.choose(batch, selection, this.#performer.stopped, item));
    } catch (error) {
      // Closing the file says it again.
      if (!(error instanceof SystemError)) throw error;
    }
  }

  #startTimers(stop: () => void): void {
    this.#plan.timed.forEach((block, index) => {
      if (block.kind !== "every") return;
      const tick = async (): Promise<void> => {
        await this.#tick(index, machineTime());
        if (this.#done) stop();
      };
      this.#timers.push(setInterval(() => void this.#inTurn(tick), Number(block.nanoseconds) / 1e6));
    });
  }

  async #tick(block: number, time: bigint): Promise<void> {
    this.#now = time;
    this.#file?.file.tick(block, time);
    // When `end` ran is noted in a file as well; it runs by itself.
    if (!this.#done && this.#plan.timed[block]?.kind === "every") await this.#timed([block]);
  }

  async #timed(blocks: readonly number[]): Promise<void> {
    const writer = handlerWriter(this.#performer, null, this.#json);
    const stopped = await this.#handlers?.runTimed(blocks, this.#now, this.#out, writer);
    if (stopped === true) this.#performer.stopped = true;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    this.#shown ||= this.#out.length > 0;
    await this.#sink.write(this.#out.take());
    this.#out.reset();
  }
}

/** Fields that the sandbox cannot work out: read here, once per event that a handler sees. */
function hostValues(names: Names): {
  read(field: { readonly name: string }, bytes: Uint8Array, frame: number): HostValue;
} {
  const readers = new Map<string, Reader>();
  let last: Batch | null = null;
  return {
    read: (wanted, bytes, frame) => {
      let reader = readers.get(wanted.name);
      if (reader === undefined) {
        const field = fields.get(wanted.name);
        reader = field === undefined ? () => undefined : readField(field, names);
        readers.set(wanted.name, reader);
      }
      if (last === null || last.view.buffer !== bytes.buffer) last = batchOver(bytes);
      const value = reader(last, frame);
      return typeof value === "boolean" ? Number(value) : value;
    },
  };
}

function batchOver(bytes: Uint8Array): Batch {
  return {
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    length: bytes.byteLength,
  };
}

function lastTime(batch: Batch): bigint {
  let last = 0;
  for (let at = 0; at < batch.length; at += frameSize(batch.view, at)) last = at;
  return frameTime(batch.view, last);
}
