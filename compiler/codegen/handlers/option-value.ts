// `$option` in a handler -> a JavaScript literal: numbers, sizes and durations (ns) as numbers, addresses as text.
import type { OptionValue } from "../../check/checked.js";
import type { Expr } from "../../syntax/ast.js";

const number = (value: bigint): string =>
  value >= -(1n << 53n) && value <= 1n << 53n ? `(${value})` : `(${value}n)`;

export function optionLiteral(value: OptionValue | null): string {
  return value === null ? "(undefined)" : literal(value);
}

function literal(value: Expr): string {
  switch (value.kind) {
    case "int":
      return number(value.value);
    case "duration":
      return number(value.nanoseconds);
    case "size":
      return number(value.bytes);
    case "string":
      return JSON.stringify(value.value);
    case "ip":
    case "cidr":
    case "mac":
      return JSON.stringify(value.text);
    case "name":
      return value.text === "true" || value.text === "false" ? value.text : JSON.stringify(value.text);
    case "set-literal":
      return `[${value.elements
        .map((one) =>
          one.to === null ? literal(one.from) : `{ from: ${literal(one.from)}, to: ${literal(one.to)} }`,
        )
        .join(", ")}]`;
    default:
      return "(undefined)";
  }
}
