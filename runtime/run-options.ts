// What a run is asked for on the command line, checked: the shape of its output and what ends it. Types only.

import type { FileRequest } from "./store/output-file.js";

export type OutputFormat = "text" | "single-line" | "json" | "table";

export interface RunOptions {
  /** Null: text for events, tables for records. */
  readonly format: OutputFormat | null;
  readonly utc: boolean;
  readonly linkLayer: boolean;
  readonly snaplen: number | null;
  readonly buffer: number | null;
  readonly stopAfter: number | null;
  readonly durationMs: number | null;
  readonly cmd: string | null;
  /** A stored source to run on in place of this machine; `-`: standard input. */
  readonly from: string | null;
  /** The probe that all events of the source are taken for. */
  readonly as: string | null;
  /** Where events go besides standard output; null: nowhere. */
  readonly out: FileRequest | null;
  readonly quiet: boolean;
  readonly verbose: boolean;
}
