// The file of a live run: fed with each batch as it comes, or, where the script chooses what is saved, as it decides.
import type { Plan } from "../../compiler/plan/plan.js";
import type { LiveSource } from "../events/live-source.js";
import type { RunOptions } from "../run-options.js";
import type { OutputFile } from "../store/output-file.js";
import { choosesFrames } from "./chosen-frames.js";
import { FileFirst } from "./file-first.js";
import type { BatchSource, OutputLoop } from "./output-loop.js";
import type { ByteSink } from "./sink.js";

/** What is shown, where standard output carries the file. */
export const NOWHERE: ByteSink = { closed: false, write: async () => {} };

/** For the summary. */
export function wroteLine(path: string, { events, bytes, files }: OutputFile["written"]): string {
  const name = path === "-" ? "to standard output" : path;
  const set = files > 1 ? ` in ${files} files` : "";
  return `wrote ${name}: ${events} ${events === 1 ? "event" : "events"}, ${bytes} bytes${set}`;
}

export class RunFile {
  readonly #file: OutputFile;
  readonly #path: string;
  readonly #plan: Plan;
  readonly #chooses: boolean;
  #first: FileFirst | null = null;

  constructor(file: OutputFile, plan: Plan, options: Pick<RunOptions, "out" | "stopAfter">) {
    this.#file = file;
    this.#path = options.out?.path ?? "";
    this.#plan = plan;
    this.#chooses = choosesFrames(plan, options.stopAfter);
  }

  /** Before the first event. */
  begin(source: LiveSource): void {
    if (!this.#chooses && this.#file.writer !== null) source.tap(this.#file.writer);
  }

  /** What the loop is to run on. `stop`: the file cannot be written any more. */
  feed(source: LiveSource, loop: OutputLoop, stop: () => void): BatchSource {
    void this.#file.failed.then(stop);
    if (this.#chooses) {
      loop.saveTo(this.#file);
      return source;
    }
    this.#first = new FileFirst(source, this.#file, this.#plan.timed);
    return this.#first;
  }

  /** The script's `end` blocks are about to run. */
  end(time: bigint): void {
    this.#plan.timed.forEach(({ kind }, block) => {
      if (kind === "end") this.#file.tick(block, time);
    });
  }

  /** Writes the end. Resolves to lines for the summary; fails with a SystemError. */
  async close(): Promise<readonly string[]> {
    await this.#file.close();
    const lines = [wroteLine(this.#path, this.#file.written)];
    const notShown = this.#first?.notShown ?? 0;
    if (notShown > 0) lines.push(`not shown: ${notShown} events, which the file has: the output was behind`);
    return lines;
  }
}
