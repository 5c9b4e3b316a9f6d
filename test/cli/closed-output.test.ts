// A reader that goes away, as `retis … | head` does: the run ends by itself, without a word about it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { leftOf } from "../kernel/bpf-objects.js";
import { RetisProcess } from "../kernel/retis-process.js";
import { namespacePair, skipUnlessLive } from "./live.js";

for (const [name, action] of [
  ["events", "print"],
  ["records", "print udp.dport"],
  ["lines of a handler", "{ print(udp.dport) }"],
] as const) {
  test(`a run whose stdout is closed ends quietly (${name})`, { skip: skipUnlessLive() }, async (context) => {
    const pair = namespacePair(context);
    const script = pair.localize(`on drop where udp.dport == 53 and ip.saddr == 10.77.0.1 ${action}`);
    const retis = new RetisProcess(["-e", script]);
    context.after(() => retis.kill());
    await retis.ready();
    pair.inside("ns1", "send udp 10.77.0.2 53 1");
    assert.ok(await retis.until(() => retis.lines("stdout").length > 0), retis.describe());
    retis.look();
    retis.closeStdout();
    // The write that finds out is the next one.
    pair.inside("ns1", "send udp 10.77.0.2 53 5");
    const { code, signal } = await retis.end();
    assert.ok(code === 0 || signal === "SIGPIPE", `exit code ${code}\n${retis.describe()}`);
    assert.doesNotMatch(retis.stderr, /EPIPE|error|bug in retis|\bat .*:\d+:\d+/i);
    assert.deepEqual(await leftOf(retis.held), []);
  });
}
