// Handlers as the main thread sees them: a Worker that is given batches and answers with what they put out. Ends the
// Worker when it does not answer, finds the clause that is to blame, and goes on without it.
import { Worker } from "node:worker_threads";
import type { HandlerModule } from "../../compiler/codegen/handlers/index.js";
import { resource } from "../resources.js";
import { FaultLog, type HandlerFault } from "./fault-log.js";
import { type HostValues, HostValueTable } from "./host-values.js";
import { LIMITS } from "./limits.js";
import {
  type Chunk,
  PROGRESS,
  type Reply,
  type Request,
  type SandboxSettings,
  type StartRequest,
  type WorkerSetup,
} from "./protocol.js";

export type { HandlerFault } from "./fault-log.js";
export type { HostValue, HostValues } from "./host-values.js";
export type { SandboxSettings } from "./protocol.js";

/** Frames, in a SharedArrayBuffer, so that the Worker sees them without a copy. */
export interface SandboxBatch {
  readonly bytes: Uint8Array;
  /** Bytes in use. */
  readonly length: number;
}

/** What handlers put out: records in the order of items, and of one item in the order of its calls. */
export interface Emissions {
  readonly chunks: readonly Chunk[];
  /** `stop()` was called: items after that event were not handled. */
  readonly stopped: boolean;
  /** Items whose handlers did not run, because the batch took too long or the sandbox is broken. */
  readonly notHandled: number;
}

export interface SandboxFiles {
  /** The Worker's program. */
  readonly worker: string;
  /** The compiled QuickJS. */
  readonly wasm: string;
}

export interface SandboxOptions {
  readonly settings: SandboxSettings;
  readonly hostValues: HostValues;
  /** Called once for each place where something goes wrong. */
  readonly report: (fault: HandlerFault) => void;
  /** A Worker that was started ahead. */
  readonly worker?: SandboxWorker;
}

const FILES: SandboxFiles = { worker: "sandbox-worker.cjs", wasm: "quickjs.wasm" };
const NOTHING: Emissions = { chunks: [], stopped: false, notHandled: 0 };

/** QuickJS compiled, by its path: a Worker that follows another starts sooner. */
const compiled = new Map<string, WebAssembly.Module>();

/** A Worker in which QuickJS is being loaded: start it early, beside the compiler. */
export class SandboxWorker {
  readonly files: SandboxFiles;
  readonly #worker: Worker;
  readonly #progress = new Int32Array(new SharedArrayBuffer(PROGRESS.words * 4));
  #answer: ((reply: Reply | null) => void) | null = null;
  /** Failures that came before anyone asked. */
  #early: (Reply | null)[] = [];
  #dead = false;
  /** It has read its files, or failed to. */
  readonly loaded: Promise<void>;
  #onLoaded!: () => void;

  constructor(files: SandboxFiles = { worker: resource(FILES.worker), wasm: resource(FILES.wasm) }) {
    this.files = files;
    this.loaded = new Promise((resolve) => {
      this.#onLoaded = resolve;
    });
    const setup: WorkerSetup = {
      wasm: compiled.get(files.wasm) ?? files.wasm,
      progress: this.#progress.buffer,
    };
    this.#worker = new Worker(files.worker, {
      workerData: setup,
      // The Worker reads one file and needs neither our arguments nor our environment.
      argv: [],
      env: {},
      execArgv: [],
      resourceLimits: { stackSizeMb: LIMITS.workerStack },
    });
    this.#worker.on("message", (reply: Reply) => this.#take(reply));
    // Once it was loaded, what kills it is what a handler made it do: as if it had not answered.
    this.#worker.on("error", (error) => {
      if (!compiled.has(files.wasm)) this.#take({ kind: "failed", message: error.message });
    });
    this.#worker.on("exit", () => {
      this.#dead = true;
      this.#take(null);
    });
    this.#worker.unref();
  }

  #take(reply: Reply | null): void {
    this.#onLoaded();
    if (reply?.kind === "loaded") {
      compiled.set(this.files.wasm, reply.wasm);
      return;
    }
    const answer = this.#answer;
    this.#answer = null;
    if (answer !== null) answer(reply);
    else if (this.#early.length < 2) this.#early.push(reply);
  }

  /** The item that a step-by-step batch is at. */
  get item(): number {
    return Atomics.load(this.#progress, PROGRESS.item);
  }

  /** Null: it showed no sign of life for so long, and is ended; or it died. */
  async ask(request: Request, milliseconds: number): Promise<Reply | null> {
    const early = this.#early.shift();
    if (early !== undefined) return early;
    if (this.#dead) return null;
    const answered = new Promise<Reply | null>((resolve) => {
      this.#answer = resolve;
    });
    this.#worker.postMessage(request);
    this.#worker.ref();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      const look = (before: number): void => {
        timer = setTimeout(() => {
          const now = Atomics.load(this.#progress, PROGRESS.beat);
          if (now !== before) look(now);
          else resolve("late");
        }, milliseconds);
      };
      look(Atomics.load(this.#progress, PROGRESS.beat));
    });
    const reply = await Promise.race([answered, late]);
    clearTimeout(timer);
    this.#worker.unref();
    if (reply !== "late") return reply;
    this.#answer = null;
    await this.close();
    return null;
  }

  async close(): Promise<void> {
    this.#dead = true;
    await this.#worker.terminate();
  }
}

export class Sandbox {
  readonly #module: HandlerModule;
  readonly #start: StartRequest;
  readonly #table: HostValueTable;
  readonly #log: FaultLog;
  readonly #off = new Set<number>();
  readonly #offTimed = new Set<number>();
  #worker: SandboxWorker;
  #queue: Promise<unknown> = Promise.resolve();
  #inFlight = 0;
  #broken = false;

  private constructor(module: HandlerModule, options: SandboxOptions, worker: SandboxWorker) {
    this.#module = module;
    this.#table = new HostValueTable(module.hostFields, options.hostValues);
    this.#log = new FaultLog(module, options.report);
    this.#worker = worker;
    const clauses = new Map<number, number[]>();
    const lets: number[] = [];
    module.handlers.forEach((handler, id) => {
      if (handler.kind === "let") lets.push(id);
      if (handler.kind === "event") clauses.set(handler.clause, [...(clauses.get(handler.clause) ?? []), id]);
    });
    const { settings } = options;
    this.#start = {
      kind: "start",
      text: module.text,
      clauses,
      lets,
      hostFields: module.hostFields.length,
      settings,
    };
  }

  /** Resolves when the script's `let`s have their values. */
  static async start(module: HandlerModule, options: SandboxOptions): Promise<Sandbox> {
    const sandbox = new Sandbox(module, options, options.worker ?? new SandboxWorker());
    await sandbox.#begin();
    return sandbox;
  }

  async #begin(): Promise<void> {
    // Asked before it is loaded: it goes on by itself, while this thread attaches.
    const started = await this.#worker.ask(this.#start, LIMITS.start);
    if (started?.kind === "started") {
      this.#log.addAll(started.faults);
      return;
    }
    this.#break(started?.kind === "failed" ? started.message : "a `let` did not get its value in time");
  }

  /** Nothing runs any more. */
  #break(message: string): void {
    this.#broken = true;
    this.#log.add({
      kind: "broken",
      span: null,
      message: `the sandbox of the handlers failed: ${message}`,
      count: 1,
    });
  }

  /** Batches that it takes now. With none, wait for one that is under way, or count the batch as not handled. */
  get room(): number {
    return LIMITS.inFlight - this.#inFlight;
  }

  /** Clauses whose handlers are switched off. */
  get switchedOff(): ReadonlySet<number> {
    return this.#off;
  }

  get faults(): readonly HandlerFault[] {
    return this.#log.all;
  }

  /**
   * Runs the handlers of the items: pairs of a frame's offset and a clause. The batch must stay as it is until then.
   * In order: a batch is begun when the one before is done.
   */
  run(batch: SandboxBatch, selection: Uint32Array): Promise<Emissions> {
    const pairs = selection.slice();
    const shared = batch.bytes.buffer instanceof SharedArrayBuffer;
    const bytes = shared ? batch.bytes.subarray(0, batch.length) : batch.bytes.slice(0, batch.length);
    this.#inFlight++;
    return this.#enqueue(async () => {
      try {
        return await this.#runNow(bytes, pairs);
      } finally {
        this.#inFlight--;
      }
    });
  }

  /** The script's `begin` blocks; `time` is CLOCK_MONOTONIC in ns. */
  begin(time: bigint, timed: readonly number[]): Promise<Emissions> {
    return this.#several(time, timed);
  }

  /** Timed blocks by their index in the plan: `every` when it is due, `begin`, `end`. */
  tick(timed: number, time: bigint): Promise<Emissions> {
    return this.#several(time, [timed]);
  }

  end(time: bigint, timed: readonly number[]): Promise<Emissions> {
    return this.#several(time, timed);
  }

  /** For each subject whether the pattern matches. What takes too long, does not. */
  matchBatch(pattern: number, subjects: readonly string[]): Promise<Uint8Array> {
    return this.#enqueue(async () => {
      const none = new Uint8Array(subjects.length);
      if (this.#broken || subjects.length === 0) return none;
      const request: Request = {
        kind: "match",
        pattern,
        subjects: JSON.stringify(subjects),
        count: subjects.length,
      };
      const reply = await this.#worker.ask(request, LIMITS.terminate);
      const slow = reply?.kind === "matched" ? reply.slow : 1;
      if (slow > 0) {
        const span = this.#module.patterns[pattern]?.span ?? null;
        const message = `a test of this expression took more than ${LIMITS.pattern} ms; it counts as no match`;
        this.#log.add({ kind: "pattern", span, message, count: slow });
      }
      if (reply?.kind === "matched") return reply.bits;
      if (reply === null) await this.#restart();
      else if (!this.#broken)
        this.#break(reply.kind === "failed" ? reply.message : "it answered something else");
      return none;
    });
  }

  async close(): Promise<void> {
    this.#broken = true;
    await this.#worker.close();
  }

  #enqueue<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(job);
    this.#queue = result.catch(() => {});
    return result;
  }

  async #runNow(bytes: Uint8Array, selection: Uint32Array): Promise<Emissions> {
    const items = selection.length / 2;
    if (items === 0) return NOTHING;
    if (this.#broken) return { ...NOTHING, notHandled: items };
    const ask = (stepwise: boolean): Promise<Reply | null> => {
      const { ids, learn, forget } = this.#table.table(bytes, selection);
      const switchedOff = [...this.#off];
      const request: Request = {
        kind: "run",
        bytes,
        selection,
        hostIds: ids,
        learn,
        forget,
        switchedOff,
        stepwise,
      };
      return this.#worker.ask(request, LIMITS.terminate);
    };
    let reply = await ask(false);
    // It was ended, and what it put out is lost: once more from the start, step by step until the guilty one is known.
    for (let attempt = 0; reply === null && attempt < 3 && !this.#broken; attempt++) {
      await this.#restart();
      if (this.#broken) break;
      reply = await ask(true);
      if (reply === null) this.#blame(selection[this.#worker.item * 2 + 1] ?? 0);
    }
    if (reply === null && !this.#broken) await this.#restart();
    return this.#emissions(reply, items);
  }

  #blame(clause: number): void {
    this.#off.add(clause);
    const handler = this.#start.clauses.get(clause)?.[0] ?? -1;
    this.#log.addAll([{ kind: "terminated", handler, count: 1, message: "", stack: "" }]);
  }

  /** A new Worker, with fresh `let`s. */
  async #restart(): Promise<void> {
    if (this.#broken) return;
    await this.#worker.close();
    this.#worker = new SandboxWorker(this.#worker.files);
    this.#table.reset();
    await this.#begin();
  }

  #emissions(reply: Reply | null, items: number): Emissions {
    if (reply?.kind !== "ran") {
      if (reply !== null && !this.#broken)
        this.#break(reply.kind === "failed" ? reply.message : "it answered something else");
      return { ...NOTHING, notHandled: items };
    }
    this.#log.addAll(reply.faults);
    for (const fault of reply.faults) {
      const handler = this.#module.handlers[fault.handler];
      if (fault.kind !== "memory") continue;
      if (handler?.kind === "event") this.#off.add(handler.clause);
      if (handler?.kind === "timed") this.#offTimed.add(fault.handler);
    }
    return { chunks: reply.chunks, stopped: reply.stopped, notHandled: reply.notHandled };
  }

  #several(time: bigint, timed: readonly number[]): Promise<Emissions> {
    return this.#enqueue(async () => {
      const chunks: Chunk[] = [];
      let stopped = false;
      for (const index of timed) {
        const emissions = await this.#timedNow(index, time);
        chunks.push(...emissions.chunks);
        stopped ||= emissions.stopped;
      }
      return { chunks, stopped, notHandled: 0 };
    });
  }

  async #timedNow(timed: number, time: bigint): Promise<Emissions> {
    const handler = this.#module.handlers.findIndex((one) => one.kind === "timed" && one.timed === timed);
    if (handler < 0 || this.#broken || this.#offTimed.has(handler)) return NOTHING;
    const reply = await this.#worker.ask({ kind: "timed", handler, time }, LIMITS.terminate);
    if (reply === null && !this.#broken) {
      this.#offTimed.add(handler);
      this.#log.addAll([{ kind: "terminated", handler, count: 1, message: "", stack: "" }]);
      await this.#restart();
    }
    return this.#emissions(reply, 0);
  }
}
