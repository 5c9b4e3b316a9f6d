// Short forms of members, so that a section's file reads as a table; where they lie comes from the compiled C structs.
import { structMember } from "../struct-member.js";
import type { SectionName } from "../value.js";
import type { Form, Item, Member, Place, Presence } from "./form.js";

/** `placeOf("section_ct", "connection.orig.sport")` */
export function placeOf(struct: string, path: string): Place {
  const found = structMember(struct, path);
  if (found === null) throw new Error(`struct ${struct} has no member ${path}`);
  return { from: struct === "frame" ? "frame" : "section", ...found };
}

/** Places within one section. */
export const within =
  (section: SectionName) =>
  (path: string): Place =>
    placeOf(`section_${section}`, path);

const integer = (bits: number, signed: boolean, at: Place, shift = 0): Form => ({
  kind: "integer",
  bits,
  signed,
  at,
  shift,
});

export const u8 = (at: Place): Form => integer(8, false, at);
export const u16 = (at: Place): Form => integer(16, false, at);
export const u32 = (at: Place): Form => integer(32, false, at);
export const u64 = (at: Place): Form => integer(64, false, at);
export const s32 = (at: Place): Form => integer(32, true, at);
export const s64 = (at: Place): Form => integer(64, true, at);
/** Some bits of a number. */
export const bits = (at: Place, shift: number, count: number): Form => integer(count, false, at, shift);

export const boolean = (at: Place, mask = 1): Form => ({ kind: "boolean", at, mask });
export const chars = (at: Place): Form => ({ kind: "chars", at });
export const interned = (at: Place): Form => ({ kind: "interned", at });
export const names = (at: Place, values: Readonly<Record<string, number>>): Form => ({
  kind: "names",
  at,
  values,
});
export const address = (at: Place, family: Place): Form => ({ kind: "address", at, family });
export const object = (...members: readonly Item[]): Extract<Form, { kind: "object" }> => ({
  kind: "object",
  section: null,
  members,
});
export const textOnly = (of: Extract<Form, { kind: "text-only" }>["of"]): Form => ({ kind: "text-only", of });

export const member = (key: string, form: Form, doc: string): Member => ({
  kind: "member",
  key,
  form,
  presence: null,
  absent: null,
  origin: "retis",
  doc,
});

/** A member that may lack; `absent` continues "absent …". */
export const optional = (
  key: string,
  form: Form,
  presence: Presence,
  absent: string,
  doc: string,
): Member => ({
  kind: "member",
  key,
  form,
  presence,
  absent,
  origin: "retis",
  doc,
});

/** A member that Retis' files do not have. */
export const ours = (one: Member): Member => ({ ...one, origin: "ours" });

export const hasBit = (at: Place, mask = 1): Presence => ({ kind: "bit", at, mask });
export const nonzero: Presence = { kind: "nonzero" };
