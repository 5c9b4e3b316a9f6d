// Records: the columns of `print a, b` as an aligned table, or as one JSON object a line, keyed by the expressions.
import type { Plan, PlannedAction } from "../../compiler/plan/plan.js";
import type { Batch } from "../events/frame.js";
import type { TextWriter } from "../packet/text-writer.js";
import { type CompiledColumn, compileColumn } from "./column.js";
import type { Names } from "./names.js";
import { cellJson, Table } from "./table.js";

export type RecordAction = Extract<PlannedAction, { kind: "print-record" }>;

interface Shape {
  readonly columns: readonly CompiledColumn[];
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

  constructor(plan: Plan, names: Names, json: boolean, paint: (text: string) => string) {
    this.#json = json;
    this.#paint = paint;
    for (const clause of plan.clauses) {
      for (const action of clause.actions) {
        if (action.kind === "print-record") this.#shapes.set(action, shapeOf(action, names));
      }
    }
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

function shapeOf(action: RecordAction, names: Names): Shape {
  const columns = action.columns.map((column) => compileColumn(column, names));
  return {
    columns,
    keys: action.columns.map((column) => `${JSON.stringify(column.source)}:`),
    table: new Table(columns),
    titles: action.columns.map((column) => column.source).join("\t"),
  };
}
