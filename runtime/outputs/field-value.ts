// A field of the schema as a closure that reads its value, as people and JSON see it, from a frame.
import { chunkTypes, computedNumber } from "../../compiler/codegen/predicates/computed.js";
import { compileValue, trackingId } from "../../compiler/codegen/predicates/index.js";
import type { AddressValue, Field, FieldType } from "../../compiler/schema/field.js";
import { fields } from "../../compiler/schema/index.js";
import { structMember } from "../../compiler/schema/struct-member.js";
import type { SectionName, StringLoad, Value } from "../../compiler/schema/value.js";
import { assertNever } from "../../compiler/source/assert-never.js";
import { type Batch, frameSlot, sectionAt } from "../events/frame.js";
import { TextWriter } from "../packet/text-writer.js";
import type { Names } from "./names.js";
import type { Cell } from "./table.js";

/** The value in the frame at `at`; undefined: absent. */
export type Reader = (batch: Batch, at: number) => Cell;

export function readField(field: Field, names: Names): Reader {
  switch (field.value.kind) {
    case "number":
      return readTyped(field.type, field.value.value, names);
    case "address":
      return readAddress(field.value.value, names);
    case "string": {
      const read = readString(field.value.value, names);
      return ({ view }, at) => read(view, at);
    }
    case "probe": {
      const { what } = field.value;
      const texts = names.probes.map((probe) => (what === "name" ? probe.name : probe.kind));
      return (batch, at) => texts[frameSlot(batch.view, at)];
    }
    case "stack":
      return readStack(names, null);
    case "flow":
      return readFlow(names);
    case "computed":
      return readComputed(field, field.value.name, names);
    default:
      return assertNever(field.value);
  }
}

/** A number as it is: for expressions, whose type is an integer. */
export function readNumber(value: Value, names: Names): Reader {
  const read = compileValue(value, names);
  return (batch, at) => read(batch.view, at) ?? undefined;
}

function readTyped(type: FieldType, value: Value, names: Names): Reader {
  const read = readNumber(value, names);
  const as = (text: (number: number | bigint) => Cell): Reader => {
    return (batch, at) => {
      const number = read(batch, at);
      return typeof number === "number" || typeof number === "bigint" ? text(number) : undefined;
    };
  };
  switch (type.kind) {
    case "boolean":
      return as((number) => Number(number) !== 0);
    case "enum":
      return as((number) => names.enums.text(type.source, number));
    case "flags":
      return as((number) => flagsText(type.bits, BigInt(number)));
    case "mac":
      return as((number) => macText(BigInt(number)));
    case "symbol":
      return as((number) => {
        const address = BigInt.asUintN(64, BigInt(number));
        return names.symbols.name(Number(address >> 32n), Number(address & 0xffffffffn));
      });
    default:
      return read;
  }
}

/** `syn|ack`; no flag at all is `0`. */
export function flagsText(bits: ReadonlyMap<string, bigint>, value: bigint): string {
  const set = [...bits].filter(([, bit]) => (value & bit) !== 0n).map(([name]) => name);
  return set.length === 0 ? "0" : set.join("|");
}

export const macText = (value: bigint): string =>
  value
    .toString(16)
    .padStart(12, "0")
    .replace(/..(?=.)/g, "$&:");

const scratch = new TextWriter(64);
const address = Buffer.alloc(16);

function ipv4Text(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

export function ipv6Text(high: bigint, low: bigint): string {
  address.writeBigUInt64BE(BigInt.asUintN(64, high), 0);
  address.writeBigUInt64BE(BigInt.asUintN(64, low), 8);
  scratch.reset();
  scratch.ipv6(address, 0);
  return scratch.take().toString("latin1");
}

function readAddress(value: AddressValue, names: Names): Reader {
  const v4 = value.v4 === null ? null : compileValue(value.v4, names);
  const high = value.v6 === null ? null : compileValue(value.v6.high, names);
  const low = value.v6 === null ? null : compileValue(value.v6.low, names);
  return ({ view }, at) => {
    const number = v4?.(view, at) ?? null;
    if (number !== null) return ipv4Text(Number(number));
    const upper = high?.(view, at) ?? null;
    const lower = low?.(view, at) ?? null;
    return upper === null || lower === null ? undefined : ipv6Text(BigInt(upper), BigInt(lower));
  };
}

/** A NUL-terminated string of the frame; bytes that are no UTF-8 become U+FFFD. */
export function readString(
  load: StringLoad,
  names: Names,
): (view: DataView, at: number) => string | undefined {
  const { section, member } = load.frame;
  if (section === "frame") return () => undefined;
  const offset = memberOffset(section, member);
  if (load.from === "interned")
    return (view, at) => {
      const start = sectionAt(names.layout, view, at, section);
      const id = start < 0 ? 0 : view.getUint32(start + offset, true);
      return id === 0 ? undefined : names.strings.text(id);
    };
  if (load.from === "tracking-id")
    return (view, at) =>
      sectionAt(names.layout, view, at, section) < 0 ? undefined : trackingId(view, names.layout, at);
  return (view, at) => {
    const start = sectionAt(names.layout, view, at, section);
    if (start < 0) return undefined;
    const bytes = Buffer.from(view.buffer, view.byteOffset + start + offset, load.size);
    const end = bytes.indexOf(0);
    return bytes.toString("utf8", 0, end === -1 ? load.size : end);
  };
}

const memberOffset = (section: SectionName, path: string): number =>
  structMember(`section_${section}`, path)?.offset ?? 0;

/** The frames of the traced code; `depth`: only so many of the innermost. */
export function readStack(names: Names, depth: number | null): Reader {
  return ({ view }, at) => {
    const section = sectionAt(names.layout, view, at, "stack");
    if (section < 0) return undefined;
    const frames = names.stacks.frames(view, section);
    return depth === null ? frames : frames.slice(0, depth);
  };
}

/** `10.0.0.1:4000 > 10.0.0.2:80 tcp`; IPv6 addresses with ports stand in brackets (RFC 5952 §6). */
function readFlow(names: Names): Reader {
  const part = (name: string): Reader => {
    const field = fields.get(name);
    return field === undefined ? () => undefined : readField(field, names);
  };
  const [source, destination, sport, dport, protocol] = ["saddr", "daddr", "sport", "dport", "proto"].map(
    (name) => part(`flow.${name}`),
  ) as [Reader, Reader, Reader, Reader, Reader];
  const end = (host: Cell, port: Cell): string => {
    if (port === undefined) return String(host);
    return typeof host === "string" && host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  };
  return (batch, at) => {
    const from = source(batch, at);
    const to = destination(batch, at);
    if (from === undefined || to === undefined) return undefined;
    const kind = protocol(batch, at);
    return `${end(from, sport(batch, at))} > ${end(to, dport(batch, at))}${kind === undefined ? "" : ` ${kind}`}`;
  };
}

function readComputed(field: Field, name: string, names: Names): Reader {
  const { type } = field;
  if (type.kind === "number-set") {
    const read = chunkTypes(names);
    return ({ view }, at) => {
      const members = read(view, at);
      return members === null
        ? undefined
        : [...members].map((member) => names.enums.text(type.source, member)).join("|");
    };
  }
  const read = computedNumber(name, names);
  return ({ view }, at) => {
    const number = read(view, at);
    return Number.isNaN(number) ? undefined : number;
  };
}
