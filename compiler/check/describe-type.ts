// Types in words: as they stand in messages (`a number of bytes`) and in `retis dump types` (`u32 bytes`).
import { assertNever } from "../source/assert-never.js";
import type { Type } from "./type.js";

/** Continues "`x` is …". */
export function describeType(type: Type): string {
  switch (type.kind) {
    case "integer":
      return type.unit === "bytes" ? "a number of bytes" : type.unit === "ns" ? "a number of ns" : "a number";
    case "boolean":
      return "true or false";
    case "string":
      return "a string";
    case "enum":
      return "a named value";
    case "flags":
      return "a set of flags";
    case "address":
      return type.family === null ? "an IP address" : `an IPv${type.family} address`;
    case "cidr":
      return "an IP network";
    case "mac":
      return "a MAC address";
    case "duration":
      return "a duration";
    case "time":
      return "a point in time";
    case "symbol":
      return "a place in the kernel's code";
    case "stack":
      return "a stack";
    case "flow":
      return "a flow";
    case "number-set":
      return "a set that the packet holds";
    case "set":
      return "a set";
    case "section":
      return "a section";
    default:
      return assertNever(type);
  }
}

/** Short, for dumps. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case "integer":
      return `${type.signed ? "i" : "u"}${type.bits}${type.unit === null ? "" : ` ${type.unit}`}`;
    case "enum":
      return `enum ${type.source.name}`;
    case "address":
      return type.family === null ? "address" : `address v${type.family}`;
    case "cidr":
      return `cidr v${type.family}`;
    case "number-set":
      return `set of ${type.source.name}`;
    case "set":
      return `{${typeName(type.of)}}`;
    default:
      return type.kind;
  }
}
