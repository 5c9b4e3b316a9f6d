// A word of the event used as a value (`tcp`, `drop`): an object with all its fields, made when it is looked at, so that
// it can be kept, taken apart or printed; undefined when the event has no such section.

import type { FrameLayout } from "../../plan/plan.js";
import type { Field, SectionWord } from "../../schema/field.js";
import { fields, fieldsOf } from "../../schema/index.js";
import { assertNever } from "../../source/assert-never.js";
import { type ReadContext, readValue } from "./field-read.js";
import { FrameAccess } from "./frame-access.js";

/** A condition in JavaScript. */
export function presenceOf(word: SectionWord, access: FrameAccess): string {
  switch (word.presence.kind) {
    case "layer":
      return access.layer(word.presence.anyOf);
    case "section":
      return access.section(word.presence.section) === null
        ? "false"
        : access.present(word.presence.section).join("");
    case "always":
      return "true";
    default:
      return assertNever(word.presence);
  }
}

type Tree = Map<string, Tree | Field>;

/** The text of a function that takes the frame's offset. */
export function sectionFunction(
  name: string,
  word: SectionWord | null,
  frame: FrameLayout,
  context: Omit<ReadContext, "access">,
): string {
  const access = new FrameAccess(frame);
  const tree: Tree = new Map();
  for (const path of fieldsOf(name)) {
    const field = fields.get(path);
    if (field !== undefined) insert(tree, path.slice(name.length + 1).split("."), field);
  }
  const presence = word === null ? "true" : presenceOf(word, access);
  const object = objectOf(tree, { ...context, access });
  return `(rts$o) => { ${access.prologue()} return ${presence} ? ${object} : undefined; }`;
}

function insert(tree: Tree, parts: readonly string[], field: Field): void {
  const [head, ...rest] = parts;
  if (head === undefined) return;
  if (rest.length === 0) {
    // `tcp.flags` is an object already; its bits are not listed again.
    tree.set(head, field);
    return;
  }
  const inner = tree.get(head) ?? new Map<string, Tree | Field>();
  if (!(inner instanceof Map)) return;
  tree.set(head, inner);
  insert(inner, rest, field);
}

function objectOf(tree: Tree, context: ReadContext): string {
  const members = [...tree].map(([name, inner]) => {
    const value = inner instanceof Map ? objectOf(inner, context) : readValue(inner, context);
    return `${JSON.stringify(name)}: ${value}`;
  });
  return `{ ${members.join(", ")} }`;
}
