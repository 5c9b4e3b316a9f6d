// Which clauses can never match in a source, because it lacks the sections that they ask about: plan -> sentences.
import type { Clause, Plan } from "../../compiler/plan/plan.js";
import type { Test } from "../../compiler/plan/predicate.js";
import { sectionsOfTest, sectionsOfValue } from "../../compiler/plan/used-sections.js";
import { fields } from "../../compiler/schema/index.js";
import type { SectionName, Value } from "../../compiler/schema/value.js";
import { placeOf } from "../../compiler/source/lines.js";

/** A sentence for each clause that can never match. `plan`: with the layout of the source. */
export function neverMatching(plan: Plan, format: string): readonly string[] {
  const has = (section: SectionName): boolean => plan.layout.offsets[section] !== undefined;
  return plan.clauses.flatMap((clause) => {
    const lacking = whyNever(clause.whole, true, has);
    return lacking === null ? [] : [sentence(clause, lacking, format)];
  });
}

function sentence({ span }: Clause, section: SectionName, format: string): string {
  const { line, column } = placeOf(span.source, span.start);
  const source = format === "pcap" ? "a capture" : "this source";
  return `warning: ${span.source.name}:${line}:${column}: this \`on\` can never match: ${source} has no ${wordOf(section)}`;
}

/** As people call it: the sections' own words, but for `task`. */
const wordOf = (section: SectionName): string =>
  section === "task" ? "task (`comm`, `pid`, `tid`)" : `\`${section}\``;

type Has = (section: SectionName) => boolean;

/** A section for want of which the test never has the verdict; null: it can. */
function whyNever(test: Test, verdict: boolean, has: Has): SectionName | null {
  switch (test.kind) {
    case "not":
      return whyNever(test.test, !verdict, has);
    case "and":
    case "or": {
      const parts = test.tests.map((part) => whyNever(part, verdict, has));
      const some = parts.find((part) => part !== null) ?? null;
      // One operand decides an `and` that has to be true, all together an `or`; the other way round for false.
      if ((test.kind === "and") === verdict) return some;
      return parts.includes(null) ? null : some;
    }
    case "compare":
      return verdict ? (absent(test.left, has) ?? absent(test.right, has)) : null;
    case "ranges":
      return verdict ? absent(test.value, has) : null;
    default:
      return verdict
        ? lacking(
            sectionsOfTest(test, (name) => fields.get(name) ?? null),
            has,
          )
        : null;
  }
}

const lacking = (sections: readonly SectionName[], has: Has): SectionName | null =>
  sections.find((section) => !has(section)) ?? null;

/** A section for want of which the value is never there. */
function absent(value: Value, has: Has): SectionName | null {
  if (value.kind !== "first") return lacking(sectionsOfValue(value), has);
  const parts = value.values.map((one) => absent(one, has));
  return parts.includes(null) ? null : (parts[0] ?? null);
}
