// Members that a tag decides about, as one list: all that any case has, and which of them each case has.
import type { Form, Item, Member } from "./form.js";

/** Which members an event of this kind has, as bits by index. */
export interface DecoderCase {
  /** -1: whatever it is. */
  readonly tags: readonly [number, number];
  readonly required: bigint;
  readonly allowed: bigint;
}

export interface Placed {
  readonly member: Member;
  readonly required: boolean;
  readonly tag: number;
  /** Numbers of a tag that is stored as text. */
  readonly names: readonly (readonly [string, number])[];
}

export interface Flat {
  readonly members: readonly Placed[];
  readonly cases: readonly DecoderCase[];
}

/** One list of all members that any case has, and which of them each case has. */
export function flatten(items: readonly Item[], depth: number): Flat {
  const members: Placed[] = [];
  const bit = (key: string): bigint => 1n << BigInt(members.findIndex((one) => one.member.key === key));
  const add = (placed: Placed): void => {
    const index = members.findIndex((one) => one.member.key === placed.member.key);
    if (index === -1) members.push(placed);
    // Where some case may lack it, a bit says whether it is there.
    else if (members[index]?.member.presence === null) members[index] = placed;
  };
  const tagged = items.find((item) => item.kind === "tagged");
  for (const item of items)
    if (item.kind === "member") add({ member: item, required: item.presence === null, tag: -1, names: [] });
  if (tagged === undefined) return { members, cases: [] };
  const numbers = Object.keys(tagged.cases).map((name, index): [string, number] => [name, index + 1]);
  add({ member: tagged.tag, required: true, tag: depth, names: numbers });
  const inner = Object.entries(tagged.cases).map(([name, list]) => {
    const flat = flatten(list, depth + 1);
    for (const one of flat.members) add({ ...one, required: false });
    return { name, flat, list };
  });
  const own = items.flatMap((item) => (item.kind === "member" ? [item] : []));
  const masks = (keys: readonly Member[]): { required: bigint; allowed: bigint } => ({
    allowed: keys.reduce((mask, one) => mask | bit(one.key), 0n),
    required: keys.reduce((mask, one) => (one.presence === null ? mask | bit(one.key) : mask), 0n),
  });
  const base = masks([...own, tagged.tag]);
  const cases: DecoderCase[] = [];
  inner.forEach(({ name, flat, list }) => {
    const value = numberOf(tagged.tag.form, name, Object.keys(tagged.cases).indexOf(name) + 1);
    if (flat.cases.length === 0) {
      const mine = masks(list.flatMap((item) => (item.kind === "member" ? [item] : [])));
      const tags: [number, number] = depth === 0 ? [value, -1] : [-1, value];
      cases.push({ tags, required: base.required | mine.required, allowed: base.allowed | mine.allowed });
      return;
    }
    for (const one of flat.cases) {
      const moved = (mask: bigint): bigint =>
        flat.members.reduce(
          (sum, placed, index) => ((mask >> BigInt(index)) & 1n ? sum | bit(placed.member.key) : sum),
          0n,
        );
      cases.push({
        tags: [value, one.tags[1]],
        required: base.required | moved(one.required),
        allowed: base.allowed | moved(one.allowed),
      });
    }
  });
  // A name that has no case of its own: only what all have.
  if (tagged.tag.form.kind === "interned") cases.push({ tags: [-1, 0], ...base });
  return { members, cases };
}

const numberOf = (form: Form, name: string, otherwise: number): number =>
  form.kind === "names" ? (form.values[name] ?? otherwise) : otherwise;
