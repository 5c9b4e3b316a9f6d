// From a place in the generated module back to the script: the map that the rewriting left, and where each piece of
// script text begins. What an exception's stack names is such a place.
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { Source, Span } from "../../source/diagnostic.js";

/** A piece of script text that was rewritten; index = source in the map. */
export interface MappedPiece {
  readonly source: Source;
  readonly start: number;
  readonly text: string;
}

export interface SourcePositions {
  /** A source map (version 3) as JSON; its sources are indices of `pieces`. */
  readonly map: string;
  readonly pieces: readonly MappedPiece[];
}

/** The first place of the script that an exception's stack names; null: none. */
export function locateStack(positions: SourcePositions, stack: string): Span | null {
  const trace = new TraceMap(positions.map);
  // `    at name (handlers.js:12:7)`, lines and columns from 1.
  for (const match of stack.matchAll(/\(?handlers\.js:(\d+):(\d+)\)?/g)) {
    const found = originalPositionFor(trace, {
      line: Number(match[1]),
      column: Math.max(0, Number(match[2]) - 1),
    });
    if (found.source === null) continue;
    const piece = positions.pieces[Number(found.source)];
    if (piece === undefined) continue;
    return wordAt(piece.source, piece.start + offsetOf(piece.text, found.line, found.column));
  }
  return null;
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf("\n", start);
    if (end < 0) break;
    start = end + 1;
  }
  return Math.min(start + column, text.length);
}

/** Something to underline: the word there; QuickJS points to the `.` before a member and to the `(` after a callee. */
function wordAt(source: Source, offset: number): Span {
  const { text } = source;
  let start = offset;
  if (text.charAt(start) === ".") start++;
  else if (text.charAt(start) === "(") while (start > 0 && /[\w$]/.test(text.charAt(start - 1))) start--;
  let end = start;
  while (end < text.length && /[\w$]/.test(text.charAt(end))) end++;
  return { source, start, end: Math.max(end, start + 1) };
}
