// Two runs at once see the same packets and do not disturb each other, also when one of them ends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RetisProcess } from "../kernel/retis-process.js";
import { namespacePair, skipUnlessLive } from "./live.js";

test("two runs side by side each see every packet", { skip: skipUnlessLive() }, async (context) => {
  const pair = namespacePair(context);
  const script = pair.localize(
    "on drop where udp.dport == 53 and ip.saddr == 10.77.0.1 { print(udp.dport) }",
  );
  const runs = [new RetisProcess(["-e", script]), new RetisProcess(["-e", script])] as const;
  context.after(() => Promise.all(runs.map((run) => run.kill())));
  await Promise.all(runs.map((run) => run.ready()));
  const [first, second] = runs;

  pair.inside("ns1", "send udp 10.77.0.2 53 3");
  for (const run of runs) assert.ok(await run.until(() => run.lines("stdout").length >= 3), run.describe());
  first.signal("SIGINT");
  assert.equal((await first.end()).code, 0);

  pair.inside("ns1", "send udp 10.77.0.2 53 2");
  assert.ok(await second.until(() => second.lines("stdout").length >= 5), second.describe());
  second.signal("SIGINT");
  assert.equal((await second.end()).code, 0);
  assert.deepEqual(first.lines("stdout"), ["53", "53", "53"]);
  assert.deepEqual(second.lines("stdout"), ["53", "53", "53", "53", "53"]);
});
