// Options of `retis run`, checked: what shapes the output and what ends the run.
import { UsageError } from "../failure.js";
import { parseCount, parseDuration, parseSize } from "./duration.js";

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
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** As commander hands them over. */
export interface RawRunOptions {
  readonly format?: string;
  readonly utc?: boolean;
  readonly linkLayer?: boolean;
  readonly snaplen?: string;
  readonly buffer?: string;
  readonly stopAfter?: string;
  readonly duration?: string;
  readonly cmd?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

const FORMATS: readonly OutputFormat[] = ["text", "single-line", "json", "table"];

/** The kernel's bound on a ring (a 32-bit size), and one page at least. */
const MIN_BUFFER = 4096;
const MAX_BUFFER = 1024 ** 3;
const MAX_SNAPLEN = 65_535;

export function checkRunOptions(raw: RawRunOptions): RunOptions {
  const given = <T>(text: string | undefined, parse: (text: string) => T): T | null =>
    text === undefined ? null : parse(text);
  const format = raw.format === undefined ? null : (FORMATS.find((known) => known === raw.format) ?? null);
  if (raw.format !== undefined && format === null)
    throw new UsageError(`--format ${raw.format}: unknown format`, `one of ${FORMATS.join(", ")}`);
  return {
    format,
    utc: raw.utc === true,
    linkLayer: raw.linkLayer === true,
    snaplen: given(raw.snaplen, (text) => within("--snaplen", parseSize("--snaplen", text), 1, MAX_SNAPLEN)),
    buffer: given(raw.buffer, (text) =>
      within("--buffer", parseSize("--buffer", text), MIN_BUFFER, MAX_BUFFER),
    ),
    stopAfter: given(raw.stopAfter, (text) => parseCount("--stop-after", text)),
    durationMs: given(raw.duration, (text) => parseDuration("--duration", text)),
    cmd: raw.cmd ?? null,
    quiet: raw.quiet === true,
    verbose: raw.verbose === true,
  };
}

function within(option: string, value: number, least: number, most: number): number {
  if (value < least || value > most)
    throw new UsageError(`${option} ${value}: out of range`, `from ${least} to ${most} bytes`);
  return value;
}
