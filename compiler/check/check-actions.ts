// What an `on` does -> checked actions: a print of sections adds to the event, any other is a record (LANGUAGE §5).

import type { SectionWord } from "../schema/field.js";
import { fieldsOf, sectionWord } from "../schema/index.js";
import { assertNever } from "../source/assert-never.js";
import * as catalog from "../source/catalog/check.js";
import type { Span } from "../source/diagnostic.js";
import type { Action, Expr, What } from "../syntax/ast.js";
import { type Absence, absenceOf, absenceOfSection } from "./can-match.js";
import type { ExpressionChecker } from "./check-types.js";
import type { CheckedAction, Column, ResolvedProbe } from "./checked.js";
import { textOf } from "./operand.js";

/** Null: reported. `probes`: where the `on` is attached. */
export function checkAction(
  action: Action,
  probes: readonly ResolvedProbe[],
  checker: ExpressionChecker,
): CheckedAction | null {
  const { report } = checker;
  switch (action.kind) {
    case "print":
      return checkPrint(action.what, action.span, probes, checker);
    case "aggregate":
      report(
        catalog.notYet(
          action.span,
          `\`${action.function}\` is`,
          "count in a JavaScript block: `{ n++ }` with `let n = 0`",
        ),
      );
      return null;
    case "clear":
      report(catalog.notYet(action.span, "`clear` is", "keep state in `let` variables"));
      return null;
    case "remember":
      report(catalog.notYet(action.span, "`remember` is", "print events as they come"));
      return null;
    case "save":
    case "stop":
      return { kind: action.kind, span: action.span };
    case "javascript":
      return { kind: "javascript", block: action };
    default:
      return assertNever(action);
  }
}

function checkPrint(
  what: readonly What[],
  span: Span,
  probes: readonly ResolvedProbe[],
  checker: ExpressionChecker,
): CheckedAction | null {
  const values: Expr[] = [];
  let sound = true;
  for (const one of what) {
    const value = checkWhat(one, checker);
    if (value === null) sound = false;
    else values.push(value);
  }
  const sections = values.map((value) => sectionOf(value, checker));
  if (sections.every((section) => section !== null)) {
    const available = sections.filter((section, index) =>
      isAvailable(section, values[index]?.span ?? span, probes, checker),
    );
    return sound && available.length === sections.length
      ? { kind: "print-event", added: sections, span }
      : null;
  }
  const columns = checkColumns(values, probes, checker);
  return sound && columns !== null ? { kind: "print-record", columns, span } : null;
}

/** The expression, unless it is something that is not there yet. */
function checkWhat(what: What, checker: ExpressionChecker): Expr | null {
  switch (what.kind) {
    case "journey":
      checker.report(catalog.notYet(what.span, "`journey` is", "print events as they come"));
      return null;
    case "aggregate":
      checker.report(
        catalog.notYet(what.span, "`print @` is", "print from a JavaScript block: `end { print(…) }`"),
      );
      return null;
    case "expression":
      return what.value;
    default:
      return assertNever(what);
  }
}

/** A word that names a section of the event, `stack` and `flow` among them; filters come first. */
function sectionOf(expr: Expr, checker: ExpressionChecker): SectionWord | null {
  if (expr.kind !== "path" || expr.tail.length > 0) return null;
  if (checker.scope.filters.has(expr.head.text)) return null;
  const word = sectionWord(expr.head.text);
  return word?.sections.every((section) => checker.scope.sections.has(section)) === true ? word : null;
}

/** Whether some probe can have the section; reports when none can. */
function isAvailable(
  section: SectionWord,
  span: Span,
  probes: readonly ResolvedProbe[],
  checker: ExpressionChecker,
): boolean {
  const absences = probes.map((probe) => absenceOfSection(section, probe.tracepoint));
  const absence = everywhere(absences);
  if (absence === null) return true;
  const names = probes.map((probe) => probe.tracepoint.name);
  checker.report(catalog.sectionUnavailable(span, section.name, names, absence.why));
  return false;
}

/** The reason for an absence at all probes; null: some probe has it. */
function everywhere(absences: readonly (Absence | null)[]): Absence | null {
  return absences.some((absence) => absence === null) ? null : (absences.find((one) => one !== null) ?? null);
}

function checkColumns(
  values: readonly Expr[],
  probes: readonly ResolvedProbe[],
  checker: ExpressionChecker,
): readonly Column[] | null {
  const columns: Column[] = [];
  let sound = true;
  for (const value of values) {
    const source = textOf(value);
    const before = columns.find((column) => column.source === source);
    if (before !== undefined) {
      checker.report(catalog.columnTwice(value.span, source, before.span));
      sound = false;
    }
    sound = checkColumn(value, probes, checker) && sound;
    columns.push({ source, value, span: value.span });
  }
  return sound ? columns : null;
}

function checkColumn(value: Expr, probes: readonly ResolvedProbe[], checker: ExpressionChecker): boolean {
  const type = checker.value(value, null);
  if (type === null) return false;
  const reference = value.kind === "path" ? checker.references.get(value) : undefined;
  if (reference?.kind === "section") {
    if (!reference.word.protocol) return isAvailable(reference.word, value.span, probes, checker);
    const { name } = reference.word;
    checker.report(catalog.protocolInRecord(value.span, name, fieldsOf(name)));
    return false;
  }
  if (reference?.kind === "field") {
    const absence = everywhere(probes.map((probe) => absenceOf(reference.field, probe.tracepoint)));
    if (absence !== null && probes.length > 0)
      checker.report(catalog.alwaysAbsent(value.span, reference.field.name, absence.why, absence.kernel));
  }
  return true;
}
