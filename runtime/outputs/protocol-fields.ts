// The fields of a protocol or of another word of the packet, as what is added to an event shows them.
import { schemas } from "../../compiler/schema/index.js";
import { type Reader, readField } from "./field-value.js";
import type { Names } from "./names.js";

export interface NamedReader {
  /** `tcp.sport` */
  readonly name: string;
  readonly read: Reader;
}

export class ProtocolFields {
  readonly #names: Names;
  readonly #readers = new Map<string, readonly NamedReader[]>();

  constructor(names: Names) {
    this.#names = names;
  }

  of(word: string): readonly NamedReader[] {
    const known = this.#readers.get(word);
    if (known !== undefined) return known;
    const all = schemas.flatMap((schema) => schema.fields);
    // `flow` alone says all of its parts.
    const whole = all.filter((field) => field.name === word);
    const readers = (whole.length > 0 ? whole : all.filter((field) => field.name.startsWith(`${word}.`)))
      // A flag of its own repeats what the set of flags says.
      .filter(
        (field) =>
          field.name.split(".").length === 2 ||
          field.value.kind === "computed" ||
          !field.name.includes(".flags."),
      )
      .map((field) => ({ name: field.name, read: readField(field, this.#names) }));
    this.#readers.set(word, readers);
    return readers;
  }
}
