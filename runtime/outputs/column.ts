// A column of a record: how its value is read from a frame, and how a table aligns it.
import { compileTest, type RegexHook } from "../../compiler/codegen/predicates/index.js";
import type { PlannedColumn } from "../../compiler/plan/plan.js";
import type { EnumSource, Field, FieldType } from "../../compiler/schema/field.js";
import { assertNever } from "../../compiler/source/assert-never.js";
import { TextWriter } from "../packet/text-writer.js";
import { EventText } from "./event-text.js";
import { type Reader, readField, readNumber, readStack } from "./field-value.js";
import type { Names } from "./names.js";
import type { TableColumn } from "./table.js";
import { writeUtc } from "./time-text.js";

export interface CompiledColumn extends TableColumn {
  readonly read: Reader;
}

export interface ColumnStyle {
  /** Points in time as dates. */
  readonly utc: boolean;
  /** How regular expressions are decided; null: there are none. */
  readonly patterns: RegexHook | null;
}

export function compileColumn(column: PlannedColumn, names: Names, style: ColumnStyle): CompiledColumn {
  const title = column.source;
  const { value } = column;
  switch (value.kind) {
    case "field":
      if (style.utc && value.field.type.kind === "time") return { title, ...dateColumn(value.field, names) };
      return { title, ...fieldForm(value.field, names), read: readField(value.field, names) };
    case "number":
      return { title, alignRight: true, usualWidth: 8, read: readNumber(value.value, names) };
    case "test": {
      const test = compileTest(value.test, names, style.patterns ?? undefined);
      return { title, alignRight: false, usualWidth: 5, read: (batch, at) => test(batch.view, at) };
    }
    case "text": {
      const { text } = value;
      return { title, alignRight: false, usualWidth: text.length, read: () => text };
    }
    case "stack":
      return { title, alignRight: false, usualWidth: 5, read: readStack(names, value.depth) };
    case "section":
      return { title, alignRight: false, usualWidth: 40, read: readSection(value.section, names) };
    default:
      return assertNever(value);
  }
}

/** The names of the run's probes are known. */
function fieldForm(field: Field, names: Names): Omit<TableColumn, "title"> {
  if (field.value.kind !== "probe" || field.value.what !== "name") return tableForm(field.type);
  return { alignRight: false, usualWidth: Math.max(0, ...names.probes.map(({ name }) => name.length)) };
}

/** Numbers stand right; widths are those that values of the type usually need. */
function tableForm(type: FieldType): { readonly alignRight: boolean; readonly usualWidth: number } {
  switch (type.kind) {
    case "integer":
      return { alignRight: true, usualWidth: type.bits <= 16 ? 5 : 10 };
    case "time":
    case "duration":
      return { alignRight: true, usualWidth: 14 };
    case "address":
    case "string":
      return { alignRight: false, usualWidth: 15 };
    case "enum":
      return { alignRight: false, usualWidth: usualName(type.source) };
    case "mac":
      return { alignRight: false, usualWidth: 17 };
    // `ip_local_deliver_finish+0x81`, `192.168.100.10:43210 > 192.168.100.20:443 tcp`
    case "symbol":
      return { alignRight: false, usualWidth: 32 };
    case "flow":
      return { alignRight: false, usualWidth: 46 };
    case "boolean":
    case "flags":
    case "number-set":
    case "stack":
      return { alignRight: false, usualWidth: 8 };
    default:
      return assertNever(type);
  }
}

/** The longest name, where there are few. */
function usualName(source: EnumSource): number {
  if (source.kind !== "fixed") return 15;
  return Math.max(8, ...[...source.values.keys()].map((name) => name.length));
}

/** `2026-01-02 03:04:05.002000`, as the event's own line shows it. */
function dateColumn(field: Field, names: Names): Omit<CompiledColumn, "title"> {
  const read = readField(field, names);
  const out = new TextWriter(32);
  return {
    alignRight: false,
    usualWidth: 26,
    read: (batch, at) => {
      const time = read(batch, at);
      if (typeof time !== "bigint" && typeof time !== "number") return undefined;
      out.reset();
      writeUtc(out, BigInt(time) + names.clockOffset);
      return out.take().toString("latin1");
    },
  };
}

/** A section in a record is its text, on one line. */
function readSection(section: string, names: Names): Reader {
  const text = new EventText(names, { singleLine: true, time: "ns", linkLayer: false });
  const out = new TextWriter(1024);
  return (batch, at) => {
    out.reset();
    if (!text.writeSection(out, batch.bytes, batch.view, at, section)) return undefined;
    return out.take().toString("utf8");
  };
}
