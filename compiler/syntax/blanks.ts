// White space and comments between tokens, and what is wrong with them.
import * as habits from "../source/catalog/habits.js";
import * as say from "../source/catalog/syntax.js";
import type { Diagnostic, Source, Span } from "../source/diagnostic.js";
import { resumeAfter } from "./item-boundary.js";

/** What the lexer found wrong, and whether what it made of the text after it can still be parsed. */
export interface LexicalProblem {
  readonly diagnostic: Diagnostic;
  readonly derails: boolean;
}

const spacePattern = /\s*/y;
const moreHashes = /(?:\s*#[^\n]*)*/y;

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
};

/** Where the next token begins, from `start` in the item that begins at `itemStart`. */
export function skipBlanks(
  source: Source,
  start: number,
  itemStart: number,
  report: (problem: LexicalProblem) => void,
): number {
  const { text } = source;
  const span = (from: number, to: number): Span => ({ source, start: from, end: to });
  for (let at = start; ; ) {
    at = skip(spacePattern, text, at);
    if (text.startsWith("//", at)) at = lineEnd(text, at);
    else if (text.startsWith("/*", at)) {
      const end = text.indexOf("*/", at + 2);
      if (end < 0) report({ diagnostic: say.unclosedComment(span(at, at + 2)), derails: true });
      at = end < 0 ? resumeAfter(source, at + 2, itemStart) : end + 2;
    } else if (text[at] === "#") {
      const end = lineEnd(text, at);
      const comment = text.slice(at + 1, end).trim();
      report({ diagnostic: habits.hashComment(span(at, at + 1), comment), derails: false });
      // One report for a run of lines.
      at = skip(moreHashes, text, end);
    } else return at;
  }
}
