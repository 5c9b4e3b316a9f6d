// What `print tcp, flow` adds to an event in JSON: a key for each word that is no section of the event already.
import { fields, sectionWord } from "../../compiler/schema/index.js";
import type { Batch } from "../events/frame.js";
import type { TextWriter } from "../packet/text-writer.js";
import { type Reader, readField } from "./field-value.js";
import type { Names } from "./names.js";
import { ProtocolFields } from "./protocol-fields.js";
import { cellJson } from "./table.js";

export class AddedJson {
  readonly #protocols: ProtocolFields;
  readonly #flow: Reader;

  constructor(names: Names) {
    const flow = fields.get("flow");
    this.#protocols = new ProtocolFields(names);
    this.#flow = flow === undefined ? () => undefined : readField(flow, names);
  }

  /** Puts the words' keys into the object that ends where `out` stands. */
  write(out: TextWriter, batch: Batch, at: number, added: readonly string[]): void {
    for (const word of added) {
      const json = this.#valueOf(batch, at, word);
      if (json === null) continue;
      out.rewind(out.length - 1);
      out.utf8(`,${JSON.stringify(word)}:${json}}`);
    }
  }

  /** Null: the event's own sections have it. */
  #valueOf(batch: Batch, at: number, word: string): string | null {
    if (word === "flow") return cellJson(this.#flow(batch, at));
    if (sectionWord(word)?.protocol !== true) return null;
    const members = this.#protocols.of(word).flatMap(({ name, read }) => {
      const value = read(batch, at);
      return value === undefined ? [] : [`${JSON.stringify(name.slice(word.length + 1))}:${cellJson(value)}`];
    });
    return members.length === 0 ? "null" : `{${members.join(",")}}`;
  }
}
