// Events of an event file once more, in any order: the blocks that hold them are read again, and the last few of them
// kept, since events that belong together were mostly written together.
import { closeSync, openSync, readSync } from "node:fs";
import type { EventFileAddon, StoredShape } from "../../addon/event-file.js";
import { frameSize } from "../../events/frame.js";
import type { SourceBatch } from "../../events/source.js";
import { SystemError } from "../../failure.js";
import { SLACK } from "./batch-memory.js";
import { BLOCK_HEADER_BYTES, type BlockHeader } from "./block-format.js";

/** A block that was read. */
export interface BlockPlace {
  readonly file: string;
  readonly offset: number;
  readonly header: BlockHeader;
  /** Memory that its frames take. */
  readonly room: number;
}

/** Of a place: the number of its block, and of the frame in it. No block has more frames. */
const FRAMES = 2 ** 20;

export const placeIn = (block: number, frame: number): number => block * FRAMES + frame;

/** Decompressed blocks that are kept. */
const KEPT_BYTES = 16 << 20;
/** Texts that are kept, in bytes of tables; then all are forgotten, and learned again where they are needed. */
const KEPT_TABLES = 16 << 20;

interface Loaded {
  readonly bytes: Buffer;
  /** Where each frame begins. */
  readonly frames: Uint32Array;
  readonly table: Buffer;
  /** Its texts are known since so many times that all were forgotten. */
  learned: number;
}

export interface RereadInput {
  readonly addon: EventFileAddon;
  readonly shape: StoredShape;
  readonly blocks: readonly BlockPlace[];
  readonly learn: (table: Buffer) => void;
  readonly forget: () => void;
}

export class BlockReader {
  readonly #input: RereadInput;
  readonly #kept = new Map<number, Promise<Loaded>>();
  #keptBytes = 0;
  #free: Buffer[] = [];
  #tables = 0;
  #forgotten = 0;
  #descriptor = -1;
  #file = "";
  #memory = Buffer.from(new SharedArrayBuffer(4 << 20));

  constructor(input: RereadInput) {
    this.#input = input;
  }

  /** Begins to read what will be asked for next. */
  expect(places: Float64Array): void {
    for (const block of blocksOf(places)) this.#load(block).catch(() => {});
  }

  /** The frames at these places, in this order; valid until the next call. */
  async frames(places: Float64Array): Promise<SourceBatch> {
    const blocks = new Map<number, Loaded>();
    for (const block of blocksOf(places)) blocks.set(block, await this.#load(block));
    this.#learn([...blocks.values()]);
    const length = this.#copy(places, blocks);
    this.#evict();
    const memory = this.#memory;
    const view = new DataView(memory.buffer, memory.byteOffset, memory.length);
    return { bytes: memory, view, length, release: () => {} };
  }

  /** Frames one after the other; those that stand so in their block too are copied at once. Their bytes. */
  #copy(places: Float64Array, blocks: ReadonlyMap<number, Loaded>): number {
    let length = 0;
    for (let first = 0; first < places.length; ) {
      const place = places[first] as number;
      let last = first;
      while (places[last + 1] === (places[last] as number) + 1) last++;
      const loaded = blocks.get(Math.floor(place / FRAMES));
      const from = loaded?.frames[place % FRAMES];
      const end = loaded?.frames[(places[last] as number) % FRAMES];
      // Whoever asked counts what came.
      if (loaded === undefined || from === undefined || end === undefined) return length;
      const to = end + loaded.bytes.readUInt32LE(end);
      const needed = length + to - from + SLACK;
      if (needed > this.#memory.length) this.#grow(needed);
      loaded.bytes.copy(this.#memory, length, from, to);
      length += to - from;
      first = last + 1;
    }
    return length;
  }

  close(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor);
    this.#descriptor = -1;
  }

  #load(block: number): Promise<Loaded> {
    const known = this.#kept.get(block);
    if (known !== undefined) {
      // The one that was used last is kept longest.
      this.#kept.delete(block);
      this.#kept.set(block, known);
      return known;
    }
    const place = this.#input.blocks[block];
    if (place === undefined) return Promise.reject(changed());
    this.#keptBytes += place.room;
    const loading = this.#read(place);
    this.#kept.set(block, loading);
    return loading;
  }

  async #read({ file, offset, header, room }: BlockPlace): Promise<Loaded> {
    const payload = Buffer.allocUnsafe(header.storedLength);
    this.#open(file);
    if (readSync(this.#descriptor, payload, 0, payload.length, offset + BLOCK_HEADER_BYTES) < payload.length)
      throw changed();
    const bytes = this.#take(room);
    const { addon, shape } = this.#input;
    const { problem, frames, table, records } = await addon.readEventBlock(payload, header, bytes, shape);
    if (problem !== null) throw changed();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const starts = new Uint32Array(records);
    for (let at = 0, index = 0; at < frames; at += frameSize(view, at)) starts[index++] = at;
    return { bytes, frames: starts, table: bytes.subarray(frames, frames + table), learned: -1 };
  }

  /** Memory that was used before, where there is such. */
  #take(room: number): Buffer {
    const index = this.#free.findIndex((bytes) => bytes.length >= room && bytes.length <= 2 * room);
    const [found] = index === -1 ? [] : this.#free.splice(index, 1);
    if (found === undefined) this.#free.length = 0;
    return found ?? Buffer.from(new ArrayBuffer(room));
  }

  #open(file: string): void {
    if (this.#descriptor >= 0 && file === this.#file) return;
    this.close();
    try {
      this.#descriptor = openSync(file, "r");
    } catch (error) {
      throw new SystemError(`cannot read ${file} again: ${error instanceof Error ? error.message : ""}`);
    }
    this.#file = file;
  }

  #learn(blocks: readonly Loaded[]): void {
    if (this.#tables > KEPT_TABLES) {
      this.#input.forget();
      this.#tables = 0;
      this.#forgotten++;
    }
    for (const loaded of blocks) {
      if (loaded.learned === this.#forgotten) continue;
      this.#input.learn(loaded.table);
      this.#tables += loaded.table.length;
      loaded.learned = this.#forgotten;
    }
  }

  #evict(): void {
    for (const [block, loading] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES) return;
      this.#kept.delete(block);
      this.#keptBytes -= this.#input.blocks[block]?.room ?? 0;
      loading.then(({ bytes }) => this.#free.push(bytes)).catch(() => {});
    }
  }

  #grow(needed: number): void {
    const larger = Buffer.from(new SharedArrayBuffer(needed * 2));
    this.#memory.copy(larger);
    this.#memory = larger;
  }
}

const changed = (): SystemError =>
  new SystemError("the file is not what it was when it was read first", "sort a copy of it");

function blocksOf(places: Float64Array): ReadonlySet<number> {
  const blocks = new Set<number>();
  for (const place of places) blocks.add(Math.floor(place / FRAMES));
  return blocks;
}
