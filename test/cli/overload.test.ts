// Overload on purpose: a ring far too small for the traffic. What was produced is what came out plus what is reported
// lost, exactly.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RetisProcess } from "../kernel/retis-process.js";
import { namespacePair, skipUnlessLive } from "./live.js";

interface Counts {
  readonly hits: number;
  readonly passed: number;
  readonly printed: number;
  readonly lost: number;
}

/** The row of a probe in the summary. */
const summaryOf = (stderr: string, probe: string): Counts => {
  const row = stderr.split("\n").find((line) => line.trim().startsWith(`${probe} `));
  const [hits, passed, printed, lost] = (row ?? "").trim().split(/\s+/).slice(1).map(Number);
  assert.ok(lost !== undefined, `no row for ${probe} in\n${stderr}`);
  return { hits: hits ?? NaN, passed: passed ?? NaN, printed: printed ?? NaN, lost };
};

const sent = 60_000;

for (const [name, action, expectLoss] of [
  ["text", "print", true],
  ["records", "print udp.dport, ip.saddr", true],
] as const) {
  test(`produced == delivered + lost in overload (${name})`, { skip: skipUnlessLive() }, async (context) => {
    const pair = namespacePair(context);
    const script = pair.localize(
      `set buffer = 4KiB on tx where udp.dport == 53 and ip.saddr == 10.77.0.1 ${action}`,
    );
    const retis = new RetisProcess(["-e", script, "--format", "json"]);
    context.after(() => retis.kill());
    await retis.ready();
    pair.inside("ns1", `send udp 10.77.0.2 53 ${sent}`);
    retis.signal("SIGINT");
    const { code } = await retis.end(60_000);
    const { passed, printed, lost } = summaryOf(retis.stderr, "net:net_dev_start_xmit");
    const lines = retis.lines("stdout").length;
    assert.equal(passed + lost, sent, retis.stderr);
    assert.equal(printed, passed);
    assert.equal(lines, printed);
    assert.doesNotMatch(retis.stderr, /bug in retis/);
    assert.equal(lost > 0, expectLoss, `the ring was not too small: ${retis.stderr}`);
    assert.equal(code, 0);
  });
}
