// One run of a script on stored events: the same plan, the same handlers, the same output as on live traffic.
import type { HandlerModule } from "../../compiler/codegen/handlers/index.js";
import type { Plan } from "../../compiler/plan/plan.js";
import { frameTime } from "../events/frame.js";
import type { EventSource, SourceBatch } from "../events/source.js";
import { EXIT, UsageError } from "../failure.js";
import type { Names } from "../outputs/names.js";
import { OutputLoop } from "../outputs/output-loop.js";
import { wroteLine } from "../outputs/run-file.js";
import type { ByteSink } from "../outputs/sink.js";
import type { RunOptions } from "../run-options.js";
import type { SandboxWorker } from "../sandbox/sandbox.js";
import type { OutputFile } from "../store/output-file.js";
import { neverMatching } from "./never-matches.js";
import { withRecordedVerdicts } from "./recorded-run.js";
import { ReplaySource } from "./replay-source.js";

export interface ReplayInput {
  readonly source: EventSource;
  readonly plan: Plan;
  readonly script: { readonly module: HandlerModule; readonly worker: SandboxWorker } | null;
  readonly options: RunOptions;
  /** The source is a run of this very script: see recorded-run.ts. */
  readonly ofRecordedRun?: boolean;
  readonly say: (line: string) => void;
  /** What went wrong: said in any case. */
  readonly warn: (line: string) => void;
  readonly paint: (text: string) => string;
  /** Where the output goes; standard output when it is left out. */
  readonly sink?: ByteSink;
  /** `-o`: makes the file, of frames that have these names, and verdicts of this plan. */
  readonly createFile?: (names: Names, plan: Plan, started: bigint) => OutputFile;
}

/** `--as` by the name that events have: `drop` is `skb:kfree_skb`. Fails when the script does not attach there. */
export function probeNamed(plan: Plan, as: string): string {
  const wanted = as.replace(/^tp:/, "");
  const probe = plan.probes.find(
    (one) => one.name === wanted || one.writtenAs === as || one.writtenAs === wanted,
  );
  if (probe !== undefined) return probe.name;
  throw new UsageError(
    `--as ${as}: the script does not attach there`,
    `it attaches to ${plan.probes.map((one) => one.name).join(", ")}`,
  );
}

/** `plan` is one of replayPlan(). Resolves to the exit code. */
export async function runReplay(input: ReplayInput): Promise<number> {
  const { source, options, say, warn } = input;
  const recorded = options.as === null && input.ofRecordedRun === true;
  const plan = recorded ? withRecordedVerdicts(input.plan, source.header.decidedClauses ?? []) : input.plan;
  const as = options.as === null ? null : probeNamed(plan, options.as);
  for (const sentence of neverMatching(input.plan, source.header.format)) say(sentence);
  const { first, batches } = await peek(source);
  const firstTime = first === null || first.length === 0 ? 0n : frameTime(first.view, 0);
  const started = recorded ? (source.header.started ?? firstTime) : firstTime;
  const stored = { names: source.names, batches: () => batches };
  const replay = new ReplaySource(stored, plan, as, started, recorded);
  // Whatever the source's names are made of: slots are the plan's from here on.
  const { layout, enums, stacks, strings, symbols, clockOffset } = source.names;
  const names: Names = { layout, enums, stacks, strings, symbols, clockOffset, probes: plan.probes };
  const loop = await OutputLoop.start({
    ...input,
    say: warn,
    plan,
    names,
    clock: { kind: "events", started },
  });
  const began = performance.now();
  let file: OutputFile | null = null;
  try {
    file = input.createFile?.(names, plan, started) ?? null;
    if (file !== null) loop.saveTo(file);
    void file?.failed.then(() => replay.stop());
    await loop.run(replay, () => replay.stop());
    await loop.end();
    await file?.close();
  } finally {
    await file?.close().catch(() => {});
    await loop.close();
    await source.close();
  }
  for (const { file, offset, reason } of source.problems)
    warn(`warning: ${file}: at byte ${offset}: ${reason}`);
  say(summary(source, replay, plan, loop, (performance.now() - began) / 1000));
  if (file !== null) say(wroteLine(options.out?.path ?? "", file.written));
  for (const line of loop.faultLines()) say(line);
  if (replay.counts.events > 0 && replay.counts.hits.every((hits) => hits === 0))
    throw nothingMatches(source);
  return EXIT.fine;
}

function nothingMatches(source: EventSource): UsageError {
  const names = source.names.probes.slice(0, 8).map((probe) => `${probe.kind}:${probe.name}`);
  const what =
    source.header.format === "pcap"
      ? "the packets of a capture are of `packet`"
      : `the events are of ${names.join(", ")}`;
  return new UsageError(
    `no \`on\` of the script can match: ${what}`,
    "--as PROBE takes them for those of one of the script's probes",
  );
}

function summary(
  source: EventSource,
  replay: ReplaySource,
  plan: Plan,
  loop: OutputLoop,
  seconds: number,
): string {
  const { events, hits } = replay.counts;
  const lines = [`${events} events read in ${seconds.toFixed(1)} s`];
  for (const probe of plan.probes) {
    const tally = loop.tallies[probe.slot];
    const count = hits[probe.slot] ?? 0;
    // Of a capture's packets, those of the ends have a line only where the file knows the way.
    if (count === 0 && source.header.format === "pcap" && replay.counts.hits.some((one) => one > 0)) continue;
    lines.push(
      count === 0
        ? `  ${probe.name}: no event of the source is of this probe`
        : `  ${probe.name}: ${count} hits, ${tally?.passed ?? 0} passed, ${tally?.printed ?? 0} printed`,
    );
  }
  return lines.join("\n");
}

/** The first batch, which says when the events begin, and all of them with it. */
async function peek(source: EventSource): Promise<{
  readonly first: SourceBatch | null;
  readonly batches: AsyncIterable<SourceBatch>;
}> {
  const iterator = source.batches()[Symbol.asyncIterator]();
  const first = await iterator.next();
  const batches = async function* (): AsyncGenerator<SourceBatch> {
    if (first.done === true) return;
    yield first.value;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  };
  return { first: first.done === true ? null : first.value, batches: batches() };
}
