// Whether a predicate can be true at a probe, given what the probe can never have: a packet, a drop reason.
// Two-valued as in LANGUAGE §3: a comparison with an absent value is false, and `not` of it true.
import type { Tracepoint } from "../kernel-facts.js";
import type { EitherField, Field, SectionWord } from "../schema/field.js";
import type { Load, SectionName, Value } from "../schema/value.js";
import { assertNever } from "../source/assert-never.js";
import type { Expr, Path } from "../syntax/ast.js";
import type { Reference } from "./checked.js";
import { isDrop, type ProbeArguments, probeArguments } from "./probe-arguments.js";

/** Why something is never there. `kernel`: by age of the kernel, not by choice of the probe. */
export interface Absence {
  readonly why: string;
  readonly kernel: boolean;
}

const NO_PACKET: Absence = { why: "this probe has no packet", kernel: false };
const NO_DROP: Absence = { why: "this probe is not about a drop", kernel: false };
const NO_REASON: Absence = {
  why: "this kernel has no drop reasons; they came with 5.17",
  kernel: true,
};

type Need = keyof ProbeArguments;

function needOfLoad(load: Load): Need | null {
  switch (load.kind) {
    case "header":
    case "layers":
    case "packet":
    case "kernel":
      return "skb";
    case "argument":
      return load.argument;
    case "context":
      return null;
    case "frame":
      return needOfSection(load.frame.section);
    default:
      return assertNever(load);
  }
}

function needOfSection(section: SectionName | "frame"): Need | null {
  switch (section) {
    case "packet":
    case "skb":
    case "dev":
    case "ns":
      return "skb";
    case "drop":
      return "location";
    // What only stored events have is refused for live ones before it gets here.
    case "task":
    case "stack":
    case "frame":
    case "tracking":
    case "ct":
    case "nft":
    case "ovs":
    case "user":
    case "extra":
    case "series":
      return null;
    default:
      return assertNever(section);
  }
}

/** What the probe must have so that the value can be there. */
function needsOf(value: Value): readonly Need[] {
  switch (value.kind) {
    case "constant":
      return [];
    case "load":
      return [needOfLoad(value.load)].filter((need) => need !== null);
    case "arithmetic":
      return [...needsOf(value.left), ...needsOf(value.right)];
    case "complement":
    case "negate":
      return needsOf(value.operand);
    // Alternatives all read headers of the packet.
    case "first":
      return value.values.flatMap(needsOf);
    case "guarded":
      return [...needsOf(value.value), ...needsOf(value.guard)];
    case "computed":
      return ["skb"];
    default:
      return assertNever(value);
  }
}

function needsOfField(field: Field): readonly Need[] {
  switch (field.value.kind) {
    case "number":
      return needsOf(field.value.value);
    case "address":
    case "flow":
    case "computed":
      return ["skb"];
    case "string":
      return field.value.value.from === "comm" ? [] : ["skb"];
    case "probe":
    case "stack":
      return [];
    default:
      return assertNever(field.value);
  }
}

/** Why a field is never there at a probe; null: it can be. */
export function absenceOf(entry: Field | EitherField, tracepoint: Tracepoint): Absence | null {
  const fields = entry.kind === "either" ? entry.sides : [entry];
  return absence(fields.flatMap(needsOfField), tracepoint);
}

/** Why a section is never there at a probe; null: it can be. */
export function absenceOfSection(word: SectionWord, tracepoint: Tracepoint): Absence | null {
  const { presence } = word;
  if (presence.kind === "always") return null;
  if (presence.kind === "layer") return absence(["skb"], tracepoint);
  const need = needOfSection(presence.section);
  return need === null ? null : absence([need], tracepoint);
}

function absence(needs: readonly Need[], tracepoint: Tracepoint): Absence | null {
  const has = probeArguments(tracepoint);
  const missing = needs.find((need) => has[need] === null);
  switch (missing) {
    case undefined:
      return null;
    case "skb":
      return NO_PACKET;
    case "reason":
      return isDrop(tracepoint) ? NO_REASON : NO_DROP;
    case "location":
      return NO_DROP;
    default:
      return assertNever(missing);
  }
}

/** A name in a predicate that is never there, and why. */
export interface Missing {
  readonly name: string;
  readonly absence: Absence;
}

type Filters = ReadonlyMap<Path, Reference>;

/** The names that keep the predicate from ever being true at the probe; empty: it can be. `lenient`: old kernels aside. */
export function neverTrue(
  expr: Expr,
  references: Filters,
  tracepoint: Tracepoint,
  lenient: boolean,
): readonly Missing[] {
  return new Possibility(references, tracepoint, lenient).never(expr, true);
}

class Possibility {
  readonly #references: Filters;
  readonly #tracepoint: Tracepoint;
  readonly #lenient: boolean;

  constructor(references: Filters, tracepoint: Tracepoint, lenient: boolean) {
    this.#references = references;
    this.#tracepoint = tracepoint;
    this.#lenient = lenient;
  }

  /** Why the expression never has the verdict. */
  never(expr: Expr, verdict: boolean): readonly Missing[] {
    switch (expr.kind) {
      case "parenthesized":
        return this.never(expr.inner, verdict);
      case "not":
        return this.never(expr.operand, !verdict);
      case "prefix":
        return expr.op === "!" ? this.never(expr.operand, !verdict) : [];
      case "logical": {
        const parts = expr.operands.map((operand) => this.never(operand, verdict));
        // One operand decides an `and` that has to be true, all together an `or`; the other way round for false.
        if ((expr.op === "and") === verdict) return parts.find((part) => part.length > 0) ?? [];
        return parts.every((part) => part.length > 0) ? parts.flat() : [];
      }
      case "path": {
        const reference = this.#references.get(expr);
        if (reference?.kind === "filter") return this.never(reference.filter.value, verdict);
        return verdict ? this.#missing(expr) : [];
      }
      case "compare":
      case "membership":
      case "matches":
        // `not in`, `!=` are false with an absent value, too.
        return verdict && !isNegatedHas(expr) ? this.#missing(expr) : [];
      default:
        return [];
    }
  }

  /** Fields in a value, and sections standing alone, that are never there. */
  #missing(expr: Expr): readonly Missing[] {
    switch (expr.kind) {
      case "path":
        return this.#missingName(expr);
      case "parenthesized":
        return this.#missing(expr.inner);
      case "compare":
      case "arithmetic":
        return [...this.#missing(expr.left), ...this.#missing(expr.right)];
      case "membership":
      case "matches":
        return this.#missing(expr.left);
      case "prefix":
        return expr.op === "!" ? [] : this.#missing(expr.operand);
      default:
        return [];
    }
  }

  #missingName(path: Path): readonly Missing[] {
    const reference = this.#references.get(path);
    let found: Absence | null = null;
    let name = "";
    if (reference?.kind === "field" || reference?.kind === "either") {
      found = absenceOf(reference.field, this.#tracepoint);
      name = reference.field.name;
    } else if (reference?.kind === "section") {
      found = absenceOfSection(reference.word, this.#tracepoint);
      name = reference.word.name;
    }
    if (found === null || (this.#lenient && found.kernel)) return [];
    return [{ name, absence: found }];
  }
}

/** `not has` and its like are `not (… has …)`: true when absent. */
const isNegatedHas = (expr: Expr): boolean => expr.kind === "membership" && expr.negated && expr.op !== "in";
