// The runs of memory.ts, in a network namespace with a veth pair r0, r1. Prints a list of Memory as JSON.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Memory } from "./memory.js";
import { built, Child, finished, retis } from "./programs.js";

const SCRIPTS = {
  "a printing trace": "on rx where tcp.port == 80 print",
  "a trace with a handler":
    "let seen = new Map()\non rx where tcp.port == 80 { seen.set(tcp.dport, (seen.get(tcp.dport) ?? 0) + 1) }",
} as const;

const BURSTS = 100;
const BURST = 10_000;

async function measure(script: string, text: string): Promise<Memory> {
  const trace = new Child(retis, ["-e", text], "ignore");
  await trace.seen(/ready/);
  const readyMiB = resident(trace);
  for (let burst = 0; burst < BURSTS; burst++) {
    await finished(new Child(join(built, "flood"), ["r0", "80", "packets", String(BURST)]));
    await sleep(20);
  }
  await sleep(1000);
  const afterMiB = resident(trace);
  trace.process.kill("SIGINT");
  const { stderr } = await trace.ended;
  return {
    script,
    readyMiB,
    afterMiB,
    events: Number(/^(\d[\d,]*) events/m.exec(stderr)?.[1]?.replaceAll(",", "") ?? 0),
  };
}

function resident(trace: Child): number {
  const status = readFileSync(`/proc/${trace.process.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

const runs: Memory[] = [];
for (const [script, text] of Object.entries(SCRIPTS)) runs.push(await measure(script, text));
console.log(JSON.stringify(runs));
