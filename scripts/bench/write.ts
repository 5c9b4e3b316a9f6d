// Writing event files (`-o FILE`): events a second beside the plain C loop, what is lost at half of that, and how large
// the file is, beside the same events as Retis writes them.
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { FileKind } from "./consumers.js";
import { type Figure, lostAt, median, nanoseconds, perSecond } from "./figures.js";
import { fileSizes } from "./file-size.js";
import { progress, scratch } from "./programs.js";
import { type Payload, recordFrames } from "./record-frames.js";
import { plainC, replayed, type Taken } from "./replayed.js";

interface Row {
  readonly subject: string;
  readonly kind: FileKind;
  readonly payload: Payload;
  /** Events a second; null: there is no goal. */
  readonly least: number | null;
}

const ROWS: readonly Row[] = [
  { subject: "writing 304-byte frames as they are", kind: "plain", payload: "same", least: 1e6 },
  { subject: "writing them compressed", kind: "compressed", payload: "same", least: 0.5e6 },
  { subject: "  with random payload", kind: "compressed", payload: "random", least: 0.5e6 },
  { subject: "compressed while there is time", kind: "default", payload: "same", least: 1e6 },
  { subject: "  with random payload", kind: "default", payload: "random", least: null },
];

export async function writing(rounds: number): Promise<readonly Figure[]> {
  const objects = {
    same: await recordFrames("text", "same"),
    random: await recordFrames("text", "random"),
  };
  const taken: readonly Taken[][] = ROWS.map(() => []);
  const loop: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    progress(`write: round ${round} of ${rounds}`);
    loop.push((await plainC(objects.same)).rate);
    for (const [index, { kind, payload }] of ROWS.entries())
      taken[index]?.push(await write(kind, objects[payload], null));
  }
  const rates = taken.map((all) => all.map(({ rate }) => rate));
  const reached = median(rates[ROWS.findIndex(({ kind }) => kind === "default")] ?? []);
  return [
    ...ROWS.map((row, index) => rateOf(row, taken[index] ?? [], loop)),
    await paced("default", objects.same, reached / 2, "lost at half of that rate"),
    await paced("shown", objects.same, reached / 2, "  with text beside it"),
    ...fileSizes(),
  ];
}

function rateOf({ subject, kind, least }: Row, taken: readonly Taken[], loop: readonly number[]): Figure {
  const rate = median(taken.map((one) => one.rate));
  const of = (value: (one: Taken) => number): number => median(taken.map(value));
  const details = [
    `${nanoseconds(of(({ cpu }) => cpu))} of CPU`,
    `${Math.round(of(({ file }) => file?.eventBytes ?? 0))} bytes`,
    ...(kind === "default" ? [`${Math.round(of(({ file }) => file?.plain ?? 0) * 100)} % uncompressed`] : []),
  ];
  return {
    subject,
    measured: `${perSecond(rate)} (${details.join(", ")})`,
    reference: `C loop ${perSecond(median(loop))}`,
    ratio: `${median(taken.map((one, round) => one.rate / (loop[round] ?? Number.NaN))).toFixed(2)} ×`,
    goal: least === null ? null : `≥ ${perSecond(least)}`,
    holds: least === null ? null : rate >= least,
  };
}

/** Neither by the ring nor on the way to the file. */
async function paced(kind: FileKind, object: string, rate: number, subject: string): Promise<Figure> {
  progress(`write: at ${perSecond(rate)}`);
  const taken = await write(kind, object, rate);
  const lost = taken.lost + (taken.file?.missing ?? 0);
  return lostAt(subject, lost, taken.rate, rate);
}

async function write(kind: FileKind, object: string, rate: number | null): Promise<Taken> {
  const path = join(scratch, "events.retis");
  const taken = await replayed(kind, object, rate, path);
  // Gigabytes a round.
  rmSync(path);
  return taken;
}
