// Options of `retis run`: declared for the command line, and checked.
import type { Command } from "commander";
import { UsageError } from "../failure.js";
import type { OutputFormat, RunOptions } from "../run-options.js";
import { parseCount, parseDuration, parseSize } from "./duration.js";

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
  readonly from?: string;
  readonly as?: string;
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
    from: raw.from ?? null,
    as: raw.as ?? null,
    quiet: raw.quiet === true,
    verbose: raw.verbose === true,
  };
}

function within(option: string, value: number, least: number, most: number): number {
  if (value < least || value > most)
    throw new UsageError(`${option} ${value}: out of range`, `from ${least} to ${most} bytes`);
  return value;
}

/** The options of `retis run` and of a bare `retis -e`. */
export function addRunOptions(command: Command): Command {
  return command
    .option("--format <format>", "text, single-line, json or table")
    .option("--utc", "date and time instead of monotonic nanoseconds")
    .option("--link-layer", "show Ethernet and VLAN headers")
    .option("--snaplen <size>", "bytes of each packet that an event carries")
    .option("--buffer <size>", "size of the ring buffer (default: 16MiB)")
    .option("--stop-after <count>", "end after so many events")
    .option("--duration <time>", "end after this time: 500ms, 10s, 2min")
    .option("--from <file>", "run on stored events or a packet capture instead of this machine")
    .option("--as <probe>", "take all packets of the file for those of this probe")
    .option("--cmd <command>", "run a command once tracing, and end with it")
    .option("-q, --quiet", "no `ready`, no summary")
    .option("-v, --verbose", "say what is loaded and attached");
}
