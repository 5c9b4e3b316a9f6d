// Checked script -> plan: attach points with their slots, predicates split, sections inferred, the frame laid out.
import type { CheckedAction, CheckedOn, CheckedScript, ResolvedProbe } from "../check/checked.js";
import { futureWords } from "../check/future-words.js";
import { type ProbeArguments, probeArguments } from "../check/probe-arguments.js";
import type { Field } from "../schema/field.js";
import type { CollectedSection, SectionName } from "../schema/value.js";
import { assertNever } from "../source/assert-never.js";
import { notYet } from "../source/catalog/check.js";
import * as catalog from "../source/catalog/plan.js";
import type { Checked, Diagnostic, Span } from "../source/diagnostic.js";
import { hasErrors } from "../source/diagnostic.js";
import type { Expr } from "../syntax/ast.js";
import { layOutFrame, SECTION_ORDER } from "./lay-out-frame.js";
import { lowerTest } from "./lower-test.js";
import type {
  Clause,
  Plan,
  PlannedAction,
  PlannedProbe,
  ScriptText,
  SectionUse,
  SplitNote,
  TimedBlock,
} from "./plan.js";
import { planColumn, sectionsOfColumn } from "./plan-column.js";
import type { Test } from "./predicate.js";
import { simplify, splitTest } from "./split-predicate.js";
import { readsPacket, sectionsOfTest } from "./used-sections.js";

/** What the code generators can do; handed in, since they stand after this stage. */
export interface Abilities {
  /** Why a test cannot be decided in the kernel; null: it can. */
  kernelLimit(test: Test): string | null;
  /** Bytes of the packet that a kernel part may look at. */
  windowNeeded(test: Test): number;
  looksAtVlan(test: Test): boolean;
  /** Sections that a handler's JavaScript reads or prints. */
  sectionsOfHandler(
    body: ScriptText,
    filterSections: (name: string) => readonly SectionName[] | null,
  ): readonly SectionName[];
  /** A field by its canonical name. */
  field(name: string): Field | null;
}

/** Bits of a frame's `clauses`. */
const MAX_CLAUSES = 64;
/** SLOTS of bpf/include/plan.h. */
const MAX_PROBES = 64;
/** WINDOW of bpf/include/plan.h: what predicates see, and so what a frame carries unless more is asked for. */
const DEFAULT_SNAP = 256;
const MAX_SNAP = 65_536;

export function buildPlan(checked: CheckedScript, abilities: Abilities): Checked<Plan> {
  const diagnostics: Diagnostic[] = [];
  const { handlers } = checked;
  const extra = handlers[MAX_CLAUSES];
  if (extra !== undefined) diagnostics.push(catalog.tooManyClauses(extra.on.span, MAX_CLAUSES));
  const collected = new Uses();
  const clauses = handlers.map((handler, id) => planClause(handler, id, checked, abilities));
  const probes = planProbes(handlers, clauses, withFilters(abilities, checked), collected);
  const overflow = probes[MAX_PROBES];
  if (overflow !== undefined)
    diagnostics.push(catalog.tooManyProbes(overflow.span, probes.length, MAX_PROBES));
  diagnostics.push(...clauses.flatMap((clause) => missingSections(clause, checked, abilities)));
  if (hasErrors(diagnostics)) return { value: null, diagnostics };

  const asked = Math.min(checked.settings.snaplen ?? DEFAULT_SNAP, MAX_SNAP);
  const reading = withFilters(abilities, checked);
  const snap = clauses.some((clause) => readsHeaders(clause, reading))
    ? Math.max(asked, DEFAULT_SNAP)
    : asked;
  const plan: Plan = {
    probes,
    clauses,
    sections: collected.list(),
    layout: layOutFrame(collected.sections(), snap),
    settings: checked.settings,
    options: checked.options,
    lets: checked.lets.map((item) => ({ name: item.name.text, value: item.value, span: item.span })),
    timed: timedBlocks(checked),
  };
  return { value: plan, diagnostics };
}

/** Sections that handlers read and that the events of this run cannot have. */
function missingSections(
  clause: Clause,
  checked: CheckedScript,
  abilities: Abilities,
): readonly Diagnostic[] {
  return clause.actions.flatMap((action) => {
    if (action.kind !== "javascript") return [];
    const read = withFilters(abilities, checked).sectionsOfHandler(action.body);
    return read
      .filter((section) => !checked.sections.has(section))
      .map((section) => notYet(action.span, `\`${section}\` is`, futureWords.get(section) ?? "leave it out"));
  });
}

/** Abilities that know the script's named filters, which handlers see as booleans. */
type ScriptAbilities = Omit<Abilities, "sectionsOfHandler"> & {
  sectionsOfHandler(body: ScriptText): readonly SectionName[];
};

function withFilters(abilities: Abilities, checked: CheckedScript): ScriptAbilities {
  const sectionsOfFilter = (name: string): readonly SectionName[] | null => {
    const filter = checked.filters.get(name);
    return filter === undefined ? null : sectionsOfTest(lowerTest(filter.value, checked), abilities.field);
  };
  return { ...abilities, sectionsOfHandler: (body) => abilities.sectionsOfHandler(body, sectionsOfFilter) };
}

// ---- clauses -------------------------------------------------------------------------------------------------------

function planClause(handler: CheckedOn, id: number, checked: CheckedScript, abilities: Abilities): Clause {
  const conjuncts = handler.where === null ? [] : conjunctsOf(handler.where);
  const kernel: Test[] = [];
  const user: Test[] = [];
  const notes: SplitNote[] = [];
  for (const conjunct of conjuncts) {
    const part = splitTest(lowerTest(conjunct, checked), abilities.kernelLimit);
    kernel.push(part.kernel);
    if (part.user !== null) user.push(part.user);
    const inKernel = !(part.kernel.kind === "constant" && part.kernel.value);
    notes.push({
      text: textOf(conjunct.span),
      span: conjunct.span,
      where: part.user === null ? "kernel" : inKernel ? "both" : "user",
      reason: part.reason,
    });
  }
  return {
    id,
    span: handler.on.span,
    kernel: simplify({ kind: "and", tests: kernel }),
    user: user.length === 0 ? null : simplify({ kind: "and", tests: user }),
    whole: simplify({ kind: "and", tests: conjuncts.map((conjunct) => lowerTest(conjunct, checked)) }),
    split: notes,
    actions: handler.actions.map((action) => planAction(action, checked)),
  };
}

/** The operands of the outermost `and`: each is split on its own. */
function conjunctsOf(expr: Expr): readonly Expr[] {
  if (expr.kind === "parenthesized") {
    const inner = conjunctsOf(expr.inner);
    return inner.length > 1 ? inner : [expr];
  }
  return expr.kind === "logical" && expr.op === "and" ? expr.operands.flatMap(conjunctsOf) : [expr];
}

/** The script's own words, on one line. */
export const textOf = (span: Span): string =>
  span.source.text.slice(span.start, span.end).replace(/\s+/g, " ");

function planAction(action: CheckedAction, checked: CheckedScript): PlannedAction {
  switch (action.kind) {
    case "print-event":
      return { kind: "print-event", added: action.added.map((word) => word.name), span: action.span };
    case "print-record":
      return {
        kind: "print-record",
        columns: action.columns.map((column) => planColumn(column, checked)),
        span: action.span,
      };
    case "javascript":
      return { kind: "javascript", body: action.block.body, span: action.block.span };
    case "save":
    case "stop":
      return action;
    default:
      return assertNever(action);
  }
}

function timedBlocks(checked: CheckedScript): readonly TimedBlock[] {
  return checked.timed.map(({ block, ...when }) => ({ ...when, body: block.body }));
}

// ---- probes --------------------------------------------------------------------------------------------------------

function planProbes(
  handlers: readonly CheckedOn[],
  clauses: readonly Clause[],
  abilities: ScriptAbilities,
  collected: Uses,
): readonly PlannedProbe[] {
  // An attach point that several `on`s name is one slot: they act on the same hit, in script order.
  const slots = new Map<string, { readonly probe: ResolvedProbe; readonly clauses: Clause[] }>();
  handlers.forEach((handler, id) => {
    for (const probe of handler.probes) {
      const clause = clauses[id];
      if (clause === undefined) continue;
      const key = `${probe.kind}:${probe.tracepoint.name}`;
      const known = slots.get(key);
      if (known === undefined) slots.set(key, { probe, clauses: [clause] });
      else known.clauses.push(clause);
    }
  });
  return [...slots.values()].map(({ probe, clauses: here }, slot) =>
    planProbe(slot, probe, here, abilities, collected),
  );
}

function planProbe(
  slot: number,
  probe: ResolvedProbe,
  here: readonly Clause[],
  abilities: ScriptAbilities,
  collected: Uses,
): PlannedProbe {
  const { tracepoint } = probe;
  const positions = probeArguments(tracepoint);
  const wants: Record<CollectedSection, bigint> = {
    task: 0n,
    packet: 0n,
    skb: 0n,
    drop: 0n,
    dev: 0n,
    ns: 0n,
    stack: 0n,
  };
  for (const clause of here) {
    const drops = positions.reason !== null || positions.location !== null;
    for (const use of usesOf(clause, drops, abilities)) {
      const section = collectable(use.section, positions);
      if (section === null) continue;
      wants[section] |= 1n << BigInt(clause.id);
      collected.add(use.section, use.text, use.span);
    }
  }
  return {
    slot,
    kind: probe.kind,
    name: tracepoint.name,
    target: tracepoint.event,
    parameters: tracepoint.parameters,
    arguments: positions,
    clauses: here.map((clause) => clause.id),
    wants,
    window: Math.max(0, ...here.map((clause) => abilities.windowNeeded(clause.kernel))),
    vlan: here.some((clause) => abilities.looksAtVlan(clause.kernel)),
    writtenAs: probe.writtenAs,
    span: probe.span,
  };
}

/** The section, if a probe with these arguments has it; null: it does not, or only stored events do. */
function collectable(section: SectionName, positions: ProbeArguments): CollectedSection | null {
  switch (section) {
    case "task":
    case "stack":
      return section;
    case "drop":
      return positions.reason !== null || positions.location !== null ? section : null;
    case "packet":
    case "skb":
    case "dev":
    case "ns":
      return positions.skb !== null ? section : null;
    default:
      return null;
  }
}

interface Use {
  readonly section: SectionName;
  readonly text: string;
  readonly span: Span;
}

/** The sections of `print`'s own text form (LANGUAGE §5), beside the header line. */
const PRINTED: readonly SectionName[] = ["task", "packet", "dev", "ns"];

function usesOf(clause: Clause, drops: boolean, abilities: ScriptAbilities): readonly Use[] {
  const uses: Use[] = [];
  const add = (sections: readonly SectionName[], text: string, span: Span): void => {
    for (const section of sections) uses.push({ section, text, span });
  };
  const printed = drops ? [...PRINTED, "drop" as const] : PRINTED;
  if (clause.user !== null) add(sectionsOfTest(clause.user, abilities.field), "where", clause.span);
  for (const action of clause.actions) {
    switch (action.kind) {
      case "print-event":
        add(printed, "print", action.span);
        add(action.added.flatMap(sectionsOfWord), textOf(action.span), action.span);
        break;
      case "print-record":
        for (const column of action.columns)
          add(sectionsOfColumn(column, printed, abilities.field), column.source, action.span);
        break;
      case "javascript":
        add(abilities.sectionsOfHandler(action.body), "handler", action.span);
        break;
      case "save":
        add(printed, "save", action.span);
        break;
      case "stop":
        break;
      default:
        assertNever(action);
    }
  }
  return uses;
}

/** Whether user space reads packet fields for the clause: a frame has to carry all that such reads may look at. */
function readsHeaders(clause: Clause, abilities: ScriptAbilities): boolean {
  if (clause.user !== null && readsPacket(clause.user, abilities.field)) return true;
  return clause.actions.some((action) => {
    switch (action.kind) {
      case "print-event":
        return action.added.some((word) => word !== "packet" && sectionsOfWord(word).includes("packet"));
      case "print-record":
        return action.columns.some(
          (column) =>
            column.value.kind !== "section" &&
            sectionsOfColumn(column, [], abilities.field).includes("packet"),
        );
      case "javascript":
        return abilities.sectionsOfHandler(action.body).includes("packet");
      case "save":
      case "stop":
        return false;
      default:
        return assertNever(action);
    }
  });
}

/** A word after `print` -> sections of the frame; protocols are read from the packet. */
function sectionsOfWord(word: string): readonly SectionName[] {
  const section = SECTION_ORDER.find((name) => name === word);
  if (section !== undefined) return [section];
  switch (word) {
    case "common":
    case "kernel":
      return ["task"];
    case "skb-drop":
      return ["drop"];
    default:
      return ["packet"];
  }
}

/** Who wants which section, in the order of the frame. */
class Uses {
  readonly #uses = new Map<SectionName, { text: string; span: Span }[]>();

  add(section: SectionName, text: string, span: Span): void {
    const known = this.#uses.get(section) ?? [];
    if (!known.some((use) => use.span.start === span.start && use.text === text)) known.push({ text, span });
    this.#uses.set(section, known);
  }

  sections(): ReadonlySet<SectionName> {
    return new Set(this.#uses.keys());
  }

  list(): readonly SectionUse[] {
    return SECTION_ORDER.flatMap((section) => {
      const reasons = this.#uses.get(section);
      return reasons === undefined ? [] : [{ section, reasons }];
    });
  }
}
