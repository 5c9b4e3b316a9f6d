// Where events come from, whatever it is: the running kernel, our event file, Retis' JSON lines, a packet capture.
// Nothing after a source knows which one it was. Types only.
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import type { Names } from "../outputs/names.js";
import type { Batch } from "./frame.js";

/** What a stored source says about how it was made; null: it does not say. */
export interface SourceHeader {
  /** `retis`: our event file; `retis-json`: Retis' JSON lines; `pcap`: pcap or pcapng. */
  readonly format: "retis" | "retis-json" | "pcap";
  /** Who wrote it: `Retis v1.7.0`, `retis 0.1.0`. */
  readonly writer: string | null;
  readonly commandLine: string | null;
  readonly kernelRelease: string | null;
  readonly kernelVersion: string | null;
  readonly hardware: string | null;
  /** CLOCK_REALTIME minus CLOCK_MONOTONIC, ns; null: times are what they are. */
  readonly clockOffset: bigint | null;
  /** SHA-256 of the script that the events' clauses are of. */
  readonly scriptDigest: string | null;
  /** Values of that script's options: with the same script and options, the verdicts in the frames' `clauses` hold. */
  readonly scriptOptions?: Readonly<Record<string, string>> | null;
  /** Clauses of that script whose verdict is whole: of the others, user space's part is left to be decided. */
  readonly decidedClauses?: readonly number[];
  /** CLOCK_MONOTONIC when tracing began, ns. */
  readonly started?: bigint;
  /** Retis' `sort -o`: one series of events a line. */
  readonly sorted: boolean;
}

/** What could not be read: the rest still is. */
export interface SourceProblem {
  readonly file: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly reason: string;
}

/** Something that happened between two events: before the frame at `at`, or, where that is the length, after the last. */
export type StreamMark = { readonly at: number } & (
  | {
      /** A timed block of the script ran: `block` counts as in the plan. */
      readonly kind: "tick";
      readonly block: number;
      readonly time: bigint;
    }
  | {
      /** The ring was full. */
      readonly kind: "loss";
      readonly cpu: number;
      /** Null: the source does not know. */
      readonly slot: number | null;
      /** Time of the events of that CPU before and after; 0: there is none. */
      readonly from: bigint;
      readonly to: bigint;
      readonly count: bigint;
    }
);

/** A timed block of the plan, and when it is due, ns. */
export interface Tick {
  readonly block: number;
  readonly time: bigint;
}

/** A batch that is given back after use. */
export interface SourceBatch extends Batch {
  /** In order; only where the source knows of such things. */
  readonly marks?: readonly StreamMark[];
  release(): void;
}

export interface EventSource {
  readonly header: SourceHeader;
  /** Grows while the source is read: probes, strings and stacks come with the events that use them. */
  readonly names: Names;
  /** Enums of the kernel that the events are of; null for one that the source knows nothing of. */
  readonly enums: Pick<KernelFacts, "enumValues">;
  readonly problems: readonly SourceProblem[];
  /** Events lost while it was collected, as the source itself counted them. */
  readonly lost: bigint;
  batches(): AsyncIterable<SourceBatch>;
  close(): Promise<void>;
}
