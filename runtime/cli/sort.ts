// `retis sort`: the events of each packet together, in the order in which the packets were first seen.
import type { EventSource } from "../events/source.js";
import { SystemError, UsageError } from "../failure.js";
import type { PrintStyle } from "../outputs/event-printer.js";
import type { FileFormat } from "../store/output-file.js";
import { eachAlone } from "../store/sort/alone.js";
import { isRereadable } from "../store/sort/reread.js";
import type { Unjoined } from "../store/sort/series.js";
import { sortSource } from "../store/sort/sorted-source.js";
import { formatFor, refuseSameFile, writeFile } from "./convert-output.js";
import { openPager } from "./pager.js";
import { printSource } from "./print.js";
import { checkPrintOptions, type RawPrintOptions } from "./print-options.js";
import { refuseBinaryOnTerminal } from "./refuse-binary.js";
import { seekable } from "./sort-input.js";
import { forEachInput, inputFiles, type StoredInput, warn } from "./stored-input.js";
import { isTerminal } from "./terminal.js";

export interface RawSort extends RawPrintOptions {
  readonly out?: string;
  readonly outFormat?: string;
  readonly print?: boolean;
  readonly maxBuffer?: string;
}

interface SortRequest {
  readonly out: { readonly path: string; readonly format: FileFormat } | null;
  readonly print: boolean;
  readonly style: PrintStyle;
  readonly maxBuffer: number | null;
}

/** Resolves to the exit code. */
export async function sort(file: string | null, raw: RawSort): Promise<number> {
  const [input = ""] = inputFiles(file === null ? [] : [file]);
  const request = checkSort(input, raw);
  const again = await seekable(input);
  try {
    return await forEachInput(
      [again.path],
      { doing: request.print && isTerminal(1) ? null : "sorting", named: input },
      (stored) => sortInput(stored, request),
    );
  } finally {
    again.close();
  }
}

function checkSort(input: string, raw: RawSort): SortRequest {
  const style = checkPrintOptions(raw);
  if (raw.out !== undefined) refuseSameFile(input, raw.out, "sort");
  if (raw.out === undefined && raw.outFormat !== undefined)
    throw new UsageError("--out-format without -o", "give -o FILE");
  return {
    out: raw.out === undefined ? null : outOf(raw.out, raw.outFormat),
    print: raw.out === undefined || raw.print === true,
    style,
    maxBuffer: raw.maxBuffer === undefined ? null : bufferOf(raw.maxBuffer),
  };
}

function outOf(path: string, asked: string | undefined): SortRequest["out"] {
  const format = formatFor(path, asked, "retis-json");
  refuseBinaryOnTerminal(path, format, "--out-format");
  return { path, format };
}

/** 0: without a bound, as without the option. */
function bufferOf(text: string): number | null {
  if (!/^\d{1,9}$/.test(text))
    throw new UsageError(`--max-buffer ${text}: not a count`, "give a number of events; 0: no bound");
  return Number(text) === 0 ? null : Number(text);
}

/** Resolves to the number of events. */
async function sortInput(input: StoredInput, request: SortRequest): Promise<number> {
  const sorted = await sortedSource(input, request.maxBuffer);
  let events = 0;
  if (request.out !== null)
    events = await writeFile({
      source: sorted,
      facts: input.source,
      ...request.out,
      progress: input.progress,
    });
  if (!request.print) return events;
  if (request.out !== null && !isRereadable(input.source))
    throw new SystemError("such a file is read once only", "print what was written: `retis print`");
  const pager = openPager();
  try {
    return await printSource({ source: sorted, progress: input.progress }, request.style, pager.sink, null);
  } finally {
    await pager.close();
  }
}

async function sortedSource(input: StoredInput, maxBuffer: number | null): Promise<EventSource> {
  const { source, file, progress } = input;
  if (source.header.sorted) {
    warn(`${file}: already sorted`);
    return source;
  }
  if (!isRereadable(source)) return eachAlone(source);
  const sorted = await sortSource(source, { maxBuffer, progress });
  sayUnjoined(sorted.unjoined);
  return sorted;
}

function sayUnjoined({ enqueues, queues }: Unjoined): void {
  if (enqueues > 0)
    warn(`${enqueues} events of Open vSwitch queue a packet whose upcall is missing: taken by their own id`);
  if (queues > 0)
    warn(
      `${queues} events of Open vSwitch answer an upcall that is missing: taken by their own id, or alone`,
    );
}
