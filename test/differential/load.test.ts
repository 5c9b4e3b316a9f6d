// What the verifier takes: generated code in the programs that are attached, in typed loads, for every field and at
// every size that a script can ask for.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { generate, kernelCan } from "../../compiler/codegen/bpf/index.js";
import type { Plan } from "../../compiler/plan/plan.js";
import type { Test } from "../../compiler/plan/predicate.js";
import { fields, words } from "../../compiler/schema/index.js";
import { attach } from "../../runtime/attach/attach.js";
import { addon } from "../unit/addon/fixture.js";
import { MAX_CLAUSES } from "./judge.js";
import { kernel } from "./memory.js";
import { planOf } from "./plans.js";
import { compileScript } from "./scripts.js";
import { cannotLoad } from "./world.js";

/** Loads and attaches; how many instructions the verifier followed at most. */
function load(plan: Plan): number {
  const generated = generate(plan, kernel, "typed");
  const attached = attach(addon(), plan, generated, kernel.features);
  const followed = plan.probes.map((probe) => attached.programInfo(probe).verifiedInstructions);
  attached.close();
  return Math.max(...followed);
}

function planOfScript(where: readonly string[]): Plan {
  const text = where.map((one) => `on net:netif_receive_skb, skb:kfree_skb where ${one} print skb, stack\n`);
  const { compiled, errors } = compileScript(text.join(""));
  assert.ok(compiled !== null, errors.join("\n"));
  return compiled.plan;
}

const inKernel = (plan: Plan): Plan => {
  for (const { user, split } of plan.clauses)
    assert.ok(user === null, split.map(({ reason }) => reason).join());
  return plan;
};

/** A test of each field and word, where the kernel can decide it. */
function everyField(): readonly Test[] {
  const tests: Test[] = [];
  for (const { value } of fields.values()) {
    if (value.kind === "number")
      tests.push({ kind: "compare", op: "==", left: value.value, right: value.value });
    if (value.kind === "string") tests.push({ kind: "glob", load: value.value, pattern: "*e?h*" });
    if (value.kind === "address") {
      const { v4, v6 } = value.value;
      for (const part of [v4, v6?.high, v6?.low])
        if (part !== null && part !== undefined)
          tests.push({ kind: "ranges", value: part, ranges: [{ from: 3n, to: 1n << 40n }], negated: false });
    }
  }
  for (const { presence } of words.values()) {
    if (presence.kind === "layer") tests.push({ kind: "layer", anyOf: presence.anyOf });
    if (presence.kind === "section") tests.push({ kind: "section", section: presence.section });
  }
  return tests.filter((test) => kernelCan(test) === null);
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe("the verifier takes", { skip: cannotLoad }, () => {
  it("every field, in typed loads", () => {
    const tests = everyField();
    assert.ok(tests.length > MAX_CLAUSES);
    for (let first = 0; first < tests.length; first += MAX_CLAUSES)
      load({ ...planOf(tests.slice(first, first + MAX_CLAUSES)) });
  });

  it("the plainest predicate in few steps", () => {
    const followed = load(inKernel(planOfScript(["tcp.port == 80"])));
    assert.ok(followed < 20_000, `${followed}`);
  });

  it("two hundred alternatives", () => {
    const ports = range(200).map((index) => `tcp.port == ${1000 + 7 * index}`);
    load(inKernel(planOfScript([ports.join(" or ")])));
    const addresses = range(100).map((index) => `ip.addr in 10.${index}.0.0/16 and not ip.ttl == ${index}`);
    load(inKernel(planOfScript([`(${addresses.join(") or (")})`])));
  });

  it("a clause that is longer than a jump reaches", () => {
    const tests = range(900).map((index) => `tcp.port == ${index} and ip.ttl == ${index % 256}`);
    const plan = inKernel(planOfScript([`(${tests.join(") or (")})`]));
    assert.ok(generate(plan, kernel).listing[0]!.instructions.length > 32_767);
    load(plan);
  });

  it("sets of a thousand addresses, and of both families", () => {
    const four = range(1000).map((index) => `10.${index % 250}.${index >> 2}.7`);
    const six = range(100).map((index) => `fd00:${index}::/32`);
    load(
      inKernel(
        planOfScript([`ip.addr in {${four.join(", ")}}`, `ip.saddr in {${six.join(", ")}, 10.0.0.0/8}`]),
      ),
    );
  });

  it("as many clauses as a script can have", () => {
    load(
      inKernel(
        planOfScript(range(MAX_CLAUSES).map((index) => `tcp.port == ${index} and dev.name matches "eth*"`)),
      ),
    );
  });

  it("arithmetic that is nested as deeply as the language allows", () => {
    const right = range(40).reduce((inner, index) => `(tcp.seq - ${inner} * ${index})`, "ip.ttl");
    load(inKernel(planOfScript([`${right} == 3`])));
    const balanced = (depth: number): string =>
      depth === 0
        ? "tcp.dport"
        : `(${balanced(depth - 1)} ${depth % 2 === 0 ? "+" : "/"} ${balanced(depth - 1)})`;
    load(inKernel(planOfScript([`${balanced(6)} > 3`])));
  });
});
