// The JavaScript of a script over one run: its handlers on batches, its timed blocks, and the expressions of its
// predicates, with what all of them put out as bytes.
import type { HandlerModule } from "../../compiler/codegen/handlers/index.js";
import type { Plan } from "../../compiler/plan/plan.js";
import { placeOf } from "../../compiler/source/lines.js";
import type { Batch } from "../events/frame.js";
import type { TextWriter } from "../packet/text-writer.js";
import { HandlerOutput, type OutputWriter } from "./handler-output.js";
import type { HostValues } from "./host-values.js";
import { type HandlerFault, Sandbox, type SandboxWorker } from "./sandbox.js";

export interface ScriptHandlersOptions {
  /** Started ahead, beside the compiler. */
  readonly worker: SandboxWorker;
  readonly hostValues: HostValues;
  /** CLOCK_MONOTONIC of the start, ns. */
  readonly started: bigint;
  readonly clockOffset: bigint;
  /** Called once for each place where something goes wrong. */
  readonly say: (line: string) => void;
}

type Writer = OutputWriter<TextWriter>;

export class ScriptHandlers {
  readonly sandbox: Sandbox;
  /** Events whose handlers did not run. */
  notHandled = 0;
  readonly #module: HandlerModule;
  readonly #host: HostValues;
  readonly #plan: Plan;

  static async start(
    module: HandlerModule,
    plan: Plan,
    options: ScriptHandlersOptions,
  ): Promise<ScriptHandlers> {
    const sandbox = await Sandbox.start(module, {
      settings: {
        start: options.started,
        wallOffset: options.clockOffset,
        seed: Number(options.started & 0xffff_ffffn),
      },
      hostValues: options.hostValues,
      report: (fault) => options.say(faultText(fault)),
      worker: options.worker,
    });
    return new ScriptHandlers(sandbox, module, plan, options.hostValues);
  }

  private constructor(sandbox: Sandbox, module: HandlerModule, plan: Plan, host: HostValues) {
    this.sandbox = sandbox;
    this.#module = module;
    this.#plan = plan;
    this.#host = host;
  }

  /** Runs the handlers of the items: pairs of a frame's offset and a clause. */
  async run(batch: Batch, items: Uint32Array, writer: Writer): Promise<HandlerOutput<TextWriter>> {
    const emissions = await this.sandbox.run(batch, items);
    this.notHandled += emissions.notHandled;
    return new HandlerOutput(this.#module, emissions, batch, items, this.#host, writer);
  }

  /** Indices of the plan's timed blocks of a kind. */
  timed(kind: "begin" | "end"): readonly number[] {
    return this.#plan.timed.flatMap((block, index) => (block.kind === kind ? [index] : []));
  }

  /** Runs timed blocks in order; true: one of them called `stop()`. */
  async runTimed(blocks: readonly number[], time: bigint, out: TextWriter, writer: Writer): Promise<boolean> {
    if (blocks.length === 0) return false;
    const emissions = await this.sandbox.end(time, blocks);
    const nothing = { bytes: Buffer.alloc(0), length: 0 };
    return new HandlerOutput(
      this.#module,
      emissions,
      nothing,
      new Uint32Array(0),
      this.#host,
      writer,
    ).writeAll(out);
  }

  /** For the summary: what went wrong where, and how often. */
  faultLines(): readonly string[] {
    return this.sandbox.faults
      .filter((fault) => fault.count > 1)
      .map((fault) => `${faultText(fault)} (${fault.count} times)`);
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }
}

function faultText(fault: HandlerFault): string {
  if (fault.span === null) return fault.message;
  const place = placeOf(fault.span.source, fault.span.start);
  return `${fault.span.source.name}:${place.line}:${place.column}: ${fault.message}`;
}
