// Instructions: their bytes (RFC 9669), jumps made from labels, and what is left out because nothing reaches it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Assembler, FunctionTooLong } from "../../../compiler/codegen/bpf/assembler.js";
import { disassemble } from "../../../compiler/codegen/bpf/disassemble.js";
import { encode, type Instruction, slotsOf } from "../../../compiler/codegen/bpf/instruction.js";

function bytesOf(instruction: Instruction, callOffset = 0): string {
  const bytes = new Uint8Array(slotsOf(instruction) * 8);
  encode(instruction, new DataView(bytes.buffer), 0, () => callOffset);
  return Buffer.from(bytes).toString("hex");
}

const text = (asm: Assembler): readonly string[] => disassemble(asm.finish());

describe("instructions", () => {
  it("have the bytes that clang gives them", () => {
    const immediate = { immediate: -2 };
    const cases: readonly (readonly [Instruction, string])[] = [
      [{ kind: "alu", op: "=", register: 0, operand: { immediate: 1 }, narrow: false }, "b700000001000000"],
      [{ kind: "alu", op: "+", register: 1, operand: { register: 2 }, narrow: false }, "0f21000000000000"],
      [
        { kind: "alu", op: "s>>", register: 3, operand: { immediate: 48 }, narrow: false },
        "c703000030000000",
      ],
      [{ kind: "alu", op: "=", register: 1, operand: immediate, narrow: true }, "b4010000feffffff"],
      [{ kind: "negate", register: 2 }, "8702000000000000"],
      [{ kind: "swap", register: 0, bits: 16 }, "dc00000010000000"],
      [{ kind: "load", register: 2, base: 6, offset: 38, size: 2 }, "6962260000000000"],
      [{ kind: "load", register: 1, base: 10, offset: -8, size: 8 }, "79a1f8ff00000000"],
      [{ kind: "store", base: 10, offset: -8, operand: { immediate: 0 }, size: 8 }, "7a0af8ff00000000"],
      [{ kind: "store", base: 10, offset: -16, operand: { register: 0 }, size: 8 }, "7b0af0ff00000000"],
      [{ kind: "jump", to: -3 }, "0500fdff00000000"],
      [{ kind: "branch", condition: "s<", register: 0, operand: immediate, to: 5 }, "c5000500feffffff"],
      [
        { kind: "branch", condition: "&", register: 1, operand: { immediate: 256 }, to: 1 },
        "4501010000010000",
      ],
      [{ kind: "branch", condition: ">", register: 1, operand: { register: 3 }, to: 8 }, "2d31080000000000"],
      [{ kind: "helper", id: 113 }, "8500000071000000"],
      [{ kind: "call", name: "clause_0" }, "8510000007000000"],
      [{ kind: "constant64", register: 1, value: 0x1_2345_6789n }, "18010000896745230000000001000000"],
      [{ kind: "constant64", register: 1, value: -1n }, "18010000ffffffff00000000ffffffff"],
      [{ kind: "exit" }, "9500000000000000"],
    ];
    for (const [instruction, expected] of cases) assert.equal(bytesOf(instruction, 7), expected);
  });
});

describe("assembler", () => {
  it("counts jumps in slots, of which a 64-bit constant takes two", () => {
    const asm = new Assembler();
    const end = asm.label();
    asm.branch("==", 1, { immediate: 0 }, end);
    asm.constant(0, 1n << 40n);
    asm.place(end);
    asm.exit();
    assert.deepEqual(text(asm), ["   0: if r1 == 0 goto pc+2", "   1: r0 = 0x10000000000", "   3: exit"]);
  });

  it("turns a branch over a jump round, and drops a jump to what follows", () => {
    const asm = new Assembler();
    const [yes, no] = [asm.label(), asm.label()];
    asm.branch(">", 0, { immediate: 3 }, yes);
    asm.jump(no);
    asm.place(yes);
    asm.constant(0, 1n);
    asm.exit();
    asm.place(no);
    asm.constant(0, 0n);
    asm.exit();
    assert.deepEqual(text(asm), [
      "   0: if r0 <= 3 goto pc+2",
      "   1: r0 = 1",
      "   2: exit",
      "   3: r0 = 0",
      "   4: exit",
    ]);
  });

  it("leaves out what no path reaches", () => {
    const asm = new Assembler();
    const [dead, end] = [asm.label(), asm.label()];
    asm.jump(end);
    asm.place(dead);
    asm.constant(0, 7n);
    asm.jump(dead);
    asm.place(end);
    asm.exit();
    assert.deepEqual(text(asm), ["   0: exit"]);
  });

  it("follows a jump to a jump", () => {
    const asm = new Assembler();
    const [hop, end] = [asm.label(), asm.label()];
    asm.branch("&", 1, { immediate: 1 }, hop);
    asm.constant(0, 1n);
    asm.exit();
    asm.place(hop);
    asm.jump(end);
    asm.place(end);
    asm.constant(0, 2n);
    asm.exit();
    assert.equal(text(asm)[0], "   0: if r1 & 1 goto pc+2");
  });

  it("writes constants in their shortest form", () => {
    const asm = new Assembler();
    for (const value of [5n, -1n, 0x8000_0000n, 0xffff_ffffn, 1n << 32n]) asm.constant(0, value);
    asm.exit();
    assert.deepEqual(
      text(asm).map((line) => line.slice(6)),
      ["r0 = 5", "r0 = -1", "w0 = -2147483648", "w0 = -1", "r0 = 0x100000000", "exit"],
    );
  });

  it("refuses a jump that 16 bits cannot hold", () => {
    const asm = new Assembler();
    const far = asm.label();
    asm.branch("==", 0, { immediate: 0 }, far);
    for (let count = 0; count < 33_000; count += 1) asm.alu("+", 0, { immediate: 1 });
    asm.place(far);
    asm.exit();
    assert.throws(() => asm.finish(), FunctionTooLong);
  });
});
