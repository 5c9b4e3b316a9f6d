// The registry: every name of the event that a script can write, found by its canonical name or an alias.
import { fieldAliases, unalias, wordAliases } from "./aliases.js";
import { arp } from "./arp.js";
import { ct } from "./ct.js";
import { dev } from "./dev.js";
import { drop } from "./drop.js";
import { eth } from "./eth.js";
import type { EitherField, Field, SectionWord } from "./field.js";
import { flow } from "./flow.js";
import { icmp } from "./icmp.js";
import { icmpv6 } from "./icmpv6.js";
import { ip } from "./ip.js";
import { l4 } from "./l4.js";
import { nft } from "./nft.js";
import { ns } from "./ns.js";
import { ovs } from "./ovs.js";
import { packet } from "./packet.js";
import { probe } from "./probe.js";
import { sctp } from "./sctp.js";
import type { SectionSchema } from "./section.js";
import { skb } from "./skb.js";
import { stack } from "./stack.js";
import { task } from "./task.js";
import { tcp } from "./tcp.js";
import { tracking } from "./tracking.js";
import { udp } from "./udp.js";
import { vlan } from "./vlan.js";

/** In the order of the help and the docs. */
export const schemas: readonly SectionSchema[] = [
  eth,
  vlan,
  arp,
  ip,
  tcp,
  udp,
  l4,
  icmp,
  icmpv6,
  sctp,
  packet,
  flow,
  skb,
  dev,
  ns,
  drop,
  probe,
  task,
  stack,
  tracking,
  ct,
  nft,
  ovs,
];

const byName = <T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, T> =>
  new Map(all.map((one) => [one.name, one]));

/** By canonical name. */
export const fields: ReadonlyMap<string, Field> = byName(schemas.flatMap((schema) => schema.fields));
export const eithers: ReadonlyMap<string, EitherField> = byName(schemas.flatMap((schema) => schema.eithers));
export const words: ReadonlyMap<string, SectionWord> = byName(schemas.flatMap((schema) => schema.words));

export type Entry = Field | EitherField | SectionWord;

const canonicalEntry = (name: string): Entry | null =>
  fields.get(name) ?? eithers.get(name) ?? words.get(name) ?? null;

/** What a name, canonical or alias, means: a field before a section of the same name (`stack`, `flow`). */
export function lookUp(name: string): Entry | null {
  const direct = canonicalEntry(name);
  if (direct !== null) return direct;
  const canonical = unalias(name);
  return canonical === null ? null : canonicalEntry(canonical);
}

/** The section that a word prints, `stack` and `flow` among them. */
export function sectionWord(name: string): SectionWord | null {
  // `netns` is an alias of the field ns.inum.
  if (name === "netns") return null;
  return words.get(name) ?? words.get(wordAliases.get(name) ?? "") ?? null;
}

/** All names of fields and sections, canonical ones first: for near misses and for names that hide them. */
export const allNames: readonly string[] = [
  ...fields.keys(),
  ...eithers.keys(),
  ...words.keys(),
  ...fieldAliases.keys(),
  ...wordAliases.keys(),
];

/** The fields under a word: what an error names when a protocol stands where a value should. */
export function fieldsOf(word: string): readonly string[] {
  return [...fields.keys(), ...eithers.keys()].filter((name) => name.startsWith(`${word}.`));
}

/** The other names of a canonical one. */
export function aliasesOf(canonical: string): readonly string[] {
  return [...fieldAliases].filter(([, name]) => name === canonical).map(([alias]) => alias);
}
