// Ctrl-C: the first ends a run cleanly, the second at once, also while nobody reads what the run still has to say.
import assert from "node:assert/strict";
import { test } from "node:test";
import { leftOf } from "../kernel/bpf-objects.js";
import { RetisProcess } from "../kernel/retis-process.js";
import { namespacePair, skipUnlessLive } from "./live.js";

const skip = skipUnlessLive();

test("a second Ctrl-C ends a run that is stuck in writing with exit code 130", { skip }, async (context) => {
  const pair = namespacePair(context);
  const script = pair.localize("on rx where udp.dport == 53 and ip.saddr == 10.77.0.1 print");
  const retis = new RetisProcess(["-e", script], { readsStdout: false });
  context.after(() => retis.kill());
  await retis.ready();
  // Some 200 bytes each: many times what the pipe holds.
  pair.inside("ns1", "send udp 10.77.0.2 53 5000");
  retis.signal("SIGINT");
  assert.equal(await retis.until(() => !retis.running, 1500), false, "it cannot have written everything");
  retis.signal("SIGINT");
  const { code } = await retis.end(5000);
  assert.equal(code, 130);
  assert.deepEqual(await leftOf(retis.held), []);
});

test("SIGTERM ends a run cleanly too", { skip }, async (context) => {
  const pair = namespacePair(context);
  const script = pair.localize("on drop where udp.dport == 53 and ip.saddr == 10.77.0.1 print udp.dport");
  const retis = new RetisProcess(["-e", script]);
  context.after(() => retis.kill());
  await retis.ready();
  pair.inside("ns1", "send udp 10.77.0.2 53 3");
  await retis.until(() => retis.lines("stdout").length >= 4);
  retis.signal("SIGTERM");
  const { code } = await retis.end();
  assert.match(retis.stderr, /^3 events in /m);
  assert.ok(code === 0 || code === 143, `exit code ${code}`);
  assert.deepEqual(await leftOf(retis.held), []);
});
