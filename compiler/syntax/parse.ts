// Stage 2, script text to `Script`: item by item, so that a broken one hides no error in the next.
import type { IRecognitionException, IToken } from "chevrotain";
import * as say from "../source/catalog/syntax.js";
import { type Checked, type Diagnostic, hasErrors, type Source } from "../source/diagnostic.js";
import type { Item, Script } from "./ast.js";
import { createItemBuilder, type ItemBuilder } from "./build-ast.js";
import { diagnose } from "./diagnose.js";
import { actionTypes, closers, Failure, openers } from "./failure.js";
import { ScriptParser } from "./grammar.js";
import { findHiddenItem, leadsLine } from "./item-boundary.js";
import { acornSyntax, type JavaScriptSyntax } from "./javascript.js";
import { type LexedItem, lexItem } from "./lexer.js";
import { findTooDeep, maxNesting } from "./nesting.js";
import type { Token } from "./tokens.js";

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
  const failures = failuresFrom(source, tokens, exception, end).filter(({ span }) => span.start < derailed);
  return { item: null, diagnostics: [...failures, ...lexical], end };
}

/** The failure, and those of later actions that lead their lines and so can be read by themselves. */
function failuresFrom(
  source: Source,
  tokens: readonly Token[],
  exception: IRecognitionException,
  end: number,
): readonly Diagnostic[] {
  const { parser } = getTools();
  const failures: Diagnostic[] = [];
  for (let next: IRecognitionException | undefined = exception; next !== undefined; ) {
    const at = indexOf(tokens, next.token);
    const rule = next.context.ruleStack.at(-1) ?? "";
    failures.push(diagnose(new Failure(source, tokens, at, rule, next.message, end)));
    const resume = findActionAfter(source, tokens, at);
    if (resume === null) break;
    parser.input = tokens.slice(resume);
    parser.actions();
    [next] = parser.errors;
  }
  return failures;
}

/** The next token after a failure that begins an action on a line of its own, outside of brackets. */
function findActionAfter(source: Source, tokens: readonly Token[], failed: number): number | null {
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (openers.has(token.tokenType)) depth += 1;
    else if (closers.has(token.tokenType)) depth -= 1;
    const begins = index > failed && depth === 0 && actionTypes.includes(token.tokenType);
    if (begins && leadsLine(source.text, token.startOffset)) return index;
  }
  return null;
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
