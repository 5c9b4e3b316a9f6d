// Short forms of values and fields, so that a section's file reads as a table.
import type { AddressValue, EnumSource, Field, FieldType, FieldValue, Unit } from "./field.js";
import type {
  ArithmeticOperator,
  FrameMember,
  HeaderLoad,
  Layer,
  LayersLoad,
  Load,
  SectionName,
  Value,
} from "./value.js";

// Numbers narrower than 64 bits are signed as values: they all fit, and only u64 makes arithmetic unsigned.
export const load = (from: Load, signed = true): Value => ({ kind: "load", load: from, signed });

export const constant = (value: bigint): Value => ({ kind: "constant", value, signed: true });

/** Bytes of a header. */
export const header = (
  layer: Layer,
  base: HeaderLoad["base"],
  offset: number,
  size: HeaderLoad["size"],
): Value => load({ kind: "header", layer, base, offset, size }, size < 8);

/** What the header walk found. */
export const layers = (layer: Layer, member: LayersLoad["member"]): Value =>
  load({ kind: "layers", layer, member });

const arithmetic = (op: ArithmeticOperator, left: Value, right: Value): Value => ({
  kind: "arithmetic",
  op,
  left,
  right,
  signed: op === ">>" || op === "<<" ? left.signed : left.signed && right.signed,
});

export const and = (value: Value, mask: bigint): Value => arithmetic("&", value, constant(mask));
export const shiftRight = (value: Value, count: bigint): Value => arithmetic(">>", value, constant(count));
export const times = (value: Value, factor: bigint): Value => arithmetic("*", value, constant(factor));
export const plus = (left: Value, right: Value): Value => arithmetic("+", left, right);
export const minus = (left: Value, right: Value): Value => arithmetic("-", left, right);

/** A run of bits: `bits(x, 4n, 0xfn)` is `(x >> 4) & 0xf`. */
export const bits = (value: Value, shift: bigint, mask: bigint): Value =>
  and(shift === 0n ? value : shiftRight(value, shift), mask);

/** The first of them that is present. */
export const first = (...values: readonly Value[]): Value => ({
  kind: "first",
  values,
  signed: values.every((value) => value.signed),
});

/** The value, only while the guard is one of `accepts`. */
export const onlyIf = (value: Value, guard: Value, accepts: readonly bigint[] | "nonzero"): Value => ({
  kind: "guarded",
  value,
  guard,
  accepts,
  signed: value.signed,
});

// ---- types ---------------------------------------------------------------------------------------------------------

export const integer = (bits: 8 | 16 | 32 | 64, unit: Unit | null = null): FieldType => ({
  kind: "integer",
  bits,
  signed: false,
  unit,
});

export const signedInteger = (bits: 32 | 64, unit: Unit | null = null): FieldType => ({
  kind: "integer",
  bits,
  signed: true,
  unit,
});

export const boolean: FieldType = { kind: "boolean" };
export const mac: FieldType = { kind: "mac" };
export const text: FieldType = { kind: "string" };
export const address = (family: 4 | 6 | null): FieldType => ({ kind: "address", family });
export const enumeration = (source: EnumSource): FieldType => ({ kind: "enum", source });

/** Names that a protocol fixes. */
export const fixed = (name: string, values: Readonly<Record<string, number>>): EnumSource => ({
  kind: "fixed",
  name,
  values: new Map(Object.entries(values).map(([member, value]) => [member, BigInt(value)])),
});

// ---- fields --------------------------------------------------------------------------------------------------------

export interface FieldParts {
  readonly name: string;
  readonly type: FieldType;
  readonly doc: string;
  readonly absent: string | null;
  readonly sections: readonly SectionName[];
}

const field = (parts: FieldParts, value: FieldValue): Field => ({ kind: "field", ...parts, value });

export const numberField = (parts: FieldParts, value: Value): Field =>
  field(parts, { kind: "number", value });

export const addressField = (parts: FieldParts, value: AddressValue): Field =>
  field(parts, { kind: "address", value });

export const otherField = (parts: FieldParts, value: FieldValue): Field => field(parts, value);

/** Fields of one protocol, which are all absent for the same reason and all need the packet. */
export const protocolFields =
  (absent: string) =>
  (name: string, type: FieldType, value: Value, doc: string, absentHere = absent): Field =>
    numberField({ name, type, doc, absent: absentHere, sections: ["packet"] }, value);

/** A field that only user space works out from the packet's bytes; its name is the computation's too. */
export const computedField = (
  name: string,
  type: FieldType,
  doc: string,
  absent: string,
  reason: string,
): Field => field({ name, type, doc, absent, sections: ["packet"] }, { kind: "computed", name, reason });

export const ipv6Halves = (layer: Layer, base: HeaderLoad["base"], offset: number): AddressValue["v6"] => ({
  high: header(layer, base, offset, 8),
  low: header(layer, base, offset + 8, 8),
});

/** A value that is collected, but that the kernel's verdict cannot reach. */
export const frameOnly = (frame: FrameMember, reason: string): Value =>
  load({ kind: "frame", frame, reason });
