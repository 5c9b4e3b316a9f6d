// A protocol as text that names its fields: `tcp.sport 4000 tcp.dport 80 tcp.flags syn …`, those that are present.
import { schemas } from "../../compiler/schema/index.js";
import type { Batch } from "../events/frame.js";
import type { TextWriter } from "../packet/text-writer.js";
import { type Reader, readField } from "./field-value.js";
import type { Names } from "./names.js";
import { cellText } from "./table.js";

interface NamedReader {
  readonly name: string;
  readonly read: Reader;
}

export class ProtocolText {
  readonly #names: Names;
  readonly #readers = new Map<string, readonly NamedReader[]>();

  constructor(names: Names) {
    this.#names = names;
  }

  /** False: the event has none of the protocol's fields, and nothing was written. */
  write(out: TextWriter, batch: Batch, at: number, word: string): boolean {
    let written = false;
    for (const { name, read } of this.#readersOf(word)) {
      const value = read(batch, at);
      if (value === undefined || Array.isArray(value)) continue;
      out.ascii(written ? ` ${name} ` : `${name} `);
      out.utf8(cellText(value as Exclude<typeof value, readonly string[]>));
      written = true;
    }
    return written;
  }

  #readersOf(word: string): readonly NamedReader[] {
    const known = this.#readers.get(word);
    if (known !== undefined) return known;
    const readers = schemas
      .flatMap((schema) => schema.fields)
      .filter((field) => field.name === word || field.name.startsWith(`${word}.`))
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
