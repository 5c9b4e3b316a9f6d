// The promise of the language: the kernel's verdict, user space's and a naive reading of the rules are one, for every
// predicate and every packet. Prints its seed; SEED=… repeats a run.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { generate, kernelCan, windowNeeded } from "../../compiler/codegen/bpf/index.js";
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import type { Test } from "../../compiler/plan/predicate.js";
import { kernelTest, userTest } from "./expressions.js";
import { bit, MAX_CLAUSES, show, showPacket, userVerdicts } from "./judge.js";
import { kernel } from "./memory.js";
import { packetCases, randomOf } from "./packets.js";
import { planOf } from "./plans.js";
import { type Arguments, cannotLoad, type Slot, World } from "./world.js";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const EXPRESSIONS = Number(process.env["EXPRESSIONS"] ?? 3072);
const PACKETS = Number(process.env["PACKETS"] ?? 512);

/** As before 5.12, where headers are read by probe reads. */
const withoutVariableReads: KernelFacts = {
  release: kernel.release,
  member: (struct, path) => kernel.member(struct, path),
  enumValues: (name) => kernel.enumValues(name),
  tracepoint: (name) => kernel.tracepoint(name),
  tracepoints: () => kernel.tracepoints(),
  functionState: (name) => kernel.functionState(name),
  features: { variableStackReads: false, readOnlyCasts: false, taskContext: false },
};

/** Distinct ones. */
function sample(count: number): readonly Test[] {
  const distinct = new Map<string, Test>();
  for (const test of fc.sample(kernelTest, { seed: SEED, numRuns: 2 * count }))
    if (distinct.size < count && kernelCan(test) === null) distinct.set(show(test), test);
  // Together those that need as little of the packet, so that no more is read for them.
  return [...distinct.values()].sort((a, b) => windowNeeded(a) - windowNeeded(b));
}

describe(`verdicts agree (SEED=${SEED})`, { skip: cannotLoad }, () => {
  const packets = packetCases(randomOf(SEED), PACKETS);

  it(`${EXPRESSIONS} predicates on ${PACKETS} packets, in the kernel, in user space and by the reference`, (t) => {
    const tests = sample(EXPRESSIONS);
    t.diagnostic(`SEED=${SEED}`);
    assert.equal(tests.length, EXPRESSIONS);
    let trues = 0;
    for (let first = 0; first < tests.length; first += MAX_CLAUSES) {
      const batch = tests.slice(first, first + MAX_CLAUSES);
      const slot: Slot = (first / MAX_CLAUSES) % 2 === 0 ? 0 : 1;
      const args: Arguments = {
        reason: first % 3 === 0 ? 2 : 0x10000 + (first % 128),
        location: 0xffff_ffff_8100_0000n + BigInt(first),
      };
      const facts = (first / MAX_CLAUSES) % 6 === 5 ? withoutVariableReads : kernel;
      const world = World.deciding(generate(planOf(batch), facts, "probe").elf, args);
      const inKernel = world.run(slot, packets);
      world.close();
      userVerdicts(batch, packets, slot, args).forEach((verdicts, index) => {
        verdicts.forEach(({ closure, reference }, clause) => {
          if (reference) trues += 1;
          const decided = bit(inKernel[index]!, clause);
          if (decided !== reference || closure !== reference)
            assert.fail(
              `kernel ${decided}, closure ${closure}, reference ${reference}; slot ${slot}\n${show(batch[clause])}\n${showPacket(packets[index]!)}`,
            );
        });
      });
    }
    const share = trues / (tests.length * packets.length);
    assert.ok(share > 0.1 && share < 0.9, `${share} of the verdicts are true: the test tells little`);
  });

  it("what only user space can decide, by the reference", () => {
    const tests = fc.sample(userTest, { seed: SEED, numRuns: 200 });
    const verdicts = userVerdicts(tests, packets, 0, { reason: 2, location: 0n });
    verdicts.forEach((row, index) => {
      row.forEach(({ closure, reference }, clause) => {
        assert.equal(closure, reference, `${show(tests[clause])}\n${showPacket(packets[index]!)}`);
      });
    });
    const some = tests.filter((_, clause) => verdicts.some((row) => row[clause]!.reference));
    assert.ok(some.length > tests.length / 4, `${some.length} of ${tests.length} ever hold`);
  });
});
