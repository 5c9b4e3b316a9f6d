// Where a run's output goes: bytes to a descriptor, one write a batch. Standard output is written past Node's stream,
// which would switch a pipe to non-blocking and buffer without bound.
import { write } from "node:fs";

export class Sink {
  readonly #descriptor: number;
  #closed = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** The reader went away: nothing more can be written. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves when all bytes are written, or the reader is gone. Fails with what the system says. */
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
