// A table from a pair of 64-bit numbers, such as the two that say which packet it is, to a small number. Millions of
// entries: no object for each.

const FIRST = 4096;
/** Words of an entry: the two numbers, low halves first, and the value plus 2; 0 there is an empty place. */
const WORDS = 5;
/** One that was taken out: what lies behind it is still found. */
const REMOVED = 1;

export class PacketTable {
  #capacity = FIRST;
  #words = new Uint32Array(FIRST * WORDS);
  #count = 0;

  /** -1: there is none. */
  get(firstLow: number, firstHigh: number, secondLow: number, secondHigh: number): number {
    const at = this.#find(firstLow, firstHigh, secondLow, secondHigh);
    return Math.max(-1, (this.#words[at + 4] as number) - 2);
  }

  delete(firstLow: number, firstHigh: number, secondLow: number, secondHigh: number): void {
    const at = this.#find(firstLow, firstHigh, secondLow, secondHigh);
    if (this.#words[at + 4] !== 0) this.#words[at + 4] = REMOVED;
  }

  set(firstLow: number, firstHigh: number, secondLow: number, secondHigh: number, value: number): void {
    if (this.#count * 2 > this.#capacity) this.#grow();
    const words = this.#words;
    const at = this.#find(firstLow, firstHigh, secondLow, secondHigh);
    if (words[at + 4] === 0) this.#count++;
    words[at] = firstLow;
    words[at + 1] = firstHigh;
    words[at + 2] = secondLow;
    words[at + 3] = secondHigh;
    words[at + 4] = value + 2;
  }

  /** Where the entry is, or the empty place where it would be. */
  #find(firstLow: number, firstHigh: number, secondLow: number, secondHigh: number): number {
    const words = this.#words;
    const mask = this.#capacity - 1;
    let place = hash(firstLow, firstHigh, secondLow, secondHigh) & mask;
    for (;;) {
      const at = place * WORDS;
      if (
        words[at + 4] === 0 ||
        (words[at] === firstLow &&
          words[at + 1] === firstHigh &&
          words[at + 2] === secondLow &&
          words[at + 3] === secondHigh)
      )
        return at;
      place = (place + 1) & mask;
    }
  }

  #grow(): void {
    const old = this.#words;
    this.#capacity *= 2;
    this.#words = new Uint32Array(this.#capacity * WORDS);
    this.#count = 0;
    for (let from = 0; from < old.length; from += WORDS) {
      if ((old[from + 4] as number) <= REMOVED) continue;
      const at = this.#find(
        old[from] as number,
        old[from + 1] as number,
        old[from + 2] as number,
        old[from + 3] as number,
      );
      this.#words.set(old.subarray(from, from + WORDS), at);
      this.#count++;
    }
  }
}

/** The finalizer of MurmurHash3, over the words one after the other. */
function hash(a: number, b: number, c: number, d: number): number {
  let value = a;
  value = mixed(value) ^ b;
  value = mixed(value) ^ c;
  value = mixed(value) ^ d;
  return mixed(value) >>> 0;
}

function mixed(value: number): number {
  let word = value;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
