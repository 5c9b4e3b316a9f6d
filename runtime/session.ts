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
import { OutputLoop } from "./outputs/output-loop.js";
import { summaryText } from "./outputs/summary.js";
import type { RunOptions } from "./run-options.js";
import type { SandboxWorker } from "./sandbox/sandbox.js";

export interface SessionInput {
  readonly addon: Addon;
  readonly kernel: KernelFacts;
  readonly plan: Plan;
  /** Null: the script has no JavaScript and no regular expression. */
  readonly script: { readonly module: HandlerModule; readonly worker: SandboxWorker } | null;
  readonly options: RunOptions;
  /** Lines for the person in front of it: `ready`, warnings, the summary. */
  readonly say: (line: string) => void;
  /** For titles on a terminal. */
  readonly paint: (text: string) => string;
}

/** Resolves to the exit code. */
export async function runSession(input: SessionInput): Promise<number> {
  const { addon, kernel, plan, options, say } = input;
  // Opened while this process may see addresses, read when the first is to be named.
  const symbols = Kallsyms.open();
  if (showsSymbols(plan) && symbols.hidden())
    say("warning: functions have no names here: CAP_SYSLOG is missing");
  const names = liveNames(plan, kernel, symbols);
  // The sandbox reads the script while this thread attaches. What happens meanwhile waits in the ring.
  const output = sessionOutput({ ...input, names, symbols });
  const starting = OutputLoop.start({ ...input, ...output.loop, names, clock: { kind: "machine" } });
  starting.catch(() => {});
  const attached = attach(addon, plan, generate(plan, kernel).elf, kernel.features);
  try {
    const endings = new Endings(addon, options);
    if (options.verbose) for (const line of loadedLines(plan, attached)) say(line);
    // Without privileges it might not be able to read its files.
    await input.script?.worker.loaded;
    addon.dropPrivileges();
    const source = new LiveSource(addon, attached);
    const began = performance.now();
    attached.enable();
    say("ready");
    endings.begin();
    const ended = endings.first.then(async (ending) => {
      attached.detach();
      await source.stop();
      return ending;
    });
    const loop = await starting;
    await loop.run(source, () => endings.end({ kind: "stopped" }));
    const ending = await ended;
    await loop.end();
    say(summary(plan, attached, loop, source.delivered, performance.now() - began));
    return exitCodeOf(ending);
  } finally {
    attached.close();
    await starting.then((loop) => loop.close());
  }
}

/** `-v`: what the kernel made of the script. */
function loadedLines(plan: Plan, attached: Attached): readonly string[] {
  return plan.probes.map((probe) => {
    const info = attached.programInfo(probe);
    return `attached ${probe.name}: program ${info.id}, ${info.instructions} instructions (${info.jitedBytes} bytes), ${info.verifiedInstructions} verified`;
  });
}

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
