// From an offset in a text to the line and column that people count, and back to the line's text.
import type { Source } from "./diagnostic.js";

/** Both from 1; columns count characters (code points), tabs as one. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

const starts = new WeakMap<Source, readonly number[]>();

/** The offset of each line's first character. */
export function lineStarts(source: Source): readonly number[] {
  const known = starts.get(source);
  if (known !== undefined) return known;
  const found = [0];
  for (let at = source.text.indexOf("\n"); at >= 0; at = source.text.indexOf("\n", at + 1))
    found.push(at + 1);
  starts.set(source, found);
  return found;
}

/** The line's text without its end. */
export function lineText(source: Source, line: number): string {
  const all = lineStarts(source);
  const start = all[line - 1] ?? source.text.length;
  const text = source.text.slice(start, all[line] ?? source.text.length);
  return text.replace(/\r?\n$/, "");
}

export function lineStart(source: Source, line: number): number {
  return lineStarts(source)[line - 1] ?? source.text.length;
}

export function placeOf(source: Source, offset: number): Place {
  const all = lineStarts(source);
  let low = 0;
  let high = all.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((all[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const before = source.text.slice(all[low] ?? 0, offset);
  return { line: low + 1, column: [...before].length + 1 };
}
