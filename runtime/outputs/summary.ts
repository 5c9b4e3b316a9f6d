// The end of a run on stderr: for each probe what became of its hits, what was lost and why, and why nothing was shown.
import type { Plan } from "../../compiler/plan/plan.js";
import type { ProbeCounts } from "../attach/counters.js";

export interface ProbeSummary {
  readonly name: string;
  readonly counts: ProbeCounts;
  /** Hits for which the kernel did not run the program: it was busy with another on that CPU. */
  readonly notSeen: number;
  /** Events for which a clause's whole `where` held, user space's part included. */
  readonly passed: number;
  /** Events for which something was printed. */
  readonly printed: number;
}

export interface RunSummary {
  readonly plan: Plan;
  readonly probes: readonly ProbeSummary[];
  /** Records that the drain handed over. */
  readonly delivered: number;
  /** Something was printed, be it by a timed block. */
  readonly shown: boolean;
  /** Events whose handlers did not run: the sandbox was behind or switched off. */
  readonly notHandled: number;
  readonly seconds: number;
}

const hits = (counts: ProbeCounts): bigint => counts.rejected + counts.ringFull + counts.submitted;

/** Lines without a newline at the end. */
export function summaryText(run: RunSummary): string {
  const passed = run.probes.reduce((sum, probe) => sum + probe.passed, 0);
  const lines = [`${passed} ${passed === 1 ? "event" : "events"} in ${run.seconds.toFixed(1)} s`];
  const rows = run.probes.map((probe) => [
    probe.name,
    String(hits(probe.counts)),
    String(probe.passed),
    String(probe.printed),
    String(probe.counts.ringFull),
  ]);
  if (rows.length > 0) lines.push(...aligned([["probe", "hits", "passed", "printed", "lost"], ...rows]));
  lines.push(...lossLines(run), ...silenceLines(run, passed));
  return lines.join("\n");
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map(
    (row) =>
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ")}`,
  );
}

function lossLines(run: RunSummary): readonly string[] {
  const lines: string[] = [];
  const lost = run.probes.filter((probe) => probe.counts.ringFull > 0n);
  if (lost.length > 0) {
    const total = lost.reduce((sum, probe) => sum + probe.counts.ringFull, 0n);
    const where = lost.map((probe) => `${probe.name} ${probe.counts.ringFull}`).join(", ");
    lines.push(
      `lost ${total} events, ring buffer full (${where}): a larger one (--buffer 64MiB) or a narrower where helps`,
    );
  }
  const notSeen = run.probes.filter((probe) => probe.notSeen > 0);
  if (notSeen.length > 0) {
    const where = notSeen.map((probe) => `${probe.name} ${probe.notSeen}`).join(", ");
    lines.push(`not seen: ${where} (hit while the same program ran on that CPU)`);
  }
  if (run.notHandled > 0) lines.push(`not handled: ${run.notHandled} events did not reach their JavaScript`);
  const submitted = run.probes.reduce((sum, probe) => sum + probe.counts.submitted, 0n);
  if (submitted !== BigInt(run.delivered)) {
    lines.push(
      `error: ${submitted} events were submitted but ${run.delivered} delivered; this is a bug in retis`,
    );
  }
  return lines;
}

/** An empty screen has three meanings; say which. */
function silenceLines(run: RunSummary, passed: number): readonly string[] {
  if (passed > 0 || run.probes.length === 0) return [];
  const effect = run.shown ? "" : "nothing was printed: ";
  const total = run.probes.reduce((sum, probe) => sum + hits(probe.counts), 0n);
  if (total === 0n) return [`${effect}no probe was hit`];
  const reached = run.probes.reduce((sum, probe) => sum + probe.counts.submitted, 0n);
  if (reached === 0n)
    return [`${effect}none of ${total} hits passed \`where\` in the kernel (retis explain shows its parts)`];
  return [`${effect}${reached} events passed in the kernel, none the user-space part of \`where\``];
}
