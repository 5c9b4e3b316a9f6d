// What takes replayed frames in pipeline.ts: nobody, standard output, a handler, or an event file.
import { loadAddon } from "../../runtime/addon/addon.js";
import { checkRunOptions } from "../../runtime/cli/parse-run-options.js";
import type { LiveSource } from "../../runtime/events/live-source.js";
import { Kallsyms } from "../../runtime/kernel/kallsyms.js";
import { liveNames } from "../../runtime/outputs/live-names.js";
import { OutputLoop } from "../../runtime/outputs/output-loop.js";
import { RunFile } from "../../runtime/outputs/run-file.js";
import { SandboxWorker } from "../../runtime/sandbox/sandbox.js";
import { liveOrigin } from "../../runtime/store/create-output-file.js";
import { createEventFile } from "../../runtime/store/event-file/writer.js";
import type { OutputFile } from "../../runtime/store/output-file.js";
import { type Prepared, prepare, WORKLOADS, type Workload } from "./scripts.js";

/** Takes frames until the source ends. */
export interface Consumer {
  /** Frames that are done with. */
  done(): number;
  run(source: LiveSource): Promise<void>;
  readonly file?: OutputFile;
}

/**
 * How an event file is written: `plain`: as the drain brings frames, never compressed; `default`: compressed while there
 * is time; `shown`: the same beside text; `compressed`: always, since the drain waits for it (as with `save`).
 */
export type FileKind = "plain" | "default" | "shown" | "compressed";

export type ConsumerKind = "drain" | Workload | FileKind;

/** `path`: of the event file. */
export function consumerOf(kind: ConsumerKind, path: string): Promise<Consumer> {
  if (kind === "drain") return Promise.resolve(drainOnly());
  if (kind === "text" || kind === "handler") return output(kind);
  return eventFile(kind, path);
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
  const loop = await outputLoop(prepare(WORKLOADS[workload]));
  return {
    done: () => loop.tallies.reduce((sum, { passed }) => sum + passed, 0),
    run: async (source) => {
      await loop.run(source, () => {});
      await loop.close();
    },
  };
}

const outputLoop = (prepared: Prepared): Promise<OutputLoop> =>
  OutputLoop.start({
    plan: prepared.plan,
    script: prepared.module.empty ? null : { module: prepared.module, worker: new SandboxWorker() },
    options: checkRunOptions({}),
    names: liveNames(prepared.plan, prepared.kernel, Kallsyms.open()),
    clock: { kind: "machine", started: process.hrtime.bigint() },
    say: () => {},
    paint: (text) => text,
  });

async function eventFile(kind: FileKind, path: string): Promise<Consumer> {
  const prepared = prepare(WORKLOADS.text);
  const file = createFile(prepared, path, kind === "plain");
  return {
    file,
    done: () => file.written.events,
    run: async (source) => {
      if (kind === "compressed") await writeInTurn(source, file);
      else if (kind === "shown") await writeAndShow(source, file, prepared);
      else await writeTapped(source, file);
      await file.close();
    },
  };
}

/** As runtime/session.ts does. */
function createFile({ kernel, plan }: Prepared, path: string, plain: boolean): OutputFile {
  const symbols = Kallsyms.open();
  const script = { name: "-e", digest: "", options: {}, decided: [0] };
  const about = { writer: "benchmark", commandLine: "", script };
  return createEventFile(loadAddon(), {
    path,
    rotation: null,
    names: liveNames(plan, kernel, symbols),
    origin: liveOrigin(kernel, about, process.hrtime.bigint()),
    live: { symbols: symbols.native, counters: null },
    ...(plain ? { level: 0 } : {}),
  });
}

async function writeTapped(source: LiveSource, file: OutputFile): Promise<void> {
  if (file.writer !== null) source.tap(file.writer);
  for await (const batch of source.batches()) batch.release();
}

async function writeInTurn(source: LiveSource, file: OutputFile): Promise<void> {
  for await (const batch of source.batches()) void file.write(batch, null).then(batch.release);
}

async function writeAndShow(source: LiveSource, file: OutputFile, prepared: Prepared): Promise<void> {
  const run = new RunFile(file, prepared.plan, { out: null, stopAfter: null });
  run.begin(source);
  const loop = await outputLoop(prepared);
  await loop.run(
    run.feed(source, loop, () => {}),
    () => {},
  );
  await loop.close();
}
