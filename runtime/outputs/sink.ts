// Where a run's output goes: bytes to a descriptor, one write a batch. Standard output is written past Node's stream,
// which would switch a pipe to non-blocking and buffer without bound.
import { fstatSync, write, writeSync } from "node:fs";
import { isatty } from "node:tty";
import { SystemError, systemReason } from "../failure.js";

/** Takes bytes, one call at a time. */
export interface ByteSink {
  /** The reader went away: nothing more can be written. */
  readonly closed: boolean;
  /** Resolves when all bytes are written, or the reader is gone; the bytes are free then. Fails with a SystemError. */
  write(bytes: Uint8Array): Promise<void>;
}

export class Sink implements ByteSink {
  readonly #descriptor: number;
  readonly #name: string;
  /** Nobody can keep the program waiting there. */
  readonly #ready: boolean;
  #closed = false;

  /** `name`: what to call it when it cannot be written. */
  constructor(descriptor: number, name = "standard output") {
    this.#descriptor = descriptor;
    this.#name = name;
    this.#ready = isAlwaysReady(descriptor);
  }

  get closed(): boolean {
    return this.#closed;
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length && !this.#closed; ) at += await this.#some(bytes, at);
    } catch (error) {
      throw new SystemError(`cannot write ${this.#name}: ${systemReason(error)}`);
    }
  }

  async #some(bytes: Uint8Array, at: number): Promise<number> {
    // A thread that writes would only have to be waited for.
    if (this.#ready) return writeSync(this.#descriptor, bytes, at);
    return new Promise((resolve, reject) => {
      write(this.#descriptor, bytes, at, bytes.length - at, null, (error, written) => {
        if (error === null) resolve(written);
        else if (error.code === "EPIPE") {
          this.#closed = true;
          resolve(0);
        } else if (error.code === "EAGAIN") setTimeout(resolve, 1, 0);
        else reject(error);
      });
    });
  }
}

/** Files and devices such as /dev/null; a pipe or a terminal has a reader that may be slow. */
function isAlwaysReady(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    return status.isFile() || (status.isCharacterDevice() && !isatty(descriptor));
  } catch {
    // It is closed: writing says so.
    return false;
  }
}
