// One run of a script on live traffic, stage by stage: generate, load, attach, then batch after batch from the kernel
// to the output, until something ends it.
import { generate } from "../compiler/codegen/bpf/index.js";
import type { HandlerModule } from "../compiler/codegen/handlers/index.js";
import type { KernelFacts } from "../compiler/kernel-facts.js";
import type { Plan } from "../compiler/plan/plan.js";
import type { Addon } from "./addon/addon.js";
import { type Attached, attach } from "./attach/attach.js";
import { Endings, exitCodeOf } from "./cli/endings.js";
import type { RunOptions } from "./cli/run-options.js";
import { LiveSource } from "./events/live-source.js";
import { LossWatch } from "./events/loss.js";
import { clockOffset } from "./kernel/clock.js";
import { Kallsyms } from "./kernel/kallsyms.js";
import { EnumNames } from "./outputs/enum-names.js";
import type { Names } from "./outputs/names.js";
import { Performer } from "./outputs/perform.js";
import { Sink } from "./outputs/sink.js";
import { StackText } from "./outputs/stack-text.js";
import { summaryText } from "./outputs/summary.js";
import { TextWriter } from "./packet/text-writer.js";

export interface SessionInput {
  readonly addon: Addon;
  readonly kernel: KernelFacts;
  readonly plan: Plan;
  readonly handlers: HandlerModule;
  readonly options: RunOptions;
  /** Lines for the person in front of it: `ready`, warnings, the summary. */
  readonly say: (line: string) => void;
  /** For titles on a terminal. */
  readonly paint: (text: string) => string;
}

/** Resolves to the exit code. */
export async function runSession(input: SessionInput): Promise<number> {
  const { addon, kernel, plan, options, say } = input;
  const names = namesOf(plan, kernel);
  const attached = attach(addon, plan, generate(plan, kernel).elf, kernel.features);
  try {
    const endings = new Endings(addon, options);
    addon.dropPrivileges();
    const source = new LiveSource(addon, attached);
    const performer = new Performer(plan, names, options, input.paint);
    const began = performance.now();
    attached.enable();
    say("ready");
    endings.begin();
    const ended = endings.first.then(async (ending) => {
      attached.detach();
      await source.stop();
      return ending;
    });
    await output(source, performer, say, () => endings.end({ kind: "stopped" }));
    const ending = await ended;
    say(summary(input, attached, performer, source.delivered, performance.now() - began));
    return exitCodeOf(ending);
  } finally {
    attached.close();
  }
}

/** Batch after batch until the source ends; what is left then is still taken, so that counts agree. */
async function output(
  source: LiveSource,
  performer: Performer,
  say: (line: string) => void,
  stop: () => void,
): Promise<void> {
  const sink = new Sink(1);
  const out = new TextWriter(1 << 20);
  const losses = new LossWatch();
  for await (const batch of source.batches()) {
    const lost = losses.watch(batch, performance.now());
    if (lost !== null) say(`lost ${lost} events so far: ring buffer full`);
    if (!performer.stopped && !sink.closed) {
      performer.write(out, batch, performer.select(batch), null);
      await sink.write(out.take());
      out.reset();
      if (performer.stopped || sink.closed) stop();
    }
    batch.release();
  }
}

function namesOf(plan: Plan, kernel: KernelFacts): Names {
  const symbols = Kallsyms.open();
  return {
    layout: plan.layout,
    probes: plan.probes,
    enums: new EnumNames(kernel),
    stacks: new StackText(symbols),
    symbols,
    clockOffset: clockOffset(),
  };
}

function summary(
  { plan }: SessionInput,
  attached: Attached,
  performer: Performer,
  delivered: number,
  milliseconds: number,
): string {
  return summaryText({
    plan,
    delivered,
    notHandled: 0,
    seconds: milliseconds / 1000,
    probes: plan.probes.map((probe) => ({
      name: probe.name,
      counts: attached.counters.probe(probe.slot),
      notSeen: attached.programInfo(probe).recursionMisses,
      passed: performer.tallies[probe.slot]?.passed ?? 0,
      printed: performer.tallies[probe.slot]?.printed ?? 0,
    })),
  });
}
