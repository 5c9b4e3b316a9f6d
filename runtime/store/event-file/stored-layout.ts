// Where things lie in stored frames, and how frames of other structs become ours: members are found by their names.
import { SECTION_ORDER } from "../../../compiler/plan/lay-out-frame.js";
import type { FrameLayout } from "../../../compiler/plan/plan.js";
import { structs } from "../../../compiler/schema/generated/layout.js";
import { SECTION_BITS } from "../../../compiler/schema/section-bits.js";
import type { SectionName } from "../../../compiler/schema/value.js";
import type { StoredPart, StoredShape, WriterShape } from "../../addon/event-file.js";
import type { FileHeader, StructMember, StructTable } from "./file-header.js";

const aligned = (size: number): number => (size + 7) & ~7;

/** A stored stack is a number: struct section_stack without its addresses. */
const STACK_BYTES = structs.section_stack.members.frames.offset;

/** The structs of stored frames, by name, as the header of a file has them. */
export const STORED_STRUCTS: StructTable = {
  ...structs,
  section_stack: {
    size: STACK_BYTES,
    members: {
      depth: structs.section_stack.members.depth,
      reserved: structs.section_stack.members.reserved,
    },
  },
};

/** Members that are the number of a text. */
const STRING_MEMBERS: readonly { readonly section: SectionName; readonly offset: number }[] = [
  {
    section: "ct",
    offset: structs.section_ct.members.connection.offset + structs.ct_connection.members.proto_state.offset,
  },
  {
    section: "ct",
    offset: structs.section_ct.members.parent.offset + structs.ct_connection.members.proto_state.offset,
  },
  { section: "nft", offset: structs.section_nft.members.table_name.offset },
  { section: "nft", offset: structs.section_nft.members.chain_name.offset },
  { section: "nft", offset: structs.section_nft.members.verdict_chain_name.offset },
  { section: "ovs", offset: structs.section_ovs.members.action.offset },
  { section: "user", offset: structs.section_user.members.symbol.offset },
  { section: "user", offset: structs.section_user.members.path.offset },
  { section: "extra", offset: structs.section_extra.members.json.offset },
];

/** Members that are a kernel address with a name. */
const SYMBOL_MEMBERS = [{ section: "drop", offset: structs.section_drop.members.location.offset }] as const;

const storedSize = (section: SectionName): number =>
  section === "stack" ? STACK_BYTES : structs[`section_${section}`].size;

const sectionsOf = (layout: FrameLayout): readonly SectionName[] =>
  SECTION_ORDER.filter((section) => layout.offsets[section] !== undefined);

export function storedLayout(layout: FrameLayout): FrameLayout {
  const offsets: Partial<Record<SectionName, number>> = {};
  let end = aligned(structs.frame.size);
  for (const section of sectionsOf(layout)) {
    offsets[section] = end;
    end = aligned(end + storedSize(section));
  }
  return { offsets, bytes: end, snap: layout.snap, classes: layout.classes };
}

/** Parts of the sections that the layout has, by the place of a member in its section. */
function membersOf(
  members: readonly { readonly section: SectionName; readonly offset: number }[],
  from: FrameLayout,
  to: FrameLayout,
  size: number,
): readonly StoredPart[] {
  return members.flatMap(({ section, offset }) => {
    const [source, target] = [from.offsets[section], to.offsets[section]];
    if (source === undefined || target === undefined) return [];
    return [{ bit: SECTION_BITS[section], from: source + offset, to: target + offset, size }];
  });
}

/** Strings and addresses in frames, for whoever looks up what they stand for. */
export const stringMembers = (layout: FrameLayout): readonly StoredPart[] =>
  membersOf(STRING_MEMBERS, layout, layout, 4);
export const symbolMembers = (layout: FrameLayout): readonly StoredPart[] =>
  membersOf(SYMBOL_MEMBERS, layout, layout, 8);

const capturedAt = (layout: FrameLayout): number =>
  layout.offsets.packet === undefined
    ? 0
    : layout.offsets.packet + structs.section_packet.members.captured.offset;

const bitOf = (layout: FrameLayout, section: SectionName): number =>
  layout.offsets[section] === undefined ? 0 : SECTION_BITS[section];

/** `live`: frames come from the kernel; else from another source, with a table of what they refer to. */
export function writerShape(layout: FrameLayout, live: boolean): WriterShape {
  const stored = storedLayout(layout);
  return {
    sections: sectionsOf(layout).map((section) => ({
      bit: SECTION_BITS[section],
      from: layout.offsets[section] ?? 0,
      to: stored.offsets[section] ?? 0,
      size: storedSize(section),
    })),
    symbols: membersOf(SYMBOL_MEMBERS, layout, stored, 8),
    strings: live ? [] : membersOf(STRING_MEMBERS, layout, stored, 4),
    bytes: layout.bytes,
    storedBytes: stored.bytes,
    packetBit: bitOf(layout, "packet"),
    captured: capturedAt(layout),
    stackBit: bitOf(layout, "stack"),
    stack: layout.offsets.stack ?? 0,
    stackDepth: structs.section_stack.members.frames.count,
    live,
  };
}

/** What a file's frames become when they are read. */
export interface ReadLayout {
  readonly layout: FrameLayout;
  readonly shape: StoredShape;
}

export function readLayout(header: FileHeader): ReadLayout {
  const { sections, bytes, snap } = header.layout;
  const known = SECTION_ORDER.filter((section) => sections[section] !== undefined);
  const same =
    known.length === Object.keys(sections).length &&
    known.every((section) => sections[section]?.bit === SECTION_BITS[section]) &&
    ["frame", ...known.map((section) => `section_${section}`)].every((name) =>
      sameStruct(header.structs, STORED_STRUCTS, name),
    );
  const offsets: Partial<Record<SectionName, number>> = {};
  for (const section of known) offsets[section] = sections[section]?.offset ?? 0;
  const file = { offsets, bytes, snap, classes: [snap, snap, snap] as const };
  const layout = same ? file : storedLayout(file);
  const place = (section: string): number => sections[section]?.offset ?? 0;
  const within = (section: string, member: string): number =>
    header.structs[`section_${section}`]?.members[member]?.offset ?? 0;
  return {
    layout,
    shape: {
      bytes,
      present: Object.values(sections).reduce((bits, section) => (bits | section.bit) >>> 0, 0),
      packetBit: sections["packet"]?.bit ?? 0,
      captured: place("packet") + within("packet", "captured"),
      stackBit: sections["stack"]?.bit ?? 0,
      stack: place("stack") + within("stack", "depth"),
      moves: same
        ? null
        : {
            bytes: layout.bytes,
            header: movesOf(header.structs, "frame"),
            sections: known.map((section) => ({
              bit: sections[section]?.bit ?? 0,
              newBit: SECTION_BITS[section],
              from: place(section),
              to: layout.offsets[section] ?? 0,
              members: movesOf(header.structs, `section_${section}`),
            })),
          },
    },
  };
}

function sameStruct(a: StructTable, b: StructTable, name: string): boolean {
  const [one, other] = [a[name], b[name]];
  if (one === undefined || other === undefined || one.size !== other.size) return false;
  const names = Object.keys(one.members);
  return (
    names.length === Object.keys(other.members).length &&
    names.every((member) => {
      const [x, y] = [one.members[member], other.members[member]];
      return (
        x !== undefined &&
        y !== undefined &&
        x.offset === y.offset &&
        x.size === y.size &&
        x.signed === y.signed &&
        x.element?.size === y.element?.size &&
        x.struct === y.struct &&
        (x.struct === undefined || y.struct === undefined || sameStruct(a, b, x.struct))
      );
    })
  );
}

/** From the struct of that name in the file to ours. Members that only one of them has are left out, or zeros. */
function movesOf(table: StructTable, name: string): Uint32Array {
  const moves: number[] = [];
  addMoves(moves, { table, name, at: 0 }, { table: STORED_STRUCTS, name, at: 0 });
  return Uint32Array.from(moves);
}

interface Place {
  readonly table: StructTable;
  readonly name: string;
  readonly at: number;
}

function addMoves(moves: number[], from: Place, to: Place): void {
  const target = to.table[to.name];
  for (const [name, theirs] of Object.entries(from.table[from.name]?.members ?? {})) {
    const ours =
      target !== undefined && Object.hasOwn(target.members, name) ? target.members[name] : undefined;
    if (ours === undefined) continue;
    const [source, place] = [from.at + theirs.offset, to.at + ours.offset];
    if (theirs.struct !== undefined && ours.struct !== undefined)
      addMoves(
        moves,
        { table: from.table, name: theirs.struct, at: source },
        { table: to.table, name: ours.struct, at: place },
      );
    else if (fits(theirs, ours))
      moves.push(source, place, theirs.size, ours.size, theirs.signed === true ? 1 : 0);
  }
}

/** Arrays fit when their elements are equal, numbers always: what does not fit into a smaller one is cut. */
function fits(theirs: StructMember, ours: StructMember): boolean {
  if (theirs.struct !== undefined || ours.struct !== undefined) return false;
  return theirs.element?.size === ours.element?.size;
}

/** How frames of `layout`, one that storedLayout() made, are to be read. */
export function describeLayout(layout: FrameLayout): Pick<FileHeader, "layout" | "structs"> {
  const sections: Record<string, { bit: number; offset: number }> = {};
  const structs: Record<string, StructTable[string]> = {};
  const add = (name: string): void => {
    const struct = STORED_STRUCTS[name];
    if (struct === undefined) return;
    structs[name] = struct;
    for (const member of Object.values(struct.members)) if (member.struct !== undefined) add(member.struct);
  };
  add("frame");
  for (const [section, offset] of Object.entries(layout.offsets)) {
    sections[section] = { bit: SECTION_BITS[section as SectionName], offset };
    add(`section_${section}`);
  }
  return { layout: { bytes: layout.bytes, snap: layout.snap, sections }, structs };
}
