// Memory of batches, used again once it is given back. A Worker can see it too.

/**
 * Behind every batch: offsets in a frame (of headers in its packet) have 16 bits, and what a hostile file says of them
 * must not lead out of the memory.
 */
const SLACK = 1 << 17;
const LEAST = 2 * 1024 * 1024;
const KEPT = 8;

export class BatchMemory {
  readonly #free: SharedArrayBuffer[] = [];

  /** Room for so many bytes. */
  take(bytes: number): SharedArrayBuffer {
    const wanted = Math.max(LEAST, bytes + SLACK);
    const index = this.#free.findIndex((memory) => memory.byteLength >= wanted);
    const [found] = index === -1 ? [] : this.#free.splice(index, 1);
    return found ?? new SharedArrayBuffer(wanted);
  }

  give(memory: SharedArrayBuffer): void {
    if (this.#free.length < KEPT && memory.byteLength <= LEAST * 4) this.#free.push(memory);
  }
}
