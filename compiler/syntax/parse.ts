// Stage 2, script text to `Script`: item by item, so that a broken one hides no error in the next.
import type { IToken } from "chevrotain";
import * as say from "../source/catalog/syntax.js";
import { type Checked, type Diagnostic, hasErrors, type Source } from "../source/diagnostic.js";
import type { Item, Script } from "./ast.js";
import { createItemBuilder, type ItemBuilder } from "./build-ast.js";
import { diagnose } from "./diagnose.js";
import { ScriptParser } from "./grammar.js";
import { findHiddenItem } from "./item-boundary.js";
import { acornSyntax, type JavaScriptSyntax } from "./javascript.js";
import { type LexedItem, lexItem } from "./lexer.js";
import { findTooDeep, maxNesting } from "./nesting.js";

interface Tools {
  readonly parser: ScriptParser;
  readonly build: ItemBuilder;
}

let tools: Tools | null = null;

/** Made at the first parse: building the parser's tables takes milliseconds that `--help` need not pay. */
function getTools(): Tools {
  if (tools === null) {
    const parser = new ScriptParser();
    tools = { parser, build: createItemBuilder(parser) };
  }
  return tools;
}

/** Reads a whole script; all its errors in source order. */
export function parse(source: Source, javascript: JavaScriptSyntax = acornSyntax): Checked<Script> {
  const items: Item[] = [];
  const diagnostics: Diagnostic[] = [];
  const start = afterFirstLine(source.text);
  let first: number | null = null;
  for (let at = start; at < source.text.length; ) {
    const lexed = lexItem(source, at, javascript);
    first ??= lexed.tokens[0]?.startOffset ?? null;
    const read = readItem(source, lexed);
    if (read.item !== null) items.push(read.item);
    diagnostics.push(...read.diagnostics);
    at = Math.max(read.end, at + 1);
  }
  diagnostics.sort((a, b) => a.span.start - b.span.start);
  const doc = docComment(source.text.slice(start, first ?? source.text.length));
  return { value: hasErrors(diagnostics) ? null : { source, doc, items }, diagnostics };
}

interface ReadItem {
  readonly item: Item | null;
  readonly diagnostics: readonly Diagnostic[];
  /** Where to go on. */
  readonly end: number;
}

function readItem(source: Source, lexed: LexedItem): ReadItem {
  const { tokens, end } = lexed;
  const lexical = lexed.problems.map((problem) => problem.diagnostic);
  if (tokens.length === 0) return { item: null, diagnostics: lexical, end };
  const deep = findTooDeep(tokens);
  if (deep !== null) {
    const span = { source, start: deep.startOffset, end: deep.endOffset + 1 };
    return { item: null, diagnostics: [...lexical, say.nesting(span, maxNesting)], end };
  }
  const { parser, build } = getTools();
  parser.input = tokens;
  const cst = parser.entry();
  const [exception] = parser.errors;
  const derailed =
    lexed.problems.find((problem) => problem.derails)?.diagnostic.span.start ?? Number.POSITIVE_INFINITY;
  if (exception === undefined) {
    if (derailed < Number.POSITIVE_INFINITY) return { item: null, diagnostics: lexical, end };
    const found: Diagnostic[] = [...lexical];
    const item = build(cst, source, (problem) => found.push(problem));
    return { item, diagnostics: found, end };
  }
  // The next item may hide in what a broken one made of the text: end there and look again.
  const hidden = findHiddenItem(source, tokens);
  if (hidden !== null) return readItem(source, truncate(lexed, hidden));
  const at = indexOf(tokens, exception.token);
  const failure = diagnose(source, tokens, at, exception, end);
  const diagnostics = failure.span.start < derailed ? [failure, ...lexical] : lexical;
  return { item: null, diagnostics, end };
}

/** Chevrotain's end of input is a token of its own. */
function indexOf(tokens: readonly IToken[], token: IToken): number {
  const index = tokens.indexOf(token);
  return index < 0 ? tokens.length : index;
}

const truncate = (lexed: LexedItem, end: number): LexedItem => ({
  tokens: lexed.tokens.filter((token) => token.startOffset < end),
  problems: lexed.problems.filter((problem) => problem.diagnostic.span.start < end),
  end,
});

/** After a byte order mark and `#!`. */
function afterFirstLine(text: string): number {
  const start = text.startsWith("\ufeff") ? 1 : 0;
  if (!text.startsWith("#!", start)) return start;
  const end = text.indexOf("\n");
  return end < 0 ? text.length : end;
}

/** The `///` lines, without their marks. */
function docComment(before: string): string | null {
  const lines = before.split(/\r?\n/).flatMap((line) => /^\s*\/\/\/(?!\/) ?(.*)$/.exec(line)?.[1] ?? []);
  return lines.length === 0 ? null : lines.join("\n");
}
