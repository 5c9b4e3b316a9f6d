// The rules of the language read off the syntax tree, as plainly as can be: what lowering a predicate must not change.
// Of the compiler it takes names and types only, and what bytes a field is (schema).
import type { CheckedScript, Reference } from "../../compiler/check/checked.js";
import type { AddressValue, Field } from "../../compiler/schema/field.js";
import type { CompareOp, Expr, Path, SetElement } from "../../compiler/syntax/ast.js";
import { evaluate, globRegex, type Hit, holds, stringOf } from "./reference.js";

interface Tree {
  readonly checked: CheckedScript;
  readonly hit: Hit;
}

interface NumberOf {
  readonly bits: bigint;
  readonly signed: boolean;
}

interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

const inner = (expr: Expr): Expr => (expr.kind === "parenthesized" ? inner(expr.inner) : expr);

export function holdsTree(expr: Expr, tree: Tree): boolean {
  switch (expr.kind) {
    case "parenthesized":
      return holdsTree(expr.inner, tree);
    case "logical":
      return expr.op === "and"
        ? expr.operands.every((one) => holdsTree(one, tree))
        : expr.operands.some((one) => holdsTree(one, tree));
    case "not":
      return !holdsTree(expr.operand, tree);
    case "path":
      return holdsPath(expr, tree);
    case "compare":
      return compareFields(expr.op, expr.left, expr.right, tree);
    case "membership": {
      if (expr.op === "in") return memberOf(expr.left, expr.right, expr.negated, tree);
      return hasMembers(expr.op, expr.left, expr.right, tree) !== expr.negated;
    }
    case "matches": {
      const text = textOf(expr.left, tree);
      if (text === null) return false;
      const pattern = expr.pattern;
      if (pattern.kind === "regex") return new RegExp(pattern.source, pattern.flags).test(text);
      if (pattern.kind === "string") return globRegex(pattern.value).test(text);
      break;
    }
    default:
      break;
  }
  throw new Error(`not generated: ${expr.kind}`);
}

const referenceOf = (expr: Expr, { checked }: Tree): Reference | undefined => {
  const path = inner(expr);
  return path.kind === "path" ? checked.references.get(path) : undefined;
};

function fieldOf(expr: Expr, tree: Tree): Field | null {
  const reference = referenceOf(expr, tree);
  return reference?.kind === "field" ? reference.field : null;
}

function holdsPath(path: Path, tree: Tree): boolean {
  const reference = tree.checked.references.get(path);
  if (reference?.kind === "section") {
    const { presence } = reference.word;
    if (presence.kind === "always") return true;
    return presence.kind === "layer"
      ? presence.anyOf.some((layer) => tree.hit.parsed.layers.has(layer))
      : tree.hit.sections.has(presence.section);
  }
  const number = numberOf(path, tree);
  return number !== null && number.bits !== 0n;
}

// ---- comparisons ---------------------------------------------------------------------------------------------------

/** Of `x.port`: both fields; of anything else: itself. */
function sidesOf(expr: Expr, tree: Tree): readonly (Field | Expr)[] {
  const reference = referenceOf(expr, tree);
  return reference?.kind === "either" ? reference.field.sides : [expr];
}

function compareFields(op: CompareOp, left: Expr, right: Expr, tree: Tree): boolean {
  const results = sidesOf(left, tree).map((side) => compareOne(op, side, right, tree));
  return op === "!=" ? results.every(Boolean) : results.some(Boolean);
}

const ordered = (op: CompareOp, a: bigint | string, b: bigint | string): boolean =>
  ({ "==": a === b, "!=": a !== b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b })[op];

function compareOne(op: CompareOp, left: Field | Expr, right: Expr, tree: Tree): boolean {
  const field = left.kind === "field" ? left : fieldOf(left, tree);
  if (field?.value.kind === "address") {
    const literal = inner(right);
    if (literal.kind === "cidr" || literal.kind === "set-literal")
      return inAddresses(field, [{ from: literal, to: null }], op === "!=", tree);
    const present = addressesOf(field.value.value, tree.hit);
    const others = addressOperand(right, tree);
    const pairs = present.flatMap((one) =>
      others.filter(({ family }) => family === one.family).map((other) => [one.bits, other.bits] as const),
    );
    if (op === "!=" && literal.kind === "ip") return present.length > 0 && !pairs.some(([a, b]) => a === b);
    return pairs.some(([a, b]) => ordered(op, a, b));
  }
  if (field?.type.kind === "string") {
    const text = textOf(left, tree);
    const literal = inner(right);
    return text !== null && literal.kind === "string" && ordered(op, text, literal.value);
  }
  const a = numberOf(left, tree);
  const b = numberOf(right, tree);
  return a !== null && b !== null && ordered(op, a.bits, b.bits);
}

function addressOperand(expr: Expr, tree: Tree): readonly Address[] {
  const literal = inner(expr);
  if (literal.kind === "ip") return [{ family: literal.version, bits: literal.value }];
  const field = fieldOf(literal, tree);
  return field?.value.kind === "address" ? addressesOf(field.value.value, tree.hit) : [];
}

function addressesOf({ v4, v6 }: AddressValue, hit: Hit): readonly Address[] {
  const found: Address[] = [];
  const four = v4 === null ? null : evaluate(v4, hit);
  if (four !== null) found.push({ family: 4, bits: four });
  const high = v6 === null ? null : evaluate(v6.high, hit);
  const low = v6 === null ? null : evaluate(v6.low, hit);
  if (high !== null && low !== null)
    found.push({ family: 6, bits: (BigInt.asUintN(64, high) << 64n) | BigInt.asUintN(64, low) });
  return found;
}

// ---- sets ----------------------------------------------------------------------------------------------------------

type Element = Pick<SetElement, "from" | "to">;

const elementsOf = (expr: Expr): readonly Element[] => {
  const set = inner(expr);
  return set.kind === "set-literal" ? set.elements : [{ from: set, to: null }];
};

function memberOf(left: Expr, right: Expr, negated: boolean, tree: Tree): boolean {
  const results = sidesOf(left, tree).map((side) => memberOfOne(side, right, negated, tree));
  return negated ? results.every(Boolean) : results.some(Boolean);
}

function memberOfOne(left: Field | Expr, right: Expr, negated: boolean, tree: Tree): boolean {
  const field = left.kind === "field" ? left : fieldOf(left, tree);
  const elements = elementsOf(right);
  if (field?.value.kind === "address") return inAddresses(field, elements, negated, tree);
  if (field?.type.kind === "string") {
    const text = textOf(left, tree);
    const found = elements.some(({ from }) => {
      const literal = inner(from);
      return literal.kind === "string" && literal.value === text;
    });
    return text !== null && found !== negated;
  }
  const value = numberOf(left, tree);
  if (value === null) return false;
  const found = elements.some(({ from, to }) => {
    const low = numberOf(from, tree);
    const high = to === null ? low : numberOf(to, tree);
    return low !== null && high !== null && low.bits <= value.bits && value.bits <= high.bits;
  });
  return found !== negated;
}

function inAddresses(field: Field, elements: readonly Element[], negated: boolean, tree: Tree): boolean {
  if (field.value.kind !== "address") throw new Error(`${field.name} is no address`);
  const present = addressesOf(field.value.value, tree.hit);
  const inside = (one: Address, { from, to }: Element): boolean => {
    const literal = inner(from);
    if (literal.kind === "set-literal") return literal.elements.some((element) => inside(one, element));
    if (literal.kind === "cidr") {
      const rest = BigInt((literal.version === 4 ? 32 : 128) - literal.prefix);
      return literal.version === one.family && one.bits >> rest === literal.value >> rest;
    }
    if (literal.kind !== "ip") throw new Error(`no address: ${literal.kind}`);
    const last = to === null ? literal : inner(to);
    if (last.kind !== "ip") throw new Error(`no address: ${last.kind}`);
    return literal.version === one.family && literal.value <= one.bits && one.bits <= last.value;
  };
  return (
    present.length > 0 && present.some((one) => elements.some((element) => inside(one, element))) !== negated
  );
}

function hasMembers(op: "has" | "any" | "contains", left: Expr, right: Expr, tree: Tree): boolean {
  if (op === "contains") {
    const text = textOf(left, tree);
    const literal = inner(right);
    return text !== null && literal.kind === "string" && text.includes(literal.value);
  }
  const members = elementsOf(right).flatMap(({ from }) => numberOf(from, tree)?.bits ?? []);
  const field = fieldOf(left, tree);
  if (field?.type.kind === "number-set")
    return holds({ kind: "set-has", name: field.name, members, mode: op }, tree.hit);
  const flags = numberOf(left, tree);
  if (flags === null) return false;
  const mask = members.reduce((all, member) => all | member, 0n);
  return op === "has" ? (flags.bits & mask) === mask : (flags.bits & mask) !== 0n;
}

// ---- values --------------------------------------------------------------------------------------------------------

function textOf(expr: Field | Expr, tree: Tree): string | null {
  const field = expr.kind === "field" ? expr : fieldOf(expr, tree);
  if (field?.value.kind === "probe") return tree.hit.probe[field.value.what];
  return field?.value.kind === "string" ? stringOf(field.value.value, tree.hit) : null;
}

const LIMIT = 1n << 63n;
const literalNumber = (value: bigint): NumberOf => ({ bits: value, signed: value < LIMIT });
const wrapped = (value: bigint, signed: boolean): NumberOf => ({
  bits: signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value),
  signed,
});

/** Null: absent. */
function numberOf(expr: Field | Expr, tree: Tree): NumberOf | null {
  switch (expr.kind) {
    case "field":
      return numberOfField(expr, tree.hit);
    case "parenthesized":
      return numberOf(expr.inner, tree);
    case "int":
    case "mac":
      return literalNumber(expr.value);
    case "size":
      return literalNumber(expr.bytes);
    case "path": {
      const reference = tree.checked.references.get(expr);
      if (reference?.kind === "field") return numberOfField(reference.field, tree.hit);
      if (reference?.kind === "member")
        return reference.value === null ? null : literalNumber(reference.value);
      return literalNumber(expr.head.text === "true" ? 1n : 0n);
    }
    case "prefix": {
      const operand = numberOf(expr.operand, tree);
      if (operand === null) return null;
      if (expr.op === "-" && inner(expr.operand).kind === "int") return literalNumber(-operand.bits);
      return wrapped(expr.op === "-" ? -operand.bits : ~operand.bits, operand.signed);
    }
    case "arithmetic": {
      const left = numberOf(expr.left, tree);
      const right = numberOf(expr.right, tree);
      if (left === null || right === null) return null;
      const shift = expr.op === "<<" || expr.op === ">>";
      const signed = shift ? left.signed : left.signed && right.signed;
      const result = arithmetic(expr.op, wrapped(left.bits, signed).bits, wrapped(right.bits, signed).bits);
      return result === null ? null : wrapped(result, signed);
    }
    default:
      throw new Error(`not generated: ${expr.kind}`);
  }
}

function numberOfField(field: Field, hit: Hit): NumberOf | null {
  if (field.value.kind === "computed") {
    const { name, reason } = field.value;
    const bits = evaluate({ kind: "computed", name, reason, signed: true }, hit);
    return bits === null ? null : { bits, signed: true };
  }
  if (field.value.kind !== "number") return null;
  const bits = evaluate(field.value.value, hit);
  return bits === null ? null : { bits, signed: field.value.value.signed };
}

function arithmetic(op: Extract<Expr, { kind: "arithmetic" }>["op"], a: bigint, b: bigint): bigint | null {
  const count = ((b % 64n) + 64n) % 64n;
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return b === 0n ? null : a / b;
    case "%":
      return b === 0n ? null : a % b;
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "<<":
      return a << count;
    case ">>":
      return a >> count;
  }
}
