// kill -9 at random moments, from the first instruction to the middle of a trace: nothing of BPF stays.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { bpfObjects, orphansSince } from "../kernel/bpf-objects.js";
import { RetisProcess } from "../kernel/retis-process.js";
import { namespacePair, skipUnlessLive } from "./live.js";
import { randomFrom } from "./random.js";

const seed = Number(process.env["RETIS_SEED"] ?? randomInt(1 << 30));

test(`50 runs killed at random moments leave nothing (RETIS_SEED=${seed})`, {
  skip: skipUnlessLive(),
}, async (context) => {
  const pair = namespacePair(context);
  const random = randomFrom(seed);
  const before = bpfObjects();
  const script = pair.localize(
    "on drop, rx, tx where udp.port == 53 and ip.addr == 10.77.0.1 { print(udp.dport) }",
  );
  // How long a start takes here, so that the moments lie on both sides of it.
  const first = new RetisProcess(["-e", script]);
  context.after(() => first.kill());
  const begin = Date.now();
  await first.ready();
  const start = Date.now() - begin;
  assert.ok(
    [...first.held].some((object) => object.startsWith("link")),
    "a run holds links, or the test proves nothing",
  );
  // Other programs of this machine may come and go meanwhile: ours go by the names of what a run loads.
  const loaded = bpfObjects();
  const names = new Set([...first.held].map((object) => loaded.get(object)));
  await first.kill();

  let ready = 0;
  for (let round = 0; round < 50; round++) {
    const retis = new RetisProcess(["-e", script]);
    context.after(() => retis.kill());
    const moment = random() * start * 1.5;
    await retis.until(() => !retis.running, moment);
    if (/^ready/m.test(retis.stderr)) ready++;
    assert.ok(retis.running, `it ended by itself\n${retis.describe()}`);
    await retis.kill();
  }
  console.log(`killed ${ready} of 50 after they were ready (start takes ${start} ms)`);
  assert.deepEqual(await orphansSince(before, names), []);
});
