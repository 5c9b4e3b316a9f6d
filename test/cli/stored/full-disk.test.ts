// Standard output or standard error on a full disk: the machine's fault, said in a line, and never a bug of ours.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { describe, test } from "node:test";
import { retisPath } from "../../kernel/retis-process.js";
import { fixture, noFixtures } from "./stored.js";

describe("a full disk", { skip: noFixtures }, () => {
  const file = fixture("dropmon.json");
  const script = ["--from", file, "-q", "-e"];

  test("standard output", () => {
    for (const args of [
      ["print", file],
      ["sort", file],
      ["stats", file],
      ["pcap", file],
      ["convert", file, "-o", "-", "--format", "retis-json"],
      ["schema"],
      ["help", "fields"],
      ["complete", "bash"],
      ["--version"],
      [...script, "on drop print"],
      [...script, "on drop print drop.reason"],
      [...script, "on drop { print(comm) }"],
    ]) {
      const { code, stderr } = withFull(1, args);
      assert.equal(code, 3, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, /^error: cannot write standard output: no space left on device$/m);
    }
  });

  test("standard error: the exit code is what it would be", () => {
    assert.equal(withFull(2, ["print", "/does/not/exist"]).code, 3);
    assert.equal(withFull(2, ["print", "--format", "xml", file]).code, 2);
    assert.equal(withFull(2, ["pcap", file]).code, 0);
  });
});

function withFull(descriptor: 1 | 2, args: readonly string[]) {
  const full = openSync("/dev/full", "w");
  try {
    const { status, stderr } = spawnSync(retisPath, args, {
      encoding: "utf8",
      stdio: ["ignore", descriptor === 1 ? full : "ignore", descriptor === 2 ? full : "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    return { code: status, stderr };
  } finally {
    closeSync(full);
  }
}
