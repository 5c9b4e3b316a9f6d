// Which sections of the frame a handler needs: syntax tree of the block -> section names, for the planner.
import type { ScriptText } from "../../plan/plan.js";
import { fields, fieldsOf } from "../../schema/index.js";
import type { SectionName } from "../../schema/value.js";
import { eventPath } from "./event-path.js";
import { parsePiece } from "./rewrite-block.js";
import { analyzeScopes } from "./scope.js";

/** What `print()` shows beside what is asked for: the sections that an event's text has by default. */
const EVENT: readonly SectionName[] = ["task", "packet", "drop", "dev", "ns"];

/** `filterSections`: what a named filter reads; null: no filter is called so. */
export function sectionsUsed(
  body: ScriptText,
  filterSections: (name: string) => readonly SectionName[] | null = () => null,
): readonly SectionName[] {
  const parsed = parsePiece({ kind: "body", text: body.text, span: body.span, place: null, clause: null });
  if (!("program" in parsed)) return [];
  const used = new Set<SectionName>();
  const add = (sections: readonly SectionName[]): void => {
    for (const section of sections) used.add(section);
  };
  for (const free of analyzeScopes(parsed.program).free) {
    const { node, around } = free;
    const path = eventPath(node, around);
    if (path === null) add(filterSections(node.name) ?? []);
    else {
      const { meaning } = path;
      if (meaning.kind === "field" || meaning.kind === "flag") add(meaning.field.sections);
      if (meaning.kind === "section") {
        add(meaning.word?.sections ?? []);
        for (const name of fieldsOf(meaning.name)) add(fields.get(name)?.sections ?? []);
      }
    }
    const call = around.at(-1);
    if (node.name !== "print" || call?.type !== "CallExpression" || call.callee !== node) continue;
    // Only words of the event: the event is printed, and they are added.
    const words = call.arguments.every((argument) => {
      if (argument.type !== "Identifier") return false;
      const meant = eventPath(argument, [...around]);
      return (
        meant !== null &&
        (meant.meaning.kind === "section" || argument.name === "stack" || argument.name === "flow")
      );
    });
    if (words) add(EVENT);
  }
  return [...used];
}
