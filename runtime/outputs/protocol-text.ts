// A protocol as text that names its fields: `tcp.sport 4000 tcp.dport 80 tcp.flags syn …`, those that are present.
import type { Batch } from "../events/frame.js";
import type { TextWriter } from "../packet/text-writer.js";
import type { Names } from "./names.js";
import { ProtocolFields } from "./protocol-fields.js";
import { cellText } from "./table.js";

export class ProtocolText {
  readonly #fields: ProtocolFields;

  constructor(names: Names) {
    this.#fields = new ProtocolFields(names);
  }

  /** False: the event has none of the protocol's fields, and nothing was written. */
  write(out: TextWriter, batch: Batch, at: number, word: string): boolean {
    let written = false;
    for (const { name, read } of this.#fields.of(word)) {
      const value = read(batch, at);
      if (value === undefined || Array.isArray(value)) continue;
      out.ascii(written ? ` ${name} ` : `${name} `);
      out.utf8(cellText(value as Exclude<typeof value, readonly string[]>));
      written = true;
    }
    return written;
  }
}
