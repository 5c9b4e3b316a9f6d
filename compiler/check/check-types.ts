// Expressions -> their types and what their names mean, in two side tables. Rules: LANGUAGE §3.
import type { KernelFacts } from "../kernel-facts.js";
import * as schema from "../schema/index.js";
import { assertNever } from "../source/assert-never.js";
import { notYet, unknownOption } from "../source/catalog/check.js";
import * as catalog from "../source/catalog/check-expressions.js";
import { nearest } from "../source/nearest.js";
import type { Arithmetic, Compare, Expr, Logical, OptionRef, Path, Prefix } from "../syntax/ast.js";
import { arithmeticType } from "./arithmetic-types.js";
import { checkMatches, checkMembership } from "./check-membership.js";
import type { CheckedOption, Reference } from "./checked.js";
import type { Report, Scope } from "./collect-declarations.js";
import { compareProblem } from "./compare-types.js";
import { constantOf } from "./constant-of.js";
import { describeType } from "./describe-type.js";
import { hasNames } from "./enum-member.js";
import { lintCompare } from "./lint-constant.js";
import { lintLogic } from "./lint-logic.js";
import { type Operand, textOf, withoutParentheses } from "./operand.js";
import { optionType } from "./option-type.js";
import { pathText, resolvePath } from "./resolve-names.js";
import { testHelp } from "./test-help.js";
import type { Type } from "./type.js";
import type { Typing } from "./typing.js";

const BOOLEAN: Type = { kind: "boolean" };
const SIGNED_MAX = (1n << 63n) - 1n;

const number = (value: bigint): Type => ({
  kind: "integer",
  bits: 64,
  signed: value <= SIGNED_MAX,
  unit: null,
});

export class ExpressionChecker implements Typing {
  readonly types = new Map<Expr, Type>();
  readonly references = new Map<Path, Reference>();
  readonly scope: Scope;
  readonly kernel: KernelFacts;
  readonly report: Report;
  readonly #options: ReadonlyMap<string, CheckedOption>;
  #errors = 0;

  constructor(scope: Scope, options: readonly CheckedOption[], kernel: KernelFacts, report: Report) {
    this.scope = scope;
    this.kernel = kernel;
    this.report = (diagnostic) => {
      if (diagnostic.severity === "error") this.#errors += 1;
      report(diagnostic);
    };
    this.#options = new Map(options.map((option) => [option.name, option]));
  }

  /** Errors so far, to tell whether an expression had any. */
  get reported(): number {
    return this.#errors;
  }

  // ---- tests -------------------------------------------------------------------------------------------------------

  /** What must be true or false: `where`, a filter, an operand of `and`. */
  test(expr: Expr): void {
    this.types.set(expr, BOOLEAN);
    switch (expr.kind) {
      case "parenthesized":
        this.test(expr.inner);
        break;
      case "logical":
        this.#logical(expr);
        break;
      case "not":
        this.test(expr.operand);
        break;
      case "prefix":
        if (expr.op === "!") this.test(expr.operand);
        else this.#testValue(expr);
        break;
      case "compare":
        this.#compare(expr);
        break;
      case "membership":
        checkMembership(expr, this);
        break;
      case "matches":
        checkMatches(expr, this);
        break;
      case "path":
        this.#testPath(expr);
        break;
      case "option-ref":
        this.#testOption(expr);
        break;
      default:
        this.#testValue(expr);
    }
  }

  #logical(expr: Logical): void {
    for (const operand of expr.operands) this.test(operand);
    lintLogic(expr, this.references, this.report);
  }

  #testPath(path: Path): void {
    const named = resolvePath(path, null, this.scope, this.kernel, this.report);
    if (named === null || named.kind === "truth") return;
    this.references.set(path, named);
    const name = textOf(path);
    switch (named.kind) {
      case "field":
        this.types.set(path, named.field.type);
        if (named.field.type.kind !== "boolean")
          this.report(
            catalog.notATest(path.span, name, describeType(named.field.type), testHelp(named.field)),
          );
        break;
      case "either":
        this.report(catalog.notATest(path.span, name, "some side's value", `compare it: \`${name} == …\``));
        break;
      case "section":
        this.types.set(path, { kind: "section" });
        break;
      case "filter":
      case "member":
        break;
      default:
        assertNever(named);
    }
  }

  #testOption(expr: OptionRef): void {
    const option = this.#option(expr);
    if (option === null) return;
    const optional = option.type.endsWith("?");
    if (!optional && option.type !== "bool") this.report(catalog.alwaysGiven(expr.span, expr.name));
  }

  #testValue(expr: Expr): void {
    const type = this.value(expr, null);
    if (type === null || type.kind === "boolean") return;
    const text = textOf(expr);
    const [flags, mask] =
      expr.kind === "arithmetic" && expr.op === "&" ? [textOf(expr.left), textOf(expr.right)] : ["", ""];
    const help =
      type.kind === "flags" && flags !== ""
        ? `write \`${flags} has ${mask}\``
        : comparedWith(expr.kind, text);
    this.report(catalog.notATest(expr.span, text, describeType(type), help));
  }

  #compare(expr: Compare): void {
    const [left, right] = this.pair(expr.left, expr.right);
    if (left === null || right === null) return;
    const problem = compareProblem(expr.op, left, right, expr.span);
    if (problem !== null) this.report(problem);
    else lintCompare(expr, left, right, this.report);
  }

  /** Both sides of an operator: names of the one's enum are looked up for the other. */
  pair(left: Expr, right: Expr): readonly [Operand | null, Operand | null] {
    const [leftType, rightType] = [this.#peek(left), this.#peek(right)];
    const named = leftType !== null && hasNames(leftType);
    // A word opposite a name that is wrong is most likely a member of what was meant: one error is enough.
    if (isWord(left) && leftType === null && !isWord(right)) {
      const b = this.operand(right, null);
      return [b === null ? null : this.operand(left, rightType ?? b.type), b];
    }
    const a = this.operand(left, named ? null : rightType);
    if (a === null && isWord(right)) return [null, null];
    return [a, this.operand(right, leftType ?? a?.type ?? null)];
  }

  /** The type that names opposite are looked up in; nothing is reported or noted. */
  #peek(expr: Expr): Type | null {
    const inner = withoutParentheses(expr);
    if (inner.kind === "path") {
      if (inner.tail.some((step) => step.kind === "index")) return null;
      const entry = schema.lookUp(pathText(inner));
      if (entry?.kind === "field") return entry.type;
      return entry?.kind === "either" ? entry.sides[0].type : null;
    }
    if (inner.kind !== "arithmetic") return null;
    const sides = [this.#peek(inner.left), this.#peek(inner.right)];
    return sides.find((type) => type?.kind === "flags") ?? null;
  }

  // ---- values ------------------------------------------------------------------------------------------------------

  /** A side of a comparison, where either-fields may stand. Null: reported. */
  operand(expr: Expr, opposite: Type | null): Operand | null {
    const inner = withoutParentheses(expr);
    if (inner.kind === "path") {
      const type = this.#path(inner, opposite, true);
      if (type === null) return null;
      if (inner !== expr) this.types.set(expr, type);
      const reference = this.references.get(inner);
      const field = reference?.kind === "field" || reference?.kind === "either" ? reference.field : null;
      return { expr, type, field, literal: null, constant: this.#constant(inner) };
    }
    const type = this.value(expr, opposite);
    if (type === null) return null;
    const literal = inner.kind === "option-ref" ? (this.#options.get(inner.name)?.value ?? null) : inner;
    return { expr, type, field: null, literal, constant: this.#constant(inner) };
  }

  #constant(expr: Expr): bigint | null {
    return constantOf(expr, this.references, (name) => this.#options.get(name)?.value ?? null);
  }

  /** The type of a value; null: reported. */
  value(expr: Expr, opposite: Type | null): Type | null {
    const type = this.#valueType(expr, opposite);
    if (type !== null) this.types.set(expr, type);
    return type;
  }

  #valueType(expr: Expr, opposite: Type | null): Type | null {
    switch (expr.kind) {
      case "parenthesized":
        return this.value(expr.inner, opposite);
      case "logical":
      case "not":
      case "compare":
      case "membership":
      case "matches":
        this.test(expr);
        return BOOLEAN;
      case "arithmetic":
        return this.#arithmetic(expr, opposite);
      case "prefix":
        return this.#prefix(expr, opposite);
      case "path":
        return this.#path(expr, opposite, false);
      case "option-ref":
        return this.#optionType(expr);
      case "int":
        return number(expr.value);
      case "percent":
        this.report(catalog.percentage(expr.span));
        return null;
      case "duration":
        return { kind: "duration" };
      case "size":
        return { kind: "integer", bits: 64, signed: true, unit: "bytes" };
      case "string":
        return { kind: "string" };
      case "ip":
        return { kind: "address", family: expr.version };
      case "cidr":
        return { kind: "cidr", family: expr.version };
      case "mac":
        return { kind: "mac" };
      case "name":
      case "regex":
        return { kind: "string" };
      case "set-literal":
        return this.#set(expr, opposite);
      case "stack-call":
        return { kind: "stack" };
      case "pcap":
        this.report(notYet(expr.span, "`pcap` is", "write the same with fields: `tcp.port == 80`"));
        return null;
      case "since":
        this.report(notYet(expr.span, "`since` is", "print `time` at both probes"));
        return null;
      case "cast":
        this.report(notYet(expr.span, "`cast` is", "`retis help fields` lists what has a name"));
        return null;
      default:
        return assertNever(expr);
    }
  }

  #set(expr: Extract<Expr, { kind: "set-literal" }>, opposite: Type | null): Type | null {
    let of: Type | null = null;
    let sound = true;
    for (const element of expr.elements) {
      const from = this.value(element.from, opposite);
      const to = element.to === null ? from : this.value(element.to, opposite);
      if (from === null || to === null) sound = false;
      of ??= from;
    }
    return sound && of !== null ? { kind: "set", of } : null;
  }

  #arithmetic(expr: Arithmetic, opposite: Type | null): Type | null {
    // `syn|ack` opposite flags: the names are those of the flags, whichever side knows.
    const around = this.#peek(expr) ?? opposite;
    const hint = around !== null && around.kind === "flags" ? around : null;
    const left = this.value(expr.left, hint);
    const right = this.value(expr.right, hint);
    if (left === null || right === null) return null;
    if ((expr.op === "/" || expr.op === "%") && this.#constant(expr.right) === 0n) {
      this.report(catalog.divisionByZero(expr.right.span));
      return null;
    }
    return arithmeticType(expr, left, right, this.report);
  }

  #prefix(expr: Prefix, opposite: Type | null): Type | null {
    if (expr.op === "!") {
      this.test(expr.operand);
      return BOOLEAN;
    }
    const type = this.value(expr.operand, opposite);
    if (type === null) return null;
    const fits =
      type.kind === "integer" || (expr.op === "-" ? type.kind === "duration" : type.kind === "flags");
    if (fits) return type.kind === "integer" ? { ...type, bits: 64, signed: true } : type;
    const help = "use numbers here";
    this.report(catalog.wrongOperand(expr.span, expr.op, textOf(expr.operand), describeType(type), help));
    return null;
  }

  #path(path: Path, opposite: Type | null, eitherFits: boolean): Type | null {
    const named = resolvePath(path, opposite, this.scope, this.kernel, this.report);
    if (named === null) return null;
    const type = this.#namedType(path, named, opposite, eitherFits);
    if (type !== null) this.types.set(path, type);
    return type;
  }

  #namedType(
    path: Path,
    named: NonNullable<ReturnType<typeof resolvePath>>,
    opposite: Type | null,
    eitherFits: boolean,
  ): Type | null {
    if (named.kind === "truth") return BOOLEAN;
    this.references.set(path, named);
    switch (named.kind) {
      case "field":
        return named.field.type;
      case "either": {
        const [one, other] = named.field.sides;
        if (eitherFits) return one.type;
        this.report(catalog.eitherMisplaced(path.span, named.field.name, [one.name, other.name]));
        return null;
      }
      case "section":
        return { kind: "section" };
      case "filter":
        return BOOLEAN;
      case "member":
        return opposite;
      default:
        return assertNever(named);
    }
  }

  // ---- options -----------------------------------------------------------------------------------------------------

  #option(expr: OptionRef): CheckedOption | null {
    const option = this.#options.get(expr.name);
    if (option !== undefined) return option;
    this.report(unknownOption(expr.span, expr.name, nearest(expr.name, this.#options.keys())));
    return null;
  }

  #optionType(expr: OptionRef): Type | null {
    const option = this.#option(expr);
    return option === null ? null : optionType(option);
  }
}

/** A literal is compared with a field, any other value with something. */
function comparedWith(kind: Expr["kind"], text: string): string {
  switch (kind) {
    case "int":
      return `compare a field with it: \`tcp.dport == ${text}\``;
    case "size":
      return `compare a field with it: \`packet.len > ${text}\``;
    case "string":
      return `compare a field with it: \`comm == ${text}\``;
    case "ip":
      return `compare a field with it: \`ip.addr == ${text}\``;
    case "cidr":
      return `compare a field with it: \`ip.addr in ${text}\``;
    case "mac":
      return `compare a field with it: \`eth.addr == ${text}\``;
    case "duration":
      return "compare a duration with it";
    default:
      return `compare it: \`${text} == …\``;
  }
}

const isWord = (expr: Expr): boolean => {
  const inner = withoutParentheses(expr);
  return inner.kind === "path" && inner.tail.length === 0;
};
