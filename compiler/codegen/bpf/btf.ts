// The types (BTF) and the debug information (.BTF.ext) of the emitted object: what the linker and the kernel ask for.
// Formats: the kernel's Documentation/bpf/btf.rst.
import { utf8 } from "../utf8.js";

/** Where an instruction comes from, for the verifier's log. */
export interface LineInfo {
  readonly file: string;
  /** The line of the script, as text. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface FunctionInfo {
  readonly name: string;
  readonly global: boolean;
  /** In bytes from the start of .text. */
  readonly offset: number;
  readonly source: LineInfo;
}

const MAGIC = 0xeb9f;
const HEADER = 24;
const EXT_HEADER = 32;
const KIND = { int: 1, ptr: 2, fwd: 7, func: 12, funcProto: 13 };
/** Type ids, in the order in which `types` writes them. */
const TYPE = { u64: 1, u32: 2, window: 3, windowPointer: 4, decide: 5, firstFunction: 6 };

/** NUL-terminated strings, each once. */
class Strings {
  readonly bytes: number[] = [0];
  readonly #offsets = new Map<string, number>([["", 0]]);

  add(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const offset = this.bytes.length;
    this.bytes.push(...utf8(text), 0);
    this.#offsets.set(text, offset);
    return offset;
  }
}

export function typesAndLines(functions: readonly FunctionInfo[]): { btf: Uint8Array; btfExt: Uint8Array } {
  const strings = new Strings();
  const types = typeWords(functions, strings);
  const ext = extension(functions, strings);
  const btf = new Uint8Array(HEADER + types.length * 4 + strings.bytes.length);
  const view = new DataView(btf.buffer);
  view.setUint16(0, MAGIC, true);
  view.setUint8(2, 1);
  writeWords(view, 4, [HEADER, 0, types.length * 4, types.length * 4, strings.bytes.length, ...types]);
  btf.set(strings.bytes, HEADER + types.length * 4);
  return { btf, btfExt: ext };
}

function typeWords(functions: readonly FunctionInfo[], strings: Strings): readonly number[] {
  const info = (kind: number, members: number): number => (kind << 24) | members;
  return [
    ...[strings.add("unsigned long long"), info(KIND.int, 0), 8, 64],
    ...[strings.add("unsigned int"), info(KIND.int, 0), 4, 32],
    ...[strings.add("window"), info(KIND.fwd, 0), 0],
    ...[0, info(KIND.ptr, 0), TYPE.window],
    // u64 (struct window *window, u32 slot): the parts of `decide` are called alike.
    ...[0, info(KIND.funcProto, 2), TYPE.u64],
    ...[strings.add("window"), TYPE.windowPointer, strings.add("slot"), TYPE.u32],
    ...functions.flatMap(({ name, global }) => [
      strings.add(name),
      info(KIND.func, global ? 1 : 0),
      TYPE.decide,
    ]),
  ];
}

/** One func_info and one line_info for each function; no relocations. */
function extension(functions: readonly FunctionInfo[], strings: Strings): Uint8Array {
  const section = strings.add(".text");
  const functionWords = [
    8,
    section,
    functions.length,
    ...functions.flatMap(({ offset }, index) => [offset, TYPE.firstFunction + index]),
  ];
  const lineWords = [
    16,
    section,
    functions.length,
    ...functions.flatMap(({ offset, source }) => [
      offset,
      strings.add(source.file),
      strings.add(source.text),
      (source.line << 10) | Math.min(source.column, 1023),
    ]),
  ];
  const bytes = new Uint8Array(EXT_HEADER + (functionWords.length + lineWords.length) * 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, MAGIC, true);
  view.setUint8(2, 1);
  const functionBytes = functionWords.length * 4;
  const lineBytes = lineWords.length * 4;
  writeWords(view, 4, [EXT_HEADER, 0, functionBytes, functionBytes, lineBytes, functionBytes + lineBytes, 0]);
  writeWords(view, EXT_HEADER, [...functionWords, ...lineWords]);
  return bytes;
}

function writeWords(view: DataView, at: number, words: readonly number[]): void {
  for (const [index, word] of words.entries()) view.setUint32(at + 4 * index, word, true);
}
