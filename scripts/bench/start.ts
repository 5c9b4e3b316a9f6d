// From exec to the line `ready`, beside `node -e 0`: what a person waits for before the first event can come.
import { type ChildProcess, spawn } from "node:child_process";
import { compared, type Figure, median, milliseconds, plain } from "./figures.js";
import { progress, retis } from "./programs.js";

const PLAIN = "on drop where tcp.dport==80 print";
const HANDLER =
  "on drop { if (tcp.flags.syn && tcp.dport == 80) print(comm, ip.saddr, tcp.dport, drop.reason) }";

/** Node reads this file of certificates whenever it starts, for 50 ms: it makes the reference slow, and us as much. */
const CERTIFICATES = "NODE_EXTRA_CA_CERTS";

export async function startTime(rounds: number, phases: boolean): Promise<readonly Figure[]> {
  const { [CERTIFICATES]: certificates, ...clean } = process.env;
  const figures = [...(await compareStarts(rounds, process.env, ""))];
  if (certificates !== undefined)
    figures.push(...(await compareStarts(rounds, clean, `  without ${CERTIFICATES}: `)));
  return phases ? [...figures, ...(await phaseTable(rounds, clean))] : figures;
}

async function compareStarts(
  rounds: number,
  environment: NodeJS.ProcessEnv,
  title: string,
): Promise<readonly Figure[]> {
  const times = { node: [] as number[], plain: [] as number[], handler: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    if (round % 7 === 1) progress(`start: round ${round} of ${rounds}`);
    const node = await untilExit(process.execPath, ["-e", "0"], environment);
    const without = await untilReady(["-e", PLAIN], environment);
    const scripted = await untilReady(["-e", HANDLER], environment);
    // The first round warms the page cache.
    if (round === 0) continue;
    times.node.push(node);
    times.plain.push(without);
    times.handler.push(scripted);
  }
  const row = (subject: string, own: readonly number[], goal: number): Figure =>
    compared(
      `${title}${subject}`,
      `${milliseconds(median(own))} (${milliseconds(Math.min(...own))} at best)`,
      `node -e 0 ${milliseconds(median(times.node))} (${milliseconds(Math.min(...times.node))})`,
      median(own.map((time, round) => time / (times.node[round] ?? Number.NaN))),
      { kind: "most", value: goal },
    );
  return [
    row("from exec to ready", times.plain, 2),
    row("from exec to ready, with a handler", times.handler, 2.5),
  ];
}

async function untilExit(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const began = performance.now();
  const child = spawn(command, args, { stdio: "ignore", env });
  await ended(child);
  return performance.now() - began;
}

async function untilReady(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const began = performance.now();
  const child = spawn(retis, args, { stdio: ["ignore", "ignore", "pipe"], env });
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
async function phaseTable(rounds: number, env: NodeJS.ProcessEnv): Promise<readonly Figure[]> {
  const stages: readonly (readonly [string, () => Promise<number>])[] = [
    ["node -e 0", () => untilExit(process.execPath, ["-e", "0"], env)],
    ["+ program loaded, options read (--version)", () => untilExit(retis, ["--version"], env)],
    ["+ script compiled (check)", () => untilExit(retis, ["check", "-e", PLAIN], env)],
    ["+ loaded and attached (until ready)", () => untilReady(["-e", PLAIN], env)],
    ["+ sandbox and handlers (until ready)", () => untilReady(["-e", HANDLER], env)],
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
