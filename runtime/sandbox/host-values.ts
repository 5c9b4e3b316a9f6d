// Values of fields that handlers look at and only the main thread can work out (symbols, stacks, walks over options):
// read per item, and handed to the sandbox as ids of values, so that what repeats crosses once.
import type { Field } from "../../compiler/schema/field.js";
import { LIMITS } from "./limits.js";

/** A field's value as a handler sees it; undefined: absent. */
export type HostValue = string | number | bigint | readonly (string | number)[] | undefined;

export interface HostValues {
  /** `frame` is the offset of the frame in `bytes`. */
  read(field: Field, bytes: Uint8Array, frame: number): HostValue;
}

export interface HostTable {
  readonly ids: Uint32Array;
  /** JSON of the values that come new; null: none. */
  readonly learn: string | null;
  readonly forget: boolean;
}

export class HostValueTable {
  readonly #fields: readonly Field[];
  readonly #values: HostValues;
  /** Stacks are kept by identity: their reader remembers them. */
  #ids = new Map<HostValue, number>();
  #fresh = true;

  constructor(fields: readonly Field[], values: HostValues) {
    this.#fields = fields;
    this.#values = values;
  }

  /** The sandbox knows nothing any more. */
  reset(): void {
    this.#ids.clear();
    this.#fresh = true;
  }

  table(bytes: Uint8Array, selection: Uint32Array): HostTable {
    const count = this.#fields.length;
    const ids = new Uint32Array((selection.length / 2) * count);
    if (count === 0) return { ids, learn: null, forget: false };
    if (this.#ids.size > LIMITS.hostValues) this.reset();
    const forget = this.#fresh;
    this.#fresh = false;
    const added: string[] = [];
    for (let item = 0; item * 2 < selection.length; item++) {
      const frame = selection[item * 2] ?? 0;
      this.#fields.forEach((field, index) => {
        const value = this.#values.read(field, bytes, frame);
        if (value === undefined) return;
        let id = this.#ids.get(value);
        if (id === undefined) {
          // 0 is undefined.
          id = this.#ids.size + 1;
          this.#ids.set(value, id);
          added.push(
            JSON.stringify(typeof value === "bigint" ? ["bigint", String(value)] : ["value", value]),
          );
        }
        ids[item * count + index] = id;
      });
    }
    return { ids, learn: added.length === 0 && !forget ? null : `[${added.join(",")}]`, forget };
  }
}
