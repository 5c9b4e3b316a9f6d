// What ends a run: a signal, the end of `--cmd`, a duration, the script itself. The first one decides.
import type { Addon } from "./addon/addon.js";
import { EXIT } from "./failure.js";
import { type Command, startCommand } from "./run-command.js";
import type { RunOptions } from "./run-options.js";

export type Ending =
  | { readonly kind: "signal" }
  | { readonly kind: "duration" }
  /** The script said `stop`, `--stop-after` is reached, or the reader of the output went away. */
  | { readonly kind: "stopped" }
  | { readonly kind: "command"; readonly exitCode: number };

export class Endings {
  /** Resolves with the first that comes. */
  readonly first: Promise<Ending>;
  #end!: (ending: Ending) => void;
  readonly #command: Command | null;
  readonly #durationMs: number | null;
  #timer: NodeJS.Timeout | null = null;
  #killed: Promise<void> | null = null;

  /** Signals count from here on; the second one ends the process at once. */
  constructor(addon: Addon, options: Pick<RunOptions, "cmd" | "durationMs">) {
    this.first = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#command = options.cmd === null ? null : startCommand(options.cmd);
    this.#durationMs = options.durationMs;
    let signals = 0;
    const onSignal = (): void => {
      signals++;
      if (signals > 1) addon.exitNow(EXIT.interrupted);
      this.end({ kind: "signal" });
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
    process.on("SIGHUP", onSignal);
  }

  /** Everything is attached: the command begins, the duration counts. */
  begin(): void {
    this.#command?.release();
    void this.#command?.ended.then((exitCode) => this.end({ kind: "command", exitCode }));
    if (this.#durationMs !== null)
      this.#timer = setTimeout(() => this.end({ kind: "duration" }), this.#durationMs);
  }

  end(ending: Ending): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (ending.kind !== "command") this.#killed ??= this.#command?.kill() ?? null;
    this.#end(ending);
  }

  /** Resolves when a command that was ended with the trace is gone. */
  async close(): Promise<void> {
    await this.#killed;
  }
}

/** Ours is 0 however a run ended; a command's own is passed on. */
export const exitCodeOf = (ending: Ending): number =>
  ending.kind === "command" ? ending.exitCode : EXIT.fine;
