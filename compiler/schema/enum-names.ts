// The names of an enum on the kernel that the script is for: what a script may write and what an event shows.
import type { KernelFacts } from "../kernel-facts.js";
import type { EnumSource } from "./field.js";

export interface EnumNames {
  /** As they are shown: without the kernel's prefix. */
  readonly shown: ReadonlyMap<string, bigint>;
  /** The name of a number; null when it has none. */
  nameOf(value: bigint): string | null;
  /** The number of a name, with or without prefix, in any case, `_` for `-`; null when there is no such name. */
  valueOf(name: string): bigint | null;
}

/** Ends of a C enum that count or mask, and are no values of it. */
const NO_VALUES = /_(MAX|NUM|SUBSYS_MASK)$/;

export const isValueName = (name: string): boolean => !NO_VALUES.test(name);

const normalize = (name: string): string => name.toLowerCase().replaceAll("-", "_");

export const withoutPrefix = (name: string, prefixes: readonly string[]): string => {
  const prefix = prefixes.find((one) => name.startsWith(one));
  return prefix === undefined ? name : name.slice(prefix.length);
};

/** Null when this kernel has no such enum. */
export function enumNames(source: EnumSource, kernel: Pick<KernelFacts, "enumValues">): EnumNames | null {
  const values = source.kind === "fixed" ? source.values : kernel.enumValues(source.name);
  if (values === null) return null;
  const prefixes = source.kind === "fixed" ? [] : source.prefixes;
  const shown = new Map<string, bigint>();
  const names = new Map<bigint, string>();
  const written = new Map<string, bigint>();
  for (const [name, value] of values) {
    if (source.kind === "kernel" && !isValueName(name)) continue;
    const short = withoutPrefix(name, prefixes);
    shown.set(short, value);
    if (!names.has(value)) names.set(value, short);
    for (const spelling of [name, short]) written.set(normalize(spelling), value);
  }
  return {
    shown,
    nameOf: (value) => names.get(value) ?? null,
    valueOf: (name) => written.get(normalize(name)) ?? null,
  };
}
