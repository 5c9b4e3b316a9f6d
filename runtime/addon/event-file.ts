// The native half of the event file: what writes, checks and decompresses blocks, and the kernel's symbol table that
// the writer names addresses from. The other half, runtime/store/event-file/, knows what the blocks say.

/** The kernel's symbols, read when the first address is to be named. Keeps a descriptor of its own. */
export interface NativeKallsyms {
  /** Of the address with these halves: `tcp_v4_rcv+0x9e`; the address where no symbol is below it. */
  name(high: number, low: number): string;
  /** Whether a text symbol of this name exists. */
  has(name: string): boolean;
}

/** A part of a frame: where it is in the frame that comes in, and in the stored one. */
export interface StoredPart {
  /** In `present`. */
  readonly bit: number;
  readonly from: number;
  readonly to: number;
  /** Bytes that are stored. */
  readonly size: number;
}

/** How frames come in and how they are stored; 0 stands for what they do not have. */
export interface WriterShape {
  readonly sections: readonly StoredPart[];
  /** Members that hold a kernel address. */
  readonly symbols: readonly StoredPart[];
  /** Members that hold the number of a text. */
  readonly strings: readonly StoredPart[];
  /** Of the fixed part of a frame. */
  readonly bytes: number;
  readonly storedBytes: number;
  readonly packetBit: number;
  /** Where the length of the packet's bytes is. */
  readonly captured: number;
  readonly stackBit: number;
  readonly stack: number;
  /** Addresses that a stack in a frame holds at most. */
  readonly stackDepth: number;
  /** Stacks are raw addresses, and addresses are named by the writer. */
  readonly live: boolean;
}

/** Where the kernel counts events that found the ring full. */
export interface LossCounterPlace {
  readonly memory: ArrayBuffer;
  readonly cpuStride: number;
  /** Of slot 0 of CPU 0. */
  readonly first: number;
  readonly slotStride: number;
  readonly slots: number;
}

export interface WriterOptions {
  readonly shape: WriterShape;
  /** Of zstd; 0: nothing is compressed. */
  readonly level: number;
  /** Bytes of batches that can wait at most; when half of them do, blocks are stored as they are. 0: never. */
  readonly capacity: number;
  readonly symbols: NativeKallsyms | null;
  readonly counters: LossCounterPlace | null;
  /** Files PATH.0 (already open), PATH.1, …; 0: not by that, keep all. */
  readonly rotation: {
    readonly path: string;
    readonly bytes: number;
    readonly nanoseconds: number;
    readonly keep: number;
  } | null;
}

export interface WriterState {
  /** Written so far, over all files. */
  readonly bytes: number;
  readonly records: number;
  readonly files: number;
  readonly blocks: number;
  /** Blocks that there was no time to compress. */
  readonly plainBlocks: number;
  /** Events of which it is known that they found the ring full. */
  readonly lost: number;
  readonly problem: {
    readonly errno: number;
    /** `write`, `open`, `unlink`; `deleted`: the file has no name any more; `frame`: it was given no frames. */
    readonly operation: string;
    readonly path: string;
  } | null;
}

/** A batch was taken in, by the token that it came with; NO_TOKEN: the writer has failed, see state(). */
export type OnTaken = (token: number, records: number) => void;

export const NO_TOKEN = 0xffff_ffff;

export interface EventWriter {
  /**
   * `chosen`: a bit for each frame; without it, all are stored. `table`: entries as a block has them, of what stored
   * frames refer to. The memory belongs to the writer until onTaken.
   */
  enqueue(
    bytes: Uint8Array,
    length: number,
    token: number,
    chosen: Uint8Array | null,
    table: Uint8Array | null,
  ): void;
  /** A timed block of the script ran, between what was enqueued before and after. */
  tick(index: number, time: bigint): void;
  /** Resolves when everything is written, or cannot be. */
  close(): Promise<void>;
  state(): WriterState;
}

/** A member as it moves from the struct of another version: from, to, size, room, and 1 when it is signed. */
export type MemberMoves = Uint32Array;

/** How the frames of a file lie, so that each can be checked. */
export interface StoredShape {
  readonly bytes: number;
  /** Bits of `present` that may be set. */
  readonly present: number;
  readonly packetBit: number;
  readonly captured: number;
  readonly stackBit: number;
  readonly stack: number;
  /** Null: the structs are this version's. */
  readonly moves: {
    /** Of the fixed part, as this version has it. */
    readonly bytes: number;
    readonly header: MemberMoves;
    readonly sections: readonly {
      readonly bit: number;
      readonly newBit: number;
      readonly from: number;
      readonly to: number;
      readonly members: MemberMoves;
    }[];
  } | null;
}

export interface BlockRead {
  /** What is wrong with the block, as words that go after "a block was left out: "; null: nothing. */
  readonly problem: string | null;
  /** Bytes of frames at the start of the output. */
  readonly frames: number;
  /** Bytes of the table behind them. */
  readonly table: number;
  readonly records: number;
}

export interface BlockFacts {
  readonly codec: number;
  readonly rawLength: number;
  readonly frames: number;
  readonly payloadCrc: number;
}

export interface EventFileAddon {
  readonly Kallsyms: new (descriptor: number) => NativeKallsyms;
  /** Takes the descriptor over, or a copy of a standard one. `header`: the JSON that opens each file. */
  readonly EventWriter: new (
    descriptor: number,
    path: string,
    header: string,
    options: WriterOptions,
    onTaken: OnTaken,
  ) => EventWriter;
  /** In a thread of the pool. `shape` null: the payload is no frames. */
  readEventBlock(
    payload: Uint8Array,
    facts: BlockFacts,
    output: Uint8Array,
    shape: StoredShape | null,
  ): Promise<BlockRead>;
  /** CRC-32C. */
  crc32c(bytes: Uint8Array): number;
}
