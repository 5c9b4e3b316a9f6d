// Events of a Retis file once more, in any order: lines are copied together in the order wanted, and decoded anew.
import { closeSync, openSync, readSync } from "node:fs";
import { SystemError } from "../../failure.js";
import { missingStartup } from "./startup.js";

/** A file of a set. A place counts bytes over all of them, one after the other. */
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

  /** The lines at these places, in this order, without their newlines. */
  lines(places: Float64Array): readonly Line[] {
    const sorted = Array.from(places.keys()).sort((a, b) => (places[a] as number) - (places[b] as number));
    const lines = new Array<Line>(places.length);
    for (let next = 0; next < sorted.length; next++) {
      const index = sorted[next] as number;
      const file = this.#fileOf(places[index] as number);
      const at = (places[index] as number) - (this.#files[file]?.before ?? 0);
      this.#open(file);
      const from = at - this.#offset;
      if (from < 0 || from >= this.#chunk.length || this.#chunk.indexOf(NEWLINE, from) === -1)
        this.#read(at, this.#endOfRun(places, sorted, next, file) - at);
      lines[index] = this.#line(file, at);
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

  #open(file: number): void {
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

  #line(file: number, at: number): Line {
    for (let room = READ_BYTES; ; room *= 2) {
      const chunk = this.#chunk;
      const from = at - this.#offset;
      const to = chunk.indexOf(NEWLINE, from);
      if (to !== -1) return { file, chunk, from, to };
      const had = chunk.length - from;
      if (had > this.#longest) throw new SystemError("the file is not what it was when it was read first");
      this.#read(at, had + room);
      // The last line may have no newline.
      if (this.#chunk.length <= had) return { file, chunk: this.#chunk, from: 0, to: this.#chunk.length };
    }
  }

  #read(at: number, bytes: number): void {
    // Lines of earlier chunks are still needed.
    const chunk = Buffer.allocUnsafeSlow(bytes);
    let length = 0;
    while (length < bytes) {
      const some = readSync(this.#descriptor, chunk, length, bytes - length, at + length);
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
  readonly chunk: Buffer;
  readonly from: number;
  readonly to: number;
}

/** Lines one after the other, each with a newline. */
export function joinedLines(lines: readonly Line[]): Buffer {
  let length = 0;
  for (const { from, to } of lines) length += to - from + 1;
  const joined = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (let first = 0; first < lines.length; ) {
    // Lines that follow each other in the file too are copied at once.
    const { chunk, from } = lines[first] as Line;
    let last = first;
    while (isNext(lines[last] as Line, lines[last + 1])) last++;
    const { to } = lines[last] as Line;
    at += chunk.copy(joined, at, from, to);
    joined[at++] = NEWLINE;
    first = last + 1;
  }
  return joined;
}

const isNext = (line: Line, other: Line | undefined): boolean =>
  other !== undefined && other.chunk === line.chunk && other.from === line.to + 1;

/** The start of a file of 1.5 or 1.6, as it was read first. */
export function patchedLine({ file, chunk, from, to }: Line): Line {
  const line = chunk.subarray(from, to);
  const missing = missingStartup(line.toString("latin1"));
  if (missing === null) return { file, chunk, from, to };
  const { at, text } = missing;
  const whole = Buffer.concat([line.subarray(0, at), Buffer.from(text, "latin1"), line.subarray(at)]);
  return { file, chunk: whole, from: 0, to: whole.length };
}
