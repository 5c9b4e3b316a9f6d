// What the addon does to the process: privileges gone from every thread, the end without delay, nothing left
// in the kernel whatever ends it. Each runs in a child.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "node:test";
import { addon, cannotLoad, childPreamble, kernelPrograms, notBuilt, runChild } from "./fixture.js";

test("dropping privileges reaches every thread, new ones and other programs", { skip: cannotLoad }, () => {
  const child = runChild(`
    import { readdirSync, readFileSync } from "node:fs";
    import { execFileSync } from "node:child_process";
    import { open } from "node:fs/promises";
    import { Worker } from "node:worker_threads";
    const sleeper = () => new Worker("setInterval(() => {}, 1000); require('worker_threads').parentPort.postMessage(0)", { eval: true, execArgv: [] });
    const caps = (status) => [...status.matchAll(/^Cap(?:Eff|Prm|Amb):\\s*(\\S+)/gm)].map((match) => match[1]);
    const threads = () => readdirSync("/proc/self/task").map((id) => caps(readFileSync("/proc/self/task/" + id + "/status", "utf8")));
    const producer = fixture.openProducer(1 << 20);
    let records = 0;
    const drain = new (fixture.addon().Drain)(producer.object, "events", fixture.sharedBuffers(2, 65536), (index, bytes, count) => { records += count; drain.release(index); });
    const workers = [sleeper()];
    await new Promise((ready) => workers[0].once("message", ready));
    await (await open("/dev/null")).close();
    const before = fixture.addon().capabilities();
    const threadsBefore = threads();
    fixture.addon().dropPrivileges();
    workers.push(sleeper());
    await new Promise((ready) => workers[1].once("message", ready));
    const after = threads();
    let refused = "";
    try { fixture.openProducer(1 << 20); } catch (error) { refused = error.code; }
    await drain.stop();
    process.stdout.write(JSON.stringify({
      before: before.effective !== 0n && threadsBefore.every((thread) => thread[1] !== "0000000000000000"),
      threads: after.length > threadsBefore.length && threadsBefore.length > 5,
      after: [...new Set(after.flat())],
      own: String(fixture.addon().capabilities().effective),
      executed: caps(execFileSync("cat", ["/proc/self/status"], { encoding: "utf8" })),
      refused,
    }));
    fixture.addon().exitNow(0);`);
  assert.deepEqual([child.status, child.stderr], [0, ""]);
  const none = "0000000000000000";
  assert.deepEqual(JSON.parse(child.stdout), {
    before: true,
    threads: true,
    after: [none],
    own: "0",
    executed: [none, none, none],
    refused: "EPERM",
  });
});

test("a running drain delivers after the privileges are gone", { skip: cannotLoad }, () => {
  const child = runChild(`
    const producer = fixture.openProducer(1 << 20);
    producer.produce(40);
    fixture.addon().dropPrivileges();
    let records = 0;
    const drain = new (fixture.addon().Drain)(producer.object, "events", fixture.sharedBuffers(2, 65536), (index, bytes, count) => { records += count; drain.release(index); });
    await drain.stop();
    console.log(records, producer.counts().produced);
    producer.object.close();`);
  assert.deepEqual([child.status, child.stdout, child.stderr], [0, "40 40\n", ""]);
});

test("exitNow ends the process with its code and nothing else", { skip: notBuilt }, () => {
  const child = runChild(`
    process.on("exit", () => console.log("exit handler"));
    fixture.addon().exitNow(5);`);
  assert.deepEqual([child.status, child.stdout, child.stderr], [5, "", ""]);
});

test("capabilities are those that the kernel reports", { skip: notBuilt }, async () => {
  const { readFileSync } = await import("node:fs");
  const status = readFileSync("/proc/thread-self/status", "utf8");
  const { effective, permitted } = addon().capabilities();
  assert.equal(effective, BigInt(`0x${/CapEff:\s*(\S+)/.exec(status)?.[1]}`));
  assert.equal(permitted, BigInt(`0x${/CapPrm:\s*(\S+)/.exec(status)?.[1]}`));
});

function within5s(holds: () => boolean): boolean {
  const deadline = Date.now() + 5000;
  while (!holds()) if (Date.now() > deadline) return false;
  return true;
}

test("kill -9 leaves nothing in the kernel", { skip: cannotLoad }, async () => {
  const name = `kill${process.pid}`;
  const source = `
    const object = new (fixture.addon().BpfObject)(fixture.compile('u64 hits; SEC("raw_tp") int ${name}(u64 *ctx) { hits = ctx[0]; return 0; }'));
    object.setAutoload("${name}", true);
    object.load();
    object.attach("${name}", { kind: "raw_tracepoint", name: "sched_process_exit" });
    console.log("attached");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", childPreamble + source]);
  await once(child.stdout, "data");
  // Other tests load and unload meanwhile, and a listing can miss what stands behind a program that just went.
  assert.ok(within5s(() => kernelPrograms().includes(name)));
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.ok(within5s(() => !kernelPrograms().includes(name)));
});
