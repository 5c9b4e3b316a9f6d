// Owns the byte writer of all text output: turns numbers, addresses and strings into ASCII/UTF-8 bytes in one growing buffer.
// It makes no string per field: building strings first was measured at less than half the events per second.
import type { Literal } from "./literal.js";
import { putField, putIpv4, putLiteral, putNine, putSix, putUnsigned, putWords } from "./put.js";

const INITIAL_CAPACITY = 64 * 1024;

const MINUS = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;

/** There is always room for so much: short texts, and stores of four bytes that go beyond what is written. */
const SLACK = 256;
const HEX_DIGITS = Buffer.from("0123456789abcdef");

/** Up to this length a loop over char codes is faster than a call into Buffer's native writers. */
const NATIVE_WRITE_FROM = 48;

const UINT32_RANGE = 0x1_0000_0000;
const NINE_DIGITS = 1_000_000_000;
const FIFTEEN_DIGITS = 1_000_000_000_000_000;
const FIFTEEN_DIGITS_BIG = 1_000_000_000_000_000n;
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;

export class TextWriter {
  private target: Buffer;
  private view: DataView;
  private position = 0;
  /** Beyond it there is no room for SLACK bytes. */
  private limit: number;

  constructor(capacity: number = INITIAL_CAPACITY) {
    this.target = Buffer.allocUnsafe(Math.max(capacity, 2 * SLACK));
    this.view = viewOf(this.target);
    this.limit = this.target.length - SLACK;
  }

  /** Bytes written since the start or the last reset. */
  get length(): number {
    return this.position;
  }

  /** The memory behind: only the first `length` bytes mean something, and growing replaces it. */
  get buffer(): Buffer {
    return this.target;
  }

  reset(): void {
    this.position = 0;
  }

  /** A place to come back to with `rewind`, which forgets all that was written since. */
  mark(): number {
    return this.position;
  }

  rewind(mark: number): void {
    if (mark < this.position) this.position = mark;
  }

  /** What was written, as a view: the next write after `reset` or `rewind` changes it. */
  take(): Buffer {
    return this.target.subarray(0, this.position);
  }

  /** One byte. */
  char(code: number): void {
    if (this.position > this.limit) this.grow(SLACK);
    this.target[this.position++] = code;
  }

  /** Memory with room for `count` bytes from `length` on, for what put.ts puts there; `end` says where that ends. */
  room(count = 0): DataView {
    if (this.position + count > this.limit) this.grow(count + SLACK);
    return this.view;
  }

  end(at: number): void {
    this.position = at;
  }

  /** Text that is written again and again. */
  literal(text: Literal): void {
    this.position = putLiteral(this.room(text.length), this.position, text);
  }

  /** The same and then an integer below 2^32, given as its 32 bits. */
  field(text: Literal, bits: number): void {
    this.position = putField(this.room(text.length), this.position, text, bits);
  }

  /** `length` bytes of text in words, from `first` on; see Literal for what words are. */
  words(source: Float64Array, first: number, length: number): void {
    this.position = putWords(this.room(length), this.position, source, first, length);
  }

  /** Text known to be ASCII. */
  ascii(text: string): void {
    const length = text.length;
    this.reserve(length);
    const target = this.target;
    let at = this.position;
    for (let i = 0; i < length; i++) target[at++] = text.charCodeAt(i);
    this.position = at;
  }

  /** Any text, such as a task or device name; a lone surrogate becomes U+FFFD. */
  utf8(text: string): void {
    const length = text.length;
    // A UTF-16 unit takes at most three bytes of UTF-8.
    this.reserve(length * 3);
    const target = this.target;
    let at = this.position;
    if (length < NATIVE_WRITE_FROM) {
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code >= 0x80) break;
        target[at++] = code;
      }
      if (i === length) {
        this.position = at;
        return;
      }
    }
    this.position += target.write(text, this.position, "utf8");
  }

  /** Bytes as they are, from `start` to before `end`. */
  bytes(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length <= 0) return;
    this.reserve(length);
    const target = this.target;
    if (length >= NATIVE_WRITE_FROM) {
      target.set(source.subarray(start, end), this.position);
      this.position += length;
      return;
    }
    let at = this.position;
    for (let i = start; i < end; i++) target[at++] = source[i]!;
    this.position = at;
  }

  /** An integer of at most 53 bits, with its sign. */
  dec(value: number): void {
    if (this.position > this.limit) this.grow(SLACK);
    let rest = value;
    if (rest < 0) {
      this.target[this.position++] = MINUS;
      rest = -rest;
    }
    if (rest < UINT32_RANGE) {
      this.position = putUnsigned(this.view, this.position, rest);
      return;
    }
    const high = Math.floor(rest / NINE_DIGITS);
    const at = putUnsigned(this.view, this.position, high);
    this.position = putNine(this.view, at, rest - high * NINE_DIGITS);
  }

  decBig(value: bigint): void {
    if (value < 0n) {
      this.char(MINUS);
      this.decBig(-value);
    } else if (value <= MAX_SAFE) {
      this.dec(Number(value));
    } else if (value <= MAX_UINT64) {
      this.dec(Number(value / FIFTEEN_DIGITS_BIG));
      this.fifteenDigits(Number(value % FIFTEEN_DIGITS_BIG));
    } else {
      this.ascii(value.toString());
    }
  }

  /** An unsigned 64-bit integer given as its two halves: no bigint on the hot path. */
  dec64(high: number, low: number): void {
    if (high < 0x20_0000) {
      this.dec(high * UINT32_RANGE + low);
      return;
    }
    // high = millions * 10^6 + rest, so the value is millions * 2^32 * 10^6 + (rest * 2^32 + low): all exact below 2^53.
    const millions = Math.floor(high / 1_000_000);
    const upper = millions * UINT32_RANGE;
    const lower = (high - millions * 1_000_000) * UINT32_RANGE + low;
    const upperQuotient = Math.floor(upper / NINE_DIGITS);
    const upperRest = (upper - upperQuotient * NINE_DIGITS) * 1_000_000;
    const sum = upperRest + lower;
    const carry = Math.floor(sum / FIFTEEN_DIGITS);
    this.dec(upperQuotient + carry);
    this.fifteenDigits(sum - carry * FIFTEEN_DIGITS);
  }

  /** Lower-case hexadecimal without prefix, of a non-negative integer of at most 53 bits. */
  hex(value: number): void {
    if (value < UINT32_RANGE) {
      this.hexDigits(value, countHexDigits(value));
    } else {
      this.hex64(Math.floor(value / UINT32_RANGE), value % UINT32_RANGE);
    }
  }

  /** As `hex`, with zeros in front up to `width` digits. */
  hexPadded(value: number, width: number): void {
    if (value < UINT32_RANGE) {
      const digits = countHexDigits(value);
      for (let i = width; i > 8 && i > digits; i--) this.char(ZERO);
      this.hexDigits(value, Math.max(digits, Math.min(width, 8)));
    } else {
      const high = Math.floor(value / UINT32_RANGE);
      this.hexPadded(high, width > 8 ? width - 8 : 1);
      this.hexDigits(value % UINT32_RANGE, 8);
    }
  }

  hexBig(value: bigint): void {
    if (value < 0n || value > MAX_UINT64) this.ascii(value.toString(16));
    else this.hex64(Number(value >> 32n), Number(value & 0xffff_ffffn));
  }

  /** An unsigned 64-bit integer given as its two halves. */
  hex64(high: number, low: number): void {
    if (high === 0) {
      this.hexDigits(low, countHexDigits(low));
    } else {
      this.hexDigits(high, countHexDigits(high));
      this.hexDigits(low, 8);
    }
  }

  /** As `hex64`, always 16 digits: the lower part of a wider number. */
  hex64Padded(high: number, low: number): void {
    this.hexDigits(high, 8);
    this.hexDigits(low, 8);
  }

  /** Bytes as two hexadecimal digits each. */
  hexBytes(source: Uint8Array, start: number, end: number): void {
    if (end <= start) return;
    this.reserve((end - start) * 2);
    for (let i = start; i < end; i++) this.hexByte(source[i]!);
  }

  /** `aa:bb:cc:dd:ee:ff` from six bytes. */
  mac(source: Uint8Array, offset: number): void {
    this.reserve(17);
    this.hexByte(source[offset]!);
    for (let i = 1; i < 6; i++) {
      this.target[this.position++] = COLON;
      this.hexByte(source[offset + i]!);
    }
  }

  /** Dotted quad from four bytes. */
  ipv4(source: Uint8Array, offset: number): void {
    const high = (source[offset]! << 8) | source[offset + 1]!;
    const low = (source[offset + 2]! << 8) | source[offset + 3]!;
    this.position = putIpv4(this.room(), this.position, (high << 16) | low, -1);
  }

  /**
   * RFC 5952 text from sixteen bytes: lower case, no leading zeros, the first longest run of two or more zero groups as `::`,
   * an IPv4-mapped address as `::ffff:1.2.3.4` (RFC 5952 section 5).
   */
  ipv6(source: Uint8Array, offset: number): void {
    let bestStart = 8;
    let bestLength = 1;
    let runLength = 0;
    for (let group = 0; group < 8; group++) {
      if (source[offset + 2 * group] === 0 && source[offset + 2 * group + 1] === 0) {
        runLength++;
        if (runLength > bestLength) {
          bestLength = runLength;
          bestStart = group + 1 - runLength;
        }
      } else {
        runLength = 0;
      }
    }
    if (bestStart === 0 && bestLength === 5 && source[offset + 10] === 0xff && source[offset + 11] === 0xff) {
      this.ascii("::ffff:");
      this.ipv4(source, offset + 12);
      return;
    }
    this.reserve(39);
    for (let group = 0; group < 8; group++) {
      if (group === bestStart) {
        this.target[this.position++] = COLON;
        this.target[this.position++] = COLON;
        group += bestLength - 1;
        continue;
      }
      if (group > 0 && group !== bestStart + bestLength) this.target[this.position++] = COLON;
      const value = (source[offset + 2 * group]! << 8) | source[offset + 2 * group + 1]!;
      this.hexDigits(value, countHexDigits(value));
    }
  }

  private reserve(count: number): void {
    if (this.position + count > this.limit) this.grow(count + SLACK);
  }

  private grow(count: number): void {
    let capacity = this.target.length * 2;
    while (capacity < this.position + count) capacity *= 2;
    const larger = Buffer.allocUnsafe(capacity);
    this.target.copy(larger, 0, 0, this.position);
    this.target = larger;
    this.view = viewOf(larger);
    this.limit = capacity - SLACK;
  }

  private fifteenDigits(value: number): void {
    this.reserve(15);
    const high = Math.floor(value / NINE_DIGITS);
    const at = putSix(this.view, this.position, high);
    this.position = putNine(this.view, at, value - high * NINE_DIGITS);
  }

  /** Exactly `count` (at most 8) hexadecimal digits of an integer below 2^32. */
  private hexDigits(value: number, count: number): void {
    this.reserve(count);
    const target = this.target;
    let at = this.position;
    for (let shift = (count - 1) << 2; shift >= 0; shift -= 4) {
      target[at++] = HEX_DIGITS[(value >>> shift) & 15]!;
    }
    this.position = at;
  }

  /** Two hexadecimal digits; the space is reserved. */
  private hexByte(value: number): void {
    this.target[this.position++] = HEX_DIGITS[value >> 4]!;
    this.target[this.position++] = HEX_DIGITS[value & 15]!;
  }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

function countHexDigits(value: number): number {
  return value === 0 ? 1 : (35 - Math.clz32(value)) >> 2;
}
