// `print`, `printf` and `emit` with arguments that the compiler can see -> calls that write a format's number and the
// raw values; the host makes text of them. Whatever it cannot see goes to the prelude's general functions.
import type { AnyNode, CallExpression, Expression, ObjectExpression, SpreadElement } from "acorn";
import { sectionWord } from "../../schema/index.js";
import * as catalog from "../../source/catalog/handlers.js";
import type { EventPath } from "./event-path.js";
import { readDeferred, readFlag } from "./field-read.js";
import type { Argument, EmitColumn, Piece } from "./handler-module.js";
import type { PieceEdit } from "./piece-edit.js";
import { type Conversion, isProblem, parseFormat } from "./printf-format.js";

/** An argument that stays in the call: where it stands, and what replaces it; null: it is rewritten as any code. */
interface Kept {
  readonly node: AnyNode;
  readonly argument: Argument;
  readonly numbers: readonly string[] | null;
  /** Around what stays: makes text of it, as template text does. */
  readonly wrap: string | null;
}

type Part = { readonly text: string } | Kept;

export class OutputCalls {
  constructor(private readonly rewriter: PieceEdit) {}

  /** False: the general function does it. */
  call(name: string, call: CallExpression): boolean {
    const args = call.arguments;
    if (args.some((argument) => argument.type === "SpreadElement")) return false;
    switch (name) {
      case "print":
        return this.print(call, args as readonly Expression[]);
      case "printf":
        return this.printf(call, args as readonly Expression[]);
      case "emit":
        return this.emit(call, args);
      default:
        return false;
    }
  }

  private print(call: CallExpression, args: readonly Expression[]): boolean {
    const words = args.map((argument) => this.section(argument));
    if (words.every((word) => word !== null)) {
      if (this.rewriter.withoutEvent(call, args.length === 0 ? "print()" : "print(…)"))
        return this.finish(args);
      const id = this.rewriter.module.tables.format({ kind: "event", added: words });
      this.rewriter.code.overwrite(call.start, call.end, `rts$open(${id})`);
      return this.finish(args);
    }
    const pieces: Piece[] = [];
    const kept: Kept[] = [];
    args.forEach((argument, index) => {
      if (index > 0) pieces.push({ kind: "text", text: " " });
      const template = argument.type === "TemplateLiteral";
      for (const part of template ? this.template(argument) : [this.part(argument)]) {
        pieces.push(piece(part, template ? "undefined" : "-", null));
        if ("node" in part) kept.push(part);
      }
    });
    this.write(
      call,
      this.rewriter.module.emitter(
        { kind: "line", pieces },
        kept.map((one) => one.argument),
      ),
      kept,
    );
    return true;
  }

  private printf(call: CallExpression, args: readonly Expression[]): boolean {
    const [first, ...rest] = args;
    const format = first === undefined ? null : constantText(first);
    if (first === undefined || format === null) return false;
    const parsed = parseFormat(format);
    if (isProblem(parsed)) {
      // Escapes make the text longer than what it says: then the whole format is underlined.
      const exact = first.end - first.start === format.length + 2;
      const from = first.start + 1;
      const place = exact ? { start: from + parsed.start, end: from + parsed.end } : first;
      this.rewriter.diagnostics.push(catalog.badFormat(this.rewriter.span(place), parsed.message));
      return true;
    }
    const wanted = parsed.filter((one) => typeof one !== "string").length;
    if (wanted !== rest.length) {
      this.rewriter.diagnostics.push(catalog.argumentCount(this.rewriter.span(call), wanted, rest.length));
    }
    const pieces: Piece[] = [];
    const kept: Kept[] = [];
    let index = 0;
    for (const one of parsed) {
      if (typeof one === "string") {
        pieces.push({ kind: "text", text: one });
        continue;
      }
      const argument = rest[index++];
      if (argument === undefined) break;
      const part = this.part(argument, false);
      pieces.push(piece(part, "-", one));
      if ("node" in part) kept.push(part);
    }
    this.write(
      call,
      this.rewriter.module.emitter(
        { kind: "text", pieces },
        kept.map((one) => one.argument),
      ),
      kept,
    );
    return true;
  }

  private emit(call: CallExpression, args: readonly (Expression | SpreadElement)[]): boolean {
    const [object] = args;
    if (args.length !== 1 || object?.type !== "ObjectExpression") return false;
    const members = plainMembers(object);
    if (members === null) return false;
    const columns: EmitColumn[] = [];
    const kept: Kept[] = [];
    for (const [key, value] of members) {
      const part = this.part(value, false);
      if (!("node" in part)) return false;
      columns.push({ key, argument: part.argument });
      this.rewriter.moved.add(value);
      kept.push(part);
    }
    this.write(
      call,
      this.rewriter.module.emitter(
        { kind: "emit", columns },
        kept.map((one) => one.argument),
      ),
      kept,
    );
    return true;
  }

  /** The section that an argument names, which `print` then adds to the event; null: it is a value. */
  private section(argument: Expression): string | null {
    const path = this.path(argument);
    if (path === null || path.node !== argument) return null;
    const { meaning } = path;
    if (meaning.kind === "section") return meaning.word === null ? null : meaning.word.name;
    return meaning.kind === "field" ? (sectionWord(path.path)?.name ?? null) : null;
  }

  private path(node: Expression): EventPath | null {
    return node.type === "Identifier" || node.type === "MemberExpression" ? this.rewriter.pathOf(node) : null;
  }

  /** `constants`: a literal becomes part of the format. */
  private part(node: Expression, constants = true): Part {
    const text = constants ? constantText(node) : null;
    if (text !== null) return { text };
    const path = this.path(node);
    // An error in the path is found where all paths are.
    if (path !== null && path.node === node && this.rewriter.piece.place === null) {
      const context = this.rewriter.module.read(this.rewriter.access);
      if (path.meaning.kind === "field") {
        const deferred = readDeferred(path.meaning.field, context);
        return { node, argument: deferred.argument, numbers: deferred.numbers, wrap: null };
      }
      if (path.meaning.kind === "flag") {
        const read = readFlag(path.meaning.field, path.meaning.bit, context);
        return { node, argument: { kind: "boolean" }, numbers: [`+${read}`], wrap: null };
      }
    }
    return { node, argument: { kind: "value" }, numbers: null, wrap: null };
  }

  private template(node: Extract<Expression, { type: "TemplateLiteral" }>): readonly Part[] {
    return node.quasis.flatMap((quasi, index): readonly Part[] => {
      const text = { text: quasi.value.cooked ?? quasi.value.raw };
      const expression = node.expressions[index];
      if (expression === undefined) return [text];
      const part = this.part(expression);
      // Where the value is not a field's, JavaScript's own text is wanted: `[object Object]`, `1,2`.
      return [text, "node" in part && part.numbers === null ? { ...part, wrap: "rts$templateText" } : part];
    });
  }

  /** Replaces the call by one of the format's function with what is kept of the arguments. */
  private write(call: CallExpression, emitter: string, kept: readonly Kept[]): void {
    const { code } = this.rewriter;
    let from = call.start;
    let before = `${emitter}(`;
    for (const one of kept) {
      const wrap = one.wrap ?? (one.node.type === "SequenceExpression" ? "" : null);
      code.overwrite(from, one.node.start, before + (wrap === null ? "" : `${wrap}(`));
      if (one.numbers !== null) {
        code.overwrite(one.node.start, one.node.end, one.numbers.join(", "));
        this.finish([one.node]);
      }
      from = one.node.end;
      before = wrap === null ? ", " : "), ";
      if (one === kept.at(-1) && wrap !== null) before = ")";
      else if (one === kept.at(-1)) before = "";
    }
    code.overwrite(from, call.end, `${before})`);
  }

  /** The names in these nodes are dealt with. */
  private finish(nodes: readonly AnyNode[]): true {
    for (const node of nodes) {
      for (const free of this.rewriter.free.keys()) {
        if (free.start >= node.start && free.end <= node.end) this.rewriter.done.add(free);
      }
    }
    return true;
  }
}

function piece(part: Part, missing: "-" | "undefined", conversion: Conversion | null): Piece {
  if (!("node" in part)) return { kind: "text", text: part.text };
  return { kind: "argument", argument: part.argument, missing, conversion };
}

/** Text that is the same for every event. */
function constantText(node: Expression): string | null {
  if (node.type === "TemplateLiteral" && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? null;
  if (node.type !== "Literal" || node.regex) return null;
  return node.bigint ? String(BigInt(node.bigint)) : String(node.value);
}

/** Keys and values of an object without spread, accessors and computed names; null: it has some. */
function plainMembers(object: ObjectExpression): readonly (readonly [string, Expression])[] | null {
  const members = new Map<string, Expression>();
  for (const property of object.properties) {
    if (property.type !== "Property" || property.kind !== "init" || property.computed || property.method)
      return null;
    const { key } = property;
    const name = key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : null;
    if (name === null || name === "__proto__" || members.has(name) || /^\d+$/.test(name)) return null;
    members.set(name, property.value);
  }
  return [...members];
}
