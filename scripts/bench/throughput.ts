// From the ring to its consumer: the native drain, built-in text and a handler against a plain C loop, all on rings
// that the same program fills from the other CPU; then what they lose at half the rate that they reached.
import { compared, type Figure, lostAt, median, perSecond } from "./figures.js";
import { progress } from "./programs.js";
import { recordFrames } from "./record-frames.js";
import { plainC, replayed } from "./replayed.js";
import type { Workload } from "./scripts.js";

export async function throughput(rounds: number): Promise<readonly Figure[]> {
  const objects = { text: await recordFrames("text"), handler: await recordFrames("handler") };
  const rates: Record<"c" | "drain" | Workload, number[]> = { c: [], drain: [], text: [], handler: [] };
  for (let round = 1; round <= rounds; round++) {
    progress(`drain: round ${round} of ${rounds}`);
    rates.c.push((await plainC(objects.text)).rate);
    rates.drain.push((await replayed("drain", objects.text, null)).rate);
    rates.text.push((await replayed("text", objects.text, null)).rate);
    rates.handler.push((await replayed("handler", objects.handler, null)).rate);
  }
  const c = median(rates.c);
  const row = (subject: string, own: readonly number[], goal: number): Figure =>
    compared(
      subject,
      perSecond(median(own)),
      `C loop ${perSecond(c)}`,
      // Of each round, since the machine changes its pace between them.
      median(own.map((rate, round) => rate / (rates.c[round] ?? Number.NaN))),
      { kind: "least", value: goal },
    );
  return [
    row("drain of 304-byte frames into JavaScript", rates.drain, 0.8),
    row("built-in text to /dev/null", rates.text, 0.25),
    row("a handler that counts by a field", rates.handler, 0.15),
    await paced("text", objects.text, median(rates.text) / 2),
    await paced("handler", objects.handler, median(rates.handler) / 2),
  ];
}

async function paced(workload: Workload, object: string, rate: number): Promise<Figure> {
  progress(`drain: ${workload} at ${perSecond(rate)}`);
  const taken = await replayed(workload, object, rate);
  return lostAt(`lost by ${workload} at half of its rate`, taken.lost, taken.rate, rate);
}
