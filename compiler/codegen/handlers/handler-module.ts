// What the handlers of a script become: one JavaScript text for the sandbox, and tables that tell the host what the
// numbers mean that the sandbox hands out. Types and the numbers that both sides agree on.
import type { Field } from "../../schema/field.js";
import type { Span } from "../../source/diagnostic.js";
import type { Conversion } from "./printf-format.js";
import type { SourcePositions } from "./source-positions.js";

/** The name under which the sandbox evaluates the module. */
export const MODULE_NAME = "handlers.js";

export interface HandlerModule {
  /** An expression of JavaScript: a function that takes the sandbox's buffers and returns its entry points. */
  readonly text: string;
  /** Nothing to run and no pattern to match: no sandbox is needed. */
  readonly empty: boolean;
  /** Index = handler id in records. */
  readonly handlers: readonly Handler[];
  /** Index = format id in records. */
  readonly formats: readonly RecordFormat[];
  /** Index = pattern id of `matchBatch`. */
  readonly patterns: readonly Pattern[];
  /** Fields that only the host can work out and that a handler looks at; it supplies them with each batch. */
  readonly hostFields: readonly Field[];
  readonly positions: SourcePositions;
}

/** One `{ … }`. */
export type Handler =
  | { readonly kind: "event"; readonly clause: number; readonly action: number; readonly span: Span }
  /** `timed` is an index into the plan's timed blocks. */
  | { readonly kind: "timed"; readonly timed: number; readonly span: Span }
  /** The initializer of a `let`, run when the sandbox starts. */
  | { readonly kind: "let"; readonly name: string; readonly span: Span };

/** A regular expression of a predicate (`matches`). */
export interface Pattern {
  readonly source: string;
  readonly flags: string;
  readonly span: Span;
}

/** What a record is. Each has the item, the handler and the format's id in front of its own numbers. */
export type RecordFormat =
  /** A line of text, from the pieces; each argument takes its own numbers, in order. */
  | { readonly kind: "line"; readonly pieces: readonly Piece[] }
  /** Text that ends its own lines: `printf`. */
  | { readonly kind: "text"; readonly pieces: readonly Piece[] }
  /** A structured record with fixed keys. */
  | { readonly kind: "emit"; readonly columns: readonly EmitColumn[] }
  /** The event as `print` shows it, with sections added. */
  | { readonly kind: "event"; readonly added: readonly string[] }
  | { readonly kind: "stop" }
  /** A count, then so many values, separated by spaces. */
  | { readonly kind: "values" }
  /** A count, then the format's text and its values. */
  | { readonly kind: "printf" }
  /** A structured record as JSON text that the sandbox made. */
  | { readonly kind: "json" };

/** Formats that every module has, at these places. */
export const FORMAT = { values: 0, printf: 1, json: 2, stop: 3 } as const;

export const FIXED_FORMATS: readonly RecordFormat[] = [
  { kind: "values" },
  { kind: "printf" },
  { kind: "json" },
  { kind: "stop" },
];

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "argument";
      readonly argument: Argument;
      /** What stands there when the value is absent: `-`, and in template text what JavaScript writes. */
      readonly missing: "-" | "undefined";
      readonly conversion: Conversion | null;
    };

export interface EmitColumn {
  readonly key: string;
  readonly argument: Argument;
}

/** What the numbers of one argument mean. One number, NaN for absent, unless said otherwise. */
export type Argument =
  | { readonly kind: "number" }
  | { readonly kind: "boolean" }
  /** Unknown numbers stay numbers. */
  | { readonly kind: "enum"; readonly names: ReadonlyMap<number, string> }
  | { readonly kind: "flags"; readonly bits: readonly (readonly [string, number])[] }
  | { readonly kind: "ipv4" }
  /** Where the address stands in the batch: from 0 for IPv4, `-1 - offset` for IPv6. */
  | { readonly kind: "address" }
  | { readonly kind: "mac" }
  /** Two numbers: upper and lower half. */
  | { readonly kind: "u64" }
  | { readonly kind: "s64" }
  /** Where the NUL-terminated string of at most `size` bytes begins in the batch. */
  | { readonly kind: "string"; readonly size: number }
  /** 1; the host reads the field from the frame. */
  | { readonly kind: "host"; readonly field: Field }
  /** A tag and what belongs to it (`TAG`). */
  | { readonly kind: "value" };

/** A value that only the sandbox knows. Texts are a start and a length in the batch's text. */
export const TAG = {
  number: 0,
  string: 1,
  bigint: 2,
  json: 3,
  undefined: 4,
  true: 5,
  false: 6,
  null: 7,
} as const;

/** Words of the control block that host and sandbox share: 32-bit numbers. */
export const CONTROL = {
  /** Sandbox: the item that is handled, or the last that was. */
  item: 0,
  /** Sandbox: the handler that runs; -1: none. */
  handler: 1,
  /** Sandbox: handlers called so far; wraps. */
  calls: 2,
  /** Sandbox: numbers written to the output. */
  written: 3,
  /** Sandbox: `stop()` was called. */
  stopped: 4,
  /** Sandbox: memory is exhausted; the sandbox must not be used any more. */
  exhausted: 5,
  words: 16,
} as const;

/** Between these, digits in JSON text are a BigInt: JSON.stringify knows no other way to write one. */
export const BIGINT_MARK = "\ue000";
