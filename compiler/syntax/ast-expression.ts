// The expressions of the syntax tree, and what they have in common with its items. Types only. Docs: LANGUAGE §1, §3.
import type { Span } from "../source/diagnostic.js";

/** A word where it stands. */
export interface Name {
  readonly text: string;
  readonly span: Span;
}

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

// ---- attach points, which `since` names too ------------------------------------------------------------------------

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
