// Records: the columns of `print a, b` as an aligned table, or as one JSON object a line, keyed by the expressions.
import type { RegexHook } from "../../compiler/codegen/predicates/index.js";
import type { Plan, PlannedAction, PlannedColumn } from "../../compiler/plan/plan.js";
import type { Test } from "../../compiler/plan/predicate.js";
import type { Batch } from "../events/frame.js";
import type { TextWriter } from "../packet/text-writer.js";
import { type ColumnStyle, type CompiledColumn, compileColumn } from "./column.js";
import type { Names } from "./names.js";
import { cellJson, Table } from "./table.js";

export type RecordAction = Extract<PlannedAction, { kind: "print-record" }>;

export interface RecordStyle {
  readonly json: boolean;
  /** Points in time as dates; JSON has their numbers all the same. */
  readonly utc: boolean;
  readonly paint: (text: string) => string;
  readonly patterns: RegexHook | null;
}

interface Shape {
  readonly columns: readonly CompiledColumn[];
  /** Those that ask about regular expressions. */
  readonly asking: readonly CompiledColumn[];
  /** `"ip.saddr":` of each column. */
  readonly keys: readonly string[];
  readonly table: Table;
  readonly titles: string;
}

export class RecordOutput {
  readonly #shapes = new Map<RecordAction, Shape>();
  readonly #json: boolean;
  readonly #paint: (text: string) => string;
  /** Titles stand above the first row, and again when rows of another shape came between. */
  #lastTitles: string | null = null;

  constructor(plan: Plan, names: Names, style: RecordStyle) {
    this.#json = style.json;
    this.#paint = style.paint;
    const columns = { utc: style.utc && !style.json, patterns: style.patterns };
    for (const clause of plan.clauses) {
      for (const action of clause.actions) {
        if (action.kind === "print-record") this.#shapes.set(action, shapeOf(action, names, columns));
      }
    }
  }

  /** Reads what asks about regular expressions, so that the answers are there when the record is written. */
  rehearse(batch: Batch, at: number, action: RecordAction): void {
    for (const column of this.#shapes.get(action)?.asking ?? []) column.read(batch, at);
  }

  write(out: TextWriter, batch: Batch, at: number, action: RecordAction): void {
    const shape = this.#shapes.get(action);
    if (shape === undefined) return;
    if (this.#json) {
      shape.columns.forEach((column, index) => {
        out.char(index === 0 ? 123 : 44);
        out.utf8(shape.keys[index] ?? "");
        out.utf8(cellJson(column.read(batch, at)));
      });
      out.ascii("}\n");
      return;
    }
    if (shape.titles !== this.#lastTitles) {
      shape.table.writeTitles(out, this.#paint);
      this.#lastTitles = shape.titles;
    }
    shape.table.writeRow(
      out,
      shape.columns.map((column) => column.read(batch, at)),
    );
  }
}

function shapeOf(action: RecordAction, names: Names, style: ColumnStyle): Shape {
  const columns = action.columns.map((column) => compileColumn(column, names, style));
  return {
    columns,
    asking: columns.filter((_, index) => asksPatterns(action.columns[index])),
    keys: action.columns.map((column) => `${JSON.stringify(column.source)}:`),
    table: new Table(columns),
    titles: action.columns.map((column) => column.source).join("\t"),
  };
}

const asksPatterns = (column: PlannedColumn | undefined): boolean =>
  column?.value.kind === "test" && hasRegex(column.value.test);

function hasRegex(test: Test): boolean {
  switch (test.kind) {
    case "and":
    case "or":
      return test.tests.some(hasRegex);
    case "not":
      return hasRegex(test.test);
    default:
      return test.kind === "regex";
  }
}
