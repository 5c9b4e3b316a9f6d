// One piece of a script's JavaScript -> JavaScript for the sandbox: free names are found and given their meaning; reads
// of the event become reads of the batch. What the piece declares itself is left alone.
import { type AnyNode, type CallExpression, type Identifier, type Program, parse } from "acorn";
import { MagicString } from "magic-string";
import type { Field } from "../../schema/field.js";
import { allNames } from "../../schema/index.js";
import { assertNever } from "../../source/assert-never.js";
import * as catalog from "../../source/catalog/handlers.js";
import type { Diagnostic, Span } from "../../source/diagnostic.js";
import { nearest } from "../../source/nearest.js";
import { type EventPath, eventPath } from "./event-path.js";
import { readFlag, readValue } from "./field-read.js";
import { testExpression } from "./filter-expression.js";
import { FrameAccess } from "./frame-access.js";
import { lintField } from "./lint-field.js";
import type { ModuleContext } from "./module-context.js";
import { optionLiteral } from "./option-value.js";
import { OutputCalls } from "./output-calls.js";
import type { PieceEdit, ScriptPiece } from "./piece-edit.js";
import { analyzeScopes, type FreeName, isWritten } from "./scope.js";
import { presenceOf } from "./section-object.js";
import { functionsOfTheScript, globals, missing, notYet } from "./vocabulary.js";

/** Names of ours begin so; a script's cannot. */
export const PREFIX = "rts$";

const STRICT = '"use strict";';

export interface RewrittenPiece {
  readonly code: MagicString;
  /** Belongs at the top of the function that the code becomes. */
  readonly prologue: string;
  /** The text that the code's source positions count in, and where that begins in the script. */
  readonly text: string;
  readonly start: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** The piece as acorn reads it, with a directive in front: offsets in the tree count in `text`. */
export function parsePiece(
  piece: ScriptPiece,
): { readonly program: Program; readonly text: string; readonly start: number } | Diagnostic {
  const open = piece.kind === "expression" ? "(" : "";
  const text = `${STRICT}${open}${piece.text}\n${piece.kind === "expression" ? ")" : ""}`;
  const start = piece.span.start - STRICT.length - open.length;
  try {
    const program = parse(text, {
      ecmaVersion: 2023,
      sourceType: "script",
      allowReturnOutsideFunction: piece.kind === "body",
    });
    return { program, text, start };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    const at = "pos" in error && typeof error.pos === "number" ? error.pos + start : piece.span.start;
    const from = Math.min(Math.max(at, piece.span.start), Math.max(piece.span.start, piece.span.end - 1));
    const said = error instanceof SyntaxError ? error.message : "too deeply nested";
    const message = said.replace(/ \(\d+:\d+\)$/, "");
    return catalog.notJavaScript(
      { source: piece.span.source, start: from, end: Math.min(from + 1, piece.span.end) },
      message.charAt(0).toLowerCase() + message.slice(1),
    );
  }
}

export function rewritePiece(piece: ScriptPiece, module: ModuleContext): RewrittenPiece {
  const parsed = parsePiece(piece);
  if (!("program" in parsed)) {
    const code = new MagicString(piece.text);
    return { code, prologue: "", text: piece.text, start: piece.span.start, diagnostics: [parsed] };
  }
  const rewriter = new PieceRewriter(piece, module, parsed.text, parsed.start);
  rewriter.rewrite(parsed.program);
  rewriter.code.remove(0, STRICT.length);
  return {
    code: rewriter.code,
    prologue: rewriter.access.prologue(),
    text: parsed.text,
    start: parsed.start,
    diagnostics: rewriter.diagnostics,
  };
}

class PieceRewriter implements PieceEdit {
  readonly code: MagicString;
  readonly access: FrameAccess;
  readonly diagnostics: Diagnostic[] = [];
  readonly free = new Map<AnyNode, FreeName>();
  readonly done = new Set<AnyNode>();
  readonly moved = new Set<AnyNode>();
  private readonly output: OutputCalls;

  constructor(
    readonly piece: ScriptPiece,
    readonly module: ModuleContext,
    readonly text: string,
    private readonly start: number,
  ) {
    this.code = new MagicString(text);
    this.access = new FrameAccess(module.frame);
    this.output = new OutputCalls(this);
  }

  rewrite(program: Program): void {
    const report = analyzeScopes(program);
    for (const node of report.outer) {
      const name = node.type === "ImportExpression" ? "import" : this.text.slice(node.start, node.end);
      this.diagnostics.push(
        catalog.notInHandlers(this.span(node), name, missing.get(name) ?? missing.get("this") ?? ""),
      );
    }
    for (const [name, node] of report.declared) {
      if (name.startsWith(PREFIX)) this.diagnostics.push(catalog.reservedName(this.span(node), name, PREFIX));
    }
    for (const one of report.free) this.free.set(one.node, one);
    for (const one of report.free) if (!this.done.has(one.node)) this.name(one, [...report.declared.keys()]);
    this.diagnostics.sort((a, b) => a.span.start - b.span.start);
  }

  span(node: { readonly start: number; readonly end: number }): Span {
    return { source: this.piece.span.source, start: node.start + this.start, end: node.end + this.start };
  }

  pathOf(node: AnyNode): EventPath | null {
    let head: AnyNode = node;
    while (head.type === "MemberExpression") head = head.object;
    const free = this.free.get(head);
    if (free === undefined || head.type !== "Identifier" || this.module.lets.has(head.name)) return null;
    return eventPath(head, free.around);
  }

  private name(free: FreeName, declared: readonly string[]): void {
    const { node } = free;
    const { name } = node;
    const path = eventPath(node, free.around);
    if (name.startsWith("$")) this.option(free);
    else if (this.module.lets.has(name)) return;
    else if (functionsOfTheScript.has(name)) this.scriptFunction(free);
    else if (name === "elapsed") {
      this.readOnly(free, () => (this.piece.place === null ? "rts$elapsed(rts$o)" : "rts$elapsed(-1)"));
    } else if (path !== null) this.event(path);
    else if (this.module.filters.has(name)) this.filter(free);
    else if (!globals.has(name)) this.unknown(node, declared);
  }

  private unknown(node: Identifier, declared: readonly string[]): void {
    const { name } = node;
    const instead = notYet.get(name);
    const help = missing.get(name);
    if (instead !== undefined) {
      this.diagnostics.push(catalog.notInThisVersion(this.span(node), name, instead));
    } else if (help !== undefined) {
      this.diagnostics.push(catalog.notInHandlers(this.span(node), name, help));
    } else {
      const { lets, filters } = this.module;
      const ours = [...declared, ...lets, ...functionsOfTheScript.keys(), ...allNames, ...filters.keys()];
      this.diagnostics.push(catalog.unknownName(this.span(node), name, nearest(name, [...ours, ...globals])));
    }
  }

  private filter(free: FreeName): void {
    const test = this.module.filters.get(free.node.name);
    if (test === undefined || this.withoutEvent(free.node, free.node.name)) return;
    const section = this.module.notCollected(test, this.piece.clause);
    if (section !== null) {
      this.diagnostics.push(catalog.notCollected(this.span(free.node), free.node.name, section));
      return;
    }
    this.readOnly(free, () => testExpression(test, this.module.read(this.access)));
  }

  /** Puts the text in the name's place, unless it is assigned to. */
  private readOnly({ node, around, written }: FreeName, text: () => string): void {
    if (written) this.diagnostics.push(catalog.readOnly(this.span(node), node.name));
    else this.replace(node, around, text());
  }

  private option(free: FreeName): void {
    const name = free.node.name.slice(1);
    const option = this.module.options.get(name);
    if (option === undefined) {
      const near = nearest(name, this.module.options.keys());
      this.diagnostics.push(catalog.unknownOption(this.span(free.node), name, near));
    } else this.readOnly(free, () => optionLiteral(option.value));
  }

  private scriptFunction(free: FreeName): void {
    const { node } = free;
    if (free.written) {
      this.diagnostics.push(catalog.readOnly(this.span(node), node.name));
      return;
    }
    const parent = free.around.at(-1);
    if (parent?.type === "CallExpression" && parent.callee === node && !parent.optional) {
      if (this.output.call(node.name, parent as CallExpression)) return;
    }
    this.replace(node, free.around, functionsOfTheScript.get(node.name) ?? node.name);
  }

  withoutEvent(node: AnyNode, path: string): boolean {
    const { place } = this.piece;
    if (place === null) return false;
    this.diagnostics.push(catalog.noEventHere(this.span(node), path, place));
    return true;
  }

  private event(path: EventPath): void {
    const { meaning, node } = path;
    if (this.withoutEvent(node, path.path)) return;
    if (writtenTo(path)) {
      this.diagnostics.push(catalog.readOnly(this.span(node), path.path));
      return;
    }
    const context = this.module.read(this.access);
    switch (meaning.kind) {
      case "unknown":
        this.diagnostics.push(catalog.unknownField(this.span(node), path.path, meaning.near));
        return;
      case "either": {
        const [one, other] = meaning.either.sides;
        this.diagnostics.push(catalog.eitherSide(this.span(node), path.path, one.name, other.name));
        return;
      }
      case "field":
        this.lint(path, meaning.field);
        this.replace(node, path.around, readValue(meaning.field, context));
        this.optional(path);
        return;
      case "flag":
        this.replace(node, path.around, readFlag(meaning.field, meaning.bit, context));
        return;
      case "section": {
        const { word } = meaning;
        if (word !== null && isCondition(node, path.around)) {
          this.replace(node, path.around, `(${presenceOf(word, this.access)} ? true : undefined)`);
          return;
        }
        this.replace(node, path.around, `${this.module.section(meaning.name, word)}(rts$o)`);
        this.optional(path);
        return;
      }
      default:
        assertNever(meaning);
    }
  }

  private lint(path: EventPath, field: Field): void {
    const problem = lintField(path, field, {
      span: (node) => this.span(node),
      text: (node) => this.text.slice(node.start, node.end),
      nameOf: ({ type }, value) =>
        type.kind === "enum" ? this.module.tables.enumOf(type.source).names.get(value) : undefined,
    });
    if (problem !== null) this.diagnostics.push(problem);
  }

  /** Puts an expression in the place of a node. */
  replace(node: AnyNode, around: readonly AnyNode[], text: string): void {
    const parent = around.at(-1);
    let replacement = text;
    if (
      parent?.type === "Property" &&
      parent.shorthand &&
      node.type === "Identifier" &&
      !this.moved.has(node)
    ) {
      replacement = `${node.name}: ${text}`;
    }
    // A parenthesis at the start of a statement would continue the line before it.
    const statement = around.findLast((one) => one.type === "ExpressionStatement");
    if (statement !== undefined && statement.start === node.start) replacement = `0, ${replacement}`;
    this.code.overwrite(node.start, node.end, replacement);
  }

  /** `ip.saddr.length` is undefined without an address, as fields are, and no exception. */
  private optional(path: EventPath): void {
    const parent = path.around.at(-1);
    if (parent?.type !== "MemberExpression" || parent.object !== path.node || parent.optional) return;
    if (!mayBeOptional(path.around)) return;
    const between = this.text.slice(path.node.end, parent.property.start);
    const dot = parent.computed ? /^\s*\[\s*$/.exec(between) : /^\s*\.\s*$/.exec(between);
    if (dot === null) return;
    const at = path.node.end + between.search(/[.[]/);
    this.code.appendLeft(at, parent.computed ? "?." : "?");
  }
}

/** Assigned to, or a member of it is. */
function writtenTo(path: EventPath): boolean {
  let node = path.node;
  let i = path.around.length;
  while (i > 0) {
    if (isWritten(node, path.around.slice(0, i))) return true;
    const parent = path.around[i - 1]!;
    if (parent.type !== "MemberExpression" || parent.object !== node) return false;
    node = parent;
    i--;
  }
  return false;
}

/** The chain of accesses and calls around is neither a tag of a template nor what `new` constructs. */
function mayBeOptional(around: readonly AnyNode[]): boolean {
  for (let i = around.length - 1; i >= 0; i--) {
    const parent = around[i]!;
    if (parent.type === "MemberExpression" || parent.type === "CallExpression") continue;
    return parent.type !== "TaggedTemplateExpression" && parent.type !== "NewExpression";
  }
  return true;
}

/** Only whether the value is true or false matters. */
function isCondition(node: AnyNode, around: readonly AnyNode[]): boolean {
  const parent = around.at(-1);
  switch (parent?.type) {
    case "IfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "ForStatement":
    case "ConditionalExpression":
      return parent.test === node;
    case "UnaryExpression":
      return parent.operator === "!";
    case "LogicalExpression":
      return (parent.operator === "&&" && parent.left === node) || isCondition(parent, around.slice(0, -1));
    default:
      return false;
  }
}
