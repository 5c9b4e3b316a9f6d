// What the rules for single operators need of the checker of expressions.
import type { Expr } from "../syntax/ast.js";
import type { Report } from "./collect-declarations.js";
import type { Operand } from "./operand.js";
import type { Type } from "./type.js";

export interface Typing {
  readonly types: Map<Expr, Type>;
  readonly report: Report;
  /** A side of a comparison, where either-fields may stand. Null: reported. `opposite`: whose names come first. */
  operand(expr: Expr, opposite: Type | null): Operand | null;
  /** The type of a value; null: reported. */
  value(expr: Expr, opposite: Type | null): Type | null;
}
