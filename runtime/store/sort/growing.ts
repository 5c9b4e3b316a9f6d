// Lists of numbers that grow: what sorting keeps of each event, in a few bytes.

const FIRST = 1024;

export class Uint32List {
  #values = new Uint32Array(FIRST);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  at(index: number): number {
    return this.#values[index] as number;
  }

  increment(index: number): number {
    const value = this.at(index);
    this.#values[index] = value + 1;
    return value;
  }

  /** Valid until the next push. */
  get values(): Uint32Array {
    return this.#values.subarray(0, this.#length);
  }
}

export class Float64List {
  #values = new Float64Array(FIRST);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  at(index: number): number {
    return this.#values[index] as number;
  }
}

export class BigUint64List {
  #values = new BigUint64Array(FIRST);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: bigint): void {
    if (this.#length === this.#values.length) {
      const larger = new BigUint64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  at(index: number): bigint {
    return this.#values[index] as bigint;
  }
}
