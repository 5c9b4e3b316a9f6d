// A checked script as text, for `retis dump types`: what every name means and which type every expression has.
import { assertNever } from "../source/assert-never.js";
import type { Expr, Path } from "../syntax/ast.js";
import type { CheckedAction, CheckedOn, CheckedOption, CheckedScript, Reference } from "./checked.js";
import { typeName } from "./describe-type.js";
import { textOf } from "./operand.js";

export function dumpTypes(checked: CheckedScript): string {
  const lines: string[] = [];
  for (const option of checked.options) lines.push(dumpOption(option));
  for (const [name, value] of Object.entries(checked.settings))
    if (value !== null) lines.push(`set ${name} = ${value}`);
  for (const filter of checked.filters.values())
    lines.push(`filter ${filter.name.text}`, ...dumpExpr(filter.value, checked, 1));
  for (const variable of checked.lets) lines.push(`let ${variable.name.text}`);
  for (const handler of checked.handlers) lines.push(...dumpOn(handler, checked));
  for (const block of checked.timed)
    lines.push(block.kind === "every" ? `every ${block.nanoseconds}ns { … }` : `${block.kind} { … }`);
  return lines.map((line) => `${line}\n`).join("");
}

function dumpOption(option: CheckedOption): string {
  const value = option.value === null ? "not given" : optionText(option.value);
  return `option ${option.name}: ${option.type} = ${value}`;
}

/** The value itself: the text in the script may be only the name of the option. */
function optionText(expr: Expr): string {
  switch (expr.kind) {
    case "int":
      return String(expr.value);
    case "string":
      return JSON.stringify(expr.value);
    case "name":
    case "ip":
    case "cidr":
    case "mac":
    case "duration":
    case "size":
      return expr.text;
    case "set-literal":
      return `{${expr.elements
        .map(({ from, to }) => (to === null ? optionText(from) : `${optionText(from)}..${optionText(to)}`))
        .join(", ")}}`;
    default:
      return textOf(expr);
  }
}

function dumpOn(handler: CheckedOn, checked: CheckedScript): readonly string[] {
  const probes = handler.probes.map((probe) =>
    probe.writtenAs === probe.tracepoint.name
      ? probe.tracepoint.name
      : `${probe.tracepoint.name} (${probe.writtenAs})`,
  );
  const lines = [`on ${probes.join(", ")}`];
  if (handler.where !== null) lines.push("  where", ...dumpExpr(handler.where, checked, 2));
  for (const action of handler.actions) lines.push(...dumpAction(action, checked));
  return lines;
}

function dumpAction(action: CheckedAction, checked: CheckedScript): readonly string[] {
  switch (action.kind) {
    case "print-event":
      return [`  print event${action.added.map((word) => ` + ${word.name}`).join("")}`];
    case "print-record":
      return ["  print record", ...action.columns.flatMap((column) => dumpExpr(column.value, checked, 2))];
    case "javascript":
      return ["  { … }"];
    case "save":
    case "stop":
      return [`  ${action.kind}`];
    default:
      return assertNever(action);
  }
}

/** One line an expression, its parts under it. */
function dumpExpr(expr: Expr, checked: CheckedScript, depth: number): readonly string[] {
  const type = checked.types.get(expr);
  const meaning = expr.kind === "path" ? meaningOf(expr, checked.references.get(expr)) : "";
  const line = `${"  ".repeat(depth)}${textOf(expr)}: ${type === undefined ? "-" : typeName(type)}${meaning}`;
  return [line, ...partsOf(expr).flatMap((part) => dumpExpr(part, checked, depth + 1))];
}

function meaningOf(path: Path, reference: Reference | undefined): string {
  switch (reference?.kind) {
    case undefined:
      return "";
    case "field":
      return reference.field.name === textOf(path) ? ", field" : `, field ${reference.field.name}`;
    case "either":
      return `, either of ${reference.field.sides.map((side) => side.name).join(" and ")}`;
    case "section":
      return ", is it there";
    case "filter":
      return ", filter";
    case "member":
      return reference.value === null ? ", not on this kernel" : ` = ${reference.value}`;
    default:
      return assertNever(reference);
  }
}

function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "parenthesized":
      return [expr.inner];
    case "logical":
      return expr.operands;
    case "not":
    case "prefix":
      return [expr.operand];
    case "compare":
    case "membership":
    case "arithmetic":
      return [expr.left, expr.right];
    case "matches":
      return [expr.left];
    case "set-literal":
      return expr.elements.flatMap((element) =>
        element.to === null ? [element.from] : [element.from, element.to],
      );
    default:
      return [];
  }
}
