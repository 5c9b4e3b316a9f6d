// The contract of the native addon: what it can do, typed, and the one place that loads it. It explains
// nothing to users; a refused call throws a BpfError with the facts.
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { BpfError } from "./bpf-error.js";
import type { Btf } from "./btf.js";
import type { EventFileAddon, EventWriter } from "./event-file.js";
import type { JsonAddon } from "./json-decoder.js";

export { BpfError } from "./bpf-error.js";

export interface Program {
  readonly name: string;
  readonly section: string;
  /** libbpf's name of the program type: "tracing", "raw_tracepoint", "kprobe", … */
  readonly type: string;
  readonly autoload: boolean;
}

export interface BpfMap {
  readonly name: string;
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
}

/** What a program is attached to. `trace` takes the target that setAttachTarget() gave it before load(). */
export type AttachTarget =
  | { readonly kind: "trace"; readonly cookie?: bigint }
  | { readonly kind: "raw_tracepoint"; readonly name: string }
  | {
      readonly kind: "tracepoint";
      readonly category: string;
      readonly name: string;
      readonly cookie?: bigint;
    }
  | {
      readonly kind: "kprobe";
      readonly symbol: string;
      readonly offset?: number;
      readonly return?: boolean;
      readonly cookie?: bigint;
    }
  | {
      readonly kind: "kprobe_multi";
      readonly symbols: readonly string[];
      /** One for each symbol. */
      readonly cookies?: BigUint64Array;
      readonly return?: boolean;
    }
  | {
      readonly kind: "uprobe";
      readonly binary: string;
      readonly symbol?: string;
      readonly offset?: number;
      /** -1, the default: every process. */
      readonly pid?: number;
      readonly return?: boolean;
      readonly cookie?: bigint;
    }
  | {
      readonly kind: "usdt";
      readonly binary: string;
      readonly provider: string;
      readonly name: string;
      readonly pid?: number;
      readonly cookie?: bigint;
    };

export interface Link {
  /** -1 once detached. */
  readonly fd: number;
  /** Does nothing the second time. */
  detach(): void;
}

/** Counts are 0 where this kernel does not keep them, sizes where the process may not see them. */
export interface ProgramInfo {
  readonly id: number;
  /** Instructions after the verifier's rewriting. */
  readonly instructions: number;
  readonly jitedBytes: number;
  readonly verifiedInstructions: number;
  /** Kept while enableStats() holds, as is runCount. */
  readonly runTimeNs: number;
  readonly runCount: number;
  /** Hits that the kernel did not run because the program was already running on that CPU. */
  readonly recursionMisses: number;
}

export interface TestRunBatch {
  readonly program: string;
  readonly context: BigUint64Array;
  /** An array map (or data section) and where in it each packet is written. */
  readonly map: string;
  readonly offset: number;
  /** Little-endian fields of the same map that receive the packet's length plus a constant. */
  readonly lengths?: readonly {
    readonly offset: number;
    readonly bytes: 1 | 2 | 4 | 8;
    readonly plus?: bigint;
  }[];
  readonly packets: readonly Uint8Array[];
  /** Where the program leaves its answer, a u64; it is 0 before each run. */
  readonly result: { readonly map: string; readonly offset: number };
}

/** Programs are off until setAutoload(). Every method throws a BpfError with EBADF after close(). */
export interface BpfObject {
  programs(): readonly Program[];
  setAutoload(program: string, autoload: boolean): void;
  /** Before load(): the tracepoint (tp_btf) or function (fentry, fexit) of a typed program. */
  setAttachTarget(program: string, target: string): void;
  /**
   * Before load(): puts instructions in place of the one that loads `marker`. False: the program has no such one. They
   * go on behind their last one, and call nothing.
   */
  insertCode(program: string, marker: number, instructions: Uint8Array): boolean;
  maps(): readonly BpfMap[];
  setMapSize(map: string, maxEntries: number): void;
  setMapAutocreate(map: string, autocreate: boolean): void;
  /** Before load(): bytes of a data section, named as in the ELF (".rodata", ".bss"). */
  setData(section: string, offset: number, bytes: Uint8Array): void;
  /** A global variable: the data section that it lies in, and where. */
  variable(name: string): { readonly section: string; readonly offset: number; readonly size: number } | null;
  load(): void;
  /** All that libbpf said during load(), the whole verifier log included. */
  log(): string;
  attach(program: string, target: AttachTarget): Link;
  programFd(program: string): number;
  programInfo(program: string): ProgramInfo;
  /** The kernel's instructions of a loaded program, 8 bytes each. */
  xlated(program: string): Buffer;
  /** A raw_tp program takes its arguments as context, and no repeat. `retval` is unsigned. */
  testRun(
    program: string,
    context: BigUint64Array | Uint8Array,
    repeat?: number,
  ): { readonly retval: number; readonly durationNs: number };
  testRunBatch(batch: TestRunBatch): BigUint64Array;
  mapFd(map: string): number;
  /**
   * The values of an array map or data section as memory, seen live by both sides. Read-only data must not be
   * written (SIGSEGV). Stays valid after close().
   */
  mmapMap(map: string, length?: number): ArrayBuffer;
  /** Of a per-CPU map: one value per possible CPU, each rounded up to 8 bytes. */
  lookup(map: string, key: Uint8Array): Buffer | null;
  update(map: string, key: Uint8Array, value: Uint8Array): void;
  /** Detaches what it attached and frees everything; again: nothing. */
  close(): void;
}

export interface DrainCounters {
  readonly records: number;
  readonly bytes: number;
  readonly batches: number;
  readonly wakeups: number;
  /** How often it waited for a free batch. */
  readonly waits: number;
  /** Records larger than a whole batch, left out. */
  readonly oversized: number;
  /** Records that went to the tap alone. */
  readonly skipped: number;
}

/** Whole records of the ring, back to back, each rounded up to 8 bytes, in `buffers[index]`. Index -1: a tick. */
export type OnBatch = (index: number, bytes: number, records: number) => void;

export interface Drain {
  /** Gives a batch back after onBatch. */
  release(index: number): void;
  /**
   * Before the first batch: the writer gets each before anyone here does. When no buffer is free and the ring is over
   * half full, batches go to it alone.
   */
  tap(writer: EventWriter): void;
  /** Comes back as batch -1; to the writer, in the same place. */
  tick(index: number, time: bigint): void;
  /**
   * Empties the ring of what it holds now and hands it over, then resolves. Batches must still be released
   * meanwhile: where none is free it waits.
   */
  stop(): Promise<void>;
  counters(): DrainCounters;
}

export interface Addon extends EventFileAddon, JsonAddon {
  /** Joins relocatable BPF objects into one. */
  link(objects: readonly Uint8Array[]): Buffer;
  readonly BpfObject: new (elf: Uint8Array) => BpfObject;
  /** Starts at once and keeps the process alive until stop(). The buffers may lie in SharedArrayBuffers. */
  readonly Drain: new (
    object: BpfObject,
    map: string,
    buffers: readonly Buffer[],
    onBatch: OnBatch,
  ) => Drain;
  /** Begins to parse the running kernel's BTF beside everything else: it takes 10 ms, and every trace needs it. */
  prefetchKernelBtf(): void;
  /** Begins to make the ring: an object whose map has this size takes it, another one makes its own. */
  prefetchRing(bytes: number): void;
  /** The types of one BTF file; of a module on top of the kernel's. */
  readonly Btf: new (
    path: string,
    base?: Btf,
  ) => Btf;
  /** libpcap's program for an expression, 8 bytes an instruction; throws an Error with libpcap's message. */
  pcapCompile(expression: string, linkType: number, snapLength: number): Buffer;
  /** What libpcap's own interpreter says about a packet of which `packet` was captured. */
  pcapMatch(program: Uint8Array, packet: Uint8Array, wireLength: number): boolean;
  /** All capabilities of all threads, for good: a program executed later does not regain them either. */
  dropPrivileges(): void;
  /** Of the calling thread; bit N is capability N. */
  capabilities(): { readonly effective: bigint; readonly permitted: bigint };
  /** Ends the process at once: nothing is flushed, no exit handler runs. */
  exitNow(code: number): never;
  /** Whether the other end of a pipe is closed. */
  readerIsGone(descriptor: number): boolean;
  /** The kernel keeps run counts and times of programs while the returned descriptor is open. */
  enableStats(): number;
}

interface NativeAddon extends Addon {
  setErrorClass(errorClass: typeof BpfError): void;
}

let loaded: Addon | null = null;

/** The folder of retis.node and the other files that come with the program. */
export function resourceDirectory(): string {
  const home = process.env["RETIS_HOME"];
  if (home !== undefined) return home;
  return dirname(realpathSync(process.argv[1] ?? "."));
}

/** The addon, if this run has needed it so far. */
export const loadedAddon = (): Addon | null => loaded;

/** Loads the addon on first use: not every command needs it. */
export function loadAddon(): Addon {
  if (loaded === null) {
    const module: { exports: NativeAddon | Record<string, never> } = { exports: {} };
    process.dlopen(module, join(resourceDirectory(), "retis.node"));
    const native = module.exports as NativeAddon;
    native.setErrorClass(BpfError);
    loaded = native;
  }
  return loaded;
}
