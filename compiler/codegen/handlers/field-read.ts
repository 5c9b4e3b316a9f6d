// A field -> JavaScript: the value that a handler sees, and the numbers that stand for it in a record, which the host
// turns into text. Both are undefined or NaN when the field is absent.
import type { AddressValue, Field } from "../../schema/field.js";
import type { HeaderLoad, StringLoad, Value } from "../../schema/value.js";
import { assertNever } from "../../source/assert-never.js";
import type { FrameAccess } from "./frame-access.js";
import type { Argument } from "./handler-module.js";
import { type Alternative, alternativesOf, choose } from "./javascript-value.js";
import type { FlagBits, ModuleTables } from "./module-tables.js";

export interface ReadContext {
  readonly access: FrameAccess;
  readonly tables: ModuleTables;
}

export interface Deferred {
  readonly argument: Argument;
  /** JavaScript of its numbers, in order. */
  readonly numbers: readonly string[];
}

const bitsOf = (bits: ReadonlyMap<string, bigint>): FlagBits =>
  [...bits].map(([name, bit]) => [name, Number(bit)] as const);

const number = (one: Alternative): string => (one.big ? `Number(${one.text})` : one.text);

/** What `field` is to a handler. */
export function readValue(field: Field, context: ReadContext): string {
  const { access, tables } = context;
  switch (field.value.kind) {
    case "number": {
      const all = field.type.kind === "symbol" ? null : alternativesOf(field.value.value, access);
      return all === null
        ? hostValue(field, context)
        : choose(all, (one) => present(field, one, tables), "undefined");
    }
    case "address":
      return readAddress(field, field.value.value, context);
    case "string": {
      if (isStored(field.value.value)) return hostValue(field, context);
      const place = stringPlace(field.value.value, access);
      if (place === null) return "undefined";
      const { size } = field.value.value;
      return choose([place], (one) => `rts$string(${one.text}, ${size})`, "undefined");
    }
    // A source names its probes as they come.
    case "probe":
    case "stack":
    case "flow":
    case "computed":
      return hostValue(field, context);
    default:
      return assertNever(field.value);
  }
}

/** The value of a present number, by the field's type. */
function present(field: Field, one: Alternative, tables: ModuleTables): string {
  const { type } = field;
  switch (type.kind) {
    case "integer":
      return type.bits === 64 ? (one.big ? one.text : `BigInt(${one.text})`) : number(one);
    case "time":
      return one.big ? one.text : `BigInt(${one.text})`;
    case "boolean":
      return `(${one.text}) != 0`;
    case "enum":
      return `rts$name(${tables.enumOf(type.source).constant}, ${number(one)})`;
    case "flags":
      return `${tables.flagsOf(bitsOf(type.bits))}(${number(one)})`;
    case "mac":
      return `rts$mac(${number(one)})`;
    default:
      return number(one);
  }
}

/** What `field.NAME` is for one bit of a flag set. */
export function readFlag(field: Field, bit: bigint, context: ReadContext): string {
  const all = field.value.kind === "number" ? alternativesOf(field.value.value, context.access) : null;
  if (all === null) return `rts$bit(${hostValue(field, context)}, ${bit})`;
  return choose(all, (one) => `(${number(one)} & ${bit}) !== 0`, "undefined");
}

/** What a record holds of the field. */
export function readDeferred(field: Field, context: ReadContext): Deferred {
  const { access, tables } = context;
  const { type, value } = field;
  const host: Deferred = { argument: { kind: "host", field }, numbers: ["1"] };
  switch (value.kind) {
    case "number": {
      if (type.kind === "symbol") return host;
      const all = alternativesOf(value.value, access);
      if (all === null) return host;
      const single = (argument: Argument): Deferred => ({ argument, numbers: [choose(all, number, "NaN")] });
      if (type.kind === "enum") return single({ kind: "enum", names: tables.enumOf(type.source).names });
      if (type.kind === "flags") return single({ kind: "flags", bits: bitsOf(type.bits) });
      if (type.kind === "boolean") return single({ kind: "boolean" });
      if (type.kind === "mac") return single({ kind: "mac" });
      const wide = type.kind === "time" || (type.kind === "integer" && type.bits === 64);
      return wide ? deferWide(field, value.value, context) : single({ kind: "number" });
    }
    case "address":
      return deferAddress(field, value.value, context);
    case "string": {
      if (isStored(value.value)) return host;
      const place = stringPlace(value.value, access);
      if (place === null) return { argument: { kind: "number" }, numbers: ["NaN"] };
      return {
        argument: { kind: "string", size: value.value.size },
        numbers: [choose([place], (one) => one.text, "NaN")],
      };
    }
    case "probe":
    case "stack":
    case "flow":
    case "computed":
      return host;
    default:
      return assertNever(value);
  }
}

/** 64 bits as two halves, without a BigInt where they stand in the frame as they are. */
function deferWide(field: Field, value: Value, context: ReadContext): Deferred {
  const signed = field.type.kind === "integer" && field.type.signed;
  const load = value.kind === "load" ? value.load : null;
  if (load !== null && load.kind !== "header" && load.kind !== "layers" && load.kind !== "packet") {
    const place = context.access.member(load.frame);
    if (place !== null && place.size === 8) {
      const half = (offset: number): string => {
        const text = context.access.read(place.offset + offset, 4, false);
        return choose(
          [{ guards: place.guards, text, min: 0n, max: 0n, big: false, atom: true }],
          (one) => one.text,
          "NaN",
        );
      };
      return { argument: { kind: signed ? "s64" : "u64" }, numbers: [half(4), half(0)] };
    }
  }
  return { argument: { kind: "value" }, numbers: [readValue(field, context)] };
}

// ---- addresses -----------------------------------------------------------------------------------------------------

function readAddress(field: Field, value: AddressValue, context: ReadContext): string {
  const place = addressPlace(value, context.access);
  if (place !== null) return `rts$address(${place})`;
  const v4 = value.v4 === null ? [] : alternativesOf(value.v4, context.access);
  if (v4 === null || value.v6 !== null) return hostValue(field, context);
  return choose(v4, (one) => `rts$ipv4(${number(one)})`, "undefined");
}

function deferAddress(field: Field, value: AddressValue, context: ReadContext): Deferred {
  const place = addressPlace(value, context.access);
  if (place !== null) return { argument: { kind: "address" }, numbers: [place] };
  const v4 = value.v4 === null ? [] : alternativesOf(value.v4, context.access);
  if (v4 === null || value.v6 !== null) return { argument: { kind: "host", field }, numbers: ["1"] };
  return { argument: { kind: "ipv4" }, numbers: [choose(v4, number, "NaN")] };
}

const headerLoads = (value: Value): readonly HeaderLoad[] | null => {
  if (value.kind === "load") return value.load.kind === "header" ? [value.load] : null;
  if (value.kind !== "first") return null;
  const all = value.values.map(headerLoads);
  return all.every((one) => one !== null) ? all.flat() : null;
};

/** The place in the batch of an address that stands in a header as it is, -1 - place for IPv6; null: it does not. */
function addressPlace(value: AddressValue, access: FrameAccess): string | null {
  const v4 = value.v4 === null ? [] : headerLoads(value.v4);
  const high = value.v6 === null ? [] : headerLoads(value.v6.high);
  const low = value.v6 === null ? [] : headerLoads(value.v6.low);
  if (v4 === null || high === null || low === null) return null;
  const contiguous = high.every((one, i) => {
    const other = low[i];
    return other?.base === one.base && other.layer === one.layer && other.offset === one.offset + 8;
  });
  if (!contiguous || high.length !== low.length || v4.some((one) => one.size !== 4)) return null;
  if (access.layersOffset() === null) return "NaN";
  const place = (one: HeaderLoad, size: number): Alternative => ({
    guards: [
      access.layer([one.layer]),
      `${access.header(one.base)} + ${one.offset + size} <= ${access.end()}`,
    ],
    text: `${access.header(one.base)} + ${one.offset}`,
    min: 0n,
    max: 0n,
    big: false,
    atom: false,
  });
  const fours = v4.map((one) => place(one, 4));
  const sixes = high.map((one) => ({ ...place(one, 16), text: `-1 - (${place(one, 16).text})` }));
  return choose([...fours, ...sixes], (one) => one.text, "NaN");
}

// ---- the rest ------------------------------------------------------------------------------------------------------

/** A string that does not stand in the frame: the host has it. */
const isStored = ({ from }: StringLoad): boolean => from === "interned" || from === "tracking-id";

function stringPlace(load: StringLoad, access: FrameAccess): Alternative | null {
  const place = access.member(load.frame);
  if (place === null) return null;
  return {
    guards: place.guards,
    text: `rts$o + ${place.offset}`,
    min: 0n,
    max: 0n,
    big: false,
    atom: false,
  };
}

function hostValue(field: Field, context: ReadContext): string {
  return `rts$host(${context.tables.hostField(field)})`;
}
