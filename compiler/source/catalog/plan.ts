// All wording of the planner: one function per code (E03xx, W03xx).
import type { Diagnostic, Span } from "../diagnostic.js";

export const tooManyClauses = (span: Span, limit: number): Diagnostic => ({
  code: "E0301",
  severity: "error",
  span,
  message: `a script has at most ${limit} \`on\` clauses`,
  notes: [{ text: "an event carries one bit for each clause that it passed" }],
  help: "join clauses that do the same with `or`, or run two scripts side by side",
});

export const tooManyProbes = (span: Span, count: number, limit: number): Diagnostic => ({
  code: "E0302",
  severity: "error",
  span,
  message: `the script attaches to ${count} places; the limit is ${limit}`,
  notes: [{ text: "each attach point is a program of its own in the kernel" }],
  help: "name fewer probes, or a narrower wildcard",
});

export const nothingToDo = (span: Span): Diagnostic => ({
  code: "E0303",
  severity: "error",
  span,
  message: "there is nothing to do: the script has no `on`, `every`, `begin` or `end`",
  notes: [],
  help: "say what to do where: `on drop print`",
});
