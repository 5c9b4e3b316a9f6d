// eBPF instructions as data, and their eight bytes (RFC 9669): what the emitters write and the object holds.

/** r0 … r10. r1–r5 do not survive a call, r6–r9 do, r10 is the frame. */
export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

export type AluOperation = "+" | "-" | "*" | "/" | "|" | "&" | "<<" | ">>" | "%" | "^" | "=" | "s>>";
export type JumpCondition =
  | "=="
  | "!="
  | ">"
  | ">="
  | "<"
  | "<="
  | "s>"
  | "s>="
  | "s<"
  | "s<="
  /** Some bit in common. */
  | "&";
export type AccessSize = 1 | 2 | 4 | 8;

/** Another register, or a number of 32 bits that is extended with its sign. */
export type Operand = { readonly register: Register } | { readonly immediate: number };

export type Instruction =
  /** `narrow`: on the lower 32 bits, clearing the upper ones. */
  | {
      readonly kind: "alu";
      readonly op: AluOperation;
      readonly register: Register;
      readonly operand: Operand;
      readonly narrow: boolean;
    }
  | { readonly kind: "negate"; readonly register: Register }
  /** From big endian to the machine's order. */
  | { readonly kind: "swap"; readonly register: Register; readonly bits: 16 | 32 | 64 }
  | { readonly kind: "constant64"; readonly register: Register; readonly value: bigint }
  | {
      readonly kind: "load";
      readonly register: Register;
      readonly base: Register;
      readonly offset: number;
      readonly size: AccessSize;
    }
  | {
      readonly kind: "store";
      readonly base: Register;
      readonly offset: number;
      readonly operand: Operand;
      readonly size: AccessSize;
    }
  /** `to`: instructions past the next one, counted in slots of eight bytes. */
  | { readonly kind: "jump"; readonly to: number }
  | {
      readonly kind: "branch";
      readonly condition: JumpCondition;
      readonly register: Register;
      readonly operand: Operand;
      readonly to: number;
    }
  | { readonly kind: "helper"; readonly id: number }
  /** Another function of the same object. */
  | { readonly kind: "call"; readonly name: string }
  | { readonly kind: "exit" };

const CLASS = { ld: 0x00, ldx: 0x01, st: 0x02, stx: 0x03, alu: 0x04, jmp: 0x05, alu64: 0x07 };
const SOURCE_REGISTER = 0x08;
const ALU: Readonly<Record<AluOperation, number>> = {
  "+": 0x00,
  "-": 0x10,
  "*": 0x20,
  "/": 0x30,
  "|": 0x40,
  "&": 0x50,
  "<<": 0x60,
  ">>": 0x70,
  "%": 0x90,
  "^": 0xa0,
  "=": 0xb0,
  "s>>": 0xc0,
};
const ALU_NEGATE = 0x80;
const ALU_END = 0xd0;
const JUMP: Readonly<Record<JumpCondition, number>> = {
  "==": 0x10,
  ">": 0x20,
  ">=": 0x30,
  "&": 0x40,
  "!=": 0x50,
  "s>": 0x60,
  "s>=": 0x70,
  "<": 0xa0,
  "<=": 0xb0,
  "s<": 0xc0,
  "s<=": 0xd0,
};
const JUMP_CALL = 0x80;
const JUMP_EXIT = 0x90;
const MODE_IMMEDIATE = 0x18;
const MODE_MEMORY = 0x60;
const SIZE: Readonly<Record<AccessSize, number>> = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 };
const PSEUDO_CALL = 1;

/** In slots of eight bytes. */
export const slotsOf = (instruction: Instruction): number => (instruction.kind === "constant64" ? 2 : 1);

/** `callOffset`: from the slot after the call to the function's first. */
export function encode(
  instruction: Instruction,
  view: DataView,
  at: number,
  callOffset: (name: string) => number,
): void {
  const write = (code: number, destination: number, source: number, offset: number, immediate: number) => {
    view.setUint8(at, code);
    view.setUint8(at + 1, (source << 4) | destination);
    view.setInt16(at + 2, offset, true);
    view.setInt32(at + 4, immediate, true);
  };
  const withOperand = (code: number, register: Register, operand: Operand, offset: number) => {
    if ("register" in operand) write(code | SOURCE_REGISTER, register, operand.register, offset, 0);
    else write(code, register, 0, offset, operand.immediate);
  };
  switch (instruction.kind) {
    case "alu":
      withOperand(
        (instruction.narrow ? CLASS.alu : CLASS.alu64) | ALU[instruction.op],
        instruction.register,
        instruction.operand,
        0,
      );
      return;
    case "negate":
      write(CLASS.alu64 | ALU_NEGATE, instruction.register, 0, 0, 0);
      return;
    case "swap":
      // BPF_TO_BE: a swap on little endian machines, where this object runs.
      write(CLASS.alu | ALU_END | SOURCE_REGISTER, instruction.register, 0, 0, instruction.bits);
      return;
    case "constant64":
      write(
        CLASS.ld | MODE_IMMEDIATE,
        instruction.register,
        0,
        0,
        Number(BigInt.asIntN(32, instruction.value)),
      );
      view.setUint32(at + 8, 0);
      view.setInt32(at + 12, Number(BigInt.asIntN(32, instruction.value >> 32n)), true);
      return;
    case "load":
      write(
        CLASS.ldx | MODE_MEMORY | SIZE[instruction.size],
        instruction.register,
        instruction.base,
        instruction.offset,
        0,
      );
      return;
    case "store": {
      const mode = MODE_MEMORY | SIZE[instruction.size];
      const { operand, base, offset } = instruction;
      if ("register" in operand) {
        write(CLASS.stx | mode, base, operand.register, offset, 0);
        return;
      }
      write(CLASS.st | mode, base, 0, offset, operand.immediate);
      return;
    }
    case "jump":
      write(CLASS.jmp, 0, 0, instruction.to, 0);
      return;
    case "branch":
      withOperand(
        CLASS.jmp | JUMP[instruction.condition],
        instruction.register,
        instruction.operand,
        instruction.to,
      );
      return;
    case "helper":
      write(CLASS.jmp | JUMP_CALL, 0, 0, 0, instruction.id);
      return;
    case "call":
      write(CLASS.jmp | JUMP_CALL, 0, PSEUDO_CALL, 0, callOffset(instruction.name));
      return;
    case "exit":
      write(CLASS.jmp | JUMP_EXIT, 0, 0, 0, 0);
      return;
  }
}
