// Our event file as a source of events: blocks become batches, decompressed and checked ahead of whoever reads them.
import { loadAddon } from "../../addon/addon.js";
import type { EventFileAddon, StoredShape } from "../../addon/event-file.js";
import { frameSize } from "../../events/frame.js";
import type {
  EventSource,
  SourceBatch,
  SourceHeader,
  SourceProblem,
  StreamMark,
} from "../../events/source.js";
import { SystemError } from "../../failure.js";
import type { ByteReader } from "../byte-reader.js";
import { BatchMemory } from "./batch-memory.js";
import {
  BLOCK,
  CODEC,
  decodeEntries,
  FILE_MAGIC,
  LARGEST_BLOCK,
  type Mark,
  PREAMBLE_BYTES,
  VERSION,
} from "./block-format.js";
import { BlockStream, type StoredBlock } from "./block-stream.js";
import { decodeHeader, type FileHeader, HeaderError } from "./file-header.js";
import { readLayout } from "./stored-layout.js";
import { StoredNames } from "./stored-names.js";

/** Whatever a block says of itself. */
const LARGEST_ROOM = 4 * LARGEST_BLOCK;
/** Blocks that are decompressed ahead. */
const AHEAD = 3;
/** A hundred damaged places say as much as a million. */
const MAX_PROBLEMS = 100;
/** Texts of earlier blocks that are kept, in bytes of tables. */
const KEPT_TABLES = 32 * 1024 * 1024;

export interface EventFileBatch extends SourceBatch {
  /** What happened between its frames, in order. */
  readonly marks: readonly StreamMark[];
  readonly records: number;
}

/** Whether a file that begins with `start` is ours. */
export const isEventFile = (start: Buffer): boolean =>
  start.subarray(0, FILE_MAGIC.length).equals(FILE_MAGIC);

/** `reader` stands at the beginning, or between two files of a set. Fails where nothing can be read at all. */
export async function openEventFile(reader: ByteReader, file: string): Promise<EventFileSource> {
  const addon = loadAddon();
  const problems: SourceProblem[] = [];
  try {
    await checkPreamble(reader, file);
    const stream = new BlockStream(reader, file, (bytes) => addon.crc32c(bytes), problems);
    const first = await stream.next();
    if (first === null || first.header.type !== BLOCK.header)
      throw new SystemError(`${file}: its header is damaged`, "without it, its events cannot be read");
    const header = await headerOf(addon, first, file);
    return new EventFileSource({
      addon,
      reader,
      stream,
      file,
      header,
      problems,
      ordinal: first.header.ordinal,
    });
  } catch (error) {
    reader.close();
    throw error;
  }
}

async function checkPreamble(reader: ByteReader, file: string): Promise<void> {
  const start = await reader.take(PREAMBLE_BYTES);
  if (start === null)
    throw new SystemError(`${file}: the file ends within its first ${PREAMBLE_BYTES} bytes`);
  if (!isEventFile(start)) throw new SystemError(`${file}: not an event file of retis`);
  const major = start.readUInt16LE(8);
  const minor = start.readUInt16LE(10);
  if (major !== VERSION.major)
    throw new SystemError(
      `${file}: written in format ${major}.${minor}, which this version does not read`,
      `it reads format ${VERSION.major}: use the version of retis that wrote the file, or a newer one`,
    );
}

async function headerOf(addon: EventFileAddon, block: StoredBlock, file: string): Promise<FileHeader> {
  const output = Buffer.alloc(block.header.rawLength);
  const read = await addon.readEventBlock(block.payload, block.header, output, null);
  try {
    if (read.problem !== null) throw new HeaderError(`is damaged: ${read.problem}`);
    return decodeHeader(output.toString("utf8"));
  } catch (error) {
    if (!(error instanceof HeaderError)) throw error;
    throw new SystemError(`${file}: its header ${error.message}`);
  }
}

interface Opened {
  readonly addon: EventFileAddon;
  readonly reader: ByteReader;
  readonly stream: BlockStream;
  readonly file: string;
  readonly header: FileHeader;
  readonly problems: SourceProblem[];
  readonly ordinal: bigint;
}

/** A block on its way: its frames are ready when `read` is. */
interface Pending {
  readonly block: StoredBlock;
  readonly memory: SharedArrayBuffer;
  readonly read: ReturnType<EventFileAddon["readEventBlock"]>;
}

export class EventFileSource implements EventSource {
  readonly header: SourceHeader;
  readonly names: StoredNames;
  /** All that the file says of itself. */
  readonly facts: FileHeader;
  readonly #addon: EventFileAddon;
  readonly #reader: ByteReader;
  readonly #stream: BlockStream;
  readonly #file: string;
  readonly #problems: SourceProblem[];
  readonly #shape: StoredShape;
  readonly #memory = new BatchMemory();
  #expected: bigint;
  #ended = false;
  #lost = 0n;
  #tables = 0;

  constructor(opened: Opened) {
    const { header } = opened;
    const { layout, shape } = readLayout(header);
    this.facts = header;
    this.header = {
      format: "retis",
      writer: header.writer,
      commandLine: header.commandLine,
      kernelRelease: header.kernelRelease,
      kernelVersion: header.kernelVersion,
      hardware: header.hardware,
      clockOffset: header.clockOffset,
      scriptDigest: header.script?.digest ?? null,
      sorted: header.sorted,
    };
    this.names = new StoredNames(layout, header);
    this.#shape = shape;
    this.#addon = opened.addon;
    this.#reader = opened.reader;
    this.#stream = opened.stream;
    this.#file = opened.file;
    this.#problems = opened.problems;
    this.#expected = opened.ordinal;
  }

  get enums(): EventSource["enums"] {
    return { enumValues: (name) => this.facts.enums[name] ?? null };
  }

  get problems(): readonly SourceProblem[] {
    return this.#problems;
  }

  get lost(): bigint {
    return this.#lost;
  }

  /** The trace was ended as it should be, and the file has its end. */
  get complete(): boolean {
    return this.#ended;
  }

  async *batches(): AsyncGenerator<EventFileBatch> {
    const pending: Pending[] = [];
    let carried: Mark[] = [];
    let more = true;
    for (;;) {
      while (more && pending.length < AHEAD) {
        const next = await this.#next();
        if (next === null) more = false;
        else pending.push(next);
      }
      const first = pending.shift();
      if (first === undefined) break;
      const batch = await this.#batch(first, carried);
      carried =
        batch === null || batch.length > 0
          ? []
          : [...batch.marks].map(({ at, ...mark }) => ({ ...mark, after: 0 }));
      if (batch === null) continue;
      if (batch.length > 0) yield batch;
      else batch.release();
    }
    if (carried.some(({ kind }) => kind === "tick")) yield this.#empty(carried);
    if (!this.#ended)
      this.#report(this.#stream.offset, "the trace was not ended: its last second may be missing");
  }

  async close(): Promise<void> {
    this.#reader.close();
  }

  async #next(): Promise<Pending | null> {
    for (;;) {
      const block = await this.#stream.next();
      if (block === null) return null;
      this.#ended = block.header.type === BLOCK.end;
      if (block.header.type === BLOCK.header && !(await this.#sameRun(block))) return null;
      if (block.header.type !== BLOCK.frames) continue;
      if (block.header.codec > CODEC.zstd) {
        this.#report(
          block.offset,
          "a block was left out: it is compressed in a way that this version does not know",
        );
        continue;
      }
      const memory = this.#memory.take(this.#room(block));
      const { payload, header } = block;
      return {
        block,
        memory,
        read: this.#addon.readEventBlock(payload, header, Buffer.from(memory), this.#shape),
      };
    }
  }

  /** A second header: the next file of the same set, or something else that stands behind this one. */
  async #sameRun(block: StoredBlock): Promise<boolean> {
    try {
      const { run } = await headerOf(this.#addon, block, this.#file);
      if (run === this.facts.run) return true;
      this.#report(block.offset, "another trace follows in the same file: it was left out");
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.#report(block.offset, error.message);
    }
    return false;
  }

  /** For the frames of a block: those of another version may grow when they become ours. */
  #room({ header }: StoredBlock): number {
    const { moves, bytes } = this.#shape;
    const growth = moves === null ? 0 : Math.max(0, moves.bytes - bytes) + 8;
    return Math.min(header.rawLength + Math.ceil(header.frames / bytes) * growth, LARGEST_ROOM);
  }

  async #batch({ block, memory, read }: Pending, carried: readonly Mark[]): Promise<EventFileBatch | null> {
    const { problem, frames, table, records } = await read;
    const release = (): void => this.#memory.give(memory);
    if (problem !== null) {
      this.#report(block.offset, `a block was left out: ${problem}`);
      release();
      return null;
    }
    if (block.header.ordinal > this.#expected)
      this.#report(
        block.offset,
        `${block.header.ordinal - this.#expected} events before this place are missing`,
      );
    this.#expected = block.header.ordinal + BigInt(records);
    const bytes = Buffer.from(memory);
    const marks = this.#learn(bytes.subarray(frames, frames + table), block.offset);
    const view = new DataView(memory);
    return {
      bytes,
      view,
      length: frames,
      records,
      marks: place(view, frames, [...carried, ...marks]),
      release,
    };
  }

  #learn(table: Buffer, offset: number): readonly Mark[] {
    const marks: Mark[] = [];
    this.#tables += table.length;
    if (this.#tables > KEPT_TABLES) {
      this.names.forget();
      this.#tables = table.length;
    }
    for (const entry of decodeEntries(table)) {
      if (entry === null) this.#report(offset, "names of a block were left out: its table is damaged");
      else if (entry.kind === "tick" || entry.kind === "loss") {
        if (entry.kind === "loss") this.#lost += entry.count;
        marks.push(entry);
      } else this.names.learn(entry);
    }
    return marks;
  }

  #empty(marks: readonly Mark[]): EventFileBatch {
    const bytes = Buffer.from(new SharedArrayBuffer(64));
    const view = new DataView(bytes.buffer);
    return { bytes, view, length: 0, records: 0, marks: place(view, 0, marks), release: () => {} };
  }

  #report(offset: number, reason: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ file: this.#file, offset, reason });
  }
}

/** Marks by the place of the frame that they stand before. */
function place(view: DataView, length: number, marks: readonly Mark[]): readonly StreamMark[] {
  let at = 0;
  let passed = 0;
  return [...marks]
    .sort((a, b) => a.after - b.after)
    .map(({ after, ...mark }) => {
      for (; passed < after && at < length; passed++) at += frameSize(view, at);
      return { ...mark, at };
    });
}
