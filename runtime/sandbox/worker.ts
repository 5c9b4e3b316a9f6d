// The Worker that the sandbox lives in: takes batches, runs the script's handlers on them, hands back what they put out.
// A machine whose memory is exhausted is replaced here; one that does not return is ended by the main thread.
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { CONTROL } from "../../compiler/codegen/handlers/handler-module.js";
import { LIMITS } from "./limits.js";
import {
  type Chunk,
  type MatchRequest,
  PROGRESS,
  type Reply,
  type Request,
  type RunRequest,
  type StartRequest,
  type TimedRequest,
  type WorkerFault,
  type WorkerSetup,
} from "./protocol.js";
import { type BareMachine, bareMachine, messageOf, VirtualMachine } from "./virtual-machine.js";

/** A clause that no script has: its items are passed over. */
const NO_CLAUSE = 0xffff_ffff;
/** Machines that fail one after the other before anything has run. */
const MAX_REPLACEMENTS = 64;

/** A machine in reserve is made when the first has been at work for so long, ms: not while the program starts. */
const RESERVE_AFTER = 500;

/**
 * By default V8 optimizes QuickJS while it reads the script's module: 100 ms of two CPUs, just when the program starts.
 * So much more has to run first; what events make hot still gets there within a second. The number is taken over when
 * the module is compiled; V8 refuses compiled code that was kept under other flags, so the usual one is put back.
 */
function compileQuickJs(bytes: Uint8Array): WebAssembly.Module {
  setFlagsFromString("--wasm-tiering-budget=400000000");
  const module = new WebAssembly.Module(bytes);
  setFlagsFromString("--wasm-tiering-budget=1800000");
  return module;
}

const { wasm, progress } = workerData as WorkerSetup;

class Keeper {
  readonly #module: WebAssembly.Module;
  /** Made ahead: instantiating takes longer than anything else at the start. */
  #next: Promise<BareMachine> | null;
  #machine: VirtualMachine | null = null;
  #start: StartRequest | null = null;
  /** What host ids mean, for a machine that comes new. */
  #learnt: string[] = [];
  readonly #progress = new Int32Array(progress);
  #replaced = 0;

  constructor() {
    // At once: threads that help would only compete with the compiler of the script.
    this.#module = typeof wasm === "string" ? compileQuickJs(readFileSync(wasm)) : wasm;
    this.#next = bareMachine(this.#module);
  }

  #reserve(): void {
    this.#next ??= bareMachine(this.#module);
    // A failure is reported where it is needed.
    this.#next.catch(() => {});
  }

  #beat(): void {
    Atomics.add(this.#progress, PROGRESS.beat, 1);
  }

  async answer(request: Request): Promise<Reply> {
    switch (request.kind) {
      case "start":
        this.#start = request;
        return { kind: "started", faults: await this.#renew() };
      case "run":
        return this.#run(request);
      case "timed":
        return this.#timed(request);
      case "match":
        return this.#match(request);
    }
  }

  loaded(): Reply {
    return { kind: "loaded", wasm: this.#module };
  }

  /** A new machine with fresh `let`s. */
  async #renew(): Promise<readonly WorkerFault[]> {
    const start = this.#start;
    if (start === null) throw new Error("the sandbox has no script yet");
    const bare = await (this.#next ?? bareMachine(this.#module));
    this.#next = null;
    setTimeout(() => this.#reserve(), RESERVE_AFTER).unref();
    const machine = new VirtualMachine(bare, start, () => this.#beat());
    this.#machine = machine;
    this.#learnt.forEach((text, index) => {
      machine.learn(text, index === 0);
    });
    const faults: WorkerFault[] = [];
    for (const handler of start.lets) {
      machine.startClock(LIMITS.batch);
      const outcome = machine.runTimed(handler, start.settings.start);
      if (outcome.kind === "interrupted") faults.push(fault("deadline", handler));
      if (outcome.kind === "dead" || exhausted(machine))
        throw new Error("a `let` exhausts the sandbox's memory");
    }
    faults.push(...machine.faults());
    machine.take();
    return faults;
  }

  async #run(request: RunRequest): Promise<Reply> {
    const count = request.selection.length / 2;
    const selection = request.selection;
    const off = new Set(request.switchedOff);
    const chunks: Chunk[] = [];
    const faults: WorkerFault[] = [];
    const silence = (): void => {
      for (let i = 1; i < selection.length; i += 2) if (off.has(selection[i] ?? 0)) selection[i] = NO_CLAUSE;
    };
    if (request.forget) this.#learnt = [];
    if (request.learn !== null) this.#learnt.push(request.learn);
    if (request.learn !== null) this.#machine?.learn(request.learn, request.forget);
    silence();
    let from = 0;
    let skip = -1;
    let stopped = false;
    let notHandled = 0;
    let machine = await this.#loadedWith(request, selection);
    const began = performance.now();
    while (from < count && !stopped) {
      const left = began + LIMITS.batch - performance.now();
      if (left <= 0) {
        notHandled = count - from;
        break;
      }
      machine.startClock(left);
      if (request.stepwise) Atomics.store(this.#progress, PROGRESS.item, from);
      this.#beat();
      const outcome = machine.run(from, skip, Math.min(count, from + (request.stepwise ? 1 : LIMITS.slice)));
      skip = -1;
      const spent = outcome.kind === "dead" || exhausted(machine);
      const item = machine.control(CONTROL.item);
      const handler = this.#running(machine, selection);
      const chunk = outcome.kind === "dead" ? null : machine.take();
      if (chunk !== null && chunk.numbers.length > 0) chunks.push(chunk);
      if (outcome.kind !== "dead") faults.push(...machine.faults());
      if (spent) {
        faults.push(fault("memory", handler));
        const clause = selection[item * 2 + 1] ?? NO_CLAUSE;
        off.add(clause);
        silence();
        from = item;
        faults.push(...(await this.#renew()));
        machine = await this.#loadedWith(request, selection);
      } else if (outcome.kind === "interrupted") {
        faults.push(fault("deadline", handler));
        const several = machine.control(CONTROL.handler) >= 0;
        from = several ? item : item + 1;
        skip = several ? handler : -1;
      } else if (outcome.kind === "returned") {
        from = outcome.value;
        stopped = machine.control(CONTROL.stopped) !== 0;
      }
    }
    machine.startClock(LIMITS.call);
    machine.runJobs();
    const rest = machine.take();
    if (rest !== null && rest.numbers.length > 0) chunks.push(rest);
    faults.push(...machine.faults());
    return { kind: "ran", chunks, faults, stopped, notHandled };
  }

  async #timed({ handler, time }: TimedRequest): Promise<Reply> {
    const machine = this.#machine;
    if (machine === null) throw new Error("the sandbox has no script yet");
    // What it prints is a table of all that was kept: time for it there is.
    machine.startClock(LIMITS.batch, LIMITS.callAtMost);
    const outcome = machine.runTimed(handler, time);
    const chunk = outcome.kind === "dead" ? null : machine.take();
    const faults: WorkerFault[] = outcome.kind === "dead" ? [] : [...machine.faults()];
    if (outcome.kind === "dead" || exhausted(machine))
      faults.push(fault("memory", handler), ...(await this.#renew()));
    else if (outcome.kind === "interrupted") {
      machine.setControl(CONTROL.handler, -1);
      faults.push(fault("deadline", handler));
    }
    const stopped = (this.#machine?.control(CONTROL.stopped) ?? 0) !== 0;
    const chunks = chunk === null || chunk.numbers.length === 0 ? [] : [chunk];
    return { kind: "ran", chunks, faults, stopped, notHandled: 0 };
  }

  async #match({ pattern, subjects, count }: MatchRequest): Promise<Reply> {
    const bits = new Uint8Array(count);
    const began = performance.now();
    let machine: VirtualMachine | null = null;
    let slow = 0;
    let from = 0;
    while (from < count) {
      const left = began + LIMITS.batch - performance.now();
      if (left <= 0) return { kind: "matched", bits, slow: slow + count - from };
      if (machine === null) {
        machine = this.#machine;
        if (machine === null) throw new Error("the sandbox has no script yet");
        machine.startClock(left);
        machine.subject(subjects);
      }
      machine.startClock(left, LIMITS.pattern, 1);
      this.#beat();
      const outcome = machine.match(pattern, from);
      const upTo = outcome.kind === "returned" ? count : machine.control(CONTROL.item);
      const answers = machine.answers(upTo);
      for (let i = from; i < upTo; i++) bits[i] = answers[i] ?? 0;
      if (outcome.kind === "returned") break;
      slow++;
      from = upTo + 1;
      if (outcome.kind === "dead") {
        await this.#renew();
        machine = null;
      }
    }
    return { kind: "matched", bits, slow };
  }

  async #loadedWith(request: RunRequest, selection: Uint32Array): Promise<VirtualMachine> {
    for (let attempt = 0; ; attempt++) {
      const machine = this.#machine;
      if (machine?.load(request.bytes, selection, request.hostIds) === true) return machine;
      // The script's values leave no room for the batch.
      if (attempt > 0 || this.#replaced++ > MAX_REPLACEMENTS)
        throw new Error("the sandbox has no memory for a batch");
      await this.#renew();
    }
  }

  /** The handler that was running: of a clause with one, that one. */
  #running(machine: VirtualMachine, selection: Uint32Array): number {
    const named = machine.control(CONTROL.handler);
    if (named >= 0) return named;
    const clause = selection[machine.control(CONTROL.item) * 2 + 1] ?? NO_CLAUSE;
    return this.#start?.clauses.get(clause)?.[0] ?? -1;
  }
}

const exhausted = (machine: VirtualMachine): boolean => machine.control(CONTROL.exhausted) !== 0;

const fault = (kind: WorkerFault["kind"], handler: number): WorkerFault => ({
  kind,
  handler,
  count: 1,
  message: "",
  stack: "",
});

const port = parentPort;
if (port !== null) {
  const keeper = new Keeper();
  // One after the other: a batch waits for the one before, also while a machine is renewed.
  let last: Promise<void> = Promise.resolve();
  const reply = (answer: () => Promise<Reply>): void => {
    last = last.then(async () => {
      let result: Reply;
      try {
        result = await answer();
      } catch (error) {
        // An error of QuickJS carries its whole context: only its text may leave.
        result = { kind: "failed", message: messageOf(error) };
      }
      const moved =
        result.kind === "ran" ? result.chunks.map((chunk) => chunk.numbers.buffer as ArrayBuffer) : [];
      port.postMessage(result, moved);
    });
  };
  reply(async () => keeper.loaded());
  port.on("message", (request: Request) => reply(() => keeper.answer(request)));
}
