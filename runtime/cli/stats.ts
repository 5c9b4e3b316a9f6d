// `retis stats`: what stored events are of, in figures. Retis' text first; `--more` adds to it.
import type { EventSource } from "../events/source.js";
import { shownText } from "../outputs/shown-text.js";
import type { ByteSink } from "../outputs/sink.js";
import { writeUtc } from "../outputs/time-text.js";
import { TextWriter } from "../packet/text-writer.js";
import { parseCount } from "./duration.js";
import { openPager } from "./pager.js";
import { Figures, type FileFigures } from "./stats-figures.js";
import { type RateOverTime, Tops } from "./stats-top.js";
import { forEachInput, type StoredInput } from "./stored-input.js";
import { isTerminal } from "./terminal.js";

export interface RawStats {
  readonly more?: boolean;
  readonly top?: string;
}

const STANDARD_TOP = 10;

/** Resolves to the exit code. */
export async function stats(files: readonly string[], raw: RawStats): Promise<number> {
  const top = raw.top === undefined ? STANDARD_TOP : parseCount("--top", raw.top);
  const more = raw.more === true || raw.top !== undefined ? top : null;
  const pager = openPager();
  try {
    return await forEachInput(files, { doing: isTerminal(1) ? null : "counting" }, (input) =>
      statsOf(input, more, pager.sink),
    );
  } finally {
    await pager.close();
  }
}

async function statsOf(
  { source, progress }: Pick<StoredInput, "source" | "progress">,
  more: number | null,
  sink: ByteSink,
): Promise<number> {
  const figures = new Figures(source);
  const tops = more === null ? null : new Tops(source);
  for await (const batch of source.batches()) {
    figures.batch(batch);
    tops?.batch(batch);
    batch.release();
    progress(figures.read);
  }
  figures.end();
  const out = new TextWriter();
  for (const file of figures.files) writeFile(out, source, file);
  if (tops !== null && more !== null) writeMore(out, source, tops, more);
  await sink.write(out.take());
  return figures.read;
}

function writeFile(out: TextWriter, source: EventSource, file: FileFigures): void {
  const { header } = source;
  const split = file.startup?.fileId ?? null;
  if (split === null || split === 0) {
    const version = file.startup?.version ?? header.writer;
    const commandLine = file.startup?.commandLine ?? header.commandLine;
    // A capture says neither.
    if (version !== null) out.utf8(shownText(`Retis version: ${version}\n`));
    if (commandLine !== null) out.utf8(shownText(`Retis cmdline: ${commandLine}\n`));
  }
  if (split !== null) out.utf8(`\nSplit index: ${split}\n`);
  if (file.series > 0) out.utf8(`Number of series: ${file.series}\n`);
  out.utf8(`Number of events: ${file.events}\n`);
  if (file.first !== null) {
    writeTime(out, "First event at: ", file.first + file.clockOffset);
    writeTime(out, "Last event at: ", file.last + file.clockOffset);
  }
  if (file.probes.size === 0) return;
  out.ascii("Probes:\n");
  const sorted = [...file.probes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  for (const [name, count] of sorted) out.utf8(`  ${shownText(name)}: ${count}\n`);
}

function writeTime(out: TextWriter, title: string, time: bigint): void {
  out.ascii(title);
  writeUtc(out, time);
  out.char(10);
}

function writeMore(out: TextWriter, source: EventSource, { tops, rate }: Tops, most: number): void {
  for (const { title, counts } of tops) {
    if (counts.size === 0) continue;
    out.ascii(`${title}:${counts.approximate ? " (of many: counts are at least these)" : ""}\n`);
    for (const [key, count] of counts.top(most)) out.utf8(`  ${key}: ${count}\n`);
    if (counts.size > most) out.utf8(`  … and ${counts.size - most} more\n`);
  }
  writeRate(out, rate);
  if (source.lost > 0n) out.ascii(`Events lost: ${source.lost}\n`);
}

const BAR = 40;

function writeRate(out: TextWriter, { buckets, width }: RateOverTime): void {
  if (buckets.length === 0) return;
  const most = buckets.reduce((a, b) => Math.max(a, b));
  const seconds = Number(width) / 1e9;
  out.utf8(
    `Events over time (${seconds < 1 ? `${seconds * 1000} ms` : `${Number(seconds.toPrecision(3))} s`} a line):\n`,
  );
  buckets.forEach((count, index) => {
    const bar = "#".repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * BAR)));
    const from = `+${(index * seconds).toFixed(3)} s`.padStart(14);
    out.ascii(`${from}  ${String(count).padStart(9)}${bar === "" ? "" : `  ${bar}`}\n`);
  });
}
