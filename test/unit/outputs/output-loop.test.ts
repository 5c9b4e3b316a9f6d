// The loop over batches, where there is always a next one and the output never waits: what else the process has to do
// gets its turns.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRunOptions } from "../../../runtime/cli/parse-run-options.js";
import type { SourceBatch } from "../../../runtime/events/source.js";
import { EnumNames } from "../../../runtime/outputs/enum-names.js";
import { OutputLoop } from "../../../runtime/outputs/output-loop.js";
import { KERNEL, makePlan } from "../handlers/made-plan.js";

const EMPTY: SourceBatch = {
  bytes: Buffer.alloc(0),
  view: new DataView(new ArrayBuffer(0)),
  length: 0,
  release: () => {},
};

test("a stream without a pause does not keep timers waiting", async () => {
  const plan = makePlan({});
  const loop = await OutputLoop.start({
    plan,
    script: null,
    options: checkRunOptions({}),
    names: {
      layout: plan.layout,
      probes: plan.probes,
      enums: new EnumNames(KERNEL),
      stacks: { frames: () => [] },
      strings: { text: () => "" },
      symbols: { name: () => "" },
      clockOffset: 0n,
    },
    clock: { kind: "machine", started: 0n },
    say: () => {},
    paint: (text) => text,
    sink: { closed: false, write: async () => {} },
  });
  let fired = false;
  setTimeout(() => {
    fired = true;
  }, 10);
  const until = performance.now() + 5000;
  await loop.run(
    {
      async *batches() {
        while (!fired && performance.now() < until) yield EMPTY;
      },
    },
    () => {},
  );
  await loop.close();
  assert.ok(fired, "the timer came");
});
