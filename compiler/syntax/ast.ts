// The syntax tree of a script: exactly what was written, nothing resolved. Types only. Docs: LANGUAGE §1.
import type { Source, Span } from "../source/diagnostic.js";

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

/** A word where it stands. */
export interface Name {
  readonly text: string;
  readonly span: Span;
}

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

/** `a || b`: the first that this kernel has. */
export interface Attach {
  readonly alternatives: readonly AttachPoint[];
  readonly span: Span;
}

export type ProbeKind = "tp" | "kprobe" | "kretprobe" | "fentry" | "fexit" | "uprobe" | "uretprobe" | "usdt";

export type AttachPoint =
  | { readonly kind: "option"; readonly option: OptionRef; readonly span: Span }
  /** `probeKind` null: a bare word, which is a `probe` name, a tracepoint or a function. Short kinds (`k:`) are spelled out. */
  | {
      readonly kind: "target";
      readonly probeKind: ProbeKind | null;
      readonly target: string;
      readonly span: Span;
    };

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

// ---- expressions ---------------------------------------------------------------------------------------------------

export type Expr =
  | Logical
  | Not
  | Compare
  | Membership
  | Matches
  | Arithmetic
  | Prefix
  | SetLiteral
  | Literal
  | OptionRef
  | Path
  | StackCall
  | Pcap
  | Since
  | Cast
  | Parenthesized;

/** Kept, because a mix of `and` and `or` draws a warning only without parentheses. */
export interface Parenthesized {
  readonly kind: "parenthesized";
  readonly inner: Expr;
  readonly span: Span;
}

/** A chain of one operator: `a and b and c` is one node with three operands. */
export interface Logical {
  readonly kind: "logical";
  readonly op: "and" | "or";
  readonly operands: readonly Expr[];
  readonly span: Span;
}

export interface Not {
  readonly kind: "not";
  readonly operand: Expr;
  readonly span: Span;
}

export type CompareOp = "==" | "!=" | "<" | "<=" | ">" | ">=";

export interface Compare {
  readonly kind: "compare";
  readonly op: CompareOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
}

export interface Membership {
  readonly kind: "membership";
  readonly op: "in" | "has" | "any" | "contains";
  /** `not in` is `!=` over a set (false when absent), which `not (… in …)` is not. */
  readonly negated: boolean;
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
}

export interface Matches {
  readonly kind: "matches";
  readonly left: Expr;
  readonly pattern: RegexLiteral | StringLiteral | OptionRef;
  readonly span: Span;
}

export type ArithmeticOp = "|" | "^" | "&" | "<<" | ">>" | "+" | "-" | "*" | "/" | "%";

export interface Arithmetic {
  readonly kind: "arithmetic";
  readonly op: ArithmeticOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
}

export interface Prefix {
  readonly kind: "prefix";
  readonly op: "!" | "-" | "~";
  readonly operand: Expr;
  readonly span: Span;
}

export interface SetLiteral {
  readonly kind: "set-literal";
  readonly elements: readonly SetElement[];
  readonly span: Span;
}

export interface SetElement {
  readonly from: Expr;
  /** `from..to`, both inclusive; null for a single element. */
  readonly to: Expr | null;
  readonly span: Span;
}

export type Literal =
  | IntLiteral
  | PercentLiteral
  | DurationLiteral
  | SizeLiteral
  | StringLiteral
  | IpLiteral
  | CidrLiteral
  | MacLiteral
  | NameLiteral
  | RegexLiteral
  | SetLiteral;

/** Decimal, 0x…, 0b…, 0o…; a minus sign before a literal of `option` or `set` is folded in. */
export interface IntLiteral {
  readonly kind: "int";
  readonly value: bigint;
  readonly span: Span;
}

export interface PercentLiteral {
  readonly kind: "percent";
  readonly value: bigint;
  readonly span: Span;
}

/** `10ms`, in nanoseconds. Units: ns us ms s m min h d. */
export interface DurationLiteral {
  readonly kind: "duration";
  readonly nanoseconds: bigint;
  readonly text: string;
  readonly span: Span;
}

/** `2KB` (1000), `2KiB` (1024), in bytes. */
export interface SizeLiteral {
  readonly kind: "size";
  readonly bytes: bigint;
  readonly text: string;
  readonly span: Span;
}

/** `value` has its escapes resolved. */
export interface StringLiteral {
  readonly kind: "string";
  readonly value: string;
  readonly span: Span;
}

/** Network order; 4 or 16 bytes as a number. */
export interface IpLiteral {
  readonly kind: "ip";
  readonly version: 4 | 6;
  readonly value: bigint;
  readonly text: string;
  readonly span: Span;
}

/** `value` as written: host bits are not cleared here. */
export interface CidrLiteral {
  readonly kind: "cidr";
  readonly version: 4 | 6;
  readonly value: bigint;
  readonly prefix: number;
  readonly text: string;
  readonly span: Span;
}

export interface MacLiteral {
  readonly kind: "mac";
  readonly value: bigint;
  readonly text: string;
  readonly span: Span;
}

/** A bare word as the value of an `option` or `set`, `true` and `false` among them. In expressions it is a Path. */
export interface NameLiteral {
  readonly kind: "name";
  readonly text: string;
  readonly span: Span;
}

export interface RegexLiteral {
  readonly kind: "regex";
  readonly source: string;
  readonly flags: string;
  readonly span: Span;
}

export interface OptionRef {
  readonly kind: "option-ref";
  readonly name: string;
  readonly span: Span;
}

/** `tcp.dport`, `args[0].sk`, `NO_SOCKET`, `echo-request`, a filter's name: a word and what follows it. */
export interface Path {
  readonly kind: "path";
  readonly head: Name;
  readonly tail: readonly PathStep[];
  readonly span: Span;
}

export type PathStep =
  | { readonly kind: "member"; readonly name: Name }
  | { readonly kind: "index"; readonly index: Expr; readonly span: Span };

/** `stack(5)` */
export interface StackCall {
  readonly kind: "stack-call";
  readonly depth: IntLiteral;
  readonly span: Span;
}

export interface Pcap {
  readonly kind: "pcap";
  readonly text: StringLiteral;
  readonly span: Span;
}

export interface Since {
  readonly kind: "since";
  readonly attach: readonly Attach[];
  readonly by: Expr | null;
  readonly span: Span;
}

export interface Cast {
  readonly kind: "cast";
  readonly operand: Expr;
  readonly type: Name;
  readonly tail: readonly PathStep[];
  readonly span: Span;
}
