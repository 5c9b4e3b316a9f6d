// One run of a script on live traffic, stage by stage: generate, load, attach, then batch after batch from the kernel
// to the output, until something ends it.
import { generate } from "../compiler/codegen/bpf/index.js";
import type { HandlerModule } from "../compiler/codegen/handlers/index.js";
import type { KernelFacts } from "../compiler/kernel-facts.js";
import type { Plan } from "../compiler/plan/plan.js";
import type { Addon } from "./addon/addon.js";
import { type Attached, attach } from "./attach/attach.js";
import { Endings, exitCodeOf } from "./endings.js";
import { LiveSource } from "./events/live-source.js";
import { Kallsyms } from "./kernel/kallsyms.js";
import { liveNames } from "./outputs/live-names.js";
import type { Names } from "./outputs/names.js";
import { OutputLoop } from "./outputs/output-loop.js";
import { NOWHERE, RunFile } from "./outputs/run-file.js";
import { summaryText } from "./outputs/summary.js";
import type { RunOptions } from "./run-options.js";
import type { SandboxWorker } from "./sandbox/sandbox.js";
import type { HeaderScript } from "./store/event-file/file-header.js";

/** What an event file says of the run that made it. */
export interface AboutRun {
  readonly writer: string;
  readonly commandLine: string;
  readonly script: Omit<HeaderScript, "decided">;
}

export interface SessionInput {
  readonly addon: Addon;
  readonly kernel: KernelFacts;
  readonly plan: Plan;
  /** Null: the script has no JavaScript and no regular expression. */
  readonly script: { readonly module: HandlerModule; readonly worker: SandboxWorker } | null;
  readonly options: RunOptions;
  /** Asked where there is an event file: the script's digest takes 4 ms. */
  readonly about: () => AboutRun;
  /** Lines for the person in front of it, who may want quiet: `ready`, the summary. */
  readonly say: (line: string) => void;
  /** What went wrong: said in any case. */
  readonly warn: (line: string) => void;
  /** For titles on a terminal. */
  readonly paint: (text: string) => string;
}

/** Resolves to the exit code. */
export async function runSession(input: SessionInput): Promise<number> {
  const { addon, kernel, plan, options, say, warn } = input;
  // Opened while this process may see addresses, read when the first is to be named.
  const symbols = Kallsyms.open();
  const names = liveNames(plan, kernel, symbols);
  // The sandbox reads the script while this thread attaches. What happens meanwhile waits in the ring.
  const sink = options.out?.path === "-" ? { sink: NOWHERE } : {};
  const started = process.hrtime.bigint();
  const clock = { kind: "machine", started } as const;
  const starting = OutputLoop.start({ ...input, ...sink, say: warn, names, clock });
  starting.catch(() => {});
  const attached = attach(addon, plan, generate(plan, kernel), kernel.features);
  if (showsSymbols(plan) && symbols.hidden())
    warn("warning: functions have no names here: CAP_SYSLOG is missing");
  let file: RunFile | null = null;
  try {
    const endings = new Endings(addon, options);
    if (options.verbose) for (const line of loadedLines(plan, attached)) say(line);
    file = await createRunFile(input, names, symbols, attached, started);
    // Without privileges it might not be able to read its files.
    await input.script?.worker.loaded;
    addon.dropPrivileges();
    const source = new LiveSource(addon, attached);
    file?.begin(source);
    const began = performance.now();
    attached.enable();
    say("ready");
    endings.begin();
    if (isOver(plan, options)) endings.end({ kind: "stopped" });
    const ended = endings.first.then(async (ending) => {
      attached.detach();
      await source.stop();
      return ending;
    });
    const loop = await starting;
    const stop = (): void => endings.end({ kind: "stopped" });
    await loop.run(file === null ? source : file.feed(source, loop, stop), stop);
    const ending = await ended;
    const over = process.hrtime.bigint();
    file?.end(over);
    await loop.end(over);
    say(summary(plan, attached, loop, source.delivered, performance.now() - began));
    for (const line of (await file?.close()) ?? []) say(line);
    await endings.close();
    return exitCodeOf(ending);
  } finally {
    attached.close();
    // Where it failed before, that has been said, or is about to be.
    await file?.close().catch(() => {});
    await starting.then((loop) => loop.close());
  }
}

/** `-o`: created while this process may still do what its user may; null: there is none. */
async function createRunFile(
  { addon, kernel, plan, options, about }: SessionInput,
  names: Names,
  symbols: Kallsyms,
  attached: Attached,
  started: bigint,
): Promise<RunFile | null> {
  if (options.out === null) return null;
  const { createOutputFile, liveOrigin, lossCounters } = await import("./store/create-output-file.js");
  const memory = attached.object.mmapMap("counters");
  const origin = about();
  const decided = plan.clauses.flatMap(({ id, user }) => (user === null ? [id] : []));
  const file = createOutputFile(addon, {
    file: options.out,
    names,
    origin: liveOrigin(kernel, { ...origin, script: { ...origin.script, decided } }, started),
    live: { symbols: symbols.native, counters: lossCounters(memory, plan.probes.length) },
  });
  return new RunFile(file, plan, options);
}

/** `-v`: what the kernel made of the script. */
function loadedLines(plan: Plan, attached: Attached): readonly string[] {
  return plan.probes.map((probe) => {
    const info = attached.programInfo(probe);
    return `attached ${probe.name}: program ${info.id}, ${info.instructions} instructions (${info.jitedBytes} bytes), ${info.verifiedInstructions} verified`;
  });
}

/** Nothing is waited for: `begin` and `end` are all that the script has. */
const isOver = (plan: Plan, options: RunOptions): boolean =>
  plan.probes.length === 0 &&
  !plan.timed.some((block) => block.kind === "every") &&
  options.cmd === null &&
  options.durationMs === null;

const showsSymbols = (plan: Plan): boolean =>
  plan.sections.some(({ section }) => section === "stack" || section === "drop");

function summary(
  plan: Plan,
  attached: Attached,
  loop: OutputLoop,
  delivered: number,
  milliseconds: number,
): string {
  const lines = summaryText({
    plan,
    delivered,
    notHandled: loop.notHandled,
    shown: loop.shown,
    seconds: milliseconds / 1000,
    probes: plan.probes.map((probe) => ({
      name: probe.name,
      counts: attached.counters.probe(probe.slot),
      notSeen: attached.programInfo(probe).recursionMisses,
      passed: loop.tallies[probe.slot]?.passed ?? 0,
      printed: loop.tallies[probe.slot]?.printed ?? 0,
    })),
  });
  return [lines, ...loop.faultLines()].join("\n");
}
