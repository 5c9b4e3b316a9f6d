// What is sound JavaScript and yet a mistake around a field: calling it, and comparing it with what it never is.
import type { AnyNode, Literal } from "acorn";
import type { Field } from "../../schema/field.js";
import * as catalog from "../../source/catalog/handlers.js";
import type { Diagnostic, Span } from "../../source/diagnostic.js";
import type { EventPath } from "./event-path.js";

export interface LintFacts {
  span(node: AnyNode): Span;
  text(node: AnyNode): string;
  /** What a number of the field reads as, if it has a name. */
  nameOf(field: Field, value: number): string | undefined;
}

export function lintField(path: EventPath, field: Field, facts: LintFacts): Diagnostic | null {
  const parent = path.around.at(-1);
  if (parent?.type === "CallExpression" && parent.callee === path.node) {
    const [depth] = parent.arguments;
    const instead =
      field.value.kind === "stack" && depth !== undefined
        ? `\`stack.slice(0, ${facts.text(depth)})\` is its first frames`
        : `write \`${path.path}\``;
    return catalog.notAFunction(facts.span(parent), path.path, instead);
  }
  if (parent?.type !== "BinaryExpression" || !/^[!=]==$/.test(parent.operator)) return null;
  const other = parent.left === path.node ? parent.right : parent.left;
  if (other.type !== "Literal") return null;
  const found = neverEqual(path.path, field, other, facts);
  return found === null ? null : catalog.neverEqual(facts.span(parent), path.path, ...found);
}

/** What the field is instead, and the way out; null: it may be equal. Only `===` and `!==`: `==` converts. */
function neverEqual(
  path: string,
  field: Field,
  { value }: Literal,
  facts: LintFacts,
): readonly [what: string, help: string] | null {
  const { type } = field;
  switch (type.kind) {
    case "flags": {
      if (typeof value !== "string" && typeof value !== "number") return null;
      const flag = [...type.bits.keys()].find((name) => name === value) ?? [...type.bits.keys()][0] ?? "";
      return ["a set of flags", `test one: \`${path}.${flag}\`, or all: \`String(${path}) === "${flag}"\``];
    }
    case "enum": {
      const name = typeof value === "number" ? facts.nameOf(field, value) : undefined;
      return name === undefined ? null : [`a name where it has one`, `write \`${path} === "${name}"\``];
    }
    case "time":
    case "integer":
      if (typeof value !== "number" || (type.kind === "integer" && type.bits < 64)) return null;
      return ["a BigInt", `write \`${value}n\``];
    default:
      return null;
  }
}
