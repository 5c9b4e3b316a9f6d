// The JSON that opens an event file: who wrote it, where and when, and how its frames are to be read. What a file
// says is checked before anything relies on it.
import type { ProbeName, ProbeNameKind } from "../../../compiler/plan/probe-name.js";

/** As in compiler/schema/generated/layout.ts. */
export interface StructMember {
  readonly offset: number;
  readonly size: number;
  readonly signed?: boolean;
  readonly count?: number;
  readonly element?: { readonly size: number };
  readonly struct?: string;
}

export type StructTable = Readonly<
  Record<string, { readonly size: number; readonly members: Readonly<Record<string, StructMember>> }>
>;

export interface HeaderScript {
  readonly name: string;
  /** SHA-256 of its text, hexadecimal. */
  readonly digest: string;
  /** The values of its options, as they would be written. */
  readonly options: Readonly<Record<string, string>>;
  /** Clauses whose whole predicate the kernel decided: nothing is left to do for those whose bit a frame has. */
  readonly decided: readonly number[];
}

export interface FileHeader {
  /** `retis 0.1.0` */
  readonly writer: string;
  /** The same in all files of a rotating set. */
  readonly run: string;
  readonly commandLine: string | null;
  readonly kernelRelease: string | null;
  readonly kernelVersion: string | null;
  readonly hardware: string | null;
  readonly script: HeaderScript | null;
  /** CLOCK_REALTIME minus CLOCK_MONOTONIC, ns; null: times are what they are. */
  readonly clockOffset: bigint | null;
  /** CLOCK_MONOTONIC when tracing began, ns. */
  readonly started: bigint;
  readonly sorted: boolean;
  readonly probes: readonly ProbeName[];
  readonly layout: {
    readonly bytes: number;
    readonly snap: number;
    readonly sections: Readonly<Record<string, { readonly bit: number; readonly offset: number }>>;
  };
  readonly structs: StructTable;
  /** Enums of that kernel, by name. */
  readonly enums: Readonly<Record<string, ReadonlyMap<string, bigint>>>;
}

export function encodeHeader(header: FileHeader): string {
  return JSON.stringify(
    {
      ...header,
      enums: Object.fromEntries(
        Object.entries(header.enums).map(([name, values]) => [name, Object.fromEntries(values)]),
      ),
    },
    (_, value: unknown) => (typeof value === "bigint" ? String(value) : value),
  );
}

/** A header that is not what a header has to be; the message continues "its header …". */
export class HeaderError extends Error {}

const KINDS: readonly ProbeNameKind[] = ["tp", "kprobe", "kretprobe", "usdt"];
const MAX_FRAME = 1 << 20;

export function decodeHeader(text: string): FileHeader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HeaderError("is no JSON");
  }
  const header = record(value, "is no object");
  const layout = record(header["layout"], "has no layout");
  const bytes = count(layout["bytes"], "has no size of frames", MAX_FRAME);
  const structs = structsOf(header["structs"]);
  return {
    writer: textOf(header["writer"]) ?? "",
    run: textOf(header["run"]) ?? "",
    commandLine: textOf(header["commandLine"]),
    kernelRelease: textOf(header["kernelRelease"]),
    kernelVersion: textOf(header["kernelVersion"]),
    hardware: textOf(header["hardware"]),
    script: scriptOf(header["script"]),
    clockOffset: header["clockOffset"] == null ? null : big(header["clockOffset"]),
    started: header["started"] == null ? 0n : big(header["started"]),
    sorted: header["sorted"] === true,
    probes: list(header["probes"]).map(probeOf),
    layout: {
      bytes,
      snap: count(layout["snap"] ?? 0, "has a strange snap length", MAX_FRAME),
      sections: sectionsOf(layout["sections"], structs, bytes),
    },
    structs,
    enums: enumsOf(header["enums"]),
  };
}

function sectionsOf(value: unknown, structs: StructTable, bytes: number): FileHeader["layout"]["sections"] {
  const frame = structs["frame"];
  // What tells one frame from the next stays where it is, whatever the version.
  const fixed = frame?.members["size"]?.offset === 0 && frame.members["present"]?.offset === 12;
  if (frame === undefined || !fixed || frame.size > bytes || frame.size < 40 || bytes % 8 !== 0)
    throw new HeaderError("does not say how frames begin");
  const sections = empty<{ bit: number; offset: number }>();
  let bits = 0;
  for (const [name, entry] of Object.entries(record(value, "has no sections"))) {
    const { bit, offset } = record(entry, `has no place for section ${name}`);
    const place = count(offset, `has no place for section ${name}`, bytes);
    const mask = count(bit, `has no bit for section ${name}`, 2 ** 31);
    const struct = structs[`section_${name}`];
    if (struct === undefined || place < frame.size || place + struct.size > bytes || place % 8 !== 0)
      throw new HeaderError(`puts section ${name} where it cannot be`);
    if (mask === 0 || (mask & (mask - 1)) !== 0 || (bits & mask) !== 0)
      throw new HeaderError(`has no bit for section ${name}`);
    bits |= mask;
    sections[name] = { bit: mask, offset: place };
  }
  for (const [section, member, size] of [
    ["packet", "captured", 2],
    ["stack", "depth", 4],
  ] as const)
    if (sections[section] !== undefined && structs[`section_${section}`]?.members[member]?.size !== size)
      throw new HeaderError(`does not say how section ${section} is read`);
  return sections;
}

function structsOf(value: unknown): StructTable {
  const structs = empty<StructTable[string]>();
  for (const [name, entry] of Object.entries(record(value, "has no structs"))) {
    const struct = record(entry, `has no struct ${name}`);
    const size = count(struct["size"], `has no size of struct ${name}`, MAX_FRAME);
    const members = empty<StructMember>();
    for (const [member, place] of Object.entries(record(struct["members"], `has no members of ${name}`)))
      members[member] = memberOf(
        record(place, `has no member ${member} of ${name}`),
        `${name}.${member}`,
        size,
      );
    structs[name] = { size, members };
  }
  for (const [name, struct] of Object.entries(structs)) checkNesting(structs, name, struct.size, 0);
  return structs;
}

function memberOf(value: Readonly<Record<string, unknown>>, name: string, room: number): StructMember {
  const offset = count(value["offset"], `has no place for ${name}`, room);
  const size = count(value["size"], `has no size of ${name}`, room - offset);
  if (size === 0) throw new HeaderError(`has no size of ${name}`);
  const { signed, struct, element } = value;
  return {
    offset,
    size,
    ...(typeof signed === "boolean" ? { signed } : {}),
    ...(typeof struct === "string" ? { struct } : {}),
    ...(element === undefined
      ? {}
      : { element: { size: count(record(element, `has no elements of ${name}`)["size"], name, size) } }),
  };
}

/** A struct that holds itself would never end. */
function checkNesting(structs: StructTable, name: string, room: number, depth: number): void {
  const struct = structs[name];
  if (struct === undefined || struct.size > room || depth > 8)
    throw new HeaderError(`has no struct ${name} that fits`);
  for (const member of Object.values(struct.members))
    if (member.struct !== undefined) checkNesting(structs, member.struct, member.size, depth + 1);
}

function probeOf(value: unknown): ProbeName {
  const probe = record(value, "has a probe that is none");
  const kind = KINDS.find((known) => known === probe["kind"]);
  if (kind === undefined || typeof probe["name"] !== "string")
    throw new HeaderError("has a probe of a kind that this version does not know");
  return { kind, name: probe["name"] };
}

export const probeKind = (index: number): ProbeNameKind => KINDS[index] ?? "tp";
export const probeKindNumber = (kind: ProbeNameKind): number => KINDS.indexOf(kind);

function enumsOf(value: unknown): FileHeader["enums"] {
  const enums = empty<ReadonlyMap<string, bigint>>();
  if (value === undefined) return enums;
  for (const [name, values] of Object.entries(record(value, "has enums that are none")))
    enums[name] = new Map(
      Object.entries(record(values, `has no values of enum ${name}`)).map(([key, number]) => [
        key,
        big(number),
      ]),
    );
  return enums;
}

function scriptOf(value: unknown): HeaderScript | null {
  if (value == null) return null;
  const script = record(value, "has a script that is none");
  const options = empty<string>();
  for (const [name, given] of Object.entries(record(script["options"] ?? {}, "has options that are none")))
    if (typeof given === "string") options[name] = given;
  const decided = list(script["decided"]).filter((id): id is number => Number.isInteger(id));
  return { name: textOf(script["name"]) ?? "", digest: textOf(script["digest"]) ?? "", options, decided };
}

/** Names in a file may be any: none of them means what Object's own mean. */
const empty = <T>(): Record<string, T> => Object.create(null);

function record(value: unknown, message: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new HeaderError(message);
  return value as Readonly<Record<string, unknown>>;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

function count(value: unknown, message: string, most: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > most)
    throw new HeaderError(message);
  return value;
}

function big(value: unknown): bigint {
  if (typeof value !== "string" || !/^-?\d{1,20}$/.test(value))
    throw new HeaderError("has a number that is none");
  return BigInt(value);
}
