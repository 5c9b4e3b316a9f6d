// Base64 (RFC 4648) of a packet, three bytes and four characters at a time: a call into Buffer's encoder and the string
// that it makes take three times as long.
import type { TextWriter } from "../packet/text-writer.js";

const ALPHABET = Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const PADDING = 0x3d;

/** Two characters for every twelve bits. Made with the first text: most runs write none. */
const PAIRS = new Uint16Array(4096);

function makePairs(): void {
  for (let bits = 0; bits < PAIRS.length; bits++)
    PAIRS[bits] = ALPHABET[bits >> 6]! | (ALPHABET[bits & 63]! << 8);
}

/** What a packet's section can carry needs so many words. */
const text = new Float64Array(Math.ceil(0x1_0000 / 6));
const scratch = new Int32Array(text.buffer);

/** Writes the text of `length` bytes from `start` on. */
export function writeBase64(out: TextWriter, bytes: Uint8Array, start: number, length: number): void {
  if (PAIRS[0] === 0) makePairs();
  const whole = length - (length % 3);
  let count = 0;
  for (let at = start; at < start + whole; at += 3) {
    const bits = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    scratch[count++] = PAIRS[bits >> 12]! | (PAIRS[bits & 0xfff]! << 16);
  }
  if (whole < length) scratch[count++] = lastWord(bytes, start + whole, length - whole);
  out.words(text, 0, count * 4);
}

/** Of one or two bytes. */
function lastWord(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at]!;
  if (length === 1) return PAIRS[first << 4]! | (PADDING << 16) | (PADDING << 24);
  const second = bytes[at + 1]!;
  const third = ALPHABET[(second & 15) << 2]!;
  return PAIRS[(first << 4) | (second >> 4)]! | (third << 16) | (PADDING << 24);
}
