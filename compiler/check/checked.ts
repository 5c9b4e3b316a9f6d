// A script whose names are resolved and whose types are right: the tree, and side tables about it. Types only.

import type { Tracepoint } from "../kernel-facts.js";
import type { EitherField, Field, SectionWord } from "../schema/field.js";
import type { SectionName } from "../schema/value.js";
import type { Source, Span } from "../source/diagnostic.js";
import type {
  Expr,
  FilterDecl,
  JavaScriptBlock,
  JavaScriptText,
  Let,
  On,
  Path,
  Script,
} from "../syntax/ast.js";
import type { Type } from "./type.js";

/** What a path means. */
export type Reference =
  | { readonly kind: "field"; readonly field: Field }
  | { readonly kind: "either"; readonly field: EitherField }
  | { readonly kind: "section"; readonly word: SectionWord }
  | { readonly kind: "filter"; readonly filter: FilterDecl }
  /** A member of the enum or flag set opposite. `value` null: only other kernels have it; it never matches. */
  | { readonly kind: "member"; readonly name: string; readonly value: bigint | null };

export interface CheckedScript {
  readonly script: Script;
  /** For `--help`. */
  readonly options: readonly CheckedOption[];
  readonly settings: Settings;
  readonly handlers: readonly CheckedOn[];
  /** `begin`, `end` and `every` blocks, in script order. */
  readonly timed: readonly CheckedTimed[];
  /** Of the script and the files it uses, in that order: used files first. */
  readonly lets: readonly Let[];
  /** All that can be named, the prelude's among them: handlers see them as booleans. */
  readonly filters: ReadonlyMap<string, FilterDecl>;
  readonly types: ReadonlyMap<Expr, Type>;
  readonly references: ReadonlyMap<Path, Reference>;
  /** Sections that its events can have. */
  readonly sections: ReadonlySet<SectionName>;
}

export interface CheckedOption {
  readonly name: string;
  readonly type: string;
  readonly description: string | null;
  readonly required: boolean;
  /** What it has in this run: given, else the default; null: an optional one that was not given. */
  readonly value: OptionValue | null;
  readonly span: Span;
}

/** The value of an option, as the literal that it stands for (`int`, `string`, `cidr`, `set-literal`, …). */
export type OptionValue = Extract<
  Expr,
  { kind: "int" | "duration" | "size" | "string" | "ip" | "cidr" | "mac" | "name" | "set-literal" }
>;

/** `set NAME = …`, checked; null: not set by the script. */
export interface Settings {
  /** Bytes of the ring buffer. */
  readonly buffer: number | null;
  /** Bytes of each packet that an event carries. */
  readonly snaplen: number | null;
}

/** One `on`. */
export interface CheckedOn {
  readonly on: On;
  /** In the order written, none twice. */
  readonly probes: readonly ResolvedProbe[];
  readonly where: Expr | null;
  readonly actions: readonly CheckedAction[];
}

/** A JavaScript block without an event. */
export type CheckedTimed =
  | { readonly kind: "begin" | "end"; readonly block: JavaScriptBlock }
  | { readonly kind: "every"; readonly nanoseconds: bigint; readonly block: JavaScriptBlock };

/** An attach point of the kernel that the script is for. */
export interface ResolvedProbe {
  readonly kind: "tp" | "kprobe" | "kretprobe";
  readonly tracepoint: Tracepoint;
  /** Where it was asked for, and by which name: `drop`. */
  readonly span: Span;
  readonly writtenAs: string;
}

export type CheckedAction =
  /** The event in its text form, and the sections that are added to it. */
  | { readonly kind: "print-event"; readonly added: readonly SectionWord[]; readonly span: Span }
  | { readonly kind: "print-record"; readonly columns: readonly Column[]; readonly span: Span }
  | { readonly kind: "javascript"; readonly block: JavaScriptBlock }
  | { readonly kind: "save"; readonly span: Span }
  | { readonly kind: "stop"; readonly span: Span };

/** `source` is the expression as written: the column's title and the JSON key. */
export interface Column {
  readonly source: string;
  readonly value: Expr;
  readonly span: Span;
}

export type { JavaScriptText, Source };
