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
import { writing } from "./write.js";

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
  write: ({ rounds }) => writing(rounds ?? 5),
};

/** What the command line asks for; a wrong one ends the process. */
function asked(): { readonly subjects: readonly string[]; readonly choice: Choice } {
  const options = { rounds: { type: "string" }, phases: { type: "boolean" } } as const;
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const unknown = positionals.find((subject) => !Object.hasOwn(SUBJECTS, subject));
    if (unknown !== undefined)
      throw new Error(`no subject \`${unknown}\`; there are ${Object.keys(SUBJECTS).join(", ")}`);
    if (values.rounds !== undefined && !/^[1-9]\d*$/.test(values.rounds))
      throw new Error(`--rounds ${values.rounds} is not a number from 1 on`);
    const rounds = values.rounds === undefined ? null : Number(values.rounds);
    const subjects = positionals.length === 0 ? Object.keys(SUBJECTS) : positionals;
    return { subjects, choice: { rounds, phases: values.phases === true } };
  } catch (error) {
    // Without what parseArgs advises after the first sentence.
    const [problem] = (error as Error).message.split(". ");
    console.error(`scripts/bench/run: ${problem} (--help lists what there is)`);
    process.exit(2);
  }
}

const { subjects, choice } = asked();
const load = (): string => loadavg()[0]?.toFixed(1) ?? "?";
const figures: Figure[] = [];
const before = load();
for (const subject of subjects) figures.push(...((await SUBJECTS[subject]?.(choice)) ?? []));
printTable(figures);
console.log(`\nload average ${before} before, ${load()} after`);
