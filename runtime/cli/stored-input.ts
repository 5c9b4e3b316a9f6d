// What all commands that read stored events share: which files, progress while they are read, and what is said of what
// could not be read.
import { existsSync, statSync } from "node:fs";
import type { EventSource } from "../events/source.js";
import { EXIT, SystemError } from "../failure.js";
import { openSource } from "../store/open-source.js";
import { colors } from "./color.js";
import { Progress } from "./progress.js";
import { reportFailure } from "./report.js";
import { printError } from "./standard-output.js";
import { isTerminal } from "./terminal.js";

/** Retis' name for a file of events. */
const STANDARD = "retis.data";

/** The files named, else retis.data, else the rotated set of that name. */
export function inputFiles(named: readonly string[]): readonly string[] {
  if (named.length > 0) return named;
  if (!existsSync(STANDARD) && existsSync(`${STANDARD}.0`)) return [`${STANDARD}.0..`];
  return [STANDARD];
}

export interface StoredInput {
  readonly source: EventSource;
  readonly file: string;
  /** Tells how many events were read so far. */
  progress(events: number): void;
}

export interface InputOptions {
  /** What is done, for the line of progress: `printing`; null: no such line. */
  readonly doing: string | null;
  /** At the end of what there is: whether to wait for more. */
  readonly wait?: () => Promise<boolean>;
  /** What the file is called, where that is not its path. */
  readonly named?: string;
}

/**
 * Opens each file in turn, for `use`, which resolves to how many events it found. A file that cannot be read is reported,
 * and the next one read. Resolves to the exit code.
 */
export async function forEachInput(
  named: readonly string[],
  options: InputOptions,
  use: (input: StoredInput) => Promise<number>,
): Promise<number> {
  let code: number = EXIT.fine;
  for (const file of inputFiles(named)) {
    try {
      const found = await withInput(file, options, use);
      if (!found) code = EXIT.system;
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      code = reportFailure(error);
    }
  }
  return code;
}

/** False: there was nothing sound in it. */
async function withInput(
  file: string,
  { doing, wait, named }: InputOptions,
  use: (input: StoredInput) => Promise<number>,
): Promise<boolean> {
  const meter = doing === null ? null : new Progress(doing, sizeOf(file));
  current = meter;
  let bytes = 0;
  const source = await openSource(file, {
    onBytes: (count) => {
      bytes += count;
    },
    ...(wait === undefined ? {} : { wait }),
  });
  try {
    const events = await use({
      source,
      file: named ?? file,
      progress: (count) => meter?.update(bytes, count),
    });
    sayProblems(source);
    return events > 0 || source.problems.length === 0;
  } finally {
    meter?.done();
    current = null;
    await source.close();
  }
}

/** 0: nobody knows. */
function sizeOf(file: string): number {
  try {
    const facts = statSync(file);
    return facts.isFile() ? facts.size : 0;
  } catch {
    return 0;
  }
}

/** Several lines that say the same of one file are one. */
const MAX_LINES = 20;

export function sayProblems(source: Pick<EventSource, "problems">): void {
  const lines = source.problems.map(({ file, offset, reason }) => `${file}: at byte ${offset}: ${reason}`);
  for (const line of lines.slice(0, MAX_LINES)) warn(line);
  if (lines.length > MAX_LINES) warn(`and ${lines.length - MAX_LINES} more places like these`);
}

export function warn(line: string): void {
  const { yellow } = colors({ isTTY: isTerminal(2) });
  say(`${yellow("warning:")} ${line}`);
}

/** Of the file that is read. */
let current: Progress | null = null;

/** A line on stderr, where progress may stand. */
export function say(line: string): void {
  current?.done();
  printError(`${line}\n`);
}
