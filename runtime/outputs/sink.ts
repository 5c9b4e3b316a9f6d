// Where a run's output goes: bytes to a descriptor, one write a batch. Standard output is written past Node's stream,
// which would switch a pipe to non-blocking and buffer without bound.
import { write } from "node:fs";

/** Takes bytes, one call at a time. */
export interface ByteSink {
  /** The reader went away: nothing more can be written. */
  readonly closed: boolean;
  /** Resolves when all bytes are written, or the reader is gone; the bytes are free then. Fails as the system says. */
  write(bytes: Uint8Array): Promise<void>;
}

export class Sink implements ByteSink {
  readonly #descriptor: number;
  #closed = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  get closed(): boolean {
    return this.#closed;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#closed; ) at += await this.#some(bytes, at);
  }

  #some(bytes: Uint8Array, at: number): Promise<number> {
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
