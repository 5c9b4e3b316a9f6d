// What a writer leaves behind that is killed, or whose disk is full: a file that reads, with what was written before.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, statSync, unlinkSync } from "node:fs";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { frameSize, frameTime } from "../../../runtime/events/frame.js";
import { SystemError } from "../../../runtime/failure.js";
import { notBuilt } from "../addon/fixture.js";
import { batchOf, open, randomFrame, randomNumbers, Workshop } from "./made-file.js";

const skip = notBuilt;
const WRITER = fileURLToPath(new URL("./writer-process.js", import.meta.url));
/** A block is written at the latest so long after its first frame, and the rest is for a slow machine. */
const LATEST_MS = 1000;

/** Numbers of the frames, which are their times; they have to follow each other. */
async function count(
  path: string,
): Promise<{ readonly frames: number; readonly problems: readonly string[] }> {
  const source = await open(path);
  let frames = 0;
  for await (const batch of source.batches()) {
    for (let at = 0; at < batch.length; at += frameSize(batch.view, at)) {
      assert.equal(frameTime(batch.view, at), BigInt(frames));
      frames++;
    }
    batch.release();
  }
  await source.close();
  return { frames, problems: source.problems.map(({ reason }) => reason) };
}

async function killOnce(path: string, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [WRITER, path, "5"], { stdio: ["ignore", "pipe", "inherit"] });
  const taken: { readonly count: number; readonly at: number }[] = [];
  let began: (() => void) | null = null;
  const started = new Promise<void>((resolve) => {
    began = resolve;
  });
  child.stdout.on("data", (chunk: Buffer) => {
    const last = chunk.toString().trim().split("\n").at(-1);
    taken.push({ count: Number(last), at: performance.now() });
    began?.();
  });
  await started;
  await sleep(afterMs);
  const killed = performance.now();
  child.kill("SIGKILL");
  await new Promise((resolve) => child.on("exit", resolve));
  const due = taken.filter(({ at }) => at < killed - LATEST_MS).at(-1)?.count ?? 0;
  if (!existsSync(path) || statSync(path).size === 0) {
    assert.equal(due, 0);
    return;
  }
  const { frames, problems } = await count(path);
  assert.ok(frames >= due, `${frames} frames in the file, ${due} were taken in a second before`);
  assert.ok(frames <= (taken.at(-1)?.count ?? 0) + 100_000);
  assert.match(problems.at(-1) ?? "", /not ended/);
}

test("killed 50 times while writing, the file reads, and its last second at most is missing", {
  skip,
}, async () => {
  const seed = Number(process.env["RETIS_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}`);
  const random = randomNumbers(seed);
  const workshop = new Workshop();
  try {
    const rest = Array.from({ length: 50 }, (_, i) => ({
      path: workshop.path(`killed-${i}`),
      after: random(2500),
    }));
    const worker = async (): Promise<void> => {
      for (let next = rest.pop(); next !== undefined; next = rest.pop())
        await killOnce(next.path, next.after);
    };
    await Promise.all(Array.from({ length: 5 }, worker));
  } finally {
    workshop.done();
  }
});

test("what is written past the size that a process may write is refused, and the file reads", {
  skip,
}, async () => {
  const workshop = new Workshop();
  try {
    const path = workshop.path("limited");
    // In blocks of 1024 bytes.
    const script = `ulimit -f 3000; exec "$0" "$@"`;
    const child = spawnSync("bash", ["-c", script, process.execPath, WRITER, path, "0", "1000000", "0"], {
      encoding: "utf8",
    });
    assert.equal(child.signal, null);
    assert.match(
      child.stdout,
      /failed: cannot write .*: file too large \(the file holds \d+ events and can be read\)/,
    );
    const said = Number(/holds (\d+) events/.exec(child.stdout)?.[1]);
    const { frames } = await count(path);
    assert.equal(frames, said);
    assert.ok(frames > 0 && statSync(path).size <= 3000 * 1024);
  } finally {
    workshop.done();
  }
});

test("a full disk ends the file with its last whole block", {
  skip: skip || (process.getuid?.() !== 0 && "needs root"),
}, async () => {
  const workshop = new Workshop();
  const disk = workshop.path("disk");
  mkdirSync(disk);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=3m", "none", disk]).status === 0;
  try {
    if (!mounted) return;
    const child = spawnSync(process.execPath, [WRITER, `${disk}/trace`, "0", "1000000", "0"], {
      encoding: "utf8",
    });
    assert.match(child.stdout, /failed: cannot write .*: no space left on device/);
    const said = Number(/holds (\d+) events/.exec(child.stdout)?.[1]);
    assert.deepEqual((await count(`${disk}/trace`)).frames, said);
    assert.ok(said > 0);
  } finally {
    if (mounted) spawnSync("umount", [disk]);
    workshop.done();
  }
});

test("a file that is deleted while it is written is missed", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const path = workshop.path("trace");
    const file = workshop.create(path);
    const batch = (index: number) => batchOf([randomFrame(randomNumbers(index + 1), index)]);
    await file.write(batch(0), null);
    unlinkSync(path);
    const failed = async (): Promise<void> => {
      for (let index = 1; index < 40; index++) {
        await file.write(batch(index), null);
        await sleep(100);
      }
    };
    await assert.rejects(
      failed,
      (error) => error instanceof SystemError && /was deleted/.test(error.message),
    );
    await assert.rejects(file.close(), SystemError);
  } finally {
    workshop.done();
  }
});

test("a folder that goes away while files rotate is said", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const folder = workshop.path("folder");
    mkdirSync(folder);
    const file = workshop.create(`${folder}/trace`, {
      rotation: { bytes: 1 << 20, nanoseconds: 0, keep: 0 },
      level: 0,
    });
    rmSync(folder, { recursive: true });
    const random = randomNumbers(2);
    const failed = async (): Promise<void> => {
      for (let round = 0; round < 20; round++)
        await file.write(batchOf(Array.from({ length: 2000 }, (_, i) => randomFrame(random, i))), null);
      await file.close();
    };
    await assert.rejects(failed, /cannot write .*trace\.1: no such file or directory|was deleted/);
    await file.close().catch(() => {});
  } finally {
    workshop.done();
  }
});

test("a file that cannot be created is said at once", { skip }, () => {
  const workshop = new Workshop();
  try {
    assert.throws(
      () => workshop.create(workshop.path("no/such/trace")),
      /cannot create .*: no folder `.*no\/such`/,
    );
    assert.throws(
      () => workshop.create(workshop.folder),
      /cannot create .*: illegal operation on a directory/,
    );
  } finally {
    workshop.done();
  }
});
