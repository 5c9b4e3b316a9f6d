// Whether running a plan would come to anything: files of declarations are for `use`, not to be run.
import { nothingToDo as message } from "../source/catalog/plan.js";
import type { Diagnostic, Source } from "../source/diagnostic.js";
import type { Plan } from "./plan.js";

/** Null: there is something to do. */
export function nothingToDo(plan: Plan, script: Source): Diagnostic | null {
  if (plan.clauses.length > 0 || plan.timed.length > 0) return null;
  return message({ source: script, start: 0, end: script.text.split("\n", 1)[0]?.length ?? 0 });
}
