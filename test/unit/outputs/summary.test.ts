// The end of a run on stderr: why nothing was shown, when nothing was.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type RunSummary, summaryText } from "../../../runtime/outputs/summary.js";
import { makePlan } from "../handlers/made-plan.js";

const run = (hits: bigint, submitted: bigint, more: Partial<RunSummary> = {}): RunSummary => ({
  plan: makePlan({ on: ["print()"] }),
  probes: [
    {
      name: "skb:kfree_skb",
      counts: { rejected: hits - submitted, ringFull: 0n, submitted },
      notSeen: 0,
      passed: 0,
      printed: 0,
    },
  ],
  delivered: Number(submitted),
  shown: false,
  notHandled: 0,
  seconds: 1,
  ...more,
});

const last = (summary: RunSummary): string => summaryText(summary).split("\n").at(-1) ?? "";

describe("the summary of a run that showed no event", () => {
  it("says why", () => {
    assert.equal(last(run(0n, 0n)), "nothing was printed: no probe was hit");
    assert.match(last(run(3n, 0n)), /^nothing was printed: none of 3 hits passed `where` in the kernel/);
    assert.match(last(run(3n, 2n)), /^nothing was printed: 2 events passed in the kernel/);
  });

  it("does not say that nothing was printed when a timed block did", () => {
    assert.equal(last(run(0n, 0n, { shown: true })), "no probe was hit");
    assert.match(last(run(3n, 0n, { shown: true })), /^none of 3 hits passed/);
  });

  it("has no table without probes", () => {
    assert.equal(summaryText(run(0n, 0n, { probes: [] })), "0 events in 1.0 s");
  });
});
