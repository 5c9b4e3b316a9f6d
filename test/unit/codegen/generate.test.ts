// The code of plain predicates as people will see it in `explain --bpf`, and the object around it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { groupRanges } from "../../../compiler/codegen/bpf/emit-test.js";
import { generate } from "../../../compiler/codegen/bpf/index.js";
import { compile } from "../../../compiler/index.js";
import type { KernelFacts } from "../../../compiler/kernel-facts.js";
import type { Plan } from "../../../compiler/plan/plan.js";
import { structs } from "../../../compiler/schema/generated/layout.js";
import { kernel, kernelBefore } from "../../kernel-facts.js";

function planOf(text: string, facts: KernelFacts = kernel): Plan {
  const { value, diagnostics } = compile({
    source: { name: "test.rts", text },
    prelude: { name: "prelude.rts", text: "" },
    load: () => ({ name: "none", text: "" }),
    kernel: facts,
    options: new Map(),
    settings: { buffer: null, snaplen: null },
  });
  assert.ok(value !== null, diagnostics.map(({ message }) => message).join());
  return value.plan;
}

const listing = (where: string, facts: KernelFacts = kernel): readonly string[] =>
  generate(planOf(`on skb:kfree_skb where ${where} print`, facts), facts).listing[0]!.text.map((line) =>
    line.slice(6),
  );

const { members } = structs.window;
const layer = (name: "present" | "l4"): number => members.layers.offset + structs.layers.members[name].offset;

describe("generated code", () => {
  it("of one port is a handful of instructions", () => {
    assert.deepEqual(listing("tcp.dport == 80"), [
      "r6 = r1",
      `r1 = *(u32 *)(r6 +${layer("present")})`,
      "if r1 & 256 goto pc+1",
      "goto pc+14",
      `r2 = *(u16 *)(r6 +${layer("l4")})`,
      `r3 = *(u32 *)(r6 +${members.len.offset})`,
      "r1 = r2",
      "r1 += 4",
      "if r1 > r3 goto pc+9",
      "if r2 > 252 goto pc+8",
      "r3 = r6",
      "r2 &= 254",
      "r3 += r2",
      `r0 = *(u16 *)(r3 +${members.bytes.offset + 2})`,
      "r0 = be16 r0",
      "if r0 != 80 goto pc+2",
      "r0 = 1",
      "exit",
      "r0 = 0",
      "exit",
    ]);
  });

  it("reads the window by probe reads where the verifier wants constant offsets", () => {
    assert.ok(listing("tcp.dport == 80", kernelBefore).includes("call bpf_probe_read_kernel#113"));
    assert.ok(!listing("tcp.dport == 80").some((line) => line.startsWith("call")));
  });

  it("loads typed pointers directly, and an argument by the probe's slot", () => {
    const mark = listing("skb.mark == 7");
    assert.ok(mark.includes("r0 = *(u32 *)(r1 +164)"), mark.join("\n"));
    const reason = listing("drop.reason == NO_SOCKET");
    assert.ok(
      reason.includes("if r7 != 0 goto pc+7") || reason.some((line) => line.startsWith("if r7 != 0")),
    );
    assert.ok(reason.includes("r0 = *(u64 *)(r1 +16)"), reason.join("\n"));
  });

  it("is none for a clause that always holds", () => {
    const { listing: clauses } = generate(planOf("on skb:kfree_skb print"), kernel);
    assert.deepEqual(clauses, [{ clause: 0, instructions: [], text: [] }]);
  });

  it("tells close numbers apart by the bits of one word", () => {
    const single = (value: number) => ({ from: BigInt(value), to: BigInt(value) });
    const groups = groupRanges([22, 25, 53, 80, 443, 8080].map(single));
    assert.deepEqual(
      groups.map(({ from, to }) => [Number(from), Number(to)]),
      [
        [22, 80],
        [443, 443],
        [8080, 8080],
      ],
    );
    assert.ok(listing("tcp.dport in {22, 25, 53, 80}").some((line) => line === "r1 >>= r0"));
  });
});

describe("the object", () => {
  it("is a relocatable file of the BPF machine, whose lines are the script's", () => {
    const text = "\non skb:kfree_skb where tcp.dport == 80 print\non skb:kfree_skb where udp print";
    const { elf } = generate(planOf(text), kernel);
    const bytes = Buffer.from(elf);
    assert.equal(bytes.subarray(0, 4).toString("latin1"), "\x7fELF");
    assert.deepEqual([bytes.readUInt16LE(16), bytes.readUInt16LE(18)], [1, 247]);
    for (const name of ["test.rts", "on skb:kfree_skb where tcp.dport == 80 print", "decide", "clause_0"])
      assert.ok(bytes.includes(`\0${name}\0`), name);
  });

  it("stands in the program itself where a script has one predicate that needs no frame", () => {
    const inline = (text: string): boolean => generate(planOf(text), kernel).inline !== null;
    assert.equal(inline("on skb:kfree_skb where tcp.dport == 80 print"), true);
    assert.equal(
      inline("on skb:kfree_skb, net:netif_receive_skb where ip.saddr in {10.0.0.0/8} print"),
      true,
    );
    assert.equal(inline("on skb:kfree_skb print"), false, "nothing to decide");
    assert.equal(inline("on skb:kfree_skb where pid == 7 print"), false, "a call");
    assert.equal(inline('on skb:kfree_skb where comm == "curl" print'), false, "a frame");
    const two = "on skb:kfree_skb where tcp.dport == 80 print on skb:kfree_skb where udp print";
    assert.equal(inline(two), false, "two");
  });
});
