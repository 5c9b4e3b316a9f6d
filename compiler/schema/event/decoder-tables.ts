// What the native decoder of JSON events (runtime/addon/json-decoder.cpp) works by: keys, kinds of values and where in a
// frame they go, made of the sections' definitions for a layout of frames and one of Retis' three versions of the format.
import type { FrameLayout } from "../frame-layout.js";
import { structs } from "../generated/layout.js";
import { SECTION_BITS } from "../section-bits.js";
import type { SectionName } from "../value.js";
import { type DecoderCase, flatten, type Placed } from "./flatten.js";
import type { EventSection, Form, Item, Member, Place } from "./form.js";
import { eventSections } from "./index.js";

/** Of Retis: 1.5, 1.6, and 1.7 on. */
export type FormatVersion = 0 | 1 | 2;

export type DecoderKind =
  | "integer"
  | "boolean"
  | "chars"
  | "interned"
  | "symbol"
  | "names"
  | "address"
  | "words"
  | "packet-bytes"
  | "stack"
  | "probe-symbol"
  | "probe-type"
  | "drop-subsystem"
  | "drop-reason"
  | "literal"
  | "empty-text"
  | "empty-texts"
  | "object"
  | "extra";

/** Bytes from the start of the frame. */
export interface DecoderPlace {
  readonly offset: number;
  readonly size: number;
}

export interface DecoderMember {
  readonly key: string;
  readonly kind: DecoderKind;
  readonly at: DecoderPlace;
  readonly signed: boolean;
  readonly bits: number;
  readonly shift: number;
  /** Family of an address, count of the packet's bytes, presence of a drop reason. */
  readonly beside: DecoderPlace;
  /** Bits to set when the member is seen, or with `unset` to clear. */
  readonly has: DecoderPlace & { readonly mask: number; readonly unset: boolean };
  /** 0 would read as absent. */
  readonly nonzero: boolean;
  /** Must not contradict what another member wrote there. */
  readonly agree: boolean;
  readonly names: readonly (readonly [string, number])[];
  readonly literal: string;
  /** Index of the object's table. */
  readonly child: number;
  /** Which of the two tags of DecoderCase it is; -1: none. */
  readonly tag: number;
  readonly required: boolean;
  /** Belongs to another section, which 1.5 kept here. */
  readonly moved: boolean;
}

export interface DecoderObject {
  /** Where it is in JSON of the newest version; the event itself is its own parent. */
  readonly key: string;
  readonly parent: number;
  /** Bits of `present` that it sets. */
  readonly present: number;
  /** What cannot be told in a frame makes the whole of it go to `extra`. */
  readonly section: boolean;
  readonly finish: "none" | "common" | "kernel" | "drop" | "packet" | "user";
  /** A number that must not be 0 at its end. */
  readonly check: DecoderPlace;
  /** A number that it sets by being there. */
  readonly choose: DecoderPlace & { readonly value: number };
  readonly members: readonly DecoderMember[];
  readonly cases: readonly DecoderCase[];
}

export interface DecoderTables {
  /** Bytes of a frame before the packet's. */
  readonly fixed: number;
  readonly snap: number;
  readonly header: Readonly<Record<keyof typeof structs.frame.members, number>>;
  /** Members that the decoder itself fills in. */
  readonly packet: { readonly captured: number; readonly window: number; readonly start: number };
  readonly stack: { readonly depth: number; readonly id: number; readonly present: number };
  readonly user: { readonly symbol: number; readonly path: number };
  readonly extra: { readonly json: number; readonly present: number };
  /** The first is the event. */
  readonly objects: readonly DecoderObject[];
}

const NOWHERE: DecoderPlace = { offset: 0, size: 0 };

interface Building {
  readonly layout: FrameLayout;
  readonly version: FormatVersion;
  readonly objects: DecoderObject[];
}

/** Tables for the sections that the layout has a place for; what it has none for goes to `extra`. */
export function decoderTables(layout: FrameLayout, version: FormatVersion): DecoderTables {
  const building: Building = { layout, version, objects: [] };
  const at = (section: SectionName): number => {
    const offset = layout.offsets[section];
    if (offset === undefined) throw new Error(`the layout has no place for section ${section}`);
    return offset;
  };
  const event = reserve(building);
  const sections = eventSections.map((section) =>
    sectionMember(building, section, event, section.key, false),
  );
  building.objects[event] = {
    ...plainObject("", event),
    members: sections.map((member) => ({ ...member, required: member.key === "common" })),
  };
  const offsets = Object.fromEntries(
    Object.entries(structs.frame.members).map(([name, member]) => [name, member.offset]),
  ) as Record<keyof typeof structs.frame.members, number>;
  const { section_packet: packet, section_stack: stack, section_user: user } = structs;
  return {
    fixed: layout.bytes,
    snap: layout.snap,
    header: offsets,
    packet: {
      captured: at("packet") + packet.members.captured.offset,
      window: at("packet") + packet.members.window.offset,
      start: at("packet") + packet.members.start.offset,
    },
    stack: {
      depth: at("stack") + stack.members.depth.offset,
      id: at("stack") + stack.members.reserved.offset,
      present: SECTION_BITS.stack,
    },
    user: {
      symbol: at("user") + user.members.symbol.offset,
      path: at("user") + user.members.path.offset,
    },
    extra: {
      json: at("extra") + structs.section_extra.members.json.offset,
      present: SECTION_BITS.extra,
    },
    objects: building.objects,
  };
}

const plainObject = (key: string, parent: number): DecoderObject => ({
  key,
  parent,
  present: 0,
  section: false,
  finish: "none",
  check: NOWHERE,
  choose: { ...NOWHERE, value: 0 },
  members: [],
  cases: [],
});

/** An index for an object whose members are made after it. */
function reserve(building: Building): number {
  return building.objects.push(plainObject("", 0)) - 1;
}

const plainMember = (key: string, kind: DecoderKind): DecoderMember => ({
  key,
  kind,
  at: NOWHERE,
  signed: false,
  bits: 0,
  shift: 0,
  beside: NOWHERE,
  has: { ...NOWHERE, mask: 0, unset: false },
  nonzero: false,
  agree: false,
  names: [],
  literal: "",
  child: -1,
  tag: -1,
  required: false,
  moved: false,
});

const FINISHES: Readonly<Record<string, DecoderObject["finish"]>> = {
  common: "common",
  kernel: "kernel",
  userspace: "user",
  "skb-drop": "drop",
  packet: "packet",
};

function sectionMember(
  building: Building,
  section: EventSection,
  parent: number,
  key: string,
  moved: boolean,
): DecoderMember {
  const name = sectionOf(section);
  if (section.where.kind === "extra" || (name !== null && building.layout.offsets[name] === undefined)) {
    return plainMember(key, "extra");
  }
  const index = reserve(building);
  const items = moved ? olderMembers(section.members) : section.members;
  const { members, cases } = membersOf(building, items, name, index);
  const others =
    section.key === "skb" && building.version === 0
      ? eventSections
          .filter((other) => other.movedFrom?.object === "skb")
          .map((other) => ({
            ...sectionMember(building, other, parent, other.movedFrom?.key ?? "", true),
            moved: true,
          }))
      : [];
  building.objects[index] = {
    ...plainObject(section.key, parent),
    present: name === null ? 0 : SECTION_BITS[name],
    section: true,
    finish: FINISHES[section.key] ?? "none",
    members: [...members, ...others],
    cases,
  };
  return { ...plainMember(key, "object"), child: index };
}

const sectionOf = (section: EventSection): SectionName | null =>
  section.where.kind === "section" ? section.where.section : null;

/** Names that 1.5 had for members of sections that it kept within skb. */
function olderMembers(items: readonly Item[]): readonly Item[] {
  const older: Readonly<Record<string, string>> = { data: "packet", inum: "netns" };
  return items.map((item) => (item.kind === "member" ? { ...item, key: older[item.key] ?? item.key } : item));
}

function membersOf(
  building: Building,
  items: readonly Item[],
  section: SectionName | null,
  parent: number,
): { readonly members: readonly DecoderMember[]; readonly cases: readonly DecoderCase[] } {
  const flat = flatten(items, 0);
  return {
    members: flat.members.flatMap((placed) => {
      const member = memberOf(building, placed, section, parent);
      // 1.6 and before knew states of TCP only.
      const older = placed.member.key === "proto_state" && building.version < 2;
      return older ? [member, { ...member, key: "tcp_state" }] : [member];
    }),
    cases: flat.cases,
  };
}

function memberOf(
  building: Building,
  { member, required, tag, names }: Placed,
  section: SectionName | null,
  parent: number,
): DecoderMember {
  const start = section === null ? 0 : (building.layout.offsets[section] ?? 0);
  const place = (at: Place): DecoderPlace => ({
    offset: at.from === "frame" ? at.offset : start + at.offset,
    size: at.size,
  });
  const has = (): DecoderMember["has"] => {
    const { presence } = member;
    if (presence?.kind !== "bit" && presence?.kind !== "no-bit") return { ...NOWHERE, mask: 0, unset: false };
    return { ...place(presence.at), mask: presence.mask, unset: presence.kind === "no-bit" };
  };
  // Before 1.6 the status was not kept.
  const older = building.version === 0 && member.key === "ct_status";
  const base: DecoderMember = {
    ...plainMember(member.key, "extra"),
    has: has(),
    nonzero: member.presence?.kind === "nonzero",
    tag,
    required: required && !older,
  };
  const { form } = member;
  switch (form.kind) {
    case "integer":
      return {
        ...base,
        kind: "integer",
        at: place(form.at),
        bits: form.bits,
        signed: form.signed,
        shift: form.shift,
      };
    case "boolean":
      return {
        ...base,
        kind: "boolean",
        at: place(form.at),
        shift: 31 - Math.clz32(form.mask),
        nonzero: member.presence !== null,
      };
    case "chars":
    case "interned":
    case "symbol":
      return { ...base, kind: form.kind, at: place(form.at), names };
    case "names":
      return {
        ...base,
        kind: "names",
        at: place(form.at),
        names: Object.entries(form.values),
        agree: member.key === "version",
      };
    case "address":
      return { ...base, kind: "address", at: place(form.at), beside: place(form.family) };
    case "words":
      return { ...base, kind: "words", at: place(form.at), bits: form.count };
    case "packet-bytes":
      return { ...base, kind: "packet-bytes", beside: place(form.captured) };
    case "stack":
      return { ...base, kind: "stack" };
    case "probe":
      return {
        ...base,
        kind: form.what === "symbol" ? "probe-symbol" : "probe-type",
        names: form.what === "type" ? PROBE_TYPES : [],
      };
    case "drop-reason":
      return {
        ...base,
        kind: form.what === "reason" ? "drop-reason" : "drop-subsystem",
        at: place(form.at),
        beside: place(form.has),
      };
    case "literal":
      return { ...base, kind: "literal", literal: form.value };
    case "empty":
      return { ...base, kind: form.of === "text" ? "empty-text" : "empty-texts" };
    case "object":
      return { ...base, kind: "object", child: objectOf(building, member, form, section, parent) };
    case "choice":
      return { ...base, kind: "object", child: choiceOf(building, member.key, form, section, parent) };
    case "text-only":
      return base;
  }
}

/** In the order of `ProbeNameKind`s in runtime/addon/json-decoder.hpp. */
export const PROBE_TYPES: readonly (readonly [string, number])[] = [
  ["raw_tracepoint", 0],
  ["kprobe", 1],
  ["kretprobe", 2],
];

function objectOf(
  building: Building,
  member: Member,
  form: Extract<Form, { kind: "object" }>,
  section: SectionName | null,
  parent: number,
): number {
  const index = reserve(building);
  const own = form.section ?? section;
  const { members, cases } = membersOf(building, form.members, own, index);
  const start = own === null ? 0 : (building.layout.offsets[own] ?? 0);
  const { presence } = member;
  building.objects[index] = {
    ...plainObject(member.key, parent),
    present: form.section === null ? 0 : SECTION_BITS[form.section],
    check:
      presence?.kind === "while" ? { offset: start + presence.at.offset, size: presence.at.size } : NOWHERE,
    members,
    cases,
  };
  return index;
}

function choiceOf(
  building: Building,
  key: string,
  form: Extract<Form, { kind: "choice" }>,
  section: SectionName | null,
  parent: number,
): number {
  const index = reserve(building);
  const start = section === null ? 0 : (building.layout.offsets[section] ?? 0);
  const at = { offset: start + form.at.offset, size: form.at.size };
  const members = form.options.map((option): DecoderMember => {
    const child = reserve(building);
    const inner = membersOf(building, option.members, section, child);
    building.objects[child] = {
      ...plainObject(option.key, index),
      choose: { ...at, value: option.value },
      members: inner.members,
    };
    return { ...plainMember(option.key, "object"), child };
  });
  building.objects[index] = { ...plainObject(key, parent), check: at, members };
  return index;
}
