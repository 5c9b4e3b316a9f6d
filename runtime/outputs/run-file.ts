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

export class RunFile {
  readonly #file: OutputFile;
  readonly #path: string;
  readonly #plan: Plan;
  readonly #stopAfter: number | null;
  #first: FileFirst | null = null;

  constructor(file: OutputFile, plan: Plan, options: Pick<RunOptions, "out" | "stopAfter">) {
    this.#file = file;
    this.#path = options.out?.path ?? "";
    this.#plan = plan;
    this.#stopAfter = options.stopAfter;
  }

  /** What the loop is to run on, so that the file gets its events. `stop`: the file cannot be written any more. */
  feed(source: LiveSource, loop: OutputLoop, stop: () => void): BatchSource {
    if (choosesFrames(this.#plan, this.#stopAfter)) {
      loop.saveTo({ file: this.#file, onFailure: stop });
      return source;
    }
    this.#first = new FileFirst(source, this.#file, this.#plan.timed, stop);
    return this.#first;
  }

  /** Writes the end. Resolves to lines for the summary; fails with a SystemError. */
  async close(): Promise<readonly string[]> {
    await this.#file.close();
    const { events, bytes, files } = this.#file.written;
    const name = this.#path === "-" ? "to standard output" : this.#path;
    const set = files > 1 ? ` in ${files} files` : "";
    const lines = [`wrote ${name}: ${events} ${events === 1 ? "event" : "events"}, ${bytes} bytes${set}`];
    const notShown = this.#first?.notShown ?? 0;
    if (notShown > 0) lines.push(`not shown: ${notShown} events, which the file has: the output was behind`);
    return lines;
  }
}
