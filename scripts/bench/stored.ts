// Printing and sorting stored events: a 200 MB file of Retis' JSON lines, and a million such events in our format; beside
// JSON.parse alone on the lines.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, createReadStream, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bounded, type Figure, median, perSecond, plain } from "./figures.js";
import { FIXTURE, progress, retis, scratch } from "./programs.js";

const BYTES = 200e6;
const OUR_EVENTS = 1e6;
/** Events of one round through the fixture are so far from those of the next. */
const APART = 20_000_000_000;
const MOST_MIB = 200;

const GOALS = [
  { command: "print", ours: false, least: 150e3 },
  { command: "sort", ours: false, least: 95e3 },
  { command: "print", ours: true, least: 400e3 },
  { command: "sort", ours: true, least: 300e3 },
] as const;

export async function stored(times: number): Promise<readonly Figure[]> {
  if (!existsSync(FIXTURE)) return [plain("stored events", "no fixtures on this machine")];
  progress("stored: making 200 MB of events");
  const json = join(scratch, "events.json");
  const events = makeFile(json);
  const ours = join(scratch, "events.retis");
  progress("stored: making a million events in our format");
  const ourEvents = await makeOurs(ours);
  const parse = events / (await parseSeconds(json));
  const figures: Figure[] = [];
  for (const goal of GOALS) {
    const seconds: number[] = [];
    let memory = 0;
    for (let round = 0; round < times; round++) {
      progress(`stored: ${goal.command}, round ${round + 1} of ${times}`);
      const ran = await run([goal.command, goal.ours ? ours : json]);
      seconds.push(ran.seconds);
      memory = Math.max(memory, ran.peakMiB);
    }
    const rate = (goal.ours ? ourEvents : events) / median(seconds);
    figures.push({
      subject: `${goal.command} ${goal.ours ? "our file" : "a file of Retis"}`,
      measured: perSecond(rate),
      reference: `JSON.parse ${perSecond(parse)}`,
      ratio: `${(rate / parse).toFixed(2)} ×`,
      goal: `≥ ${perSecond(goal.least)}`,
      holds: rate >= goal.least,
    });
    figures.push(bounded("  its memory", Math.round(memory), MOST_MIB, "MiB"));
  }
  return figures;
}

/** The fixture's events again and again, each time later; the start of the file first. */
function* rounds(): Generator<{ readonly text: string; readonly events: number }> {
  const [start = "", ...lines] = readFileSync(FIXTURE, "utf8").trimEnd().split("\n");
  yield { text: `${start}\n`, events: 1 };
  for (let round = 0; ; round++) {
    const later = (_: string, time: string): string => `"timestamp":${Number(time) + round * APART}`;
    const text = lines.map((line) => `${line.replace(/"timestamp":(\d+)/g, later)}\n`).join("");
    yield { text, events: lines.length };
  }
}

/** Returns how many events there are. */
function makeFile(path: string): number {
  const file = openSync(path, "w");
  let [bytes, made] = [0, 0];
  for (const { text, events } of rounds()) {
    bytes += writeSync(file, text);
    made += events;
    if (bytes >= BYTES) break;
  }
  closeSync(file);
  return made;
}

async function makeOurs(path: string): Promise<number> {
  const child = spawn(retis, ["convert", "-", "-o", path], { stdio: ["pipe", "ignore", "inherit"] });
  const ended = once(child, "close");
  let made = 0;
  for (const { text, events } of rounds()) {
    made += events;
    if (!child.stdin.write(text)) await once(child.stdin, "drain");
    if (made >= OUR_EVENTS) break;
  }
  child.stdin.end();
  await ended;
  return made;
}

async function parseSeconds(path: string): Promise<number> {
  progress("stored: JSON.parse");
  const began = performance.now();
  for await (const line of createInterface({ input: createReadStream(path) })) JSON.parse(line);
  return (performance.now() - began) / 1000;
}

interface Ran {
  readonly seconds: number;
  readonly peakMiB: number;
}

/** To its end, with its output thrown away. */
function run(args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(retis, args, { stdio: ["ignore", "ignore", "ignore"] });
    let peakMiB = 0;
    const look = setInterval(() => {
      peakMiB = Math.max(peakMiB, peakOf(child.pid ?? 0));
    }, 20);
    child.on("error", reject);
    child.on("exit", (code) => {
      clearInterval(look);
      if (code === 0) resolve({ seconds: (performance.now() - began) / 1000, peakMiB });
      else reject(new Error(`retis ${args.join(" ")} ended with ${code}`));
    });
  });
}

/** The most memory that the process had at once, so far. */
function peakOf(pid: number): number {
  try {
    const [, kilobytes = "0"] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    // It has ended.
    return 0;
  }
}
