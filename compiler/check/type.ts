// The types of expressions. A field's type (schema/field.ts) becomes one of these; literals have theirs. Types only.
import type { EnumSource, Unit } from "../schema/field.js";

export type Type =
  | {
      readonly kind: "integer";
      readonly signed: boolean;
      readonly bits: 8 | 16 | 32 | 64;
      readonly unit: Unit | null;
    }
  | { readonly kind: "boolean" }
  | { readonly kind: "string" }
  | { readonly kind: "enum"; readonly source: EnumSource }
  | { readonly kind: "flags"; readonly bits: ReadonlyMap<string, bigint> }
  | { readonly kind: "address"; readonly family: 4 | 6 | null }
  | { readonly kind: "cidr"; readonly family: 4 | 6 }
  | { readonly kind: "mac" }
  | { readonly kind: "duration" }
  | { readonly kind: "time" }
  | { readonly kind: "symbol" }
  | { readonly kind: "stack" }
  | { readonly kind: "flow" }
  | { readonly kind: "number-set"; readonly source: EnumSource }
  /** A set literal or a `{type}` option: what its elements are. */
  | { readonly kind: "set"; readonly of: Type }
  /** A bare section or protocol: a boolean in a test, text in a print. */
  | { readonly kind: "section" };
