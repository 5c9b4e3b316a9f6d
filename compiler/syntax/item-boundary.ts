// Where an item begins: the grammar's rule, and a stricter one by which a broken item is taken to have ended.
import type { Source } from "../source/diagnostic.js";
import type { Token } from "./tokens.js";
import { actionWords, itemWords, operatorWords } from "./words.js";

const wordPattern = /[A-Za-z_]\w*(?:-[A-Za-z]\w*)*/y;
const probeDeclaration = /\s+[A-Za-z_]\w*\s*=(?!=)/y;

const matchAt = (pattern: RegExp, text: string, at: number): string | null => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
};

/** Whether the word at `at` begins an item, given that an item can begin there; `probe` does only before `NAME =`. */
export function beginsItem(text: string, at: number): boolean {
  const word = matchAt(wordPattern, text, at);
  if (word === null || !itemWords.has(word)) return false;
  return word !== "probe" || matchAt(probeDeclaration, text, at + word.length) !== null;
}

const name = "[A-Za-z_]\\w*";
/** Before an operator the word was a value. */
const operand = `(?!(?:${[...operatorWords.keys(), "by"].join("|")})\\b)`;
/** What follows each word when it does begin an item. */
const shapes: ReadonlyMap<string, RegExp> = new Map([
  ["use", /[ \t]*"/y],
  ["option", new RegExp(`[ \\t]+${name}[ \\t]*:`, "y")],
  ["set", new RegExp(`[ \\t]+${name}[ \\t]*=(?!=)`, "y")],
  ["probe", new RegExp(`[ \\t]+${name}[ \\t]*=(?!=)`, "y")],
  ["filter", new RegExp(`[ \\t]+${name}[ \\t]*=(?!=)`, "y")],
  ["follow", new RegExp(`[ \\t]+${operand}[\\w($]`, "y")],
  ["let", new RegExp(`[ \\t]+${operand}${name}[ \\t]*(?:[=;\\r\\n]|$)`, "y")],
  ["on", new RegExp(`[ \\t]+${operand}[\\w$*?]`, "y")],
  ["every", /[ \t]+(?:\d|\$)/y],
  ["begin", new RegExp(`[ \\t]*(?:\\{|(?:${[...actionWords.keys()].join("|")})\\b)`, "y")],
  ["end", new RegExp(`[ \\t]*(?:\\{|(?:${[...actionWords.keys()].join("|")})\\b)`, "y")],
]);

/** Whether what stands at `at` leads its line and looks like an item by itself, wherever it stands. */
export const interrupts = (text: string, at: number): boolean =>
  looksLikeItem(text, at) && leadsLine(text, at);

function looksLikeItem(text: string, at: number): boolean {
  const word = matchAt(wordPattern, text, at);
  const shape = word === null ? undefined : shapes.get(word);
  return word !== null && shape !== undefined && matchAt(shape, text, at + word.length) !== null;
}

/** Whether only blanks stand between the last line end or `;` and `at`. */
export const leadsLine = (text: string, at: number): boolean =>
  /(?:^|[\n;])[ \t]*$/.test(text.slice(Math.max(0, at - 200), at));

const columnOf = (text: string, at: number): number => at - (text.lastIndexOf("\n", at - 1) + 1);

/**
 * Where to go on after something that is never closed: the next line that looks like an item and is indented no
 * deeper than the item it ends.
 */
export function resumeAfter(source: Source, from: number, itemStart: number): number {
  const { text } = source;
  const column = leadsLine(text, itemStart) ? columnOf(text, itemStart) : 0;
  for (let at = text.indexOf("\n", from); at >= 0; at = text.indexOf("\n", at + 1)) {
    const start = at + 1 + (/^[ \t]*/.exec(text.slice(at + 1, at + 200))?.[0].length ?? 0);
    if (columnOf(text, start) <= column && looksLikeItem(text, start)) return start;
  }
  return text.length;
}

/** The first token inside a broken item that looks like the next item: it leads its line. Null: none does. */
export function findHiddenItem(source: Source, tokens: readonly Token[]): number | null {
  const { text } = source;
  for (const { startOffset } of tokens.slice(1)) {
    if (interrupts(text, startOffset)) return startOffset;
  }
  return null;
}
