// The syntax tree of a script: exactly what was written, nothing resolved. Types only. Docs: LANGUAGE §1.
import type { Source, Span } from "../source/diagnostic.js";
import type {
  Attach,
  DurationLiteral,
  Expr,
  IntLiteral,
  Literal,
  Name,
  OptionRef,
  StringLiteral,
} from "./ast-expression.js";

export type * from "./ast-expression.js";

export interface Script {
  readonly source: Source;
  /** The `///` comment lines before the first item, joined by newlines: the script's help text. */
  readonly doc: string | null;
  readonly items: readonly Item[];
}

export type Item =
  | Use
  | OptionDecl
  | Setting
  | ProbeDecl
  | FilterDecl
  | Follow
  | Let
  | On
  | Every
  | Begin
  | End;

export interface Use {
  readonly kind: "use";
  readonly path: StringLiteral;
  readonly span: Span;
}

export interface OptionDecl {
  readonly kind: "option";
  readonly name: Name;
  readonly type: OptionType;
  readonly default: Literal | null;
  readonly description: string | null;
  readonly span: Span;
}

/** `port`, `port?` (may be left out), `{port}` (a set). The base is checked later. */
export interface OptionType {
  readonly base: Name;
  readonly set: boolean;
  readonly optional: boolean;
  readonly span: Span;
}

export interface Setting {
  readonly kind: "set";
  readonly name: Name;
  readonly value: Literal;
  readonly span: Span;
}

export interface ProbeDecl {
  readonly kind: "probe";
  readonly name: Name;
  readonly attach: readonly Attach[];
  readonly description: string | null;
  readonly span: Span;
}

export interface FilterDecl {
  readonly kind: "filter";
  readonly name: Name;
  readonly value: Expr;
  readonly span: Span;
}

export interface Follow {
  readonly kind: "follow";
  readonly value: Expr;
  readonly at: readonly Attach[];
  readonly span: Span;
}

export interface Let {
  readonly kind: "let";
  readonly name: Name;
  /** The JavaScript expression after `=`; null when there is none. */
  readonly value: JavaScriptText | null;
  readonly span: Span;
}

export interface On {
  readonly kind: "on";
  readonly attach: readonly Attach[];
  readonly where: Expr | null;
  readonly modifiers: readonly Modifier[];
  readonly actions: readonly Action[];
  readonly span: Span;
}

export interface Every {
  readonly kind: "every";
  readonly period: DurationLiteral | OptionRef;
  readonly actions: readonly Action[];
  readonly span: Span;
}

export interface Begin {
  readonly kind: "begin";
  readonly actions: readonly Action[];
  readonly span: Span;
}

export interface End {
  readonly kind: "end";
  readonly actions: readonly Action[];
  readonly span: Span;
}

export type Modifier =
  | {
      readonly kind: "sample";
      readonly numerator: IntLiteral | OptionRef;
      readonly denominator: IntLiteral | OptionRef;
      readonly byFlow: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: "limit";
      readonly count: IntLiteral | OptionRef;
      readonly per: "s" | "min" | "h" | null;
      readonly keys: readonly Expr[];
      readonly span: Span;
    };

export type Action =
  | { readonly kind: "print"; readonly what: readonly What[]; readonly span: Span }
  | Aggregate
  | { readonly kind: "clear"; readonly aggregate: AggregateName; readonly span: Span }
  | { readonly kind: "remember"; readonly count: IntLiteral | OptionRef | null; readonly span: Span }
  | { readonly kind: "save"; readonly span: Span }
  | { readonly kind: "stop"; readonly span: Span }
  | JavaScriptBlock;

export type What =
  /** A section's name or an expression: which of them is decided when names are resolved. */
  | { readonly kind: "expression"; readonly value: Expr; readonly span: Span }
  | { readonly kind: "journey"; readonly span: Span }
  | {
      readonly kind: "aggregate";
      readonly name: AggregateName;
      readonly top: IntLiteral | OptionRef | null;
      readonly span: Span;
    };

/** `@` (text "") or `@name` (text "name"). */
export type AggregateName = Name;

export type AggregateFunction =
  | "count"
  | "sum"
  | "min"
  | "max"
  | "avg"
  | "stats"
  | "hist"
  | "lhist"
  | "quantiles";

export interface Aggregate {
  readonly kind: "aggregate";
  readonly name: AggregateName | null;
  readonly function: AggregateFunction;
  readonly arguments: readonly Expr[];
  readonly by: readonly Expr[];
  readonly span: Span;
}

/** JavaScript as written; `span` covers exactly `text`, so that an offset in one is an offset in the other. */
export interface JavaScriptText {
  readonly text: string;
  readonly span: Span;
}

/** `{ … }` as an action: `body` is what stands between the braces. */
export interface JavaScriptBlock {
  readonly kind: "javascript";
  readonly body: JavaScriptText;
  readonly span: Span;
}
