// A file or pipe read from front to back: as many bytes as asked for, at a known offset, with bounded memory.
import { closeSync, fstatSync, read, readSync } from "node:fs";

const CHUNK = 1 << 20;

export interface ByteReaderOptions {
  /** Told of bytes as they are read. */
  readonly onBytes?: (count: number) => void;
  /** At the end of what there is: resolves to true when more may have come since. Without it, that is the end. */
  readonly wait?: () => Promise<boolean>;
}

export class ByteReader {
  readonly #descriptor: number;
  readonly #options: ByteReaderOptions;
  /** What is in the page cache is there before a thread of the pool would have begun. */
  readonly #regular: boolean;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #offset = 0;
  #ended = false;
  #closed = false;

  constructor(descriptor: number, options: ByteReaderOptions = {}) {
    this.#descriptor = descriptor;
    this.#options = options;
    this.#regular = isRegular(descriptor);
  }

  /** Bytes consumed so far: the place in the file of what comes next. */
  get offset(): number {
    return this.#offset;
  }

  /** The next `count` bytes without consuming them; fewer at the end. Valid until the next call. */
  async peek(count: number): Promise<Buffer> {
    while (this.#buffer.length - this.#at < count && !this.#ended) await this.#more(count);
    return this.#buffer.subarray(this.#at, this.#at + count);
  }

  /** The next `count` bytes, consumed; null: there are not so many. */
  async take(count: number): Promise<Buffer | null> {
    const bytes = await this.peek(count);
    if (bytes.length < count) return null;
    this.#at += count;
    this.#offset += count;
    return bytes;
  }

  /** What comes next, as much as there is at once, consumed; empty at the end. Not changed by later calls. */
  async some(): Promise<Buffer> {
    if (this.#at === this.#buffer.length && !this.#ended) await this.#more(1);
    const bytes = this.#buffer.subarray(this.#at);
    this.#at = this.#buffer.length;
    this.#offset += bytes.length;
    return bytes;
  }

  async #more(count: number): Promise<void> {
    const kept = this.#buffer.subarray(this.#at);
    const next = Buffer.allocUnsafe(Math.max(CHUNK, count) + kept.length);
    kept.copy(next);
    const { onBytes, wait } = this.#options;
    let bytes = await this.#some(next, kept.length);
    while (bytes === 0 && wait !== undefined && (await wait())) bytes = await this.#some(next, kept.length);
    if (bytes === 0) this.#ended = true;
    onBytes?.(bytes);
    this.#buffer = next.subarray(0, kept.length + bytes);
    this.#at = 0;
  }

  /** Again: nothing. */
  #some(into: Buffer, at: number): number | Promise<number> {
    if (this.#regular) return readSync(this.#descriptor, into, at, into.length - at, null);
    return readSome(this.#descriptor, into, at);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#descriptor > 2) closeSync(this.#descriptor);
  }
}

function isRegular(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

function readSome(descriptor: number, into: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, into, at, into.length - at, null, (error, bytes) => {
      if (error === null) resolve(bytes);
      else if (error.code === "EAGAIN") setTimeout(() => resolve(readSome(descriptor, into, at)), 5);
      else reject(error);
    });
  });
}
