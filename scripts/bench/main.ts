// Runs the benchmarks that the command line names and prints their figures: see scripts/bench/run.
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type Figure, printTable } from "./figures.js";
import { hitCost } from "./hit-cost.js";
import { loadTime } from "./load-time.js";
import { residentMemory } from "./memory.js";
import { startTime } from "./start.js";
import { stored } from "./stored.js";
import { throughput } from "./throughput.js";

interface Choice {
  readonly rounds: number | null;
  readonly phases: boolean;
}

const SUBJECTS: Readonly<Record<string, (choice: Choice) => Promise<readonly Figure[]>>> = {
  drain: ({ rounds }) => throughput(rounds ?? 5),
  hit: ({ rounds }) => hitCost(rounds ?? 9),
  start: ({ rounds, phases }) => startTime(rounds ?? 21, phases),
  memory: () => residentMemory(),
  load: ({ rounds }) => loadTime(rounds ?? 11),
  stored: ({ rounds }) => stored(rounds ?? 5),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string" }, phases: { type: "boolean" } },
});
const choice: Choice = {
  rounds: values.rounds === undefined ? null : Number(values.rounds),
  phases: values.phases === true,
};
const load = (): string => loadavg()[0]?.toFixed(1) ?? "?";
const figures: Figure[] = [];
const before = load();
for (const subject of positionals.length === 0 ? Object.keys(SUBJECTS) : positionals) {
  const measure = SUBJECTS[subject];
  if (measure === undefined) {
    console.error(`no subject \`${subject}\`; there are ${Object.keys(SUBJECTS).join(", ")}`);
    process.exit(2);
  }
  figures.push(...(await measure(choice)));
}
printTable(figures);
console.log(`\nload average ${before} before, ${load()} after`);
