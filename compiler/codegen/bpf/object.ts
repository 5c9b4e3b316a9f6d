// Functions -> a relocatable eBPF object that libbpf's linker joins with the compiled C: .text, symbols, types, lines.
import { utf8 } from "../utf8.js";
import { type FunctionInfo, type LineInfo, typesAndLines } from "./btf.js";
import { encode, type Instruction, slotsOf } from "./instruction.js";

/** One function, with its jumps resolved and its calls by name. */
export interface EmittedFunction {
  readonly name: string;
  /** Visible to the C, as a hidden symbol; the others are static. */
  readonly global: boolean;
  readonly instructions: readonly Instruction[];
  readonly source: LineInfo;
}

/** ELF64 constants (System V ABI; EM_BPF of elf.h). */
const ET_REL = 1;
const EM_BPF = 247;
const SHT = { progbits: 1, symtab: 2, strtab: 3 };
const SHF_ALLOC_EXECINSTR = 6;
const STB = { local: 0, global: 1 };
const STT = { func: 2, section: 3 };
const STV_HIDDEN = 2;
const ELF_HEADER = 64;
const SECTION_HEADER = 64;
const SYMBOL = 24;
const TEXT = 1;
const STRTAB = 5;

interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly bytes: Uint8Array;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
}

export function buildObject(functions: readonly EmittedFunction[]): Uint8Array {
  const { text, offsets } = encodeFunctions(functions);
  const infos = functions.map((one): FunctionInfo => ({ ...one, offset: offsets.get(one.name)! }));
  const { btf, btfExt } = typesAndLines(infos);
  const names = new Names();
  const { symbols, locals } = encodeSymbols(infos, functions, names);
  const plain = { type: SHT.progbits, flags: 0, link: 0, info: 0, alignment: 4, entrySize: 0 };
  const sections: readonly Section[] = [
    { ...plain, name: ".text", flags: SHF_ALLOC_EXECINSTR, bytes: text, alignment: 8 },
    { ...plain, name: ".BTF", bytes: btf },
    { ...plain, name: ".BTF.ext", bytes: btfExt },
    {
      name: ".symtab",
      type: SHT.symtab,
      flags: 0,
      bytes: symbols,
      link: STRTAB,
      info: locals,
      alignment: 8,
      entrySize: SYMBOL,
    },
    // Last: it also names the sections.
    { ...plain, name: ".strtab", type: SHT.strtab, bytes: new Uint8Array(0), alignment: 1 },
  ];
  return layOut(sections, names);
}

function encodeFunctions(functions: readonly EmittedFunction[]): {
  text: Uint8Array;
  offsets: ReadonlyMap<string, number>;
} {
  const offsets = new Map<string, number>();
  let size = 0;
  for (const { name, instructions } of functions) {
    offsets.set(name, size);
    for (const instruction of instructions) size += slotsOf(instruction) * 8;
  }
  const text = new Uint8Array(size);
  const view = new DataView(text.buffer);
  let at = 0;
  for (const { instructions } of functions)
    for (const instruction of instructions) {
      const next = at + slotsOf(instruction) * 8;
      // Within one section a call needs no relocation: its distance survives linking.
      encode(instruction, view, at, (name) => (offsets.get(name)! - next) / 8);
      at = next;
    }
  return { text, offsets };
}

/** The string table. */
class Names {
  readonly bytes: number[] = [0];

  add(name: string): number {
    const offset = this.bytes.length;
    this.bytes.push(...utf8(name), 0);
    return offset;
  }
}

/** Local symbols come first; `locals` is where the global ones begin. */
function encodeSymbols(
  infos: readonly FunctionInfo[],
  functions: readonly EmittedFunction[],
  names: Names,
): { symbols: Uint8Array; locals: number } {
  const sizes = functions.map(({ instructions }) =>
    instructions.reduce((size, instruction) => size + slotsOf(instruction) * 8, 0),
  );
  const order = infos.map((info, index) => ({ info, size: sizes[index]! }));
  const sorted = [...order.filter(({ info }) => !info.global), ...order.filter(({ info }) => info.global)];
  const symbols = new Uint8Array((2 + sorted.length) * SYMBOL);
  const view = new DataView(symbols.buffer);
  const write = (index: number, name: number, kind: number, other: number, value: number, size: number) => {
    const at = index * SYMBOL;
    view.setUint32(at, name, true);
    view.setUint8(at + 4, kind);
    view.setUint8(at + 5, other);
    view.setUint16(at + 6, TEXT, true);
    view.setBigUint64(at + 8, BigInt(value), true);
    view.setBigUint64(at + 16, BigInt(size), true);
  };
  write(1, 0, (STB.local << 4) | STT.section, 0, 0, 0);
  sorted.forEach(({ info, size }, index) => {
    const kind = ((info.global ? STB.global : STB.local) << 4) | STT.func;
    write(2 + index, names.add(info.name), kind, info.global ? STV_HIDDEN : 0, info.offset, size);
  });
  return { symbols, locals: 2 + infos.filter(({ global }) => !global).length };
}

function layOut(sections: readonly Section[], names: Names): Uint8Array {
  const nameOffsets = sections.map(({ name }) => names.add(name));
  const complete = sections.map((section, index) =>
    index === STRTAB - 1 ? { ...section, bytes: Uint8Array.from(names.bytes) } : section,
  );
  let end = ELF_HEADER;
  const places = complete.map(({ bytes, alignment }) => {
    const offset = Math.ceil(end / alignment) * alignment;
    end = offset + bytes.length;
    return offset;
  });
  const table = Math.ceil(end / 8) * 8;
  const elf = new Uint8Array(table + (1 + complete.length) * SECTION_HEADER);
  const view = new DataView(elf.buffer);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, ET_REL, true);
  view.setUint16(18, EM_BPF, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(40, BigInt(table), true);
  view.setUint16(52, ELF_HEADER, true);
  view.setUint16(58, SECTION_HEADER, true);
  view.setUint16(60, 1 + complete.length, true);
  view.setUint16(62, STRTAB, true);
  complete.forEach((section, index) => {
    elf.set(section.bytes, places[index]!);
    const at = table + (1 + index) * SECTION_HEADER;
    view.setUint32(at, nameOffsets[index]!, true);
    view.setUint32(at + 4, section.type, true);
    view.setBigUint64(at + 8, BigInt(section.flags), true);
    view.setBigUint64(at + 24, BigInt(places[index]!), true);
    view.setBigUint64(at + 32, BigInt(section.bytes.length), true);
    view.setUint32(at + 40, section.link, true);
    view.setUint32(at + 44, section.info, true);
    view.setBigUint64(at + 48, BigInt(section.alignment), true);
    view.setBigUint64(at + 56, BigInt(section.entrySize), true);
  });
  return elf;
}
