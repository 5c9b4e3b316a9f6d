// From exec to the line `ready`, beside `node -e 0`: what a person waits for before the first event can come.
import { type ChildProcess, spawn } from "node:child_process";
import { compared, type Figure, median, milliseconds, plain } from "./figures.js";
import { progress, retis } from "./programs.js";

const PLAIN = "on drop where tcp.dport==80 print";
const HANDLER =
  "on drop { if (tcp.flags.syn && tcp.dport == 80) print(comm, ip.saddr, tcp.dport, drop.reason) }";

export async function startTime(rounds: number, phases: boolean): Promise<readonly Figure[]> {
  const times = { node: [] as number[], plain: [] as number[], handler: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    if (round % 7 === 1) progress(`start: round ${round} of ${rounds}`);
    const node = await untilExit(process.execPath, ["-e", "0"]);
    const without = await untilReady(["-e", PLAIN]);
    const scripted = await untilReady(["-e", HANDLER]);
    // The first round warms the page cache.
    if (round === 0) continue;
    times.node.push(node);
    times.plain.push(without);
    times.handler.push(scripted);
  }
  const node = median(times.node);
  const row = (subject: string, own: readonly number[], goal: number): Figure =>
    compared(
      subject,
      milliseconds(median(own)),
      `node -e 0 ${milliseconds(node)}`,
      median(own.map((time, round) => time / (times.node[round] ?? Number.NaN))),
      { kind: "most", value: goal },
    );
  const figures = [
    row("from exec to ready", times.plain, 2),
    row("from exec to ready, with a handler", times.handler, 2.5),
    plain(
      "shortest of each",
      [times.node, times.plain, times.handler].map((own) => milliseconds(Math.min(...own))).join(", "),
    ),
  ];
  return phases ? [...figures, ...(await phaseTable(rounds))] : figures;
}

async function untilExit(command: string, args: readonly string[]): Promise<number> {
  const began = performance.now();
  const child = spawn(command, args, { stdio: "ignore" });
  await ended(child);
  return performance.now() - began;
}

async function untilReady(args: readonly string[]): Promise<number> {
  const began = performance.now();
  const child = spawn(retis, args, { stdio: ["ignore", "ignore", "pipe"] });
  const ready = await new Promise<number | null>((resolve) => {
    let text = "";
    child.stderr?.on("data", (chunk) => {
      text += chunk;
      if (text.includes("ready")) resolve(performance.now() - began);
    });
    child.on("close", () => resolve(null));
  });
  if (ready === null) throw new Error(`retis ${args.join(" ")} ended before it was ready`);
  child.kill("SIGINT");
  await ended(child);
  return ready;
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.on("exit", () => resolve());
  });

/** Differences between commands that each do one stage more; medians, ms. */
async function phaseTable(rounds: number): Promise<readonly Figure[]> {
  const stages: readonly (readonly [string, () => Promise<number>])[] = [
    ["node -e 0", () => untilExit(process.execPath, ["-e", "0"])],
    ["+ program loaded, options read (--version)", () => untilExit(retis, ["--version"])],
    ["+ script compiled (check)", () => untilExit(retis, ["check", "-e", PLAIN])],
    ["+ loaded and attached (until ready)", () => untilReady(["-e", PLAIN])],
    ["+ sandbox and handlers (until ready)", () => untilReady(["-e", HANDLER])],
  ];
  const times = stages.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, [, measure]] of stages.entries()) times[index]?.push(await measure());
  }
  return stages.map(([name], index) => {
    const own = median(times[index] ?? []);
    const before = index === 0 ? 0 : median(times[index - 1] ?? []);
    return plain(`  ${name}`, `${milliseconds(own)}, +${(own - before).toFixed(0)}`);
  });
}
