// A sandbox for tests: made of pieces of JavaScript, run on made frames, its output as text.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { HandlerModule } from "../../../compiler/codegen/handlers/index.js";
import { TextWriter } from "../../../runtime/packet/text-writer.js";
import { HandlerOutput, plainLines } from "../../../runtime/sandbox/handler-output.js";
import {
  type Emissions,
  type HandlerFault,
  type HostValues,
  Sandbox,
  type SandboxFiles,
  type SandboxSettings,
  SandboxWorker,
} from "../../../runtime/sandbox/sandbox.js";
import { type MadeBatch, type MadeFrame, makeBatch, makeFrame, selectAll } from "../handlers/made-frames.js";
import { makeModule, type Pieces } from "../handlers/made-plan.js";

export const FILES: SandboxFiles = {
  worker: fileURLToPath(new URL("../../../runtime/sandbox/worker.js", import.meta.url)),
  wasm: createRequire(import.meta.url).resolve("@jitl/quickjs-wasmfile-release-sync/wasm"),
};

export const SETTINGS: SandboxSettings = { seed: 42, wallOffset: 1_700_000_000_000_000_000n, start: 1_000n };

/** Nothing that only the host knows. */
export const NO_HOST: HostValues = { read: () => undefined };

export class Running {
  readonly faults: HandlerFault[] = [];

  private constructor(
    readonly module: HandlerModule,
    readonly host: HostValues,
    private started: Sandbox | null,
  ) {}

  static async start(pieces: Pieces, host: HostValues = NO_HOST): Promise<Running> {
    const module = makeModule(pieces);
    const running = new Running(module, host, null);
    running.started = await Sandbox.start(module, {
      settings: SETTINGS,
      hostValues: host,
      report: (fault) => running.faults.push(fault),
      worker: new SandboxWorker(FILES),
    });
    return running;
  }

  get sandbox(): Sandbox {
    if (this.started === null) throw new Error("not started");
    return this.started;
  }

  /** Runs every clause on every frame; the lines that come of it. */
  async on(frames: readonly MadeFrame[], clauses: readonly number[] = [0]): Promise<string> {
    const batch = makeBatch(frames.map((frame) => makeFrame(frame)));
    return this.onBatch(batch, selectAll(batch, clauses));
  }

  async onBatch(batch: MadeBatch, selection: Uint32Array): Promise<string> {
    const emissions = await this.sandbox.run(batch, selection);
    return this.text(emissions, batch, selection);
  }

  text(emissions: Emissions, batch: MadeBatch, selection: Uint32Array): string {
    const out = new TextWriter();
    new HandlerOutput(this.module, emissions, batch, selection, this.host, {
      ...plainLines,
      event: (sink: TextWriter, frame, added) => sink.ascii(`event at ${frame} ${added.join("+")}\n`),
    }).writeAll(out);
    return out.take().toString("utf8");
  }

  async timed(index: number, time = 2_000n): Promise<string> {
    const emissions = await this.sandbox.tick(index, time);
    return this.text(emissions, { bytes: new Uint8Array(8), length: 0, offsets: [] }, new Uint32Array(0));
  }

  async stop(): Promise<void> {
    await this.sandbox.close();
  }
}

/** Lines of one handler on frames. */
export async function output(body: string, frames: readonly MadeFrame[], host?: HostValues): Promise<string> {
  const running = await Running.start({ on: [body] }, host);
  try {
    const text = await running.on(frames);
    const [fault] = running.faults;
    return fault === undefined ? text : `${text}fault: ${fault.message}\n`;
  } finally {
    await running.stop();
  }
}
