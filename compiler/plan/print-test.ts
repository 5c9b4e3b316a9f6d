// Tests and values in the language's own words, for `explain`: what the code generators are given, spelled out.
import type { Field } from "../schema/field.js";
import { fields } from "../schema/index.js";
import type { Load, StringLoad, Value } from "../schema/value.js";
import { assertNever } from "../source/assert-never.js";
import type { Test } from "./predicate.js";

export function printTest(test: Test): string {
  return print(test, 0);
}

/** `tight`: 0 stands alone, 1 within `or`, 2 within `and` or `not`. */
function print(test: Test, tight: 0 | 1 | 2): string {
  switch (test.kind) {
    case "constant":
      return String(test.value);
    case "and": {
      // Both halves of an IPv6 address are present: said once.
      const text = [...new Set(test.tests.map((part) => print(part, 2)))].join(" and ");
      return tight === 2 ? `(${text})` : text;
    }
    case "or": {
      const text = test.tests.map((part) => print(part, 1)).join(" or ");
      return tight === 0 ? text : `(${text})`;
    }
    case "not":
      return `not ${print(test.test, 2)}`;
    case "compare":
      if (test.op === "==" && isSame(test.left, test.right)) return `${nameOf(test.left)} present`;
      return `${printValue(test.left)} ${test.op} ${printValue(test.right)}`;
    case "ranges": {
      const ranges = test.ranges.map((range) =>
        range.from === range.to ? number(range.from) : `${number(range.from)}..${number(range.to)}`,
      );
      return `${printValue(test.value)}${test.negated ? " not" : ""} in {${ranges.join(", ")}}`;
    }
    case "layer":
      return test.anyOf.length === 1
        ? layerName(test.anyOf[0]!)
        : `(${test.anyOf.map(layerName).join(" or ")})`;
    case "section":
      return test.section;
    case "string":
      return `${stringName(test.load)} ${test.negated ? "!=" : "=="} ${JSON.stringify(test.text)}`;
    case "glob":
      return `${stringName(test.load)} matches ${JSON.stringify(test.pattern)}`;
    case "regex":
      return `${test.subject.kind === "string" ? stringName(test.subject.load) : test.subject.kind === "probe" ? "probe" : test.subject.name} matches /${test.source}/${test.flags}`;
    case "set-has":
      return `${test.name} ${test.mode} {${test.members.join(", ")}}`;
    case "probe":
      return `probe${test.what === "type" ? ".type" : ""} ${test.glob ? "matches" : "=="} ${JSON.stringify(test.text)}`;
    default:
      return assertNever(test);
  }
}

export function printValue(value: Value): string {
  switch (value.kind) {
    case "constant":
      return number(value.value);
    case "load":
      return printLoad(value.load);
    case "arithmetic":
      return `(${printValue(value.left)} ${value.op} ${printValue(value.right)})`;
    case "complement":
      return `~${printValue(value.operand)}`;
    case "negate":
      return `-${printValue(value.operand)}`;
    case "first":
      return value.values.length === 0 ? "(absent)" : firstOf(value.values.map(printValue));
    case "guarded":
      return printValue(value.value);
    case "computed":
      return value.name;
    default:
      return assertNever(value);
  }
}

/** `ipv4.saddr`, where a field is this value and no more. */
function nameOf(value: Value): string {
  if (value.kind !== "load") return printValue(value);
  for (const field of fields.values()) {
    const own = ownLoads(field);
    if (own.some((load) => isSame(load, value))) return field.name;
  }
  return printValue(value);
}

/** The number that a field is; of addresses those of one family. */
function ownLoads({ value }: Field): readonly Value[] {
  if (value.kind === "number") return [value.value];
  if (value.kind !== "address") return [];
  const { v4, v6 } = value.value;
  if (v6 === null) return v4 === null ? [] : [v4];
  return v4 === null ? [v6.high, v6.low] : [];
}

function isSame(a: Value, b: Value): boolean {
  return JSON.stringify(a, digits) === JSON.stringify(b, digits);
}

const digits = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);

const firstOf = (alternatives: readonly string[]): string =>
  alternatives.length === 1 ? (alternatives[0] ?? "") : `first(${alternatives.join(", ")})`;

const layerName = (layer: string): string => layer.toLowerCase();

/** Header bytes as pcap-filter writes them: `tcp[2:2]`. */
function printLoad(load: Load): string {
  switch (load.kind) {
    case "header":
      return `${layerName(load.layer)}[${load.offset}:${load.size}]`;
    case "layers":
      return layerName(load.layer) === load.member ? load.member : `${layerName(load.layer)}.${load.member}`;
    case "packet":
      return `packet.${load.member}`;
    case "kernel":
      return firstOf(load.paths.map((path) => `${load.struct}.${path.join(".")}`));
    case "argument":
      return `args.${load.argument}`;
    case "context":
      return load.what;
    case "frame":
      return `${load.frame.section}.${load.frame.member}`;
    default:
      return assertNever(load);
  }
}

function stringName({ from, frame }: StringLoad): string {
  if (from === "tracking-id") return "pkt";
  if (from === "interned") return `${frame.section}.${frame.member}`;
  return from === "comm" ? "comm" : from.path.join(".");
}

const number = (value: bigint): string => (value > 0xffffn ? `0x${value.toString(16)}` : value.toString());
