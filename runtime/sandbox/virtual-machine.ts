// One QuickJS with the script's module in it: calls of its entry points, under limits, and what became of each call.

import imported from "@jitl/quickjs-wasmfile-release-sync";
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
} from "quickjs-emscripten-core";
// Not from index.js: the Worker would load the whole generator, a parser and all.
import { CONTROL, MODULE_NAME } from "../../compiler/codegen/handlers/handler-module.js";
import { OUTPUT } from "../../compiler/codegen/handlers/output-limits.js";
import { LIMITS } from "./limits.js";
import type { Chunk, StartRequest, WorkerFault } from "./protocol.js";
import { SharedBlock } from "./shared-block.js";

/** The package's types describe its CommonJS form, which has the variant one step deeper than the ES module that runs. */
const variantOf = (
  exported: QuickJSSyncVariant | { readonly default: QuickJSSyncVariant },
): QuickJSSyncVariant => ("default" in exported ? exported.default : exported);

/** `dead`: the machine must not be used any more. */
export type Outcome =
  | { readonly kind: "returned"; readonly value: number }
  | { readonly kind: "interrupted" }
  | { readonly kind: "dead"; readonly message: string };

/** QuickJS itself, without a script: it can be made before there is one. */
export interface BareMachine {
  readonly memory: WebAssembly.Memory;
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
}

export async function bareMachine(wasm: WebAssembly.Module): Promise<BareMachine> {
  const memory = new WebAssembly.Memory({ initial: LIMITS.firstPages, maximum: LIMITS.memoryPages });
  const quickjs = await newQuickJSWASMModuleFromVariant(
    newVariant(variantOf(imported), { wasmModule: wasm, wasmMemory: memory }),
  );
  const runtime = quickjs.newRuntime({ memoryLimitBytes: LIMITS.memory, maxStackSizeBytes: LIMITS.stack });
  return { memory, runtime, context: runtime.newContext() };
}

/** Bytes for frames, items and ids of host fields. */
const FIRST_ROOM: readonly number[] = [1 << 20, 1 << 16, 1 << 12];
const ENTRY_POINTS = ["attach", "run", "runTimed", "flush", "report", "learn", "subject", "match"] as const;
type EntryPoint = (typeof ENTRY_POINTS)[number];

export class VirtualMachine {
  readonly #context: QuickJSContext;
  readonly #runtime: QuickJSRuntime;
  readonly #memory: WebAssembly.Memory;
  readonly #control: SharedBlock;
  readonly #out: SharedBlock;
  #batch: SharedBlock | null = null;
  #room: readonly number[] = [];
  readonly #entries: Readonly<Record<EntryPoint, QuickJSHandle>>;
  /** When the batch, and when the call that was running at the last look, have to be over. */
  #batchEnd = Number.POSITIVE_INFINITY;
  #callStart = 0;
  #callLimit: number = LIMITS.call;
  #callPolls: number = LIMITS.callPolls;
  #polls = 0;
  #running = -1;
  readonly #beat: () => void;

  /** `beat` is called now and then as long as it runs. */
  constructor(bare: BareMachine, start: StartRequest, beat: () => void) {
    this.#beat = beat;
    this.#context = bare.context;
    this.#runtime = bare.runtime;
    this.#memory = bare.memory;
    this.#control = new SharedBlock(this.#context, this.#memory, CONTROL.words * 4);
    this.#out = new SharedBlock(this.#context, this.#memory, OUTPUT.numbers * 8);
    this.#runtime.setInterruptHandler(() => this.#expired());
    const { seed, wallOffset, start: began } = start.settings;
    const settings = JSON.stringify({ seed, wallOffset: String(wallOffset), start: String(began) });
    const module = this.#context.unwrapResult(this.#context.evalCode(start.text, MODULE_NAME));
    const text = this.#context.newString(settings);
    const result = this.#context.callFunction(
      module,
      this.#context.undefined,
      this.#control.handle,
      this.#out.handle,
      text,
    );
    const entries = this.#context.unwrapResult(result);
    const entry = (name: EntryPoint): QuickJSHandle => this.#context.getProp(entries, name);
    this.#entries = {
      attach: entry("attach"),
      run: entry("run"),
      runTimed: entry("runTimed"),
      flush: entry("flush"),
      report: entry("report"),
      learn: entry("learn"),
      subject: entry("subject"),
      match: entry("match"),
    };
    for (const handle of [module, text, entries]) handle.dispose();
    this.#control.words[CONTROL.handler] = -1;
  }

  /** Copies a batch in. False: there is no memory for it. */
  load(bytes: Uint8Array, selection: Uint32Array, hostIds: Uint32Array): boolean {
    const parts = [bytes, asBytes(selection), asBytes(hostIds)];
    const fits = this.#batch !== null && parts.every((part, i) => part.length <= (this.#room[i] ?? 0));
    if (!fits && !this.#makeRoom(parts.map((part) => part.length))) return false;
    const target = this.#batch?.bytes;
    let at = 0;
    parts.forEach((part, i) => {
      target?.set(part, at);
      at += this.#room[i] ?? 0;
    });
    return true;
  }

  /** One block for the three: frames, items, ids. It only grows, since each new one means new views inside. */
  #makeRoom(sizes: readonly number[]): boolean {
    const room = sizes.map((size, i) => {
      let capacity = Math.max(FIRST_ROOM[i] ?? 8, this.#room[i] ?? 0);
      while (capacity < size) capacity *= 2;
      return capacity;
    });
    try {
      this.#batch?.handle.dispose();
      this.#batch = null;
      this.#batch = new SharedBlock(
        this.#context,
        this.#memory,
        room.reduce((sum, size) => sum + size, 0),
      );
    } catch {
      return false;
    }
    this.#room = room;
    const [frames = 0, items = 0] = room;
    const places = this.#numbers(frames, frames + items);
    return this.#call("attach", [this.#batch.handle, ...places]).kind === "returned";
  }

  /** The batch's items from `from` on; the value is the item to go on with, -1 when memory is exhausted. */
  run(from: number, skip: number, count: number): Outcome {
    return this.#call("run", this.#numbers(from, skip, count));
  }

  runTimed(handler: number, time: bigint): Outcome {
    return this.#call("runTimed", this.#numbers(handler, Number(time >> 32n), Number(time & 0xffff_ffffn)));
  }

  /** Tests subjects from `from` on; the answers are the first numbers of the output. */
  match(pattern: number, from: number): Outcome {
    return this.#call("match", this.#numbers(pattern, from));
  }

  subject(json: string): Outcome {
    return this.#call("subject", [this.#context.newString(json)]);
  }

  learn(json: string, forget: boolean): Outcome {
    return this.#call("learn", [
      this.#context.newString(json),
      forget ? this.#context.true : this.#context.false,
    ]);
  }

  /** What is running, or was last: a word of the control block. */
  control(word: number): number {
    return this.#control.words[word] ?? 0;
  }

  setControl(word: number, value: number): void {
    this.#control.words[word] = value;
  }

  /** The answers of `match`. */
  answers(count: number): Float64Array {
    return this.#out.doubles.slice(0, count);
  }

  /** Takes the output; null: it is lost. */
  take(): Chunk | null {
    const text = this.#text("flush");
    if (text === null) return null;
    const written = Math.min(this.control(CONTROL.written), OUTPUT.numbers);
    return { numbers: this.#out.doubles.slice(0, written), text };
  }

  faults(): readonly WorkerFault[] {
    const text = this.#text("report");
    if (text === null || text === "") return [];
    const list = JSON.parse(text) as readonly (readonly [
      WorkerFault["kind"],
      number,
      number,
      string,
      string,
    ])[];
    return list.map(([kind, handler, count, message, stack]) => ({ kind, handler, count, message, stack }));
  }

  /** What promises have left to do. */
  runJobs(): Outcome {
    if (!this.#runtime.hasPendingJob()) return { kind: "returned", value: 0 };
    try {
      this.#arm();
      const result = this.#runtime.executePendingJobs(LIMITS.jobs);
      if (result.error !== undefined) result.error.dispose();
      return { kind: "returned", value: 0 };
    } catch (error) {
      return { kind: "dead", message: messageOf(error) };
    }
  }

  /** From now on the batch's time runs: so many milliseconds for all, for each call, and steps that a call may take. */
  startClock(batch: number, call: number = LIMITS.call, polls: number = LIMITS.callPolls): void {
    this.#callLimit = call;
    this.#callPolls = polls;
    this.#batchEnd = performance.now() + batch;
  }

  #arm(): void {
    this.#running = -1;
    this.#polls = 0;
    this.#callStart = performance.now();
  }

  /** The interrupt handler, asked every 10 000 steps: true ends the call. */
  #expired(): boolean {
    this.#beat();
    const words = this.#control.words;
    const running = (words[CONTROL.item] ?? 0) * 0x1_0000 + (words[CONTROL.handler] ?? 0);
    const now = performance.now();
    if (running !== this.#running) {
      this.#running = running;
      this.#polls = 0;
      this.#callStart = now;
    }
    const spent = now - this.#callStart;
    const late = ++this.#polls >= this.#callPolls && spent > this.#callLimit;
    return late || spent > LIMITS.callAtMost || now > this.#batchEnd;
  }

  #numbers(...values: readonly number[]): readonly QuickJSHandle[] {
    return values.map((value) => this.#context.newNumber(value));
  }

  #text(entry: "flush" | "report"): string | null {
    // Both are ours, and short: a deadline that has passed is not theirs.
    this.#batchEnd = Number.POSITIVE_INFINITY;
    this.#arm();
    try {
      const result = this.#context.callFunction(this.#entries[entry], this.#context.undefined);
      if (result.error !== undefined) {
        result.error.dispose();
        return null;
      }
      const text = this.#context.getString(result.value);
      result.value.dispose();
      return text;
    } catch {
      return null;
    }
  }

  #call(entry: EntryPoint, args: readonly QuickJSHandle[]): Outcome {
    this.#arm();
    try {
      const result = this.#context.callFunction(this.#entries[entry], this.#context.undefined, ...args);
      for (const handle of args) if (handle !== this.#batch?.handle) handle.dispose();
      if (result.error === undefined) {
        const value = this.#context.getNumber(result.value);
        result.value.dispose();
        return { kind: "returned", value };
      }
      // What a handler throws is caught inside: only an interruption, or memory for nothing at all, gets here.
      const message = this.#messageOf(result.error);
      return message.includes("interrupted") ? { kind: "interrupted" } : { kind: "dead", message };
    } catch (error) {
      // The host's stack overflowed, or WebAssembly trapped: what is in memory now is anyone's guess.
      return { kind: "dead", message: messageOf(error) };
    }
  }

  #messageOf(error: QuickJSHandle): string {
    try {
      const property = this.#context.getProp(error, "message");
      const message = this.#context.typeof(property) === "string" ? this.#context.getString(property) : "";
      property.dispose();
      error.dispose();
      return message;
    } catch {
      return "";
    }
  }
}

const asBytes = (numbers: Uint32Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
