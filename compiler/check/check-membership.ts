// `in`, `has`, `any`, `contains`, `matches`: what may stand on each side.

import * as schema from "../schema/index.js";
import { assertNever } from "../source/assert-never.js";
import * as catalog from "../source/catalog/check-expressions.js";
import type { Expr, Matches, Membership, SetElement } from "../syntax/ast.js";
import { compareProblem } from "./compare-types.js";
import { describeType } from "./describe-type.js";
import { lintMembership } from "./lint-constant.js";
import { type Operand, textOf, withoutParentheses } from "./operand.js";
import type { Type } from "./type.js";
import type { Typing } from "./typing.js";

export function checkMembership(expr: Membership, checker: Typing): void {
  switch (expr.op) {
    case "in":
      checkIn(expr, checker);
      break;
    case "has":
    case "any":
      checkHas(expr, checker);
      break;
    case "contains":
      checkContains(expr, checker);
      break;
    default:
      assertNever(expr.op);
  }
}

function checkIn(expr: Membership, checker: Typing): void {
  const subject = checker.operand(expr.left, null);
  // Words opposite a name that is wrong are most likely members of what was meant: one error is enough.
  if (subject === null) return;
  lintMembership(expr, checker.report);
  const right = withoutParentheses(expr.right);
  if (right.kind === "set-literal") {
    for (const element of right.elements) checkElement(subject, element, checker);
    checker.types.set(expr.right, { kind: "set", of: subject.type });
    return;
  }
  const set = checker.operand(expr.right, subject.type);
  if (set === null) return;
  // A set from the command line is compared element by element, like one in the script.
  if (set.type.kind === "set") {
    const problem = compareProblem("==", subject, { ...set, type: set.type.of, literal: null }, expr.span);
    if (problem !== null) checker.report(problem);
    return;
  }
  if (set.type.kind === "cidr" || isUngivenNetwork(right, set)) {
    const problem = compareProblem("==", subject, set, expr.span);
    if (problem !== null) checker.report(problem);
    return;
  }
  checker.report(catalog.needsSet(expr.right.span, textOf(expr.right)));
}

/** A `cidr?` option without a value. */
const isUngivenNetwork = (expr: Expr, set: Operand): boolean =>
  expr.kind === "option-ref" && set.literal === null && set.type.kind === "address";

function checkElement(subject: Operand, element: SetElement, checker: Typing): void {
  const from = checker.operand(element.from, subject.type);
  const to = element.to === null ? null : checker.operand(element.to, subject.type);
  if (from === null || (element.to !== null && to === null)) return;
  for (const bound of to === null ? [from] : [from, to]) {
    const problem = compareProblem("==", subject, bound, element.span);
    if (problem !== null) {
      checker.report(problem);
      return;
    }
  }
  if (to !== null) checkRange(subject, from, to, element, checker);
}

function checkRange(
  subject: Operand,
  from: Operand,
  to: Operand,
  element: SetElement,
  checker: Typing,
): void {
  const disordered = [from, to, ...(subject.type.kind === "enum" ? [] : [subject])].find(
    (operand) => !isOrdered(operand.type),
  );
  if (disordered !== undefined) {
    checker.report(catalog.noRange(element.span, describeType(disordered.type)));
    return;
  }
  const [low, high] = [from.literal, to.literal];
  const addresses = low?.kind === "ip" && high?.kind === "ip";
  if (addresses && low.version !== high.version) {
    checker.report(catalog.mixedRange(element.span));
    return;
  }
  const isEmpty =
    (addresses && low.value > high.value) ||
    (low?.kind === "mac" && high?.kind === "mac" && low.value > high.value) ||
    (from.constant !== null && to.constant !== null && from.constant > to.constant);
  if (isEmpty) checker.report(catalog.emptyRange(element.span));
}

function isOrdered(type: Type): boolean {
  switch (type.kind) {
    case "integer":
    case "address":
    case "mac":
    case "duration":
    case "time":
      return true;
    default:
      return false;
  }
}

/** `tcp.flags has syn|ack`, `sctp.chunk any {data, init}` */
function checkHas(expr: Membership, checker: Typing): void {
  const subject = checker.operand(expr.left, null);
  if (subject === null) return;
  const { type } = subject;
  if (!isSetOfNames(type)) {
    checker.report(catalog.needsFlags(expr.left.span, expr.op, textOf(expr.left), describeType(type)));
    return;
  }
  const right = withoutParentheses(expr.right);
  const elements: readonly SetElement[] =
    right.kind === "set-literal" ? right.elements : [{ from: right, to: null, span: right.span }];
  if (right.kind === "set-literal") checker.types.set(right, { kind: "set", of: type });
  for (const element of elements) {
    if (element.to !== null) checker.report(catalog.noRange(element.span, "a name"));
    const member = checker.operand(element.from, type);
    const problem = member === null ? null : compareProblem("==", subject, member, element.span);
    if (problem !== null) checker.report(problem);
  }
}

const isSetOfNames = (type: Type): boolean => type.kind === "flags" || type.kind === "number-set";

/** What to ask instead of whether it contains something. */
function wayOut(type: Type): string | null {
  switch (type.kind) {
    case "symbol":
    case "enum":
    case "stack":
    case "flow":
      return "matches /…/";
    case "flags":
    case "number-set":
      return "has";
    case "address":
    case "integer":
      return "in";
    default:
      return null;
  }
}

function checkContains(expr: Membership, checker: Typing): void {
  const subject = checker.operand(expr.left, null);
  const text = checker.operand(expr.right, { kind: "string" });
  if (subject !== null && subject.type.kind !== "string") {
    checker.report(
      catalog.needsText(expr.left.span, textOf(expr.left), describeType(subject.type), wayOut(subject.type)),
    );
    return;
  }
  if (text !== null && text.type.kind !== "string") checker.report(catalog.needsTextPattern(expr.right.span));
}

export function checkMatches(expr: Matches, checker: Typing): void {
  const subject = checker.operand(expr.left, null);
  checkPattern(expr, checker);
  if (subject === null) return;
  const { kind } = subject.type;
  if (kind === "section") {
    checker.report(catalog.notAValue(expr.left.span, textOf(expr.left), schema.fieldsOf(textOf(expr.left))));
    return;
  }
  if (subject.field === null || kind === "boolean" || kind === "number-set")
    checker.report(catalog.cannotMatch(expr.left.span, textOf(expr.left), describeType(subject.type)));
}

function checkPattern(expr: Matches, checker: Typing): void {
  const { pattern } = expr;
  if (pattern.kind === "option-ref") {
    const type = checker.value(pattern, null);
    if (type !== null && type.kind !== "string")
      checker.report(catalog.patternNotText(pattern.span, pattern.name));
    return;
  }
  checker.types.set(pattern, { kind: "string" });
}
