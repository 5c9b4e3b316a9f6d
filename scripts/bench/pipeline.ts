// One consumer of replayed frames, as a process of its own: the program's path from the ring to standard output or a
// file, on a ring that replay.bpf.c fills. Says which program fills it, then how much it took: KIND OBJECT SECONDS [FILE].
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type BpfObject, loadAddon } from "../../runtime/addon/addon.js";
import { LiveSource } from "../../runtime/events/live-source.js";
import { type Consumer, type ConsumerKind, consumerOf } from "./consumers.js";
import type { FileFacts, Taken } from "./replayed.js";

/** Until what is hot is compiled; what came before is not counted. */
const WARM_UP_MS = 1000;

function openReplay(path: string): BpfObject {
  const object = new (loadAddon().BpfObject)(readFileSync(path));
  object.setAutoload("produce", true);
  object.load();
  return object;
}

async function main(kind: ConsumerKind, path: string, seconds: number, filePath: string): Promise<void> {
  const consumer = await consumerOf(kind, filePath);
  const object = openReplay(path);
  const counts = new BigUint64Array(object.mmapMap(".bss"));
  const source = new LiveSource(loadAddon(), { object });
  const ran = consumer.run(source);
  console.error(`program ${object.programInfo("produce").id}`);
  await sleep(WARM_UP_MS);
  const before = {
    at: performance.now(),
    cpu: process.cpuUsage(),
    done: consumer.done(),
    lost: counts[1] ?? 0n,
  };
  await sleep(seconds * 1000);
  const records = consumer.done() - before.done;
  const elapsed = (performance.now() - before.at) / 1000;
  const { user, system } = process.cpuUsage(before.cpu);
  const lost = Number((counts[1] ?? 0n) - before.lost);
  await source.stop();
  await ran;
  const taken: Taken = {
    rate: records / elapsed,
    lost,
    cpu: ((user + system) * 1000) / records,
    file: factsOf(consumer, source),
  };
  console.error(JSON.stringify(taken));
  loadAddon().exitNow(0);
}

function factsOf({ file }: Consumer, source: LiveSource): FileFacts | null {
  if (file === undefined) return null;
  const { events, bytes } = file.written;
  const { blocks, plainBlocks } = file.writer?.state() ?? { blocks: 0, plainBlocks: 0 };
  return { missing: source.delivered - events, eventBytes: bytes / events, plain: plainBlocks / blocks };
}

const [kind, path, seconds, filePath] = process.argv.slice(2);
await main(kind as ConsumerKind, path ?? "", Number(seconds), filePath ?? "");
