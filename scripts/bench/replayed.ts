// Runs a consumer of replayed frames, and beside it, on the last CPU, what fills its ring.
import { cpus } from "node:os";
import { join } from "node:path";
import type { ConsumerKind } from "./consumers.js";
import { built, Child, finished, module } from "./programs.js";

const SECONDS = 2;
/** The consumer's second of warming up, and time to start and to end. */
const AROUND = 2;
const reference = join(built, "drain-reference");

/** What a consumer did while it was measured. */
export interface Taken {
  /** Events a second. */
  readonly rate: number;
  readonly lost: number;
  /** Of the process, with all its threads: ns per event. */
  readonly cpu: number;
  readonly file: FileFacts | null;
}

/** The event file that it wrote, over the whole run. */
export interface FileFacts {
  /** Events that came out of the ring and are not in it. */
  readonly missing: number;
  /** The mean size of an event. */
  readonly eventBytes: number;
  /** The part of its blocks that are not compressed since there was no time. */
  readonly plain: number;
}

/** `rate`: events that are made a second; null: as many as can be. */
export async function replayed(
  kind: ConsumerKind,
  object: string,
  rate: number | null,
  file = "",
): Promise<Taken> {
  const consumer = module("pipeline", [kind, object, String(SECONDS), file], "ignore");
  const [, id = ""] = await consumer.seen(/^program (\d+)$/m);
  const producer = produce(id, rate);
  const { stderr } = await finished(consumer);
  producer.process.kill();
  return lastObject(stderr) as Taken;
}

/** The same by the plain C loop. */
export async function plainC(object: string): Promise<Pick<Taken, "rate" | "lost">> {
  const consumer = new Child(reference, ["consume", object, String(SECONDS)]);
  const [, id = ""] = await consumer.seen(/^program (\d+)$/m);
  const producer = produce(id, null);
  const { stdout } = await finished(consumer);
  producer.process.kill();
  const figures = lastObject(stdout) as {
    readonly records: number;
    readonly lost: number;
    readonly seconds: number;
  };
  return { rate: figures.records / figures.seconds, lost: figures.lost };
}

const lastObject = (text: string): unknown =>
  JSON.parse(text.split("\n").find((line) => line.startsWith("{")) ?? "{}");

const produce = (id: string, rate: number | null): Child =>
  new Child(reference, [
    "produce",
    id,
    String(SECONDS + AROUND),
    String(cpus().length - 1),
    ...(rate === null ? [] : [String(Math.round(rate))]),
  ]);
