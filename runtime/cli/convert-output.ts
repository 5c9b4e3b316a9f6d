// What `retis sort -o`, `convert` and `pcap` share: where to and in which format, and the writing itself.
import { fstatSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { EventSource } from "../events/source.js";
import { UsageError } from "../failure.js";
import { FILE_FORMATS, type FileFormat } from "../store/output-file.js";
import { StoredLosses } from "../store/stored-losses.js";
import { writeBatches } from "../store/write-batches.js";
import { createFileOf } from "../store/write-source.js";
import { say } from "./stored-input.js";
import { VERSION } from "./version.js";

export const WRITER = `retis ${VERSION}`;

/** As asked for, else as the file's name ends. */
export function formatFor(path: string, asked: string | undefined, standard: FileFormat): FileFormat {
  if (asked !== undefined) {
    const format = FILE_FORMATS.find((known) => known === asked);
    if (format === undefined)
      throw new UsageError(`--format ${asked}: unknown format`, `one of ${FILE_FORMATS.join(", ")}`);
    return format;
  }
  const name = basename(path);
  if (/\.pcapn?g?$/.test(name)) return "pcapng";
  return /\.jsonl?$/.test(name) ? "retis-json" : standard;
}

/** Events are read while others are written: of the same file, nothing would be left. */
export function refuseSameFile(input: string, output: string, what: string): void {
  const [from, to] = [identity(input, 0), identity(output, 1)];
  if (from !== null && from === to)
    throw new UsageError(`cannot ${what} ${input} in place`, "give -o another file");
}

/** Null: no file that could be written over. `standard`: the descriptor that `-` means. */
function identity(path: string, standard: number): string | null {
  try {
    const facts = path === "-" ? fstatSync(standard) : statSync(path);
    return facts.isFile() ? `${facts.dev}:${facts.ino}` : null;
  } catch {
    return null;
  }
}

export interface WriteInput {
  readonly source: EventSource;
  /** What the events are read from, where `source` is made of it. */
  readonly facts: EventSource;
  readonly path: string;
  readonly format: FileFormat;
  readonly progress: (events: number) => void;
}

/** Writes all events; says what was written. Resolves to their number. */
export async function writeFile(input: WriteInput): Promise<number> {
  const { source, facts, path, format, progress } = input;
  const losses = new StoredLosses(source.names.probes.length);
  const file = createFileOf(source, facts, { path, format, writer: WRITER, losses: losses.place });
  await writeBatches(source, file, losses, progress);
  const { events, bytes } = file.written;
  const name = path === "-" ? "to standard output" : path;
  say(`wrote ${name}: ${events} ${events === 1 ? "event" : "events"}, ${bytes} bytes`);
  return events;
}
