// A column of a record: what it is the value of, and which sections that value lies in.
import type { CheckedScript, Column } from "../check/checked.js";
import type { Field } from "../schema/field.js";
import type { SectionName } from "../schema/value.js";
import { assertNever } from "../source/assert-never.js";
import type { Expr } from "../syntax/ast.js";
import { lowerTest } from "./lower-test.js";
import { lowerValue, resolve } from "./lower-value.js";
import type { ColumnValue, PlannedColumn } from "./plan.js";
import { sectionsOfTest, sectionsOfValue } from "./used-sections.js";

export function planColumn(column: Column, checked: CheckedScript): PlannedColumn {
  return { source: column.source, value: columnValue(column.value, checked) };
}

function columnValue(expr: Expr, checked: CheckedScript): ColumnValue {
  const resolved = resolve(expr, checked) ?? expr;
  if (resolved.kind === "stack-call") return { kind: "stack", depth: Number(resolved.depth.value) };
  if (resolved.kind === "path") {
    const reference = checked.references.get(resolved);
    if (reference?.kind === "field") {
      if (reference.field.value.kind === "stack") return { kind: "stack", depth: null };
      return { kind: "field", field: reference.field };
    }
    if (reference?.kind === "section") return { kind: "section", section: reference.word.name };
    if (reference?.kind === "filter") return { kind: "test", test: lowerTest(resolved, checked) };
  }
  const text = literalText(resolved);
  if (text !== null) return { kind: "text", text };
  const type = checked.types.get(resolved);
  if (type?.kind === "boolean") return { kind: "test", test: lowerTest(resolved, checked) };
  const unit = type?.kind === "integer" ? type.unit : type?.kind === "duration" ? "ns" : null;
  return { kind: "number", value: lowerValue(resolved, checked), unit };
}

/** What a literal reads as; null: it is a number, or no literal. */
function literalText(expr: Expr): string | null {
  switch (expr.kind) {
    case "string":
      return expr.value;
    case "duration":
    case "ip":
    case "cidr":
    case "mac":
    case "name":
      return expr.text;
    case "set-literal":
      return `{${expr.elements
        .map(({ from, to }) => (to === null ? elementText(from) : `${elementText(from)}..${elementText(to)}`))
        .join(", ")}}`;
    default:
      return null;
  }
}

function elementText(expr: Expr): string {
  switch (expr.kind) {
    case "int":
      return String(expr.value);
    case "size":
      return expr.text;
    default:
      return literalText(expr) ?? "-";
  }
}

/** `printed`: the sections that a whole event would print, for a section in a record. */
export function sectionsOfColumn(
  column: PlannedColumn,
  printed: readonly SectionName[],
  fields: (name: string) => Field | null,
): readonly SectionName[] {
  const { value } = column;
  switch (value.kind) {
    case "field":
      return value.field.sections;
    case "number":
      return sectionsOfValue(value.value);
    case "test":
      return sectionsOfTest(value.test, fields);
    case "text":
      return [];
    case "section":
      return value.section === "stack" ? ["stack"] : printed;
    case "stack":
      return ["stack"];
    default:
      return assertNever(value);
  }
}
