// The reporter of scripts/test: node:test's events in; one line a file (or, for one process, a test) and failures in
// full out; and the counts, appended to the file that RETIS_TEST_TALLY names, for the sum over all parts.
import { appendFileSync } from "node:fs";
import { relative } from "node:path";
import type { TestEvent } from "node:test/reporters";

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

type Finished = Extract<TestEvent, { type: "test:pass" | "test:fail" }>["data"];

const isSuite = (data: Finished): boolean => data.details.type === "suite";
const isSkipped = (data: Finished): boolean => data.skip !== undefined && data.skip !== false;

const causeOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return String(cause);
};

/** A suite that fails because a test in it did adds nothing. */
const isEcho = (data: Finished): boolean => {
  const error =
    "error" in data.details ? (data.details.error as Error & { failureType?: string }) : undefined;
  return error?.failureType === "subtestsFailed";
};

const counted = (tally: Tally): string =>
  `${tally.passed} passed${tally.failed > 0 ? `, ${tally.failed} FAILED` : ""}${tally.skipped > 0 ? `, ${tally.skipped} skipped` : ""}`;

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

/** Files side by side come one after the other: the runner holds a file's events until those before are out. */
class FileLine {
  readonly tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  readonly skips = new Map<string, number>();
  milliseconds = 0;

  constructor(readonly file: string) {}

  text(): string {
    const reasons = [...this.skips].map(([reason, count]) => `  - skipped ${count}: ${reason}\n`).join("");
    const verdict = this.tally.failed > 0 ? "FAIL" : "ok  ";
    return `${verdict} ${this.file}: ${counted(this.tally)} (${seconds(this.milliseconds)})\n${reasons}`;
  }
}

const nameOf = (file: string | undefined): string =>
  file === undefined
    ? "(no file)"
    : relative(process.cwd(), file)
        .replace(/^build\//, "")
        .replace(/\.js$/, ".ts");

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const byFile = process.execArgv.includes("--test");
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  let line: FileLine | null = null;
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (byFile && line?.file !== nameOf(data.file)) {
      if (line !== null) yield line.text();
      line = new FileLine(nameOf(data.file));
    }
    const milliseconds = data.details.duration_ms;
    if (line !== null && data.nesting === 0) line.milliseconds += milliseconds;
    if (type === "test:pass" && isSuite(data)) continue;
    if (type === "test:fail" && isEcho(data)) continue;
    const outcome = type === "test:fail" ? "failed" : isSkipped(data) ? "skipped" : "passed";
    total[outcome] += 1;
    const reason = typeof data.skip === "string" ? data.skip : "no reason given";
    if (line !== null) {
      line.tally[outcome] += 1;
      if (outcome === "skipped") line.skips.set(reason, (line.skips.get(reason) ?? 0) + 1);
    } else if (outcome === "passed") yield `ok   ${data.name} (${seconds(milliseconds)})\n`;
    else if (outcome === "skipped") yield `SKIP ${data.name}: ${reason}\n`;
    if (type === "test:fail") {
      const text = causeOf(data.details.error).replaceAll(/^/gm, "     ");
      yield `FAIL ${byFile ? `${nameOf(data.file)}: ` : ""}${data.name} (${seconds(milliseconds)})\n${text}\n`;
    }
  }
  if (line !== null) yield line.text();
  const tally = process.env["RETIS_TEST_TALLY"];
  if (tally !== undefined) appendFileSync(tally, `${total.passed} ${total.failed} ${total.skipped}\n`);
}
