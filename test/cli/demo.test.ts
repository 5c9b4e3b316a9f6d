// scripts/demo: drops of several kinds within seconds, an end by itself, and nothing left behind.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../kernel/programs.js";
import { skipUnlessLive } from "./live.js";

test("the demo shows its own drops and cleans up", { skip: skipUnlessLive() }, () => {
  const { status, stdout, stderr } = spawnSync(join(root, "scripts/demo"), {
    encoding: "utf8",
    timeout: 120_000,
  });
  assert.equal(status, 0, stderr);
  for (const packet of [
    /^ {2}10\.99\.0\.1\.\d+ > 10\.99\.0\.2\.80 .* proto TCP \(6\) flags \[S\]/m,
    /^ {2}10\.99\.0\.1\.\d+ > 10\.99\.0\.2\.53 .* proto UDP \(17\) len 6/m,
    /^ {2}fd00:99::1\.\d+ > fd00:99::2\.443 .* proto TCP \(6\) flags \[S\]/m,
  ])
    assert.match(stdout, packet);
  assert.match(stdout, /^ {4}tcp_v4_rcv\+0x/m);
  assert.match(stderr, /^ready\b/m);
  assert.match(stderr, /^\d+ events in \d+\.\d s$/m);
  const left = existsSync("/run/netns")
    ? readdirSync("/run/netns").filter((name) => name.startsWith("retis-demo-"))
    : [];
  assert.deepEqual(left, []);
});
