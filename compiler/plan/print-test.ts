// Tests and values in the language's own words, for `explain`: what the code generators are given, spelled out.
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
      const text = test.tests.map((part) => print(part, 2)).join(" and ");
      return tight === 2 ? `(${text})` : text;
    }
    case "or": {
      const text = test.tests.map((part) => print(part, 1)).join(" or ");
      return tight === 0 ? text : `(${text})`;
    }
    case "not":
      return `not ${print(test.test, 2)}`;
    case "compare":
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
      return value.values.length === 0 ? "(absent)" : `first(${value.values.map(printValue).join(", ")})`;
    case "guarded":
      return printValue(value.value);
    case "computed":
      return value.name;
    default:
      return assertNever(value);
  }
}

const layerName = (layer: string): string => layer.toLowerCase();

/** Header bytes as pcap-filter writes them: `tcp[2:2]`. */
function printLoad(load: Load): string {
  switch (load.kind) {
    case "header":
      return `${layerName(load.layer)}[${load.offset}:${load.size}]`;
    case "layers":
      return `${layerName(load.layer)}.${load.member}`;
    case "packet":
      return `packet.${load.member}`;
    case "kernel":
      return load.paths.map((path) => `${load.struct}.${path.join(".")}`).join(" or ");
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
