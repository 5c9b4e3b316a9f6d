// A bare word opposite an enum, a flag set or a set of numbers -> its number.

import type { KernelFacts } from "../kernel-facts.js";
import { knownDropReasons } from "../schema/drop-reasons.js";
import { enumNames, withoutPrefix } from "../schema/enum-names.js";
import type { EnumSource } from "../schema/field.js";
import type { Type } from "./type.js";

export type Member =
  | { readonly kind: "member"; readonly value: bigint }
  /** Other kernels have it. */
  | { readonly kind: "foreign" }
  /** This kernel has no such enum: what its field holds is absent, which is said where it is used. */
  | { readonly kind: "no-enum" }
  /** `known`: what it could have been. */
  | { readonly kind: "unknown"; readonly known: readonly string[] };

/** Types with names for their values. */
export type NamedType = Extract<Type, { kind: "enum" | "flags" | "number-set" }>;

export const hasNames = (type: Type): type is NamedType =>
  type.kind === "enum" || type.kind === "flags" || type.kind === "number-set";

export function findMember(type: NamedType, word: string, kernel: KernelFacts): Member {
  if (type.kind === "flags") {
    const bit = type.bits.get(word.toLowerCase());
    return bit === undefined
      ? { kind: "unknown", known: [...type.bits.keys()] }
      : { kind: "member", value: bit };
  }
  const names = enumNames(type.source, kernel);
  const value = names?.valueOf(word);
  if (value !== undefined && value !== null) return { kind: "member", value };
  const elsewhere = elsewhereKnown(type.source);
  const short =
    type.source.kind === "kernel" ? withoutPrefix(word.toUpperCase(), type.source.prefixes) : word;
  // Without the enum on this kernel and a list of our own no name can be told from another.
  if (names === null && (elsewhere.length === 0 || elsewhere.includes(short))) return { kind: "no-enum" };
  if (elsewhere.includes(short)) return { kind: "foreign" };
  return { kind: "unknown", known: names === null ? elsewhere : [...names.shown.keys()] };
}

const elsewhereKnown = (source: EnumSource): readonly string[] =>
  source.kind === "kernel" && source.name === "skb_drop_reason" ? knownDropReasons : [];

/** What the names are names of, for messages. */
export function namesWhat(type: NamedType): string {
  if (type.kind === "flags") return "flag";
  if (type.source.name === "skb_drop_reason") return "drop reason";
  if (type.source.name === "skb_drop_reason_subsys") return "subsystem of drop reasons";
  return type.source.kind === "kernel" ? `name of enum ${type.source.name}` : type.source.name;
}
