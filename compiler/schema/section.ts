// What one file of this folder has to say: a section's word, if it can stand alone, and its fields.
import type { EitherField, Field, SectionWord } from "./field.js";
import type { Layer } from "./value.js";

export interface SectionSchema {
  /** Heads the section in the help and the docs. */
  readonly title: string;
  readonly words: readonly SectionWord[];
  readonly fields: readonly Field[];
  readonly eithers: readonly EitherField[];
}

/** A protocol: alone it tests presence. */
export const protocolWord = (name: string, anyOf: readonly Layer[], doc: string): SectionWord => ({
  kind: "section",
  name,
  presence: { kind: "layer", anyOf },
  protocol: true,
  sections: ["packet"],
  doc,
});

/** `x.port` over `x.sport` and `x.dport`. */
export const either = (name: string, one: Field, other: Field, doc: string): EitherField => ({
  kind: "either",
  name,
  sides: [one, other],
  doc,
});
