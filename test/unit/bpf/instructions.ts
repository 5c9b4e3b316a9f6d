// BPF machine code: ELF object -> sections of code -> the instructions that kernel 5.10 does not know.
// Encodings: Documentation/bpf/standardization/instruction-set.rst of the kernel.

export interface CodeSection {
  readonly section: string;
  readonly code: Buffer;
}

const SHF_EXECINSTR = 4n;

/** The sections of an ELF64 little-endian object that hold instructions. */
export function codeSections(elf: Buffer): readonly CodeSection[] {
  const sections = Number(elf.readBigUInt64LE(40));
  const size = elf.readUInt16LE(58);
  const count = elf.readUInt16LE(60);
  const header = (index: number) => {
    const at = sections + index * size;
    return {
      name: elf.readUInt32LE(at),
      flags: elf.readBigUInt64LE(at + 8),
      offset: Number(elf.readBigUInt64LE(at + 24)),
      size: Number(elf.readBigUInt64LE(at + 32)),
    };
  };
  const names = header(elf.readUInt16LE(62));
  const nameAt = (offset: number): string => {
    const begin = names.offset + offset;
    return elf.toString("latin1", begin, elf.indexOf(0, begin));
  };
  return Array.from({ length: count }, (_, index) => header(index))
    .filter(({ flags, size: bytes }) => (flags & SHF_EXECINSTR) !== 0n && bytes > 0)
    .map(({ name, offset, size: bytes }) => ({
      section: nameAt(name),
      code: elf.subarray(offset, offset + bytes),
    }));
}

/** `at` counts instructions, a 64-bit constant as two. */
export interface Unknown {
  readonly at: number;
  readonly what: string;
}

export function unknownTo510(code: Buffer): readonly Unknown[] {
  const found: Unknown[] = [];
  for (let at = 0; at * 8 < code.length; at += 1) {
    const opcode = code.readUInt8(at * 8);
    const what = newerThan510(opcode, code.readInt16LE(at * 8 + 2), code.readInt32LE(at * 8 + 4));
    if (what !== null) found.push({ at, what });
    if (opcode === 0x18) at += 1;
  }
  return found;
}

const LDX = 1;
const STX = 3;
const ALU32 = 4;
const JMP = 5;
const JMP32 = 6;
const ALU64 = 7;

function newerThan510(opcode: number, offset: number, immediate: number): string | null {
  const operation = opcode & 0xf0;
  switch (opcode & 7) {
    case LDX:
      return (opcode & 0xe0) === 0x80 ? "sign-extending load (6.6)" : null;
    case STX:
      return (opcode & 0xe0) === 0xc0 ? newerAtomic(immediate) : null;
    case ALU32:
    case ALU64:
      if (operation === 0xb0 && offset !== 0) return "sign-extending move (6.6)";
      if ((operation === 0x30 || operation === 0x90) && offset !== 0) return "signed division (6.6)";
      if (operation === 0xd0 && (opcode & 7) === ALU64) return "unconditional byte swap (6.6)";
      return null;
    case JMP:
      return operation === 0xe0 ? "may_goto (6.9)" : null;
    case JMP32:
      return operation === 0 ? "32-bit jump (6.6)" : null;
    default:
      return null;
  }
}

function newerAtomic(immediate: number): string | null {
  switch (immediate) {
    case 0x00:
      return null;
    case 0x01:
      return "atomic fetch-add (5.12)";
    case 0xe1:
      return "xchg (5.12)";
    case 0xf1:
      return "cmpxchg (5.12)";
    case 0x100:
      return "load-acquire (6.15)";
    case 0x110:
      return "store-release (6.15)";
    case 0x40:
      return "atomic or (5.12)";
    default:
      return `atomic 0x${immediate.toString(16)} (5.12)`;
  }
}
