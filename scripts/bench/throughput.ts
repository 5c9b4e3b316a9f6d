// From the ring to its consumer: the native drain, built-in text and a handler against a plain C loop, all on rings
// that the same program fills from the other CPU; then what they lose at half the rate that they reached.
import { cpus } from "node:os";
import { join } from "node:path";
import { compared, type Figure, median, perSecond, plain } from "./figures.js";
import { built, Child, finished, module, progress } from "./programs.js";
import { recordFrames } from "./record-frames.js";
import type { Workload } from "./scripts.js";

const SECONDS = 2;
/** The consumer's second of warming up, and time to start and to end. */
const AROUND = 2;
const reference = join(built, "drain-reference");

interface Taken {
  readonly rate: number;
  readonly lost: number;
}

export async function throughput(rounds: number): Promise<readonly Figure[]> {
  const objects = { text: await recordFrames("text"), handler: await recordFrames("handler") };
  const rates: Record<"c" | "drain" | Workload, number[]> = { c: [], drain: [], text: [], handler: [] };
  for (let round = 1; round <= rounds; round++) {
    progress(`drain: round ${round} of ${rounds}`);
    rates.c.push((await plainC(objects.text)).rate);
    rates.drain.push((await pipeline("drain", objects.text, null)).rate);
    rates.text.push((await pipeline("text", objects.text, null)).rate);
    rates.handler.push((await pipeline("handler", objects.handler, null)).rate);
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
    ...(await paced("text", objects.text, median(rates.text) / 2)),
    ...(await paced("handler", objects.handler, median(rates.handler) / 2)),
  ];
}

async function paced(workload: Workload, object: string, rate: number): Promise<readonly Figure[]> {
  progress(`drain: ${workload} at ${perSecond(rate)}`);
  const taken = await pipeline(workload, object, rate);
  const subject = `lost by ${workload} at half of its rate`;
  return [
    { ...plain(subject, `${taken.lost} at ${perSecond(taken.rate)}`), goal: "0", holds: taken.lost === 0 },
  ];
}

async function pipeline(kind: Workload | "drain", object: string, rate: number | null): Promise<Taken> {
  const consumer = module("pipeline", [kind, object, String(SECONDS)], "ignore");
  const [, id = ""] = await consumer.seen(/^program (\d+)$/m);
  const producer = produce(id, rate);
  const { stderr } = await finished(consumer);
  producer.process.kill();
  return JSON.parse(stderr.split("\n").find((line) => line.startsWith("{")) ?? "{}") as Taken;
}

async function plainC(object: string): Promise<Taken> {
  const consumer = new Child(reference, ["consume", object, String(SECONDS)]);
  const [, id = ""] = await consumer.seen(/^program (\d+)$/m);
  const producer = produce(id, null);
  const { stdout } = await finished(consumer);
  producer.process.kill();
  const figures = JSON.parse(stdout.split("\n").find((line) => line.startsWith("{")) ?? "{}") as {
    readonly records: number;
    readonly lost: number;
    readonly seconds: number;
  };
  return { rate: figures.records / figures.seconds, lost: figures.lost };
}

/** On the last CPU, as fast as it can where no rate is given. */
const produce = (id: string, rate: number | null): Child =>
  new Child(reference, [
    "produce",
    id,
    String(SECONDS + AROUND),
    String(cpus().length - 1),
    ...(rate === null ? [] : [String(Math.round(rate))]),
  ]);
