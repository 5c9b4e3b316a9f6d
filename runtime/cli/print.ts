// `retis print`: stored events on standard output.
import type { EventSource } from "../events/source.js";
import { UsageError } from "../failure.js";
import { EventPrinter, type PrintStyle } from "../outputs/event-printer.js";
import { type ByteSink, Sink } from "../outputs/sink.js";
import { TextWriter } from "../packet/text-writer.js";
import { colors } from "./color.js";
import { openPager } from "./pager.js";
import { Growth } from "./print-follow.js";
import { checkPrintOptions, type RawPrintOptions } from "./print-options.js";
import { EventFilter } from "./print-where.js";
import { forEachInput, inputFiles, type StoredInput } from "./stored-input.js";
import { isTerminal } from "./terminal.js";

export interface RawPrint extends RawPrintOptions {
  readonly where?: string;
  readonly follow?: boolean;
}

/** Resolves to the exit code. */
export async function print(files: readonly string[], raw: RawPrint): Promise<number> {
  const style = checkPrintOptions(raw);
  const growth = raw.follow === true ? followOf(files) : null;
  const pager = growth === null ? openPager() : null;
  const sink = pager?.sink ?? new Sink(1);
  // On the same terminal the events themselves show how it goes on.
  const doing = isTerminal(1) ? null : "printing";
  try {
    return await forEachInput(
      files,
      { doing, ...(growth === null ? {} : { wait: () => growth.wait() }) },
      (input) => printSource(input, style, sink, raw.where ?? null),
    );
  } finally {
    growth?.close();
    await pager?.close();
  }
}

function followOf(files: readonly string[]): Growth {
  const [file, another] = inputFiles(files);
  if (file === undefined || another !== undefined)
    throw new UsageError("--follow takes one file", "name the one that grows");
  return new Growth(file);
}

/** Resolves to the number of events read. */
export async function printSource(
  { source, progress }: Pick<StoredInput, "source" | "progress">,
  style: PrintStyle,
  sink: ByteSink,
  where: string | null,
): Promise<number> {
  const filter = where === null ? null : await EventFilter.start(where, source);
  try {
    return await printAll(source, style, sink, filter, progress);
  } finally {
    await filter?.close();
  }
}

async function printAll(
  source: EventSource,
  style: PrintStyle,
  sink: ByteSink,
  filter: EventFilter | null,
  progress: (events: number) => void,
): Promise<number> {
  const { bold } = colors({ isTTY: isTerminal(1) });
  const printer = new EventPrinter(source.names, source.header.sorted, style, bold);
  // While the bytes of one batch are written, the text of the next is made.
  const outs: readonly [TextWriter, TextWriter] = [new TextWriter(1 << 20), new TextWriter(1 << 20)];
  let turn = 0;
  let written: Promise<void> = Promise.resolve();
  let read = 0;
  const flush = async (out: TextWriter): Promise<void> => {
    await written;
    written = sink.write(out.take());
    turn ^= 1;
  };
  for await (const batch of source.batches()) {
    const out = outs[turn & 1] as TextWriter;
    out.reset();
    const passes = filter === null ? null : await filter.passes(batch);
    read += printer.batch(out, batch, passes);
    batch.release();
    await flush(out);
    if (sink.closed) break;
    progress(read);
  }
  const out = outs[turn & 1] as TextWriter;
  out.reset();
  printer.end(out);
  await flush(out);
  await written;
  return sink.closed ? Math.max(read, 1) : read;
}
