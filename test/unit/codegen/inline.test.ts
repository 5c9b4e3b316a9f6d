// Which predicates stand in the program itself, and how they end there.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inlineCode } from "../../../compiler/codegen/bpf/inline.js";
import type { Instruction } from "../../../compiler/codegen/bpf/instruction.js";

const one: Instruction = { kind: "constant64", register: 0, value: 1n };
const exit: Instruction = { kind: "exit" };

/** Of each instruction's first slot: its operation and its jump. */
function shapeOf(code: Uint8Array): readonly (readonly [number, number])[] {
  const view = new DataView(code.buffer);
  return Array.from({ length: code.length / 8 }, (_, slot) => [
    view.getUint8(slot * 8),
    view.getInt16(slot * 8 + 2, true),
  ]);
}

describe("inline code", () => {
  it("leaves by jumps behind its last instruction", () => {
    const branch: Instruction = {
      kind: "branch",
      condition: "==",
      register: 1,
      operand: { immediate: 0 },
      to: 3,
    };
    const code = inlineCode([branch, one, exit, one, exit]);
    assert.ok(code !== null);
    const [ja, second] = [0x05, 0x00];
    assert.deepEqual(shapeOf(code), [
      [0x15, 3],
      [0x18, 0],
      [second, 0],
      [ja, 3],
      [0x18, 0],
      [second, 0],
      [ja, 0],
    ]);
  });

  it("has neither calls nor a frame of its own", () => {
    const frame: Instruction = {
      kind: "alu",
      op: "=",
      register: 1,
      operand: { register: 10 },
      narrow: false,
    };
    const own: readonly Instruction[] = [
      { kind: "helper", id: 5 },
      { kind: "call", name: "clause_0_1" },
      { kind: "load", register: 0, base: 10, offset: -8, size: 8 },
      { kind: "store", base: 10, offset: -8, operand: { register: 0 }, size: 8 },
      frame,
    ];
    for (const instruction of own) assert.equal(inlineCode([instruction, exit]), null, instruction.kind);
  });
});
