// The compiled objects hold only instructions that the oldest kernel knows (5.10): one that it does not know makes
// every load fail there, even in code that the verifier would remove.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { codeSections, unknownTo510 } from "./instructions.js";

const objects = join(dirname(fileURLToPath(import.meta.url)), "../../../../dist/bpf");
const notBuilt = existsSync(objects) ? false : "dist/bpf is not built (scripts/build-bpf)";
const insn = (code: number, registers: number, offset: number, immediate: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(code, 0);
  bytes.writeUInt8(registers, 1);
  bytes.writeInt16LE(offset, 2);
  bytes.writeInt32LE(immediate, 4);
  return bytes;
};

test("all objects keep to the instructions of kernel 5.10", { skip: notBuilt }, () => {
  const names = readdirSync(objects).filter((name) => name.endsWith(".bpf.o"));
  assert.ok(names.includes("tp_btf.bpf.o"));
  let instructions = 0;
  for (const name of names) {
    for (const { section, code } of codeSections(readFileSync(join(objects, name)))) {
      instructions += code.length / 8;
      const found = unknownTo510(code).map(({ at, what }) => `${name} ${section}+${at}: ${what}`);
      assert.deepEqual(found, []);
    }
  }
  assert.ok(instructions > 1000, `only ${instructions} instructions seen`);
});

test("every kind of newer instruction is found", () => {
  const newer: readonly (readonly [string, Buffer])[] = [
    ["atomic fetch-add (5.12)", insn(0xdb, 0x12, 0, 0x01)],
    ["atomic fetch-add (5.12)", insn(0xc3, 0x12, 0, 0x01)],
    ["atomic or (5.12)", insn(0xdb, 0x12, 0, 0x40)],
    ["xchg (5.12)", insn(0xdb, 0x12, 0, 0xe1)],
    ["cmpxchg (5.12)", insn(0xdb, 0x12, 0, 0xf1)],
    ["load-acquire (6.15)", insn(0xdb, 0x12, 0, 0x100)],
    ["sign-extending load (6.6)", insn(0x81, 0x12, 0, 0)],
    ["sign-extending move (6.6)", insn(0xbf, 0x12, 8, 0)],
    ["unconditional byte swap (6.6)", insn(0xd7, 0x02, 0, 16)],
    ["signed division (6.6)", insn(0x3f, 0x12, 1, 0)],
    ["signed division (6.6)", insn(0x94, 0x02, 1, 3)],
    ["32-bit jump (6.6)", insn(0x06, 0, 0, 100)],
    ["may_goto (6.9)", insn(0xe5, 0, 1, 0)],
  ];
  for (const [what, bytes] of newer) assert.deepEqual(unknownTo510(bytes), [{ at: 0, what }]);
});

test("instructions of 5.10 pass, and the second half of a wide load is not one", () => {
  const older = [
    insn(0xdb, 0x12, 0, 0), // lock *(u64 *)(r2 + 0) += r1
    insn(0xc3, 0x12, 0, 0), // lock *(u32 *)(r2 + 0) += w1
    insn(0xdc, 0x02, 0, 16), // be16
    insn(0x3f, 0x12, 0, 0), // r2 /= r1
    insn(0xae, 0x12, 5, 0), // if w2 < w1
    insn(0x05, 0, -3, 0), // goto
    insn(0x18, 0x12, 0, 0), // 64-bit constant …
    insn(0x00, 0xdb, 1, 0xdb), // … and its upper half
    insn(0x85, 0x10, 0, 7), // call
    insn(0x95, 0, 0, 0),
  ];
  assert.deepEqual(unknownTo510(Buffer.concat(older)), []);
});
