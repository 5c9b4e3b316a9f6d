// Records as a table whose columns are aligned as rows come: a title line, then one line a record. Widths start from
// what values of the type usually need and only grow, so that nothing is held back.
import stringWidth from "string-width";
import type { TextWriter } from "../packet/text-writer.js";

/** A value of a record; undefined: absent. */
export type Cell = undefined | number | bigint | string | boolean | readonly string[];

export interface TableColumn {
  readonly title: string;
  readonly alignRight: boolean;
  /** Width that values of this type usually have. */
  readonly usualWidth: number;
}

const GAP = "  ";

/** Columns on a terminal. Nearly all values are ASCII, and string-width takes microseconds. */
const widthOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : stringWidth(text));

export class Table {
  readonly #columns: readonly TableColumn[];
  readonly #widths: number[];

  constructor(columns: readonly TableColumn[]) {
    this.#columns = columns;
    this.#widths = columns.map((column) => Math.max(widthOf(column.title), column.usualWidth));
  }

  writeTitles(out: TextWriter, paint: (text: string) => string): void {
    out.utf8(paint(this.#line(this.#columns.map((column) => column.title))));
    out.char(10);
  }

  /** A cell of several lines (a stack) stands below the row, four spaces in; its first one is the row where that is empty. */
  writeRow(out: TextWriter, cells: readonly Cell[]): void {
    const texts = cells.map((cell) => (isList(cell) ? (cell.length === 0 ? "-" : "") : cellText(cell)));
    texts.forEach((text, index) => {
      const width = widthOf(text);
      if (width > (this.#widths[index] ?? 0)) this.#widths[index] = width;
    });
    const below = cells.flatMap((cell) => (isList(cell) ? cell : []));
    const row = this.#line(texts);
    out.utf8(row === "" ? (below.shift() ?? "") : row);
    out.char(10);
    for (const line of below) out.utf8(`    ${line}\n`);
  }

  #line(texts: readonly string[]): string {
    let line = "";
    texts.forEach((text, index) => {
      const padding = " ".repeat(Math.max(0, (this.#widths[index] ?? 0) - widthOf(text)));
      line += `${index === 0 ? "" : GAP}${this.#columns[index]?.alignRight === true ? padding + text : text + padding}`;
    });
    return line.trimEnd();
  }
}

const isList = (cell: Cell): cell is readonly string[] => Array.isArray(cell);

/** Control characters never reach a terminal: names of tasks and devices are chosen by others. */
export function cellText(cell: Exclude<Cell, readonly string[]>): string {
  if (cell === undefined) return "-";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  return String(cell).replace(/[\u0000-\u001f\u007f-\u009f]/g, "\uFFFD");
}

/** The same value for JSON: absent is null; what a double cannot hold exactly is a number still, written in full. */
export function cellJson(cell: Cell): string {
  if (cell === undefined) return "null";
  if (typeof cell === "bigint") return cell.toString();
  return JSON.stringify(cell);
}
