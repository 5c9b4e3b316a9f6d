// The range of a value holds every number that its arithmetic gives: against an evaluation on random bytes.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { fields } from "../../../compiler/schema/index.js";
import type { Load, Value } from "../../../compiler/schema/value.js";
import { rangeOf } from "../../../compiler/schema/value-range.js";

const seed = Number(process.env["RETIS_TEST_SEED"] ?? Date.now() % 2 ** 31);

/** What a packet could hold at each place; the same place has the same number. */
type Bytes = (key: string, size: number) => bigint;

function evaluate(value: Value, bytes: Bytes): bigint | null {
  switch (value.kind) {
    case "constant":
      return value.value;
    case "load":
      return bytes(JSON.stringify(value.load), sizeOf(value.load));
    case "guarded":
      return evaluate(value.value, bytes);
    case "first": {
      const index = Number(bytes("first", 1)) % value.values.length;
      const one = value.values[index];
      return one === undefined ? null : evaluate(one, bytes);
    }
    case "arithmetic": {
      const [left, right] = [evaluate(value.left, bytes), evaluate(value.right, bytes)];
      if (left === null || right === null) return null;
      return BigInt.asIntN(64, apply(value.op, left, right));
    }
    default:
      return null;
  }
}

function sizeOf(load: Load): number {
  if (load.kind === "header") return load.size;
  if (load.kind === "layers") return load.member === "l4_proto" ? 1 : 2;
  return 4;
}

function apply(op: string, left: bigint, right: bigint): bigint {
  switch (op) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "&":
      return left & right;
    case ">>":
      return left >> right;
    default:
      throw new Error(`the schema has no ${op}`);
  }
}

describe("range of a value", () => {
  const ranged = [...fields.values()].flatMap((field) => {
    if (field.value.kind !== "number") return [];
    const range = rangeOf(field.value.value);
    return range === null ? [] : [{ name: field.name, value: field.value.value, range }];
  });

  it("is known for fields of headers", () => {
    const known = new Set(ranged.map((one) => one.name));
    for (const name of ["tcp.dport", "ip.ttl", "ip.dscp", "vlan.id", "tcp.hlen", "ip.frag", "l4.port"])
      assert.equal(known.has(name), name !== "l4.port", name);
  });

  it("is as narrow as the bits", () => {
    const range = (name: string) => ranged.find((one) => one.name === name)?.range;
    assert.deepEqual(range("ip.dscp"), { from: 0n, to: 63n });
    assert.deepEqual(range("vlan.id"), { from: 0n, to: 4095n });
    assert.deepEqual(range("tcp.hlen"), { from: 0n, to: 60n });
    assert.deepEqual(range("ip.len"), { from: 0n, to: 65_575n });
    assert.deepEqual(range("ipv6.hlen"), { from: 40n, to: 40n });
  });

  it(`holds every number that a packet can give (RETIS_TEST_SEED=${seed})`, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ranged),
        fc.infiniteStream(fc.bigInt(0n, (1n << 64n) - 1n)),
        (one, random) => {
          const places = new Map<string, bigint>();
          const number = evaluate(one.value, (key, size) => {
            const known = places.get(key) ?? BigInt.asUintN(8 * size, random.next().value ?? 0n);
            places.set(key, known);
            return known;
          });
          assert.ok(number !== null);
          assert.ok(number >= one.range.from && number <= one.range.to, `${one.name}: ${number}`);
        },
      ),
      { seed, numRuns: 2000 },
    );
  });
});
