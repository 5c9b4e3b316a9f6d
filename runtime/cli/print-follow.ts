// Waits for a file to grow, as `tail -f` does, until the user has seen enough.
import { type FSWatcher, watch } from "node:fs";
import { loadAddon } from "../addon/addon.js";

/** Some file systems do not tell of changes. */
const LOOK_EVERY_MS = 500;
const STANDARD_OUTPUT = 1;

export class Growth {
  readonly #watcher: FSWatcher | null;
  readonly #stop = (): void => {
    this.#stopped = true;
    this.#wake?.();
  };
  #wake: (() => void) | null = null;
  #stopped = false;

  /** `-`: standard input, which ends by itself. */
  constructor(file: string) {
    this.#watcher = file === "-" ? null : watchOrNull(file, () => this.#wake?.());
    process.once("SIGINT", this.#stop);
    process.once("SIGTERM", this.#stop);
  }

  /** Resolves to true when there may be more; false: it is enough, or nobody reads what is printed any more. */
  async wait(): Promise<boolean> {
    if (this.#stopped) return false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
    return !this.#stopped && !loadAddon().readerIsGone(STANDARD_OUTPUT);
  }

  close(): void {
    this.#watcher?.close();
    process.off("SIGINT", this.#stop);
    process.off("SIGTERM", this.#stop);
  }
}

function watchOrNull(file: string, changed: () => void): FSWatcher | null {
  try {
    return watch(file, changed).on("error", () => {});
  } catch {
    return null;
  }
}
