// A predicate as both verdicts compute it: names resolved, sides and families spelled out, types settled. Types only.
// Every kind is two-valued: a comparison with an absent value is false, and `not` of it true (LANGUAGE §3).

import type { Layer, SectionName, StringLoad, Value } from "../schema/value.js";
import type { Span } from "../source/diagnostic.js";

export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** Inclusive bounds. */
export interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

export type Test =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "and"; readonly tests: readonly Test[] }
  | { readonly kind: "or"; readonly tests: readonly Test[] }
  | { readonly kind: "not"; readonly test: Test }
  /** Exact across signs. False when a side is absent. */
  | {
      readonly kind: "compare";
      readonly op: ComparisonOperator;
      readonly left: Value;
      readonly right: Value;
    }
  /** The value lies in one of the ranges, which are disjoint and ascending (`negated`: in none). False when absent. */
  | {
      readonly kind: "ranges";
      readonly value: Value;
      readonly ranges: readonly Range[];
      readonly negated: boolean;
    }
  | { readonly kind: "layer"; readonly anyOf: readonly Layer[] }
  /** The packet as a whole is there (`packet`), skb->dev is set (`dev`), … */
  | { readonly kind: "section"; readonly section: SectionName }
  /** The whole string, bytewise. False when absent; `negated` is `!=`. */
  | { readonly kind: "string"; readonly load: StringLoad; readonly text: string; readonly negated: boolean }
  /** A glob of literal characters, `*` and `?` over the whole string. */
  | { readonly kind: "glob"; readonly load: StringLoad; readonly pattern: string }
  /** Decided in user space only. */
  | UserTest;

export type UserTest =
  | {
      readonly kind: "regex";
      /** What the expression is applied to, as text. */
      readonly subject: TextSubject;
      readonly source: string;
      readonly flags: string;
      readonly span: Span;
    }
  /** Membership in a set that the packet holds: `sctp.chunk has data`. */
  | {
      readonly kind: "set-has";
      readonly name: string;
      readonly members: readonly bigint[];
      readonly mode: "has" | "any" | "equal" | "not-equal";
    }
  /** A test of the probe's name or type; constant for a slot, so it is settled when the plan is made for each. */
  | { readonly kind: "probe"; readonly what: "name" | "type"; readonly text: string; readonly glob: boolean };

export type TextSubject =
  | { readonly kind: "string"; readonly load: StringLoad }
  | { readonly kind: "probe"; readonly what: "name" | "type" }
  | { readonly kind: "field"; readonly name: string };
