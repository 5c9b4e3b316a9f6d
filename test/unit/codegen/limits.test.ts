// What the planner asks the generator: whether the kernel can decide a test, and what of the packet that takes.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { kernelCan, looksAtVlan, windowNeeded } from "../../../compiler/codegen/bpf/index.js";
import type { Test } from "../../../compiler/plan/predicate.js";
import { enums } from "../../../compiler/schema/generated/layout.js";
import { fields } from "../../../compiler/schema/index.js";
import type { ArithmeticOperator, Layer, Value } from "../../../compiler/schema/value.js";

function number(name: string): Value {
  const value = fields.get(name)?.value;
  if (value?.kind === "number") return value.value;
  if (value?.kind === "computed") return { kind: "computed", name, reason: value.reason, signed: true };
  throw new Error(`${name} is no number`);
}

const is = (name: string): Test => ({ kind: "compare", op: "==", left: number(name), right: number(name) });
const layer = (...anyOf: readonly Layer[]): Test => ({ kind: "layer", anyOf });
const all = (...tests: readonly Test[]): Test => ({ kind: "and", tests });
const { HEADERS, WINDOW } = enums.limit;

describe("what the kernel can decide", () => {
  it("headers, metadata, arguments and the moment", () => {
    for (const name of [
      "tcp.dport",
      "ip.ttl",
      "vlan.id",
      "skb.mark",
      "dev.ifindex",
      "drop.reason",
      "cpu",
      "pid",
    ])
      assert.equal(kernelCan(is(name)), null, name);
  });

  it("not what only a walk finds, what was computed, or what the sandbox runs", () => {
    const span = { source: { name: "x", text: "" }, start: 0, end: 0 };
    const regex: Test = {
      kind: "regex",
      subject: { kind: "field", name: "comm" },
      source: "^a",
      flags: "",
      span,
    };
    const chunk: Test = { kind: "set-has", name: "sctp.chunk", members: [0n], mode: "has" };
    for (const test of [
      is("tcp.opt.mss"),
      is("skb.gso.size"),
      regex,
      chunk,
      { kind: "section", section: "stack" } as const,
    ]) {
      assert.equal(typeof kernelCan(test), "string");
      assert.equal(
        kernelCan(all(layer("TCP"), { kind: "not", test })),
        kernelCan(test),
        "wherever it stands",
      );
    }
    assert.match(kernelCan(number("tcp.opt.mss")) ?? "", /loop/);
  });

  it("not arithmetic that needs more stack than there is", () => {
    const balanced = (depth: number): Value =>
      depth === 0
        ? number("tcp.seq")
        : {
            kind: "arithmetic",
            op: "-",
            left: balanced(depth - 1),
            right: balanced(depth - 1),
            signed: true,
          };
    const chain = (count: number, op: ArithmeticOperator): Value =>
      Array.from({ length: count }).reduce<Value>(
        (right) => ({ kind: "arithmetic", op, left: number("tcp.seq"), right, signed: true }),
        number("tcp.ack_seq"),
      );
    const test = (left: Value): Test => ({ kind: "compare", op: "<", left, right: number("ip.ttl") });
    assert.equal(kernelCan(test(chain(90, "-"))), null);
    assert.equal(kernelCan(test(balanced(6))), null);
    assert.match(kernelCan(test(balanced(11))) ?? "", /stack/);
  });

  it("not a set that is too large", () => {
    const set = (count: number): Test => ({
      kind: "ranges",
      value: number("tcp.seq"),
      ranges: Array.from({ length: count }, (_, index) => ({
        from: BigInt(index * 1000),
        to: BigInt(index * 1000),
      })),
      negated: false,
    });
    assert.equal(kernelCan(set(1000)), null);
    assert.match(kernelCan(set(10_000)) ?? "", /long/);
  });
});

describe("bytes of the packet", () => {
  it("none for what is not in it", () => {
    assert.equal(windowNeeded(all(is("skb.mark"), is("cpu"), { kind: "section", section: "dev" })), 0);
  });

  it("the Ethernet header, fixed parts of headers, or anything", () => {
    assert.equal(windowNeeded(is("eth.type")), 14);
    assert.equal(windowNeeded(is("packet.len")), 14);
    assert.equal(windowNeeded(layer("ETH")), 14);
    for (const test of [
      is("tcp.dport"),
      is("ip.ttl"),
      is("vlan.id"),
      layer("TCP"),
      all(is("tcp.flags"), is("cpu")),
    ])
      assert.equal(windowNeeded(test), HEADERS);
    // The target address of a neighbour solicitation ends 24 bytes into the ICMPv6 header.
    const target = fields.get("icmpv6.target")?.value;
    assert.ok(target?.kind === "address" && target.value.v6 !== null);
    const { low } = target.value.v6;
    assert.equal(windowNeeded({ kind: "compare", op: "==", left: low, right: low }), WINDOW);
  });

  it("tags only where they are looked at", () => {
    assert.equal(looksAtVlan(is("vlan.id")), true);
    assert.equal(looksAtVlan({ kind: "not", test: layer("TCP", "VLAN") }), true);
    assert.equal(looksAtVlan(all(is("tcp.dport"), is("eth.type"))), false);
  });
});
