// Events of a Retis file once more, in any order: lines are copied together in the order wanted, and decoded anew.
import { closeSync, openSync, read } from "node:fs";
import { SystemError } from "../../failure.js";
import { missingStartup } from "./startup.js";

/** A place counts bytes over all files of a set, one after the other. */
export interface LinePlaces {
  /** What was read. */
  readonly files: readonly LineFile[];
}

export interface LineFile {
  readonly path: string;
  /** Bytes of the files before it. */
  readonly before: number;
}

/** Bytes of a file that are read at once, and gaps that are read with them rather than skipped. */
const READ_BYTES = 1 << 20;
const GAP_BYTES = 64 << 10;

const NEWLINE = 10;

export class LineReader {
  readonly #files: readonly LineFile[];
  readonly #longest: number;
  #descriptor = -1;
  #file = -1;
  /** Bytes of the file from #offset on. */
  #chunk = Buffer.alloc(0);
  #offset = 0;

  /** `longest`: a line that is longer was never an event. */
  constructor(files: readonly LineFile[], longest: number) {
    this.#files = files;
    this.#longest = longest;
  }

  /** The lines at these places, in this order, each with its newline; and the file that each is of. */
  async lines(places: Float64Array): Promise<readonly Line[]> {
    const sorted = Array.from(places.keys()).sort((a, b) => (places[a] as number) - (places[b] as number));
    const lines = new Array<Line>(places.length);
    for (let next = 0; next < sorted.length; next++) {
      const index = sorted[next] as number;
      const file = this.#fileOf(places[index] as number);
      const at = (places[index] as number) - (this.#files[file]?.before ?? 0);
      await this.#open(file);
      lines[index] = { file, bytes: await this.#line(at, this.#endOfRun(places, sorted, next, file)) };
    }
    return lines;
  }

  close(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor);
    this.#descriptor = -1;
    this.#file = -1;
  }

  #fileOf(place: number): number {
    let low = 0;
    for (let high = this.#files.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if ((this.#files[middle]?.before ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  async #open(file: number): Promise<void> {
    if (file === this.#file) return;
    this.close();
    const path = this.#files[file]?.path ?? "";
    try {
      this.#descriptor = openSync(path, "r");
    } catch (error) {
      throw new SystemError(`cannot read ${path} again: ${error instanceof Error ? error.message : ""}`);
    }
    this.#file = file;
    this.#chunk = Buffer.alloc(0);
    this.#offset = 0;
  }

  /** How far it pays to read at once: to the last of the places that follow closely. */
  #endOfRun(places: Float64Array, sorted: readonly number[], from: number, file: number): number {
    const before = this.#files[file]?.before ?? 0;
    const start = (places[sorted[from] as number] as number) - before;
    let end = start;
    for (let next = from + 1; next < sorted.length; next++) {
      const place = (places[sorted[next] as number] as number) - before;
      if (place - end > GAP_BYTES || place - start > READ_BYTES) break;
      end = place;
    }
    return end + GAP_BYTES;
  }

  async #line(at: number, until: number): Promise<Buffer> {
    let from = at - this.#offset;
    if (from < 0 || from >= this.#chunk.length) {
      await this.#read(at, until - at);
      from = 0;
    }
    for (let room = READ_BYTES; ; room *= 2) {
      const end = this.#chunk.indexOf(NEWLINE, from);
      if (end !== -1) return Buffer.from(this.#chunk.subarray(from, end + 1));
      const had = this.#chunk.length - from;
      if (had > this.#longest) throw new SystemError("the file is not what it was when it was read first");
      await this.#read(at, had + room);
      from = 0;
      // The last line may have no newline.
      if (this.#chunk.length === had) return Buffer.concat([this.#chunk, Buffer.of(NEWLINE)]);
    }
  }

  async #read(at: number, bytes: number): Promise<void> {
    const chunk = Buffer.allocUnsafe(bytes);
    let length = 0;
    while (length < bytes) {
      const some = await readAt(this.#descriptor, chunk, length, at + length);
      if (some === 0) break;
      length += some;
    }
    this.#chunk = chunk.subarray(0, length);
    this.#offset = at;
  }
}

export interface Line {
  /** Which of the files. */
  readonly file: number;
  readonly bytes: Buffer;
}

function readAt(descriptor: number, into: Buffer, from: number, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, into, from, into.length - from, offset, (error, bytes) => {
      if (error === null) resolve(bytes);
      else reject(new SystemError(`cannot read the file again: ${error.message}`));
    });
  });
}

/** The start of a file of 1.5 or 1.6, as it was read first. */
export function patchedLine(line: Buffer): Buffer {
  const missing = missingStartup(line.toString("latin1"));
  if (missing === null) return line;
  return Buffer.concat([
    line.subarray(0, missing.at),
    Buffer.from(missing.text, "latin1"),
    line.subarray(missing.at),
  ]);
}
