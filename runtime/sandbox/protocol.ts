// What the main thread and the sandbox's Worker say to each other.

/** Given when the Worker is created, before there is a script. */
export interface WorkerSetup {
  /** QuickJS: the path of its file, or what an earlier Worker made of that. */
  readonly wasm: string | WebAssembly.Module;
  /** Two numbers (`PROGRESS`). */
  readonly progress: SharedArrayBuffer;
}

export const PROGRESS = {
  /** The item that a step-by-step batch is at. */
  item: 0,
  /** Changes as long as the Worker is alive. */
  beat: 1,
  words: 2,
} as const;

export interface StartRequest {
  readonly kind: "start";
  readonly text: string;
  /** Handlers of each clause, in order. */
  readonly clauses: ReadonlyMap<number, readonly number[]>;
  /** Handlers that are initializers of `let`s. */
  readonly lets: readonly number[];
  readonly hostFields: number;
  readonly settings: SandboxSettings;
}

export interface SandboxSettings {
  /** For Math.random. */
  readonly seed: number;
  /** CLOCK_REALTIME minus CLOCK_MONOTONIC in ns. */
  readonly wallOffset: bigint;
  /** CLOCK_MONOTONIC at the start of the trace, in ns: `elapsed` counts from it. */
  readonly start: bigint;
}

export interface RunRequest {
  readonly kind: "run";
  readonly bytes: Uint8Array;
  /** Pairs of a frame's offset and a clause. */
  readonly selection: Uint32Array;
  /** For each item the ids of its host fields' values. */
  readonly hostIds: Uint32Array;
  /** JSON of values that get the next ids; null: none. */
  readonly learn: string | null;
  /** All ids before are void. */
  readonly forget: boolean;
  readonly switchedOff: readonly number[];
  /** One call for each item, telling which, so that the one that does not return is known. */
  readonly stepwise: boolean;
}

export interface TimedRequest {
  readonly kind: "timed";
  readonly handler: number;
  readonly time: bigint;
}

export interface MatchRequest {
  readonly kind: "match";
  readonly pattern: number;
  /** A JSON array of strings. */
  readonly subjects: string;
  readonly count: number;
}

export type Request = StartRequest | RunRequest | TimedRequest | MatchRequest;

/** Records back to back, and the text that they refer to. */
export interface Chunk {
  readonly numbers: Float64Array;
  readonly text: string;
}

export type FaultKind =
  /** The handler threw. */
  | "exception"
  /** A call, or the batch, took too long. */
  | "deadline"
  /** More output than a call may make; `count`: how much of it was left out. */
  | "output"
  /** Memory was exhausted: the sandbox started anew without the clause. */
  | "memory"
  /** The sandbox had to be ended: it started anew without the clause. */
  | "terminated";

export interface WorkerFault {
  readonly kind: FaultKind;
  readonly handler: number;
  readonly count: number;
  readonly message: string;
  readonly stack: string;
}

export type Reply =
  | { readonly kind: "loaded"; readonly wasm: WebAssembly.Module }
  | { readonly kind: "started"; readonly faults: readonly WorkerFault[] }
  | {
      readonly kind: "ran";
      readonly chunks: readonly Chunk[];
      readonly faults: readonly WorkerFault[];
      readonly stopped: boolean;
      readonly notHandled: number;
    }
  | { readonly kind: "matched"; readonly bits: Uint8Array; readonly slow: number }
  /** A bug of ours. */
  | { readonly kind: "failed"; readonly message: string };
