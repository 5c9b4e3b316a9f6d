// Memory of batches, used again once it is given back: of that which is let go, the runtime frees none for a long
// time. A Worker can see it too.
import { LARGEST_BLOCK } from "./block-format.js";

/**
 * Behind every batch: offsets in a frame (of headers in its packet) have 16 bits, and what a hostile file says of them
 * must not lead out of the memory.
 */
export const SLACK = 1 << 17;
const MIB = 1024 * 1024;
/** Usual blocks, those with much text, and whatever may be in one. */
const SIZES = [2 * MIB, 6 * MIB, LARGEST_BLOCK + SLACK, 2 * LARGEST_BLOCK + SLACK];

export class BatchMemory {
  readonly #free: SharedArrayBuffer[] = [];

  /** Room for so many bytes. */
  take(bytes: number): SharedArrayBuffer {
    const wanted = bytes + SLACK;
    const index = this.#free.findIndex((memory) => memory.byteLength >= wanted);
    const [found] = index === -1 ? [] : this.#free.splice(index, 1);
    if (found !== undefined) return found;
    // One that is too small makes way.
    this.#free.pop();
    return new SharedArrayBuffer(SIZES.find((size) => size >= wanted) ?? wanted);
  }

  give(memory: SharedArrayBuffer): void {
    this.#free.push(memory);
  }
}
