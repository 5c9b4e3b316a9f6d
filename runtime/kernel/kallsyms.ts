// The kernel's symbol table: addresses to `symbol+0xoffset`. Read when the first address has to be named, since the
// kernel takes 30 to 60 ms to print it. Addresses are kept as their lower 48 bits, which a double holds exactly.
import { closeSync, openSync, readSync } from "node:fs";

/** An address as one double: bits 0 to 47, which tell all kernel addresses apart. */
export const addressKey = (high: number, low: number): number =>
  (high & 0xffff) * 0x1_0000_0000 + (low >>> 0);

/** The names behind kernel addresses. */
export interface Symbols {
  /** `tcp_v4_rcv+0x9e`, or `0xffff…` when no symbol is below the address. */
  name(high: number, low: number): string;
}

export class Kallsyms implements Symbols {
  readonly #descriptor: number;
  readonly #cache = new Map<number, string>();
  #table: SymbolTable | null = null;

  /** Opens now and reads later: the right to see addresses belongs to whoever opened the file. */
  static open(path = "/proc/kallsyms"): Kallsyms {
    return new Kallsyms(openSync(path, "r"));
  }

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  name(high: number, low: number): string {
    const key = addressKey(high, low);
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    this.#table ??= parseSymbols(readAll(this.#descriptor));
    const found = this.#table.lookup(key);
    const text =
      found === null
        ? `0x${(high >>> 0).toString(16)}${(low >>> 0).toString(16).padStart(8, "0")}`
        : `${found.name}+0x${found.offset.toString(16)}`;
    this.#cache.set(key, text);
    return text;
  }

  /** The kernel shows zeros in place of addresses to whom it does not trust: CAP_SYSLOG is missing. */
  hidden(): boolean {
    const first = Buffer.alloc(16);
    return (
      readSync(this.#descriptor, first, 0, first.length, 0) < first.length ||
      /^0+$/.test(first.toString("latin1"))
    );
  }

  /** Whether a text symbol of this name exists. */
  has(name: string): boolean {
    this.#table ??= parseSymbols(readAll(this.#descriptor));
    return this.#table.has(name);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function readAll(descriptor: number): Buffer {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(1 << 20);
    const bytes = readSync(descriptor, chunk, 0, chunk.length, at);
    if (bytes === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, bytes));
    at += bytes;
  }
}

class SymbolTable {
  readonly #text: Buffer;
  readonly #addresses: Float64Array;
  /** Start of each name within the text. */
  readonly #names: Uint32Array;

  constructor(text: Buffer, addresses: Float64Array, names: Uint32Array) {
    this.#text = text;
    this.#addresses = addresses;
    this.#names = names;
  }

  get size(): number {
    return this.#addresses.length;
  }

  lookup(key: number): { readonly name: string; readonly offset: number } | null {
    let low = 0;
    let high = this.#addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#addresses[middle] ?? 0) <= key) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return null;
    return { name: this.#name(low - 1), offset: key - (this.#addresses[low - 1] ?? 0) };
  }

  has(name: string): boolean {
    for (let index = 0; index < this.#names.length; index++) if (this.#name(index) === name) return true;
    return false;
  }

  #name(index: number): string {
    const start = this.#names[index] ?? 0;
    let end = start;
    // A name ends at the line's end, or at the tab before a module's name.
    while (end < this.#text.length && this.#text[end] !== 10 && this.#text[end] !== 9) end++;
    return this.#text.toString("latin1", start, end);
  }
}

/** Lines of `ffffffff81000000 T name[\t[module]]`; text symbols only. */
function parseSymbols(text: Buffer): SymbolTable {
  const capacity = Math.ceil(text.length / 20);
  const addresses = new Float64Array(capacity);
  const names = new Uint32Array(capacity);
  let count = 0;
  let sorted = true;
  for (let at = 0; at + 19 < text.length; ) {
    const kind = text[at + 17];
    // t T w W: code. Everything else is data.
    if (kind === 0x74 || kind === 0x54 || kind === 0x77 || kind === 0x57) {
      const key = addressKey(hex(text, at + 4, 4), hex(text, at + 8, 8));
      if (key !== 0) {
        if (count > 0 && key < (addresses[count - 1] ?? 0)) sorted = false;
        addresses[count] = key;
        names[count] = at + 19;
        count++;
      }
    }
    const end = text.indexOf(10, at + 19);
    if (end === -1) break;
    at = end + 1;
  }
  if (sorted) return new SymbolTable(text, addresses.subarray(0, count), names.subarray(0, count));
  const order = Array.from({ length: count }, (_, index) => index).sort(
    (a, b) => (addresses[a] ?? 0) - (addresses[b] ?? 0),
  );
  return new SymbolTable(
    text,
    Float64Array.from(order, (index) => addresses[index] ?? 0),
    Uint32Array.from(order, (index) => names[index] ?? 0),
  );
}

function hex(text: Buffer, at: number, digits: number): number {
  let value = 0;
  for (let index = at; index < at + digits; index++) {
    const code = text[index] ?? 0;
    value = value * 16 + (code < 58 ? code - 48 : code - 87);
  }
  return value;
}
