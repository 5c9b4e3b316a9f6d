// The text of packets by their bytes, remembered: a stored packet comes again with each probe that it passed, mostly as
// it was.
import type { TextWriter } from "../packet/text-writer.js";

/** Packets that are remembered, at places that the first of their words hash to: as many as 8 bits tell. */
const PLACES = 256;
/** Of the packet, four bytes each, and of its text, eight each; longer ones are not remembered. */
const PACKET_WORDS = 64;
const TEXT_WORDS = 64;
/** Addresses, ports, numbers of a TCP packet. */
const HASHED_WORDS = 15;

export class PacketMemo {
  readonly #packets = new Int32Array(PLACES * PACKET_WORDS);
  readonly #texts = new Float64Array(PLACES * TEXT_WORDS);
  readonly #textBytes = Buffer.from(this.#texts.buffer);
  /** Of each place: bytes that were captured, and sent; where the packet begins; bytes of its text, -1 for none. */
  readonly #captured = new Int32Array(PLACES);
  readonly #sent = new Float64Array(PLACES);
  readonly #starts = new Int32Array(PLACES);
  readonly #lengths = new Int32Array(PLACES).fill(-1);
  /** Where the packet that was asked for last has its place; -1: it is too long. */
  #place = -1;

  /** Writes the text of the packet whose `captured` bytes begin at `first`, if it was seen before. */
  write(
    out: TextWriter,
    view: DataView,
    first: number,
    captured: number,
    sent: number,
    start: number,
  ): boolean {
    this.#place = -1;
    if (captured > PACKET_WORDS * 4) return false;
    const words = captured >> 2;
    const most = words < HASHED_WORDS ? words : HASHED_WORDS;
    let hash = captured;
    for (let i = 0; i < most; i++) hash = (Math.imul(hash, 31) + view.getInt32(first + 4 * i, true)) | 0;
    const place = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 24;
    this.#place = place;
    const length = this.#lengths[place]!;
    if (length < 0 || this.#captured[place] !== captured) return false;
    if (this.#sent[place] !== sent || this.#starts[place] !== start) return false;
    const packets = this.#packets;
    const known = place * PACKET_WORDS;
    for (let i = 0; i < words; i++)
      if (packets[known + i] !== view.getInt32(first + 4 * i, true)) return false;
    if ((captured & 3) !== 0 && packets[known + words] !== lastBytes(view, first + 4 * words, captured & 3))
      return false;
    out.words(this.#texts, place * TEXT_WORDS, length);
    return true;
  }

  /** What was written since `mark` is the text of the packet that was asked for last. */
  keep(
    out: TextWriter,
    mark: number,
    view: DataView,
    first: number,
    captured: number,
    sent: number,
    start: number,
  ): void {
    const place = this.#place;
    const length = out.length - mark;
    if (place < 0 || length > TEXT_WORDS * 8) return;
    out.buffer.copy(this.#textBytes, place * TEXT_WORDS * 8, mark, out.length);
    this.#lengths[place] = length;
    this.#captured[place] = captured;
    this.#sent[place] = sent;
    this.#starts[place] = start;
    const words = captured >> 2;
    const known = place * PACKET_WORDS;
    for (let i = 0; i < words; i++) this.#packets[known + i] = view.getInt32(first + 4 * i, true);
    if ((captured & 3) !== 0) this.#packets[known + words] = lastBytes(view, first + 4 * words, captured & 3);
  }
}

/** One to three bytes as a number. */
function lastBytes(view: DataView, at: number, count: number): number {
  let word = 0;
  for (let i = 0; i < count; i++) word |= view.getUint8(at + i) << (8 * i);
  return word;
}
