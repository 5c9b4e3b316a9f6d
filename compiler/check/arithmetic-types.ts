// The type of `left op right`. Integers, flags and durations compute; nothing else does (LANGUAGE §3, §9).
import * as catalog from "../source/catalog/check-expressions.js";
import type { Arithmetic } from "../syntax/ast.js";
import type { Report } from "./collect-declarations.js";
import { describeType } from "./describe-type.js";
import { textOf } from "./operand.js";
import type { Type } from "./type.js";

type Integer = Extract<Type, { kind: "integer" }>;

const isBitwise = (op: string): boolean => op === "|" || op === "&" || op === "^";

/** Null: reported. */
export function arithmeticType(expr: Arithmetic, left: Type, right: Type, report: Report): Type | null {
  for (const [operand, type] of [
    [expr.left, left],
    [expr.right, right],
  ] as const) {
    if (type.kind === "integer" || type.kind === "duration" || type.kind === "flags") continue;
    report(
      catalog.wrongOperand(
        operand.span,
        expr.op,
        textOf(operand),
        describeType(type),
        helpFor(type, textOf(operand)),
      ),
    );
    return null;
  }
  if (left.kind === "flags" || right.kind === "flags") return flagsType(expr, left, right, report);
  if (left.kind === "duration" || right.kind === "duration") return durationType(expr, left, right, report);
  return left.kind === "integer" && right.kind === "integer" ? integerType(expr, left, right) : null;
}

function helpFor(type: Type, name: string): string {
  switch (type.kind) {
    case "address":
    case "cidr":
      return `test a network: \`${name} in 10.0.0.0/8\``;
    case "enum":
      return "compare it by name";
    case "boolean":
      return "join tests with `and` and `or`";
    case "time":
      return "take the time between two events in a JavaScript block";
    default:
      return "use numbers here";
  }
}

function flagsType(expr: Arithmetic, left: Type, right: Type, report: Report): Type | null {
  const flags = left.kind === "flags" ? left : right;
  if (isBitwise(expr.op) && left.kind !== "duration" && right.kind !== "duration") return flags;
  const operand = left.kind === "flags" ? expr.left : expr.right;
  report(
    catalog.wrongOperand(
      operand.span,
      expr.op,
      textOf(operand),
      describeType(flags),
      "flags join with `|` and mask with `&`",
    ),
  );
  return null;
}

function durationType(expr: Arithmetic, left: Type, right: Type, report: Report): Type | null {
  const both = left.kind === "duration" && right.kind === "duration";
  if (both && (expr.op === "+" || expr.op === "-")) return left;
  if (both && expr.op === "/") return { kind: "integer", bits: 64, signed: true, unit: null };
  if (!both && expr.op === "*") return { kind: "duration" };
  report(catalog.wrongUnits(expr.span, expr.op, describeType(left), describeType(right)));
  return null;
}

/** 64-bit; unsigned as soon as an operand is u64, a shift like what is shifted. */
function integerType(expr: Arithmetic, left: Integer, right: Integer): Type {
  const isShift = expr.op === "<<" || expr.op === ">>";
  const isWide = (type: Integer): boolean => type.bits === 64 && !type.signed;
  const signed = isShift ? !isWide(left) : !isWide(left) && !isWide(right);
  const bytes = [left, right].filter((type) => type.unit === "bytes").length;
  const keeps =
    expr.op === "+" ||
    expr.op === "-" ||
    (expr.op === "*" && bytes === 1) ||
    (expr.op === "/" && right.unit === null) ||
    expr.op === "%";
  return { kind: "integer", bits: 64, signed, unit: bytes > 0 && keeps ? "bytes" : null };
}
