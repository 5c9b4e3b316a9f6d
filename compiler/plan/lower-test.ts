// Predicates of the syntax tree -> the Test form that both code generators take: names resolved, `x.port` spelled out
// as its two sides, sets as ranges. The meaning is LANGUAGE §3; nothing here knows where a test will run.
import type { CheckedScript, Reference } from "../check/checked.js";
import type { Type } from "../check/type.js";
import type { Field } from "../schema/field.js";
import type { StringLoad, Value } from "../schema/value.js";
import { assertNever } from "../source/assert-never.js";
import type { Compare, Expr, Matches, Membership, Path, SetElement } from "../syntax/ast.js";
import { addressIn, compareAddress, fieldAddress, merge } from "./lower-address.js";
import { ABSENT, fieldNumber, lowerValue, resolve } from "./lower-value.js";
import type { ComparisonOperator, Range, Test, TextSubject } from "./predicate.js";

const never: Test = { kind: "constant", value: false };
const zero: Value = { kind: "constant", value: 0n, signed: true };
const not = (test: Test): Test => ({ kind: "not", test });

/** Turned around: `80 == tcp.dport`. */
const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

export function lowerTest(expr: Expr, checked: CheckedScript): Test {
  switch (expr.kind) {
    case "parenthesized":
      return lowerTest(expr.inner, checked);
    case "logical": {
      const tests = expr.operands.map((operand) => lowerTest(operand, checked));
      return expr.op === "and" ? { kind: "and", tests } : { kind: "or", tests };
    }
    case "not":
      return not(lowerTest(expr.operand, checked));
    case "prefix":
      return expr.op === "!" ? not(lowerTest(expr.operand, checked)) : nonZero(lowerValue(expr, checked));
    case "compare":
      return lowerCompare(expr, checked);
    case "membership":
      return lowerMembership(expr, checked);
    case "matches":
      return lowerMatches(expr, checked);
    case "path":
      return lowerPath(expr, checked);
    case "option-ref": {
      const value = resolve(expr, checked);
      if (value?.kind === "name") return { kind: "constant", value: value.text !== "false" };
      return { kind: "constant", value: value !== null };
    }
    case "int":
      return { kind: "constant", value: expr.value !== 0n };
    default:
      return nonZero(lowerValue(expr, checked));
  }
}

const nonZero = (value: Value): Test => ({ kind: "compare", op: "!=", left: value, right: zero });

/** A bare word: a boolean field, a protocol or section, or a filter by name. */
function lowerPath(path: Path, checked: CheckedScript): Test {
  const reference = checked.references.get(path);
  if (reference === undefined) return { kind: "constant", value: path.head.text === "true" };
  switch (reference.kind) {
    case "field":
      return fieldPresence(reference.field, checked, path);
    case "filter":
      return lowerTest(reference.filter.value, checked);
    case "section": {
      const { presence } = reference.word;
      if (presence.kind === "always") return { kind: "constant", value: true };
      if (presence.kind === "layer") return { kind: "layer", anyOf: presence.anyOf };
      return { kind: "section", section: presence.section };
    }
    case "either":
    case "member":
      return never;
    default:
      return assertNever(reference);
  }
}

function fieldPresence(field: Field, checked: CheckedScript, path: Path): Test {
  if (field.value.kind === "stack" || field.value.kind === "probe") return { kind: "constant", value: true };
  return nonZero(lowerValue(path, checked));
}

// ---- comparisons ---------------------------------------------------------------------------------------------------

type Comparable = Compare | (Membership & { readonly op: "in" });

function lowerCompare(expr: Compare, checked: CheckedScript): Test {
  const left = referenceOf(expr.left, checked);
  if (left?.kind === "either") return overSides(expr, expr.left, left, checked);
  const right = referenceOf(expr.right, checked);
  if (right?.kind === "either")
    return overSides(
      { ...expr, op: MIRRORED[expr.op], left: expr.right, right: expr.left },
      expr.right,
      right,
      checked,
    );
  const literal = resolve(expr.right, checked);
  if (literal === null || resolve(expr.left, checked) === null) return never;
  // `x == CIDR`, `x == { … }` mean `in`.
  if (literal.kind === "set-literal" && (expr.op === "==" || expr.op === "!="))
    return lowerIn(expr.left, literal.elements, expr.op === "!=", checked);
  return compareOne(expr.op, expr.left, expr.right, checked);
}

function compareOne(op: ComparisonOperator, left: Expr, right: Expr, checked: CheckedScript): Test {
  const leftField = fieldOf(left, checked);
  const rightField = fieldOf(right, checked);
  const leftAddress = leftField === null ? null : fieldAddress(leftField);
  if (leftAddress !== null) return compareAddress(op, leftAddress, right, checked);
  const rightAddress = rightField === null ? null : fieldAddress(rightField);
  if (rightAddress !== null) return compareAddress(MIRRORED[op], rightAddress, left, checked);
  const text = compareText(op, leftField, right, checked) ?? compareText(op, rightField, left, checked);
  if (text !== null) return text;
  const wider = compareWider(op, leftField, right, checked) ?? compareWider(op, rightField, left, checked);
  if (wider !== null) return wider;
  if (leftField?.type.kind === "number-set")
    return numberSet(leftField, right, op === "!=" ? "not-equal" : "equal", checked);
  return { kind: "compare", op, left: lowerValue(left, checked), right: lowerValue(right, checked) };
}

/** A member that stands for others beside itself: `ct.state == established`. Null: it does not. */
function compareWider(
  op: ComparisonOperator,
  field: Field | null,
  other: Expr,
  checked: CheckedScript,
): Test | null {
  if (field === null || (op !== "==" && op !== "!=")) return null;
  const value = lowerValue(other, checked);
  const members = value.kind === "constant" ? standsFor(field, value.value) : [];
  if (members.length < 2) return null;
  return {
    kind: "ranges",
    value: fieldNumber(field) ?? ABSENT,
    ranges: merge(members.map((member) => ({ from: member, to: member }))),
    negated: op === "!=",
  };
}

/** The value, and what it includes. */
function standsFor(field: Field | null, value: bigint): readonly bigint[] {
  const source = field?.type.kind === "enum" ? field.type.source : null;
  return [value, ...((source?.kind === "fixed" ? source.includes?.get(value) : undefined) ?? [])];
}

/** A string field or the probe's name against a string. Null: neither. */
function compareText(
  op: ComparisonOperator,
  field: Field | null,
  other: Expr,
  checked: CheckedScript,
): Test | null {
  if (field === null) return null;
  const literal = resolve(other, checked);
  const text = literal?.kind === "string" ? literal.value : literal?.kind === "name" ? literal.text : null;
  const test = textTest(field, text);
  return test === null ? null : op === "!=" ? negated(test) : test;
}

function textTest(field: Field, text: string | null): Test | null {
  if (field.value.kind === "string")
    return text === null ? never : { kind: "string", load: field.value.value, text, negated: false };
  if (field.value.kind === "probe")
    return text === null ? never : { kind: "probe", what: field.value.what, text, glob: false };
  return null;
}

/** `!=`: false when absent, unlike `not`. */
function negated(test: Test): Test {
  return test.kind === "string" ? { ...test, negated: true } : not(test);
}

/** `==` and the others: some side; `!=` and `not in`: no side (LANGUAGE §3). */
function overSides(
  expr: Comparable,
  at: Expr,
  reference: Extract<Reference, { kind: "either" }>,
  checked: CheckedScript,
): Test {
  const every = expr.kind === "compare" ? expr.op === "!=" : expr.negated;
  const tests = reference.field.sides.map((side) => {
    // The side stands where the field stood: the tables get it under a path of its own.
    const path: Path = { kind: "path", head: { text: side.name, span: at.span }, tail: [], span: at.span };
    const type: Type | undefined = checked.types.get(at);
    const view: CheckedScript = {
      ...checked,
      references: new OneMore(checked.references, path, { kind: "field", field: side }),
      types: type === undefined ? checked.types : new OneMore(checked.types, path, type),
    };
    return expr.kind === "compare"
      ? lowerCompare({ ...expr, left: path }, view)
      : lowerMembership({ ...expr, left: path }, view);
  });
  return every ? { kind: "and", tests } : { kind: "or", tests };
}

/** A map that is another and one entry more, without copying it. */
class OneMore<K, V> extends Map<K, V> {
  readonly #base: ReadonlyMap<K, V>;
  constructor(base: ReadonlyMap<K, V>, key: K, value: V) {
    super([[key, value]]);
    this.#base = base;
  }
  override get(key: K): V | undefined {
    return super.get(key) ?? this.#base.get(key);
  }
}

// ---- sets ----------------------------------------------------------------------------------------------------------

function lowerMembership(expr: Membership, checked: CheckedScript): Test {
  const reference = referenceOf(expr.left, checked);
  const right = resolve(expr.right, checked);
  if (right === null) return never;
  const elements: readonly SetElement[] =
    right.kind === "set-literal" ? right.elements : [{ from: right, to: null, span: right.span }];
  switch (expr.op) {
    case "in":
      if (reference?.kind === "either")
        return overSides({ ...expr, op: "in" }, expr.left, reference, checked);
      return lowerIn(expr.left, elements, expr.negated, checked);
    case "has":
    case "any": {
      const test = hasMembers(expr, elements, checked);
      return expr.negated ? not(test) : test;
    }
    case "contains": {
      const field = fieldOf(expr.left, checked);
      const test =
        right.kind === "string" && field?.value.kind === "string"
          ? containsText(field.value.value, right.value, expr)
          : never;
      return expr.negated ? not(test) : test;
    }
    default:
      return assertNever(expr.op);
  }
}

function lowerIn(
  left: Expr,
  elements: readonly SetElement[],
  isNegated: boolean,
  checked: CheckedScript,
): Test {
  const field = fieldOf(left, checked);
  const address = field === null ? null : fieldAddress(field);
  if (address !== null) return addressIn(address, elements, isNegated, checked);
  if (field !== null && (field.value.kind === "string" || field.value.kind === "probe")) {
    const tests = elements.map((element) => compareOne("==", left, element.from, checked));
    if (!isNegated) return { kind: "or", tests };
    return { kind: "and", tests: tests.map(negated) };
  }
  const value = lowerValue(left, checked);
  const bounds: Range[] = [];
  const others: Test[] = [];
  for (const element of elements) {
    const from = lowerValue(element.from, checked);
    const to = element.to === null ? from : lowerValue(element.to, checked);
    if (from.kind === "constant" && to.kind === "constant") {
      const members = element.to === null ? standsFor(field, from.value) : [];
      if (members.length > 1) bounds.push(...members.map((member) => ({ from: member, to: member })));
      else bounds.push({ from: from.value, to: to.value });
    } else
      others.push({
        kind: "and",
        tests: [
          { kind: "compare", op: ">=", left: value, right: from },
          { kind: "compare", op: "<=", left: value, right: to },
        ],
      });
  }
  const ranges: Test = {
    kind: "ranges",
    value,
    ranges: merge(bounds),
    negated: isNegated && others.length === 0,
  };
  if (others.length === 0) return ranges;
  const inside: Test = { kind: "or", tests: [ranges, ...others] };
  if (!isNegated) return inside;
  return { kind: "and", tests: [{ kind: "compare", op: "==", left: value, right: value }, not(inside)] };
}

/** `tcp.flags has syn|ack` (all of them), `any {rst, fin}` (one of them); likewise for sets that the packet holds. */
function hasMembers(expr: Membership, elements: readonly SetElement[], checked: CheckedScript): Test {
  const mode = expr.op === "any" ? "any" : "has";
  const field = fieldOf(expr.left, checked);
  if (field?.type.kind === "number-set") return numberSet(field, expr.right, mode, checked);
  const left = lowerValue(expr.left, checked);
  const mask = elements
    .map((element) => lowerValue(element.from, checked))
    .reduce((a, b) => ({ kind: "arithmetic", op: "|", left: a, right: b, signed: a.signed && b.signed }));
  const masked: Value = {
    kind: "arithmetic",
    op: "&",
    left,
    right: mask,
    signed: left.signed && mask.signed,
  };
  return mode === "has" ? { kind: "compare", op: "==", left: masked, right: mask } : nonZero(masked);
}

function numberSet(
  field: Field,
  right: Expr,
  mode: "has" | "any" | "equal" | "not-equal",
  checked: CheckedScript,
): Test {
  const resolved = resolve(right, checked);
  const elements =
    resolved?.kind === "set-literal" ? resolved.elements.map((element) => element.from) : [right];
  const members = elements.flatMap((element) => {
    const value = lowerValue(element, checked);
    return value.kind === "constant" ? [value.value] : [];
  });
  return { kind: "set-has", name: field.name, members, mode };
}

// ---- text ----------------------------------------------------------------------------------------------------------

function containsText(load: StringLoad, text: string, expr: Membership): Test {
  if (!/[*?]/.test(text)) return { kind: "glob", load, pattern: `*${text}*` };
  const source = text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  return { kind: "regex", subject: { kind: "string", load }, source, flags: "", span: expr.span };
}

function lowerMatches(expr: Matches, checked: CheckedScript): Test {
  const reference = referenceOf(expr.left, checked);
  if (reference?.kind === "either") {
    const tests = reference.field.sides.map((side) => matchField(expr, side, checked));
    return { kind: "or", tests };
  }
  return reference?.kind === "field" ? matchField(expr, reference.field, checked) : never;
}

function matchField(expr: Matches, field: Field, checked: CheckedScript): Test {
  const pattern = resolve(expr.pattern, checked);
  const subject: TextSubject =
    field.value.kind === "string"
      ? { kind: "string", load: field.value.value }
      : field.value.kind === "probe"
        ? { kind: "probe", what: field.value.what }
        : { kind: "field", name: field.name };
  if (pattern?.kind === "regex")
    return { kind: "regex", subject, source: pattern.source, flags: pattern.flags, span: expr.span };
  if (pattern?.kind !== "string") return never;
  if (subject.kind === "string") return { kind: "glob", load: subject.load, pattern: pattern.value };
  if (subject.kind === "probe") return { kind: "probe", what: subject.what, text: pattern.value, glob: true };
  return { kind: "regex", subject, source: globSource(pattern.value), flags: "s", span: expr.span };
}

function globSource(glob: string): string {
  const escaped = glob.replace(/[.+^${}()|[\]\\/]/g, "\\$&");
  return `^${escaped.replace(/\*/g, ".*").replace(/\?/g, ".")}$`;
}

// ---- references ----------------------------------------------------------------------------------------------------

function referenceOf(expr: Expr, checked: CheckedScript): Reference | null {
  const resolved = resolve(expr, checked);
  return resolved?.kind === "path" ? (checked.references.get(resolved) ?? null) : null;
}

function fieldOf(expr: Expr, checked: CheckedScript): Field | null {
  const reference = referenceOf(expr, checked);
  return reference?.kind === "field" ? reference.field : null;
}
