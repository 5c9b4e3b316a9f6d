// One predicate's function -> code that stands in the program itself, where the compiled C has a marker in place of the
// call: a return costs 12 ns where it is guarded (SRSO), a tenth of a hit.
import { encode, type Instruction, slotsOf } from "./instruction.js";

const FRAME = 10;

/**
 * The function's instructions with a jump behind the last one in place of each exit. Null: it has to stay a function,
 * since its stack and its calls' registers would be those of the program.
 */
export function inlineCode(instructions: readonly Instruction[]): Uint8Array | null {
  if (instructions.some(needsFrame)) return null;
  const size = instructions.reduce((slots, instruction) => slots + slotsOf(instruction), 0);
  const code = new Uint8Array(size * 8);
  const view = new DataView(code.buffer);
  let slot = 0;
  for (const instruction of instructions) {
    const next = slot + slotsOf(instruction);
    const inlined: Instruction =
      instruction.kind === "exit" ? { kind: "jump", to: size - next } : instruction;
    encode(inlined, view, slot * 8, () => Number.NaN);
    slot = next;
  }
  return code;
}

function needsFrame(instruction: Instruction): boolean {
  switch (instruction.kind) {
    case "helper":
    case "call":
      return true;
    case "load":
    case "store":
      return instruction.base === FRAME;
    case "alu":
      return "register" in instruction.operand && instruction.operand.register === FRAME;
    default:
      return false;
  }
}
