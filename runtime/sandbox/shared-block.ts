// A block of memory that the sandbox and its host both see: an ArrayBuffer of the sandbox, found in WebAssembly's memory.
import type { QuickJSContext, QuickJSHandle } from "quickjs-emscripten-core";

/** WebAssembly's memory; another buffer each time that it grows. */
export interface LinearMemory {
  readonly buffer: ArrayBuffer;
}

export class SharedBlock {
  /** The ArrayBuffer inside. */
  readonly handle: QuickJSHandle;
  readonly size: number;
  readonly #memory: LinearMemory;
  readonly #offset: number;
  #view: Uint8Array;

  constructor(context: QuickJSContext, memory: LinearMemory, size: number) {
    // The API copies the buffer in and does not say where to: a mark of 32 random bytes is found once.
    const marked = new Uint8Array(size);
    // Math.random() of this side: nothing inside can foresee it, and Node's crypto would take 5 ms to load.
    const mark = Uint8Array.from({ length: 32 }, () => Math.floor(Math.random() * 256));
    marked.set(mark);
    this.handle = context.newArrayBuffer(marked.buffer);
    this.#memory = memory;
    this.#offset = Buffer.from(memory.buffer).indexOf(mark);
    if (this.#offset < 0 || this.#offset % 8 !== 0) throw new Error("the sandbox's buffer was not found");
    this.size = size;
    this.#view = new Uint8Array(memory.buffer, this.#offset, size);
    this.#view.fill(0, 0, mark.length);
  }

  /** Valid until the sandbox's memory grows: ask anew after each call into it. A stale view swallows what is written. */
  get bytes(): Uint8Array {
    if (this.#view.buffer !== this.#memory.buffer) {
      this.#view = new Uint8Array(this.#memory.buffer, this.#offset, this.size);
    }
    return this.#view;
  }

  get words(): Int32Array {
    const { buffer, byteOffset } = this.bytes;
    return new Int32Array(buffer, byteOffset, this.size >> 2);
  }

  get doubles(): Float64Array {
    const { buffer, byteOffset } = this.bytes;
    return new Float64Array(buffer, byteOffset, this.size >> 3);
  }
}
