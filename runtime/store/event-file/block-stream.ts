// The bytes of an event file -> its blocks, one after the other. What is damaged is passed over up to the next block,
// and said.
import type { ByteReader } from "../byte-reader.js";
import {
  BLOCK_HEADER_BYTES,
  BLOCK_MAGIC,
  type BlockHeader,
  decodeBlockHeader,
  FILE_MAGIC,
  PREAMBLE_BYTES,
} from "./block-format.js";

export interface StoredBlock {
  readonly header: BlockHeader;
  /** Its checksum is right. */
  readonly payload: Buffer;
  /** Where it begins in the file. */
  readonly offset: number;
}

/** How far it looks ahead for the next block at once. */
const SEARCH_BYTES = 1 << 18;

export class BlockStream {
  readonly #reader: ByteReader;
  readonly #checksum: (bytes: Uint8Array) => number;
  readonly #report: (offset: number, reason: string) => void;

  constructor(
    reader: ByteReader,
    checksum: (bytes: Uint8Array) => number,
    report: (offset: number, reason: string) => void,
  ) {
    this.#reader = reader;
    this.#checksum = checksum;
    this.#report = report;
  }

  get offset(): number {
    return this.#reader.offset;
  }

  /** Null: the file ends here. */
  async next(): Promise<StoredBlock | null> {
    for (;;) {
      const start = await this.#reader.peek(BLOCK_HEADER_BYTES);
      if (start.length === 0) return null;
      // Files of a set that stand one behind the other in one stream.
      if (start.length >= PREAMBLE_BYTES && start.subarray(0, 8).equals(FILE_MAGIC)) {
        await this.#reader.take(PREAMBLE_BYTES);
        continue;
      }
      const header = decodeBlockHeader(start, this.#checksum);
      if (header === null) await this.#skip(start.length < BLOCK_HEADER_BYTES);
      else {
        const block = await this.#block(header);
        if (block !== null) return block;
      }
    }
  }

  async #block(header: BlockHeader): Promise<StoredBlock | null> {
    const { offset } = this.#reader;
    const wanted = BLOCK_HEADER_BYTES + header.storedLength;
    const all = await this.#reader.peek(wanted);
    const payload = all.subarray(BLOCK_HEADER_BYTES);
    if (all.length === wanted && this.#checksum(payload) === header.payloadCrc) {
      const block = { header, payload: Buffer.from(payload), offset };
      await this.#reader.take(wanted);
      return block;
    }
    if (all.length < wanted) {
      await this.#skip(true);
      return null;
    }
    // Damaged, but as long as it says, when a block begins behind it.
    const behind = (await this.#reader.peek(wanted + BLOCK_HEADER_BYTES)).subarray(wanted);
    if (behind.length > 0 && decodeBlockHeader(behind, this.#checksum) === null) await this.#skip(false);
    else {
      await this.#reader.take(wanted);
      this.#report(offset, `a block of ${wanted} bytes was left out: its checksum is wrong`);
    }
    return null;
  }

  /** To the next block that has a sound header, or the end. */
  async #skip(cut: boolean): Promise<void> {
    const from = this.#reader.offset;
    // Not the one that stands here.
    let ahead = 1;
    for (;;) {
      const bytes = await this.#reader.peek(SEARCH_BYTES);
      if (bytes.length < BLOCK_HEADER_BYTES) break;
      const found = bytes.indexOf(BLOCK_MAGIC, ahead);
      if (found === -1) {
        const whole = bytes.length < SEARCH_BYTES;
        await this.#reader.take(whole ? bytes.length : bytes.length - BLOCK_MAGIC.length + 1);
        ahead = 0;
        if (whole) break;
        continue;
      }
      await this.#reader.take(found);
      ahead = 1;
      const header = await this.#reader.peek(BLOCK_HEADER_BYTES);
      if (decodeBlockHeader(header, this.#checksum) === null) continue;
      this.#report(from, `${this.#reader.offset - from} bytes were left out: they are damaged`);
      return;
    }
    const rest = await this.#reader.peek(SEARCH_BYTES);
    if (rest.length > 0) await this.#reader.take(rest.length);
    const bytes = this.#reader.offset - from;
    this.#report(
      from,
      cut
        ? `the file ends within a block: its last ${bytes} bytes were left out`
        : `the last ${bytes} bytes were left out: they are damaged`,
    );
  }
}
