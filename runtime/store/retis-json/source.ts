// Retis' event files (JSON lines, 1.5 to 1.7, sorted or not, rotated or not) -> batches of frames.
import { openSync } from "node:fs";
import { decoderTables, type FormatVersion } from "../../../compiler/schema/event/decoder-tables.js";
import { structs } from "../../../compiler/schema/generated/layout.js";
import { loadAddon } from "../../addon/addon.js";
import type { Decoded, JsonDecoder } from "../../addon/json-decoder.js";
import { frameSize } from "../../events/frame.js";
import type { EventSource, SourceBatch, SourceHeader, SourceProblem } from "../../events/source.js";
import { SystemError } from "../../failure.js";
import { ByteReader } from "../byte-reader.js";
import type { PlacedBatch, RereadableSource } from "../sort/reread.js";
import { LayerFinder } from "./layers.js";
import { storedLayout } from "./layout.js";
import { type StoredNames, storedNames } from "./names.js";
import { storedEnumValues, storedReasons, storedSubsystems } from "./reasons.js";
import { joinedLines, type Line, type LineFile, LineReader, patchedLine } from "./reread.js";
import { findStartup, formatVersion, missingStartup } from "./startup.js";

/** An event that is longer is skipped: what a file claims must not decide how much memory is taken. */
const MAX_EVENT = 8 << 20;
const CHUNK = 1 << 20;
/** Room that the decoder needs behind its input. */
const SPARE = 64;
/** Frames of a chunk of usual events fit. */
const BATCH_BYTES = 2 << 20;
const BATCHES = 4;
/** Problems that are kept; the last one then says how many there are. */
const MAX_PROBLEMS = 1000;

export interface RetisJsonOptions {
  /** Files that follow in a rotated set. */
  readonly following?: readonly string[];
}

/** Whether a file that begins with these bytes may be JSON lines of events. */
export const isRetisJson = (start: Uint8Array): boolean => {
  const first = start.find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
  return first === 0x7b || first === 0x5b;
};

/** `reader` stands at the start of the file. */
export async function openRetisJson(
  reader: ByteReader,
  path: string,
  options: RetisJsonOptions = {},
): Promise<EventSource> {
  const start = await startOf(reader);
  const { version, header } = findStartup(start.toString("utf8"));
  const format = versionOf(path, version);
  const layout = storedLayout();
  const decoder = new (loadAddon().JsonDecoder)(
    decoderTables(layout, format),
    MAX_EVENT,
    storedReasons,
    storedSubsystems,
  );
  const names = storedNames(decoder, layout, header.clockOffset ?? 0n);
  const source = new RetisJsonSource(decoder, names, header, options.following ?? []);
  source.begin(reader, start, path, format);
  if (version === null) source.problem(0, "no startup event: read as a file of Retis 1.7");
  return source;
}

/** Enough of a file to have its startup event, and no more than needed of a pipe, whose events should not wait. */
async function startOf(reader: ByteReader): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let length = 0; length < CHUNK; ) {
    const bytes = await reader.some();
    if (bytes.length === 0) break;
    chunks.push(bytes);
    length += bytes.length;
    if (
      chunks.length === 1 &&
      bytes.includes(10) &&
      bytes.subarray(0, bytes.indexOf(10)).includes('"startup"')
    )
      break;
  }
  return Buffer.concat(chunks);
}

function versionOf(path: string, version: string | null): FormatVersion {
  const format = formatVersion(version);
  if (format === null)
    throw new SystemError(
      `${path}: files of Retis ${version ?? ""} are not read`,
      "files of Retis 1.5 to 1.7 are",
    );
  return format;
}

interface Memory {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Where in the input each frame's event begins. */
  readonly places: Uint32Array;
  busy: boolean;
}

/** A file that was read, for whoever reads it again. */
interface ReadFile extends LineFile {
  readonly version: FormatVersion;
}

class RetisJsonSource implements RereadableSource {
  readonly header: SourceHeader;
  readonly names: StoredNames;
  readonly lost = 0n;
  readonly enums = { enumValues: storedEnumValues };
  readonly #decoder: JsonDecoder;
  readonly #layers: LayerFinder;
  readonly #following: readonly string[];
  readonly #problems: SourceProblem[] = [];
  #unkept = 0;
  readonly #memory: readonly Memory[] = Array.from({ length: BATCHES }, () => {
    const shared = new SharedArrayBuffer(BATCH_BYTES);
    // No frame is smaller than its header.
    const places = new Uint32Array(BATCH_BYTES / structs.frame.size);
    return { bytes: Buffer.from(shared), view: new DataView(shared), places, busy: false };
  });
  #released: (() => void) | null = null;
  #reader: ByteReader | null = null;
  #path = "";
  #files = 0;
  /** What was read and not yet decoded: from #from to #to of #input, which is #offset bytes into the file. */
  #input = Buffer.alloc(2 * CHUNK + SPARE);
  #from = 0;
  #to = 0;
  #offset = 0;
  #version: FormatVersion = 2;
  /** Bytes of the files before this one. */
  #before = 0;
  readonly #read: ReadFile[] = [];
  #again: LineReader | null = null;

  constructor(decoder: JsonDecoder, names: StoredNames, header: SourceHeader, following: readonly string[]) {
    this.#decoder = decoder;
    this.names = names;
    this.header = header;
    this.#following = following;
    this.#layers = new LayerFinder(names.layout);
  }

  get problems(): readonly SourceProblem[] {
    return this.#problems;
  }

  /** `start`: what was read of it already. */
  begin(reader: ByteReader, start: Buffer, path: string, version: FormatVersion): void {
    this.#reader = reader;
    this.#path = path;
    this.#version = version;
    this.#before += this.#offset + this.#to;
    this.#read.push({ path, before: this.#before, version });
    this.#from = this.#to = this.#offset = 0;
    this.#append(start);
    if (version < 2) this.#patch();
  }

  problem(offset: number, reason: string): void {
    if (this.#problems.length < MAX_PROBLEMS) {
      this.#problems.push({ file: this.#path, offset, reason });
      return;
    }
    this.#unkept++;
    this.#problems[MAX_PROBLEMS - 1] = {
      file: this.#path,
      offset,
      reason: `${reason}; and ${this.#unkept} more before it that are not listed`,
    };
  }

  async *batches(): AsyncGenerator<PlacedBatch> {
    while (this.#reader !== null) {
      yield* this.#decodeInput(false);
      if (this.#reader === null || (await this.#fill(this.#reader))) continue;
      yield* this.#decodeInput(true);
      await this.#nextFile();
    }
  }

  async *reread(places: Float64Array): AsyncGenerator<SourceBatch> {
    this.#again ??= new LineReader(this.#read, MAX_EVENT);
    const lines = this.#again.lines(places);
    for (let from = 0; from < lines.length; ) {
      const version = this.#read[lines[from]?.file ?? 0]?.version ?? 2;
      let to = from;
      while (to < lines.length && this.#read[lines[to]?.file ?? 0]?.version === version) to++;
      this.#restart(version);
      this.#append(
        joinedLines(version < 2 ? lines.slice(from, to).map(ofOldVersion) : lines.slice(from, to)),
      );
      yield* this.#decodeInput(true);
      from = to;
    }
  }

  /** Lines are read as fast as they are asked for. */
  expect(): void {}

  async close(): Promise<void> {
    this.#reader?.close();
    this.#reader = null;
    this.#again?.close();
    this.#again = null;
  }

  #restart(version: FormatVersion): void {
    this.#decoder.restart(version === this.#version ? null : decoderTables(this.names.layout, version));
    this.#version = version;
    this.#from = this.#to = 0;
  }

  /** Decodes what there is, as many batches as it takes. */
  async *#decodeInput(last: boolean): AsyncGenerator<PlacedBatch> {
    for (;;) {
      const index = await this.#freeMemory();
      const memory = this.#memory[index];
      if (memory === undefined) return;
      const origin = this.#before + this.#offset + this.#from;
      const decoded = this.#decoder.decode(
        this.#input,
        this.#from,
        this.#to,
        last,
        memory.bytes,
        index,
        memory.places,
      );
      for (const { offset, reason } of decoded.problems)
        this.problem(this.#offset + this.#from + offset, reason);
      this.#from += decoded.consumed;
      if (decoded.probes > this.names.probes.length)
        this.names.probes.push(...this.#decoder.probes(this.names.probes.length));
      if (decoded.produced > 0) {
        this.#layers.fill(memory.bytes, memory.view, decoded.produced);
        yield this.#batch(memory, decoded, origin);
      }
      if (decoded.consumed === 0 || this.#from === this.#to) return;
    }
  }

  #batch(memory: Memory, { produced, records, consumed }: Decoded, origin: number): PlacedBatch {
    memory.busy = true;
    const { places } = memory;
    const place = (index: number): number => (index < records ? (places[index] as number) : consumed);
    return {
      bytes: memory.bytes,
      view: memory.view,
      length: produced,
      // Before what was put into the start of an older file, places are not quite those of the file.
      placeOf: (index) => Math.max(this.#before, origin + place(index)),
      costOf: (index, at) =>
        Math.min(MAX_EVENT, place(index + 1) - place(index)) + frameSize(memory.view, at),
      release: () => {
        memory.busy = false;
        this.#released?.();
      },
    };
  }

  async #freeMemory(): Promise<number> {
    for (;;) {
      const index = this.#memory.findIndex((memory) => !memory.busy);
      if (index !== -1) return index;
      await new Promise<void>((resolve) => {
        this.#released = resolve;
      });
    }
  }

  /** Appends what comes next in the file; false at its end. */
  async #fill(reader: ByteReader): Promise<boolean> {
    const bytes = await reader.some();
    if (bytes.length === 0) return false;
    this.#append(bytes);
    return true;
  }

  #append(bytes: Buffer): void {
    const kept = this.#to - this.#from;
    if (kept + bytes.length + SPARE > this.#input.length) {
      const larger = Buffer.allocUnsafe(2 * (kept + bytes.length) + SPARE);
      this.#input.copy(larger, 0, this.#from, this.#to);
      this.#input = larger;
    } else {
      this.#input.copyWithin(0, this.#from, this.#to);
    }
    this.#offset += this.#from;
    this.#from = 0;
    bytes.copy(this.#input, kept);
    this.#to = kept + bytes.length;
  }

  /** Gives a startup event of 1.5 or 1.6 what later ones have. */
  #patch(): void {
    const start = this.#input.toString("latin1", 0, this.#to);
    const missing = missingStartup(start);
    if (missing === null) return;
    const whole = Buffer.alloc(this.#to + missing.text.length + CHUNK + SPARE);
    this.#input.copy(whole, 0, 0, missing.at);
    whole.write(missing.text, missing.at, "latin1");
    this.#input.copy(whole, missing.at + missing.text.length, missing.at, this.#to);
    this.#input = whole;
    this.#to += missing.text.length;
    // What was put in is not in the file: what follows is told by its place there.
    this.#offset -= missing.text.length;
  }

  async #nextFile(): Promise<void> {
    this.#reader?.close();
    this.#reader = null;
    const path = this.#following[this.#files++];
    if (path === undefined) return;
    const reader = new ByteReader(openSync(path, "r"));
    const start = await startOf(reader);
    const format = versionOf(path, findStartup(start.toString("utf8")).version);
    this.#decoder.restart(format === this.#version ? null : decoderTables(this.names.layout, format));
    this.begin(reader, start, path, format);
  }
}

/** A line that is read again, as it was decoded first. */
const ofOldVersion = (line: Line): Line =>
  line.chunk.subarray(line.from, line.to).includes('"startup"') ? patchedLine(line) : line;
