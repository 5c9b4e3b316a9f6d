// Prints an expression in its one canonical spelling, from which the parser makes the same tree again.
import { assertNever } from "../source/assert-never.js";
import { isDashRange, strength } from "./arithmetic.js";
import type { Attach, AttachPoint, Expr, PathStep, SetElement } from "./ast.js";
import { quoteText } from "./literals.js";

/** How tightly each form binds; an operand that binds less tightly than its place asks stands in parentheses. */
const tightness = { or: 0, and: 1, not: 2, compare: 3, bits: 4, prefix: 20, primary: 21 } as const;

function tightnessOf(expr: Expr): number {
  switch (expr.kind) {
    case "logical":
      return expr.op === "or" ? tightness.or : tightness.and;
    case "not":
      return tightness.not;
    case "compare":
    case "membership":
    case "matches":
      return tightness.compare;
    case "arithmetic":
      return tightness.bits + strength(expr.op);
    case "prefix":
      return tightness.prefix;
    default:
      return tightness.primary;
  }
}

/** On one line, as it would stand after `where`. */
export function printExpression(expr: Expr): string {
  switch (expr.kind) {
    case "logical": {
      const inside = expr.op === "or" ? tightness.and : tightness.not;
      return expr.operands.map((operand) => within(operand, inside)).join(` ${expr.op} `);
    }
    case "not":
      return `not ${within(expr.operand, tightness.not)}`;
    case "compare":
      return `${within(expr.left, tightness.bits)} ${expr.op} ${within(expr.right, tightness.bits)}`;
    case "membership": {
      const op = expr.negated ? `not ${expr.op}` : expr.op;
      return `${within(expr.left, tightness.bits)} ${op} ${within(expr.right, tightness.bits)}`;
    }
    case "matches":
      return `${within(expr.left, tightness.bits)} matches ${printExpression(expr.pattern)}`;
    case "arithmetic": {
      const here = tightnessOf(expr);
      return `${within(expr.left, here)} ${expr.op} ${within(expr.right, here + 1)}`;
    }
    case "prefix":
      return `${expr.op}${within(expr.operand, tightness.prefix)}`;
    case "parenthesized":
      return `(${printExpression(expr.inner)})`;
    case "set-literal":
      return `{${expr.elements.map(printElement).join(", ")}}`;
    case "int":
      return String(expr.value);
    case "percent":
      return `${expr.value}%`;
    case "string":
      return quoteText(expr.value);
    case "duration":
    case "size":
    case "ip":
    case "cidr":
    case "mac":
    case "name":
      return expr.text;
    case "regex":
      return `/${expr.source}/${expr.flags}`;
    case "option-ref":
      return `$${expr.name}`;
    case "path":
      return expr.head.text + printTail(expr.tail);
    case "stack-call":
      return `stack(${expr.depth.value})`;
    case "pcap":
      return `pcap ${quoteText(expr.text.value)}`;
    case "since": {
      const by = expr.by === null ? "" : ` by ${printExpression(expr.by)}`;
      return `since(${printAttachList(expr.attach)}${by})`;
    }
    case "cast":
      return `cast(${printExpression(expr.operand)}, ${expr.type.text})${printTail(expr.tail)}`;
    default:
      return assertNever(expr);
  }
}

const within = (expr: Expr, needed: number): string => {
  const printed = printExpression(expr);
  return tightnessOf(expr) < needed ? `(${printed})` : printed;
};

const printTail = (tail: readonly PathStep[]): string =>
  tail
    .map((step) => (step.kind === "member" ? `.${step.name.text}` : `[${printExpression(step.index)}]`))
    .join("");

function printElement({ from, to }: SetElement): string {
  // `{80-90}` is refused, since a range was meant; `{(80 - 90)}` is the difference.
  const first =
    to === null && isDashRange(from) ? `(${printExpression(from)})` : within(from, tightness.bits);
  return to === null ? first : `${first}..${within(to, tightness.bits)}`;
}

/** `kprobe:a || kprobe:b, rx` */
export const printAttachList = (attach: readonly Attach[]): string =>
  attach.map(({ alternatives }) => alternatives.map(printAttachPoint).join(" || ")).join(", ");

export function printAttachPoint(point: AttachPoint): string {
  if (point.kind === "option") return `$${point.option.name}`;
  return point.probeKind === null ? point.target : `${point.probeKind}:${point.target}`;
}
