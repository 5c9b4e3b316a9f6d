// Options of `retis run`: declared for the command line, and checked.
import type { Command } from "commander";
import { UsageError } from "../failure.js";
import type { OutputFormat, RunOptions } from "../run-options.js";
import { FILE_FORMATS, type FileFormat, type FileRequest } from "../store/output-file.js";
import { parseCount, parseDuration, parseSize } from "./duration.js";
import { parseRotation } from "./parse-rotation.js";
import { refuseBinaryOnTerminal } from "./refuse-binary.js";

/** As commander hands them over. */
export interface RawRunOptions {
  /** One of standard output, one of the file. */
  readonly format?: readonly string[];
  readonly out?: string;
  readonly outRotate?: string;
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
  refuseIdle(raw);
  const formats = splitFormats(raw.format ?? []);
  return {
    format: formats.shown,
    out: fileRequest(raw, formats),
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

/** Options that would be ignored. */
function refuseIdle(raw: RawRunOptions): void {
  if (raw.from === undefined) {
    if (raw.as !== undefined)
      throw new UsageError("--as is for stored packets", "name the file: --from FILE --as PROBE");
    return;
  }
  const live = {
    "--cmd": raw.cmd,
    "--duration": raw.duration,
    "--buffer": raw.buffer,
    "--snaplen": raw.snaplen,
  };
  for (const [flag, value] of Object.entries(live))
    if (value !== undefined)
      throw new UsageError(`${flag} is for live traffic, --from for stored events`, "leave one of them out");
}

/** `--format` may be given for standard output, and once more for the file. */
function splitFormats(given: readonly string[]): {
  readonly shown: OutputFormat | null;
  readonly file: FileFormat | null;
} {
  const of = <T extends string>(known: readonly T[]): readonly T[] =>
    given.flatMap((text) => known.filter((one) => one === text));
  const [shown, file] = [of(FORMATS), of(FILE_FORMATS)];
  for (const text of given)
    if (!shown.some((one) => one === text) && !file.some((one) => one === text))
      throw new UsageError(
        `--format ${text}: unknown format`,
        `one of ${FORMATS.join(", ")} for what is shown, of ${FILE_FORMATS.join(", ")} for the file of -o`,
      );
  for (const [first, second] of [shown, file])
    if (second !== undefined)
      throw new UsageError(
        `--format ${first} and --format ${second} contradict each other`,
        "give one for what is shown, and one for the file of -o",
      );
  return { shown: shown[0] ?? null, file: file[0] ?? null };
}

function fileRequest(
  raw: RawRunOptions,
  { shown, file: format }: ReturnType<typeof splitFormats>,
): FileRequest | null {
  const { out, outRotate } = raw;
  if (out === "-" && shown !== null)
    throw new UsageError(
      `--format ${shown} is for what is shown, and \`-o -\` shows nothing`,
      `one of ${FILE_FORMATS.join(", ")}, or leave out \`-o -\``,
    );
  if (out === undefined) {
    if (format !== null) throw new UsageError(`--format ${format} is for a file`, "name it: -o FILE");
    if (outRotate !== undefined) throw new UsageError("--out-rotate is for a file", "name it: -o FILE");
    return null;
  }
  if (outRotate !== undefined && (out === "-" || (format ?? "retis") !== "retis"))
    throw new UsageError(
      "--out-rotate needs an event file",
      "leave it out for a pipe, or with --format retis-json and pcapng",
    );
  refuseBinaryOnTerminal(out, format ?? "retis", "--format");
  return {
    path: out,
    format: format ?? "retis",
    rotation: outRotate === undefined ? null : parseRotation(outRotate),
  };
}

function within(option: string, value: number, least: number, most: number): number {
  if (value < least || value > most)
    throw new UsageError(`${option} ${value}: out of range`, `from ${least} to ${most} bytes`);
  return value;
}

function oneSource(file: string, before: string | undefined): string {
  if (before === undefined) return file;
  throw new UsageError("--from is given twice", "a run reads one source: `retis print` takes several files");
}

/** The options of `retis run` and of a bare `retis -e`. */
export function addRunOptions(command: Command): Command {
  return command
    .option("-o, --out <file>", "write events to a file as well; `-`: to standard output instead")
    .option(
      "--format <format>",
      "text, single-line, json or table; of the file: retis, retis-json or pcapng",
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .option("--out-rotate <when>", "go on in FILE.1, FILE.2, …: 100MB, 10min, or 100MB,keep 5")
    .option("--utc", "date and time instead of monotonic nanoseconds")
    .option("--link-layer", "show Ethernet and VLAN headers")
    .option("--snaplen <size>", "bytes of each packet that an event carries")
    .option("--buffer <size>", "size of the ring buffer (default: 16MiB)")
    .option("--stop-after <count>", "end after so many events")
    .option("--duration <time>", "end after this time: 500ms, 10s, 2min")
    .option("--from <file>", "run on stored events or a packet capture instead of this machine", oneSource)
    .option("--as <probe>", "take all packets of the file for those of this probe")
    .option("--cmd <command>", "run a command once tracing, and end with it")
    .option("-q, --quiet", "no `ready`, no summary")
    .option("-v, --verbose", "say what is loaded and attached");
}
