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
import type { ByteReader } from "../byte-reader.js";
import type { PlacedBatch, RereadableSource } from "../sort/reread.js";
import { BatchMemory } from "./batch-memory.js";
import { decodeEntries, LARGEST_BLOCK, type Mark } from "./block-format.js";
import type { FileHeader } from "./file-header.js";
import { type BlockPlace, BlockReader, placeIn } from "./reread.js";
import { type RunBlock, RunBlocks } from "./run-blocks.js";
import { readLayout } from "./stored-layout.js";
import { StoredNames } from "./stored-names.js";

/** Whatever a block says of itself. */
const LARGEST_ROOM = 2 * LARGEST_BLOCK;
/** Blocks that are decompressed ahead. */
const AHEAD = 2;
/** Texts of earlier blocks that are kept, in bytes of tables. */
const KEPT_TABLES = 32 * 1024 * 1024;

export interface EventFileBatch extends PlacedBatch {
  readonly marks: readonly StreamMark[];
  readonly records: number;
}

export interface EventFileOptions {
  /** Files that follow in a rotating set. */
  readonly following?: readonly string[];
}

/** `reader` stands at the beginning. Fails where nothing can be read at all. */
export async function openEventFile(
  reader: ByteReader,
  file: string,
  options: EventFileOptions = {},
): Promise<EventFileSource> {
  const addon = loadAddon();
  const blocks = new RunBlocks(addon, reader, file, options.following ?? []);
  try {
    const { header, ordinal } = await blocks.begin();
    return new EventFileSource(addon, blocks, header, ordinal);
  } catch (error) {
    blocks.close();
    throw error;
  }
}

/** A block on its way: its frames are ready when `read` is. */
interface Pending {
  readonly block: RunBlock;
  readonly memory: SharedArrayBuffer;
  readonly read: ReturnType<EventFileAddon["readEventBlock"]>;
}

export class EventFileSource implements RereadableSource {
  readonly header: SourceHeader;
  readonly names: StoredNames;
  /** All that the file says of itself. */
  readonly facts: FileHeader;
  readonly enums: EventSource["enums"];
  readonly #addon: EventFileAddon;
  readonly #blocks: RunBlocks;
  readonly #shape: StoredShape;
  readonly #memory = new BatchMemory();
  /** Records before the next block, when none is missing. */
  #expected: bigint;
  #lost = 0n;
  #tables = 0;
  /** Blocks whose frames were read. */
  readonly #read: BlockPlace[] = [];
  #again: BlockReader | null = null;

  constructor(addon: EventFileAddon, blocks: RunBlocks, header: FileHeader, ordinal: bigint) {
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
      scriptOptions: header.script?.options ?? null,
      decidedClauses: header.script?.decided ?? [],
      started: header.started,
      sorted: header.sorted,
    };
    this.enums = { enumValues: (name) => header.enums[name] ?? null };
    this.names = new StoredNames(layout, header);
    this.#shape = shape;
    this.#addon = addon;
    this.#blocks = blocks;
    this.#expected = ordinal;
  }

  get problems(): readonly SourceProblem[] {
    return this.#blocks.problems;
  }

  get lost(): bigint {
    return this.#lost;
  }

  /** The trace was ended as it should be: known once everything is read. */
  get complete(): boolean {
    return this.#blocks.ended;
  }

  async *batches(): AsyncGenerator<EventFileBatch> {
    // Of blocks without frames: they stand before the next frame.
    let carried: readonly Mark[] = [];
    for await (const pending of this.#readAhead()) {
      const batch = await this.#batch(pending, carried);
      if (batch === null) continue;
      if (batch.length > 0) {
        carried = [];
        yield batch;
      } else {
        carried = batch.marks.map(({ at, ...mark }) => ({ ...mark, after: 0 }));
        batch.release();
      }
    }
    if (carried.length > 0) yield emptyBatch(carried);
    this.#blocks.finish();
  }

  /** Blocks in order, some of them decompressed while the reader is busy; none waits for one that is not there yet. */
  async *#readAhead(): AsyncGenerator<Pending> {
    const pending: Pending[] = [];
    let more = true;
    let failure: unknown = null;
    let reading = false;
    let wake = (): void => {};
    const read = async (): Promise<void> => {
      reading = true;
      try {
        while (more && pending.length < AHEAD) {
          const block = await this.#blocks.next();
          if (block === null) more = false;
          else pending.push(this.#begin(block));
          wake();
        }
      } catch (error) {
        more = false;
        failure = error;
      }
      reading = false;
      wake();
    };
    for (;;) {
      if (more && !reading && pending.length < AHEAD) void read();
      const first = pending.shift();
      if (first !== undefined) yield first;
      else if (reading)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      else break;
    }
    if (failure !== null) throw failure;
  }

  async *reread(places: Float64Array): AsyncGenerator<SourceBatch> {
    yield await this.#rereader().frames(places);
  }

  expect(places: Float64Array): void {
    this.#rereader().expect(places);
  }

  async close(): Promise<void> {
    this.#blocks.close();
    this.#again?.close();
  }

  #rereader(): BlockReader {
    this.#again ??= new BlockReader({
      addon: this.#addon,
      shape: this.#shape,
      blocks: this.#read,
      learn: (table) => {
        for (const entry of decodeEntries(table))
          if (entry !== null && entry.kind !== "tick" && entry.kind !== "loss") this.names.learn(entry);
      },
      forget: () => this.names.forget(),
    });
    return this.#again;
  }

  #begin(block: RunBlock): Pending {
    const memory = this.#memory.take(this.#room(block));
    const output = Buffer.from(memory);
    return {
      block,
      memory,
      read: this.#addon.readEventBlock(block.payload, block.header, output, this.#shape),
    };
  }

  /** For the frames of a block: those of another version may grow when they become ours. */
  #room({ header }: RunBlock): number {
    const { moves, bytes } = this.#shape;
    const growth = moves === null ? 0 : Math.max(0, moves.bytes - bytes) + 8;
    return Math.min(header.rawLength + Math.ceil(header.frames / bytes) * growth, LARGEST_ROOM);
  }

  async #batch({ block, memory, read }: Pending, carried: readonly Mark[]): Promise<EventFileBatch | null> {
    const { problem, frames, table, records } = await read;
    const release = (): void => this.#memory.give(memory);
    if (problem !== null) {
      this.#blocks.report(block.offset, `a block was left out: ${problem}`);
      release();
      return null;
    }
    const missing = block.header.ordinal - this.#expected;
    if (missing > 0n) this.#blocks.report(block.offset, `${missing} events before this place are missing`);
    this.#expected = block.header.ordinal + BigInt(records);
    const bytes = Buffer.from(memory);
    const marks = this.#learn(bytes.subarray(frames, frames + table), block.offset);
    const view = new DataView(memory);
    const { file, offset, header } = block;
    const number = this.#read.push({ file, offset, header, room: this.#room(block) }) - 1;
    return {
      bytes,
      view,
      length: frames,
      records,
      marks: place(view, frames, [...carried, ...marks]),
      placeOf: (index) => placeIn(number, index),
      costOf: (_, at) => frameSize(view, at),
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
      if (entry === null) this.#blocks.report(offset, "names of a block were left out: its table is damaged");
      else if (entry.kind === "tick" || entry.kind === "loss") {
        if (entry.kind === "loss") this.#lost += entry.count;
        marks.push(this.#withKnownSlot(entry));
      } else this.names.learn(entry);
    }
    return marks;
  }

  /** A copy counts losses whose probe is not known under a slot that no probe has. */
  #withKnownSlot(mark: Mark): Mark {
    if (mark.kind !== "loss" || mark.slot === null || this.names.probes[mark.slot] !== undefined) return mark;
    return { ...mark, slot: null };
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

function emptyBatch(marks: readonly Mark[]): EventFileBatch {
  const bytes = Buffer.from(new SharedArrayBuffer(64));
  const view = new DataView(bytes.buffer);
  return {
    bytes,
    view,
    length: 0,
    records: 0,
    marks: place(view, 0, marks),
    placeOf: () => 0,
    costOf: () => 0,
    release: () => {},
  };
}
