// A plan as text for `retis explain`: probes and why, what is collected and for what, where each predicate runs.
import type { Span } from "../source/diagnostic.js";
import { placeOf } from "../source/lines.js";
import { textOf } from "./build-plan.js";
import type { Clause, Plan } from "./plan.js";
import { printTest } from "./print-test.js";

export interface ExplainFacts {
  /** Bytes of the ring buffer. */
  readonly ring: number;
  readonly kernel: string;
}

const place = (span: Span): string => `${span.source.name}:${placeOf(span.source, span.start).line}`;

/** Many lines, each with its newline. */
export function explainPlan(plan: Plan, facts: ExplainFacts): string {
  const lines: string[] = [];
  lines.push(`For kernel ${facts.kernel}`, "", "Probes");
  for (const probe of plan.probes) {
    const alias = probe.writtenAs === probe.name ? "" : `  (${probe.writtenAs})`;
    lines.push(
      `  tp:${probe.name}${alias}  for ${probe.clauses.map((id) => place(plan.clauses[id]!.span)).join(", ")}`,
    );
    lines.push(
      `      packet ${probe.arguments.skb === null ? "none: packet fields are absent here" : `argument ${probe.arguments.skb}`}, ${windowText(probe.window)}`,
    );
  }
  lines.push("", "Collected");
  if (plan.sections.length === 0) lines.push("  only time, cpu and probe of each event");
  for (const use of plan.sections) {
    const why = use.reasons.map((reason) => `${reason.text} (${place(reason.span)})`).join(", ");
    lines.push(`  ${use.section.padEnd(7)} for ${why}`);
  }
  lines.push(`  an event takes ${plan.layout.bytes} bytes and up to ${plan.layout.snap} of the packet`);
  lines.push("", "Predicates");
  for (const clause of plan.clauses) lines.push(...clauseLines(clause));
  lines.push("", "Memory", `  ring buffer ${facts.ring / 1024} KiB`);
  return `${lines.join("\n")}\n`;
}

function windowText(window: number): string {
  if (window === 0) return "no packet bytes are read to decide";
  return `up to ${window} bytes are read to decide`;
}

function clauseLines(clause: Clause): readonly string[] {
  const lines = [`  ${place(clause.span)}  ${firstLine(textOf(clause.span))}`];
  if (clause.split.length === 0) {
    lines.push("      every hit passes");
    return lines;
  }
  for (const note of clause.split) {
    switch (note.where) {
      case "kernel":
        lines.push(`      kernel  ${note.text}`);
        break;
      case "user":
        lines.push(`      user    ${note.text}`, `              because ${note.reason}`);
        break;
      case "both":
        lines.push(`      kernel  a weaker test that loses nothing of ${note.text}`);
        lines.push(`      user    ${note.text}`, `              because ${note.reason}`);
        break;
    }
  }
  lines.push(`      kernel part, spelled out: ${printTest(clause.kernel)}`);
  if (clause.user !== null) lines.push(`      user part, spelled out: ${printTest(clause.user)}`);
  return lines;
}

const firstLine = (text: string): string => (text.length > 100 ? `${text.slice(0, 97)}…` : text);
