// The type that `$name` has in expressions.
import type { Expr } from "../syntax/ast.js";
import type { CheckedOption } from "./checked.js";
import type { Type } from "./type.js";

/** Null: the declaration is wrong, which is reported there. */
export function optionType(option: CheckedOption): Type | null {
  const inner = option.type.replace("?", "");
  const type = baseType(inner.replace(/[{}]/g, ""), option.value);
  return type === null || !inner.startsWith("{") ? type : { kind: "set", of: type };
}

function baseType(base: string, value: Expr | null): Type | null {
  switch (base) {
    case "int":
      return { kind: "integer", bits: 64, signed: true, unit: null };
    case "port":
      return { kind: "integer", bits: 16, signed: false, unit: null };
    case "size":
      return { kind: "integer", bits: 64, signed: true, unit: "bytes" };
    case "bool":
      return { kind: "boolean" };
    case "string":
    case "probe":
      return { kind: "string" };
    case "duration":
      return { kind: "duration" };
    case "ip":
      return { kind: "address", family: value?.kind === "ip" ? value.version : null };
    case "cidr":
      // Of an option that was not given the family is anybody's guess, and no comparison with it matches.
      return value?.kind === "cidr"
        ? { kind: "cidr", family: value.version }
        : { kind: "address", family: null };
    case "mac":
      return { kind: "mac" };
    default:
      return null;
  }
}
