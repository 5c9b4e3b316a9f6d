// Rows of a table with stacks in them: no line is empty, and it is seen where a row begins.
import assert from "node:assert/strict";
import test from "node:test";
import { type Cell, Table } from "../../../runtime/outputs/table.js";
import { TextWriter } from "../../../runtime/packet/text-writer.js";

function rows(titles: readonly string[], ...cells: readonly (readonly Cell[])[]): readonly string[] {
  const table = new Table(titles.map((title) => ({ title, alignRight: false, usualWidth: 4 })));
  const out = new TextWriter(256);
  for (const row of cells) table.writeRow(out, row);
  return out.take().toString().trimEnd().split("\n");
}

test("a stack alone begins with its first function", () => {
  assert.deepEqual(rows(["stack(2)"], [["a+0x1", "b+0x2"]], [[]], [["c+0x3"]]), [
    "a+0x1",
    "    b+0x2",
    "-",
    "c+0x3",
  ]);
});

test("a stack beside other values stands below them", () => {
  assert.deepEqual(rows(["comm", "stack"], ["curl", ["a+0x1", "b+0x2"]], ["wget", []]), [
    "curl",
    "    a+0x1",
    "    b+0x2",
    "wget  -",
  ]);
});
