// What a chain of words in a handler means: `tcp.dport`, `drop`, `tcp.flags.rst`. The longest chain that names
// something counts; what stands after it is JavaScript's.
import type { AnyNode, Expression, Identifier } from "acorn";
import type { EitherField, Field, SectionWord } from "../../schema/field.js";
import { allNames, fields, fieldsOf, lookUp, sectionWord } from "../../schema/index.js";
import { nearest } from "../../source/nearest.js";

export type Meaning =
  | { readonly kind: "field"; readonly field: Field }
  | { readonly kind: "flag"; readonly field: Field; readonly name: string; readonly bit: bigint }
  /** All fields under a word; `word` null: a word that alone means nothing, such as `l4`. */
  | { readonly kind: "section"; readonly name: string; readonly word: SectionWord | null }
  | { readonly kind: "either"; readonly either: EitherField }
  /** There is no such field. */
  | { readonly kind: "unknown"; readonly near: string | null };

export interface EventPath {
  readonly meaning: Meaning;
  /** As written. */
  readonly path: string;
  /** The node that the meaning covers. */
  readonly node: AnyNode;
  /** The nodes around `node`; ends with its parent. */
  readonly around: readonly AnyNode[];
}

interface EventNames {
  /** Words that begin a name of the event. */
  readonly heads: ReadonlySet<string>;
  /** What such names begin with, up to each of their dots. */
  readonly prefixes: ReadonlySet<string>;
}

let names: EventNames | null = null;

/** Made for the first block of JavaScript: a script without one starts 1 ms sooner. */
function eventNames(): EventNames {
  names ??= {
    heads: new Set(allNames.map((name) => name.split(".")[0] ?? name)),
    prefixes: new Set(
      allNames.flatMap((name) => {
        const parts = name.split(".");
        return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("."));
      }),
    ),
  };
  return names;
}

export const isEventName = (name: string): boolean => eventNames().heads.has(name);

/** Null: the word does not belong to the event. */
export function eventPath(node: Identifier, around: readonly AnyNode[]): EventPath | null {
  const { heads } = eventNames();
  if (!heads.has(node.name)) return null;
  const parts = [node.name];
  const nodes: AnyNode[] = [node];
  for (let i = around.length - 1; i >= 0; i--) {
    const parent = around[i]!;
    if (parent.type !== "MemberExpression" || parent.object !== nodes.at(-1)) break;
    const name = memberName(parent.property, parent.computed);
    if (name === null) break;
    parts.push(name);
    nodes.push(parent);
  }
  const covering = (length: number, meaning: Meaning): EventPath => ({
    meaning,
    path: parts.slice(0, length).join("."),
    node: nodes[length - 1] ?? node,
    around: around.slice(0, around.length - (length - 1)),
  });
  for (let length = parts.length; length > 0; length--) {
    const path = parts.slice(0, length).join(".");
    const entry = lookUp(path);
    const next = parts[length];
    if (entry === null) continue;
    // `stack` and `flow` are fields and words; what stands under the word is not a property of the field.
    const word = sectionWord(path);
    if (entry.kind === "field" && (next === undefined || word === null || !eventNames().prefixes.has(path))) {
      if (next === undefined || entry.type.kind !== "flags")
        return covering(length, { kind: "field", field: entry });
      const bit = entry.type.bits.get(next);
      if (bit !== undefined) return covering(length + 1, { kind: "flag", field: entry, name: next, bit });
      return covering(length + 1, unknown(parts.slice(0, length + 1), [...entry.type.bits.keys()]));
    }
    if (entry.kind === "either") return covering(length, { kind: "either", either: entry });
    if (next === undefined && entry.kind === "section") {
      return covering(length, { kind: "section", name: entry.name, word: entry });
    }
    break;
  }
  // No name covers all of it: the longest prefix of names, and the word after it that leads nowhere.
  let known = 1;
  const { prefixes } = eventNames();
  while (known < parts.length && prefixes.has(parts.slice(0, known + 1).join("."))) known++;
  if (known === parts.length) {
    return covering(known, { kind: "section", name: parts.join("."), word: sectionWord(parts.join(".")) });
  }
  return covering(known + 1, unknown(parts.slice(0, known + 1), []));
}

function unknown(parts: readonly string[], members: readonly string[]): Meaning {
  const path = parts.join(".");
  const prefix = parts.slice(0, -1).join(".");
  const under = [...fieldsOf(prefix), ...members.map((name) => `${prefix}.${name}`)];
  return { kind: "unknown", near: nearest(path, under) ?? nearest(path, fields.keys()) };
}

/** `.name` or `["name"]`. */
function memberName(
  property: Expression | { readonly type: "PrivateIdentifier" },
  computed: boolean,
): string | null {
  if (!computed) return property.type === "Identifier" ? property.name : null;
  return property.type === "Literal" && typeof property.value === "string" ? property.value : null;
}
