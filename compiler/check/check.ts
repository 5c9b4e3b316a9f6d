// Syntax tree and kernel facts -> a script whose names are resolved and whose types are right, or all that is wrong
// with it, in source order.
import type { KernelFacts } from "../kernel-facts.js";
import { COLLECTED_SECTIONS } from "../schema/section-bits.js";
import type { SectionName } from "../schema/value.js";
import { assertNever } from "../source/assert-never.js";
import * as catalog from "../source/catalog/check.js";
import { type Checked, type Diagnostic, hasErrors, type Source } from "../source/diagnostic.js";
import type { Begin, End, Every, Modifier, On, Script } from "../syntax/ast.js";
import { type Missing, neverTrue } from "./can-match.js";
import { checkAction } from "./check-actions.js";
import { checkFilters } from "./check-filters.js";
import { checkOptions } from "./check-options.js";
import { checkSettings } from "./check-settings.js";
import { ExpressionChecker } from "./check-types.js";
import type {
  CheckedAction,
  CheckedOn,
  CheckedOption,
  CheckedScript,
  CheckedTimed,
  ResolvedProbe,
} from "./checked.js";
import { collectDeclarations, type Report } from "./collect-declarations.js";
import { textOf } from "./operand.js";
import { ProbeResolver } from "./resolve-probes.js";

export interface CheckContext {
  readonly kernel: KernelFacts;
  /** Declarations that every script sees. */
  readonly prelude: Script | null;
  /** By the path as written in `use`. */
  readonly used: ReadonlyMap<string, Script>;
  /** As given on the command line, by name without dashes. */
  readonly options: ReadonlyMap<string, string>;
  /** Sections that the events can have; without it those that the running kernel is asked for. */
  readonly sections?: ReadonlySet<SectionName>;
}

const COLLECTED: ReadonlySet<SectionName> = new Set(COLLECTED_SECTIONS);

export function check(script: Script, context: CheckContext): Checked<CheckedScript> {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => diagnostics.push(diagnostic);
  const sections = context.sections ?? COLLECTED;
  const scope = { ...collectDeclarations(script, context.prelude, context.used, report), sections };
  const options = checkOptions(scope.options.values(), context.options, report);
  const settings = checkSettings(
    script.items.filter((item) => item.kind === "set"),
    report,
  );
  const resolver = new ProbeResolver(scope, context.kernel, optionValue(options), report);
  resolver.checkDeclarations();
  const checker = new ExpressionChecker(scope, options, context.kernel, report);
  const filtersEnd = checkFilters([...scope.filters.values()], checker);

  const handlers: CheckedOn[] = [];
  const timed: CheckedTimed[] = [];
  for (const item of script.items) {
    switch (item.kind) {
      case "on":
        handlers.push(checkOn(item, resolver, checker, filtersEnd));
        break;
      case "every":
      case "begin":
      case "end":
        timed.push(...checkTimed(item, options, report));
        break;
      case "follow":
        report(catalog.notYet(item.span, "`follow` is", "test each `on` by itself: `on drop where …`"));
        break;
      case "use":
      case "option":
      case "set":
      case "probe":
      case "filter":
      case "let":
        break;
      default:
        assertNever(item);
    }
  }
  const sorted = inSourceOrder(diagnostics, script.source);
  if (hasErrors(sorted)) return { value: null, diagnostics: sorted };
  const { types, references } = checker;
  const lets = [...scope.lets.values()];
  return {
    value: {
      script,
      options,
      settings,
      handlers,
      timed,
      lets,
      filters: scope.filters,
      types,
      references,
      sections,
    },
    diagnostics: sorted,
  };
}

const optionValue = (options: readonly CheckedOption[]) => (name: string) =>
  options.find((option) => option.name === name)?.value ?? null;

// ---- on ------------------------------------------------------------------------------------------------------------

/** `filtersEnd`: no filter needs itself, so that predicates can be looked through. */
function checkOn(
  on: On,
  resolver: ProbeResolver,
  checker: ExpressionChecker,
  filtersEnd: boolean,
): CheckedOn {
  const probes = resolver.resolve(on.attach);
  if (on.where !== null) {
    const before = checker.reported;
    checker.test(on.where);
    // Whether it can match is asked of a predicate that is sound.
    if (filtersEnd && checker.reported === before) checkReach(on.where, probes, checker);
  }
  for (const modifier of on.modifiers) refuseModifier(modifier, checker.report);
  const actions = on.actions.flatMap((action): readonly CheckedAction[] => {
    const checked = checkAction(action, probes, checker);
    return checked === null ? [] : [checked];
  });
  return { on, probes, where: on.where, actions };
}

function refuseModifier(modifier: Modifier, report: Report): void {
  const wayOut =
    modifier.kind === "sample"
      ? "test something that is true for a part of the packets: `ip.id & 0xff == 0`"
      : "count in a JavaScript block, and call `stop()`";
  report(catalog.notYet(modifier.span, `\`${modifier.kind}\` is`, wayOut));
}

/** A clause that can match at no probe is an error, one that can only at some a warning. */
function checkReach(
  where: On["where"] & object,
  probes: readonly ResolvedProbe[],
  checker: ExpressionChecker,
): void {
  const reach = (lenient: boolean) =>
    probes.map((probe) => ({
      probe: probe.tracepoint.name,
      missing: neverTrue(where, checker.references, probe.tracepoint, lenient),
    }));
  const never = reach(false).filter((one) => one.missing.length > 0);
  const [first] = never;
  if (first === undefined) return;
  // Drop reasons on an old kernel are absent with a warning: the script may be for others too.
  const strict = reach(true);
  const isError = strict.length > 0 && strict.every((one) => one.missing.length > 0);
  const alike = never.filter((one) => why(one.missing) === why(first.missing));
  checker.report(
    catalog.neverMatches(
      isError ? "error" : "warning",
      where.span,
      (isError ? never : alike).map((one) => one.probe),
      [...new Set(first.missing.map((one) => one.name))],
      why(first.missing),
      first.missing[0]?.absence.kernel ?? false,
    ),
  );
}

const why = (missing: readonly Missing[]): string => missing[0]?.absence.why ?? "";

// ---- begin, end, every ---------------------------------------------------------------------------------------------

function checkTimed(
  item: Begin | End | Every,
  options: readonly CheckedOption[],
  report: Report,
): readonly CheckedTimed[] {
  const nanoseconds = item.kind === "every" ? period(item, options, report) : 0n;
  return item.actions.flatMap((action): readonly CheckedTimed[] => {
    if (action.kind !== "javascript") {
      const word = action.kind === "aggregate" ? action.function : action.kind;
      report(catalog.onlyJavaScript(action.span, word, item.kind));
      return [];
    }
    if (item.kind !== "every") return [{ kind: item.kind, block: action }];
    return nanoseconds === null ? [] : [{ kind: "every", nanoseconds, block: action }];
  });
}

/** Null: reported. */
function period(item: Every, options: readonly CheckedOption[], report: Report): bigint | null {
  const written = item.period;
  if (written.kind === "duration") {
    if (written.nanoseconds > 0n) return written.nanoseconds;
    report(catalog.wrongPeriod(written.span, `\`${written.text}\``));
    return null;
  }
  const option = options.find((one) => one.name === written.name);
  if (option === undefined) {
    report(catalog.unknownOption(written.span, written.name, null));
    return null;
  }
  if (option.value?.kind === "duration" && option.value.nanoseconds > 0n) return option.value.nanoseconds;
  // A required one that is not given, and a wrong default, have been reported.
  if (option.value !== null || option.type.endsWith("?"))
    report(catalog.wrongPeriod(written.span, `\`${textOf(written)}\``));
  return null;
}

// ---- order ---------------------------------------------------------------------------------------------------------

/** The script's own first, then used files and the command line, each from top to bottom. */
function inSourceOrder(diagnostics: readonly Diagnostic[], script: Source): readonly Diagnostic[] {
  const order = new Map<Source, number>([[script, 0]]);
  for (const { span } of diagnostics) if (!order.has(span.source)) order.set(span.source, order.size);
  const rank = (diagnostic: Diagnostic): number => order.get(diagnostic.span.source) ?? 0;
  return [...diagnostics].sort((a, b) => rank(a) - rank(b) || a.span.start - b.span.start);
}
