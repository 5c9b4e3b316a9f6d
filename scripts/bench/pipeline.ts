// One consumer of replayed frames, as a process of its own: the program's path from the ring to standard output, on a
// ring that replay.bpf.c fills. Says which program fills it, then how much it took: WORKLOAD OBJECT SECONDS.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type BpfObject, loadAddon } from "../../runtime/addon/addon.js";
import { checkRunOptions } from "../../runtime/cli/parse-run-options.js";
import { LiveSource } from "../../runtime/events/live-source.js";
import { Kallsyms } from "../../runtime/kernel/kallsyms.js";
import { liveNames } from "../../runtime/outputs/live-names.js";
import { OutputLoop } from "../../runtime/outputs/output-loop.js";
import { SandboxWorker } from "../../runtime/sandbox/sandbox.js";
import { prepare, WORKLOADS, type Workload } from "./scripts.js";

/** Until what is hot is compiled; what came before is not counted. */
const WARM_UP_MS = 1000;

/** Takes frames until the source ends. */
interface Consumer {
  /** Frames that are done with. */
  done(): number;
  run(source: LiveSource): Promise<void>;
}

/** What every consumer has in common: frames arrive in JavaScript and are given back. */
function drainOnly(): Consumer {
  let records = 0;
  return {
    done: () => records,
    run: async (source) => {
      for await (const batch of source.batches()) {
        records += batch.records;
        batch.release();
      }
    },
  };
}

async function output(workload: Workload): Promise<Consumer> {
  const prepared = prepare(WORKLOADS[workload]);
  const loop = await OutputLoop.start({
    plan: prepared.plan,
    script: prepared.module.empty ? null : { module: prepared.module, worker: new SandboxWorker() },
    options: checkRunOptions({}),
    names: liveNames(prepared.plan, prepared.kernel, Kallsyms.open()),
    clock: { kind: "machine", started: process.hrtime.bigint() },
    say: () => {},
    paint: (text) => text,
  });
  return {
    done: () => loop.tallies.reduce((sum, { passed }) => sum + passed, 0),
    run: async (source) => {
      await loop.run(source, () => {});
      await loop.close();
    },
  };
}

function openReplay(path: string): BpfObject {
  const object = new (loadAddon().BpfObject)(readFileSync(path));
  object.setAutoload("produce", true);
  object.load();
  return object;
}

async function main(workload: Workload | "drain", path: string, seconds: number): Promise<void> {
  const consumer = workload === "drain" ? drainOnly() : await output(workload);
  const object = openReplay(path);
  const counts = new BigUint64Array(object.mmapMap(".bss"));
  const source = new LiveSource(loadAddon(), { object });
  const ran = consumer.run(source);
  console.error(`program ${object.programInfo("produce").id}`);
  await sleep(WARM_UP_MS);
  const before = { at: performance.now(), done: consumer.done(), lost: counts[1] ?? 0n };
  await sleep(seconds * 1000);
  const records = consumer.done() - before.done;
  const elapsed = (performance.now() - before.at) / 1000;
  const lost = Number((counts[1] ?? 0n) - before.lost);
  await source.stop();
  await ran;
  console.error(JSON.stringify({ rate: records / elapsed, lost, total: consumer.done() }));
  loadAddon().exitNow(0);
}

const [workload, path, seconds] = process.argv.slice(2);
await main(workload as Workload | "drain", path ?? "", Number(seconds));
