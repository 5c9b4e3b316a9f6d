// Whether two operands can be compared, and with a result that can differ: types, units, families, ranges.
import * as schema from "../schema/index.js";
import { tcpFlagLetters } from "../schema/tcp.js";
import * as catalog from "../source/catalog/check-expressions.js";
import type { Diagnostic, Span } from "../source/diagnostic.js";
import type { CompareOp } from "../syntax/ast.js";
import { describeType } from "./describe-type.js";
import { fieldRange, type Operand, textOf } from "./operand.js";
import type { Type } from "./type.js";

const MIRRORED: Readonly<Record<CompareOp, CompareOp>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

const isOrder = (op: CompareOp): boolean => op !== "==" && op !== "!=";

/** What is wrong or doubtful about `left op right`; null: nothing. */
export function compareProblem(op: CompareOp, left: Operand, right: Operand, span: Span): Diagnostic | null {
  // The field is the subject: `80 == tcp.dport` reads the other way round.
  if (left.field === null && right.field !== null) return subjectProblem(MIRRORED[op], right, left, span);
  return subjectProblem(op, left, right, span);
}

function subjectProblem(op: CompareOp, subject: Operand, other: Operand, span: Span): Diagnostic | null {
  for (const operand of [subject, other]) {
    if (operand.type.kind === "section")
      return catalog.notAValue(
        operand.expr.span,
        textOf(operand.expr),
        schema.fieldsOf(textOf(operand.expr)),
      );
  }
  if (other.type.kind === "set" || subject.type.kind === "set")
    return catalog.wholeSet(span, op, subject.type.kind === "flags");
  return (
    kindProblem(op, subject, other) ??
    orderProblem(op, subject, other) ??
    rangeProblem(op, subject, other, span)
  );
}

/** Kinds that have equals but no order. */
function orderProblem(op: CompareOp, subject: Operand, other: Operand): Diagnostic | null {
  if (!isOrder(op)) return null;
  for (const operand of [subject, other]) {
    switch (operand.type.kind) {
      case "enum":
      case "flags":
      case "boolean":
      case "string":
      case "cidr":
      case "number-set":
      case "symbol":
        return catalog.noOrder(operand.expr.span, textOf(operand.expr), describeType(operand.type));
      default:
    }
  }
  return null;
}

/** Whether the kinds go together; null: they do. */
function kindProblem(op: CompareOp, subject: Operand, other: Operand): Diagnostic | null {
  const wrong = (help: string): Diagnostic =>
    catalog.incomparable(
      other.expr.span,
      textOf(subject.expr),
      describeType(subject.type),
      textOf(other.expr),
      describeType(other.type),
      help,
    );
  const [a, b] = [subject.type, other.type];
  if (b.kind === "string" && other.literal?.kind === "string") {
    const quoted = quotedProblem(a, other.literal.value, other.expr.span);
    if (quoted !== null) return quoted;
  }
  switch (a.kind) {
    case "integer":
      if (b.kind === "integer") return unitProblem(subject, other);
      if (b.kind === "enum" || b.kind === "flags" || b.kind === "symbol" || b.kind === "time") return null;
      if (b.kind === "boolean" && isTruth(subject)) return null;
      return wrong(b.kind === "duration" ? "compare with a number" : helpFor(a));
    case "boolean":
      if (b.kind === "boolean" || (b.kind === "integer" && isTruth(other))) return null;
      return wrong(`write \`${textOf(subject.expr)}\` alone, or \`not ${textOf(subject.expr)}\``);
    case "string":
      return b.kind === "string" ? null : wrong(helpFor(a));
    case "enum":
      if (b.kind === "integer" || (b.kind === "enum" && a.source.name === b.source.name)) return null;
      return wrong(helpFor(a));
    case "flags":
      if (b.kind === "integer" || b.kind === "flags" || isFlagLetters(other)) return null;
      return wrong("write `syn|ack`, `has syn` or `any {rst, fin}`");
    case "address":
    case "cidr":
      if (b.kind === "address" || b.kind === "cidr") return familyProblem(subject, other);
      return wrong(helpFor({ kind: "address", family: a.family }));
    case "mac":
      return b.kind === "mac" ? null : wrong(helpFor(a));
    case "duration":
      return b.kind === "duration"
        ? null
        : wrong(b.kind === "integer" ? "give the number its unit: `10ms`" : helpFor(a));
    case "time":
      return b.kind === "time" || b.kind === "integer"
        ? null
        : wrong("compare with a number of ns of CLOCK_MONOTONIC");
    case "symbol":
      if (b.kind === "integer" || b.kind === "symbol") return null;
      return wrong('write for example `matches "tcp_v4_rcv*"`');
    case "number-set":
      if (b.kind === "integer" || (b.kind === "number-set" && !isOrder(op))) return null;
      return wrong("write `has data` or `any {data, init}`");
    case "stack":
    case "flow":
      return wrong(`ask \`${textOf(subject.expr)} matches /…/\``);
    case "set":
    case "section":
      return null;
  }
}

const isTruth = (operand: Operand): boolean => operand.constant === 0n || operand.constant === 1n;

const isFlagLetters = (operand: Operand): boolean =>
  operand.literal?.kind === "string" &&
  [...operand.literal.value.toUpperCase()].every((letter) => tcpFlagLetters.has(letter));

/** `"10.0.0.1"`, `"NO_SOCKET"`: what was meant has no quotes. */
function quotedProblem(type: Type, value: string, span: Span): Diagnostic | null {
  switch (type.kind) {
    case "integer":
      // Without its quotes `"http"` would be no better.
      return /^\d/.test(value) ? catalog.quoted(span, value, describeType(type)) : null;
    case "enum":
    case "address":
    case "cidr":
    case "mac":
    case "duration":
    case "boolean":
      return catalog.quoted(span, value, describeType(type));
    default:
      return null;
  }
}

function helpFor(type: Type): string {
  switch (type.kind) {
    case "integer":
      return type.unit === "bytes"
        ? "compare with a number or a size: `1500`, `2KB`"
        : "compare with a number";
    case "string":
      return 'compare with a string: `"eth0"`';
    case "enum":
      return type.source.kind === "fixed"
        ? `compare with a name: \`${[...type.source.values.keys()][0] ?? ""}\``
        : "compare with a name: `NO_SOCKET`";
    case "address":
      return type.family === 6 ? "compare with an address: `fd00::1`" : "compare with an address: `10.0.0.1`";
    case "mac":
      return "compare with a MAC address: `02:00:00:00:00:01`";
    case "duration":
      return "compare with a duration: `10ms`";
    default:
      return "compare with a value of the same kind";
  }
}

/** A size next to a field that does not count bytes. */
function unitProblem(subject: Operand, other: Operand): Diagnostic | null {
  const size = other.literal?.kind === "size";
  const counts = subject.type.kind === "integer" && subject.type.unit === "bytes";
  if (!size || counts || subject.field === null) return null;
  return catalog.incomparable(
    other.expr.span,
    textOf(subject.expr),
    "a number without a unit",
    textOf(other.expr),
    "a size",
    "write a plain number",
  );
}

const familyOf = (type: Type): 4 | 6 | null =>
  type.kind === "address" || type.kind === "cidr" ? type.family : null;

function familyProblem(subject: Operand, other: Operand): Diagnostic | null {
  const [wanted, given] = [familyOf(subject.type), familyOf(other.type)];
  if (wanted === null || given === null || wanted === given) return null;
  return catalog.wrongFamily(other.expr.span, textOf(subject.expr), wanted, otherFamily(subject, given));
}

/** `ipv4.saddr` next to an IPv6 address: `ipv6.saddr`. */
function otherFamily(subject: Operand, given: 4 | 6): string | null {
  const name = subject.field?.name.replace(/^ipv[46]\./, `ipv${given}.`);
  return name !== undefined && name !== subject.field?.name && schema.lookUp(name) !== null ? name : null;
}

/** A constant that the field can never be, or that every value of it passes. */
function rangeProblem(op: CompareOp, subject: Operand, other: Operand, span: Span): Diagnostic | null {
  const value = other.constant;
  const range = subject.field === null ? null : fieldRange(subject.field);
  if (value === null || range === null) return null;
  const name = textOf(subject.expr);
  const { from, to } = range;
  const inside = value >= from && value <= to;
  switch (op) {
    case "==":
    case "!=":
      return inside ? null : catalog.outOfRange(other.expr.span, name, value, from, to);
    case "<":
      return value > to || value <= from ? catalog.alwaysSame(span, name, from, to, value > to) : null;
    case "<=":
      return value >= to || value < from ? catalog.alwaysSame(span, name, from, to, value >= to) : null;
    case ">":
      return value < from || value >= to ? catalog.alwaysSame(span, name, from, to, value < from) : null;
    case ">=":
      return value <= from || value > to ? catalog.alwaysSame(span, name, from, to, value <= from) : null;
  }
}
