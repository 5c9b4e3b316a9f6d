// `--cmd` and the processes that it starts: ended with the trace, all of them, however the trace ends.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { RetisProcess } from "../kernel/retis-process.js";
import { skipUnlessLive } from "./live.js";

const skip = skipUnlessLive();

const folder = mkdtempSync(join(tmpdir(), "retis-cmd-"));
test.after(() => rmSync(folder, { recursive: true }));

const isRunning = (pid: number): boolean => {
  try {
    // A zombie has no command line any more.
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
};

async function eventually(condition: () => boolean, milliseconds: number): Promise<boolean> {
  const until = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > until) return false;
    await setTimeout(20);
  }
  return true;
}

/** A command that starts others, and writes the numbers of all of them; `stubborn`: they ignore being asked to end. */
function family(name: string, stubborn: boolean): { readonly command: string; pids(): readonly number[] } {
  const file = join(folder, name);
  const ignore = stubborn ? "trap '' TERM; " : "";
  return {
    command: `${ignore}sh -c '${ignore.replaceAll("'", "'\\''")}echo $$; sleep 60 & echo $!; wait; wait; sleep 60' > ${file} & echo $$ > ${file}.own; wait; sleep 60`,
    pids: () =>
      [file, `${file}.own`].flatMap((one) =>
        existsSync(one) ? readFileSync(one, "utf8").trim().split("\n").filter(Boolean).map(Number) : [],
      ),
  };
}

async function startFamily(
  name: string,
  stubborn = false,
  script = "on drop where tcp.dport == 1 and udp print",
) {
  const { command, pids } = family(name, stubborn);
  const retis = new RetisProcess(["-e", script, "--cmd", command]);
  await retis.ready();
  // A process that is just being executed has no command line for a moment.
  assert.ok(await eventually(() => pids().filter(isRunning).length === 3, 5000), retis.describe());
  return { retis, pids };
}

test("Ctrl-C ends the command and what it started", { skip }, async (context) => {
  const { retis, pids } = await startFamily("interrupt");
  context.after(() => retis.kill());
  retis.signal("SIGINT");
  assert.equal((await retis.end()).code, 0);
  assert.ok(await eventually(() => !pids().some(isRunning), 500), `${pids()} still run`);
});

test("what ignores SIGTERM is killed after a second", { skip }, async (context) => {
  const { retis, pids } = await startFamily("stubborn", true);
  context.after(() => retis.kill());
  retis.signal("SIGINT");
  await retis.end();
  assert.ok(await eventually(() => !pids().some(isRunning), 2000), `${pids()} still run`);
});

test("stop() ends them", { skip }, async (context) => {
  const { retis, pids } = await startFamily("stop", false, "every 2s { stop() }");
  context.after(() => retis.kill());
  assert.equal((await retis.end()).code, 0);
  assert.ok(await eventually(() => !pids().some(isRunning), 500), `${pids()} still run`);
});

test("so does killing the tracer", { skip }, async (context) => {
  const { retis, pids } = await startFamily("killed");
  context.after(() => retis.kill());
  await retis.kill();
  assert.ok(await eventually(() => !pids().some(isRunning), 3000), `${pids()} still run`);
});

test("what a command leaves behind when it ends stays", { skip }, async () => {
  const file = join(folder, "left");
  const retis = new RetisProcess([
    "-e",
    "on drop where tcp.dport == 1 and udp print",
    "--cmd",
    `sleep 60 >/dev/null 2>&1 & echo $! > ${file}; exit 7`,
  ]);
  assert.equal((await retis.end()).code, 7);
  const left = Number(readFileSync(file, "utf8"));
  assert.ok(isRunning(left));
  process.kill(left);
});
