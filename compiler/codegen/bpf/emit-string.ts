// Strings of the kernel's verdict: a name is read into the frame and compared there, words at a time; a glob is run
// as a set of positions, one bit each. Bytewise, up to the NUL.
import type { StringLoad } from "../../schema/value.js";
import { globElements } from "../glob.js";
import { utf8 } from "../utf8.js";
import { asImmediate, type Exits, type Label } from "./assembler.js";
import { followPointers, pieceAt } from "./emit-load.js";
import { operandOf } from "./emit-value.js";
import { type Emitter, HELPER } from "./emitter.js";

/** The buffer that a string needs, NUL included. */
export const bufferSize = (load: StringLoad): number => (load.size + 7) & ~7;

/** Fills the frame's buffer, all zero after the string. */
function emitString(emitter: Emitter, load: StringLoad, absent: Label): void {
  const { asm, context } = emitter;
  if (load.from === "comm") {
    emitter.clearBuffer(bufferSize(load));
    emitter.bufferAddress(1);
    asm.alu("=", 2, { immediate: load.size });
    asm.helper(HELPER.getCurrentComm);
    return;
  }
  // Strings of stored events: the planner leaves them to user space.
  if (load.from === "interned" || load.from === "tracking-id") {
    asm.jump(absent);
    return;
  }
  const found = context.kernel.member(load.from.struct, load.from.path);
  if (found === null) {
    asm.jump(absent);
    return;
  }
  const { member } = found;
  if (member.kind !== "char-array" && member.kind !== "pointer") {
    asm.jump(absent);
    return;
  }
  followPointers(emitter, found, absent);
  if (member.kind === "pointer") {
    emitter.probeRead(1, member.offset, 8, absent);
    emitter.scratch(3, 8);
    asm.branch("==", 3, { immediate: 0 }, absent);
  } else {
    asm.move(3, 1);
    if (member.offset !== 0) asm.alu("+", 3, { immediate: member.offset });
  }
  emitter.clearBuffer(bufferSize(load));
  emitter.bufferAddress(1);
  const size = member.kind === "char-array" ? Math.min(load.size, member.size) : load.size;
  asm.alu("=", 2, { immediate: size });
  asm.helper(HELPER.probeReadKernelStr);
  asm.branch("s<", 0, { immediate: 0 }, absent);
}

/** Jumps away unless the buffer has these bytes at `at`; uses r0 and r1. */
function emitBytesEqual(emitter: Emitter, bytes: readonly number[], differs: Label): void {
  for (let done = 0; done < bytes.length; ) {
    const piece = pieceAt(done, bytes.length - done, 8);
    let word = 0n;
    for (let index = 0; index < piece; index += 1) word |= BigInt(bytes[done + index]!) << BigInt(8 * index);
    emitter.buffered(0, done, piece);
    emitter.asm.branch("!=", 0, operandOf(emitter, word, 1), differs);
    done += piece;
  }
}

export function emitStringEquals(
  emitter: Emitter,
  load: StringLoad,
  text: string,
  negated: boolean,
  exits: Exits,
): void {
  emitString(emitter, load, exits.ifFalse);
  emitEquals(emitter, load, text, negated ? { ifTrue: exits.ifFalse, ifFalse: exits.ifTrue } : exits);
}

/** Against the NUL as well; a text that leaves no room for it equals no string of that size. */
function emitEquals(emitter: Emitter, load: StringLoad, text: string, exits: Exits): void {
  const bytes = [...utf8(text), 0];
  if (bytes.length > load.size) {
    emitter.asm.jump(exits.ifFalse);
    return;
  }
  emitBytesEqual(emitter, bytes, exits.ifFalse);
  emitter.asm.jump(exits.ifTrue);
}

export function emitGlob(emitter: Emitter, load: StringLoad, pattern: string, exits: Exits): void {
  const { asm } = emitter;
  emitString(emitter, load, exits.ifFalse);
  if (!/[*?]/.test(pattern)) {
    emitEquals(emitter, load, pattern, exits);
    return;
  }
  const prefix = /^([^*?]*)\*+$/.exec(pattern)?.[1];
  if (prefix !== undefined) {
    const bytes = utf8(prefix);
    if (bytes.length >= load.size) {
      asm.jump(exits.ifFalse);
      return;
    }
    emitBytesEqual(emitter, bytes, exits.ifFalse);
    asm.jump(exits.ifTrue);
    return;
  }
  emitPositions(emitter, load, pattern, exits);
}

/**
 * r0: bit n is set while the bytes so far match the first n elements. Each byte moves the bits that it fits one
 * up; a bit before a `*` also stays.
 */
function emitPositions(emitter: Emitter, load: StringLoad, pattern: string, exits: Exits): void {
  const { asm } = emitter;
  const { elements, loops } = globElements(pattern);
  const last = elements.length;
  if (last >= load.size) {
    asm.jump(exits.ifFalse);
    return;
  }
  const fits = (byte: number | null): bigint =>
    elements.reduce(
      (mask, element, index) => (element === null || element === byte ? mask | (1n << BigInt(index)) : mask),
      0n,
    );
  const literals = [...new Set(elements.filter((element) => element !== null))];
  // A constant here would make the verifier follow every set of positions on its own; 1 that it cannot see is one state.
  emitter.buffered(0, 0, 8);
  asm.move(1, 0);
  asm.alu("^", 0, { register: 1 });
  asm.alu("^", 0, { immediate: 1 });
  const end = asm.label();
  for (let index = 0; index < load.size; index += 1) {
    emitter.buffered(1, index, 1);
    asm.branch("==", 1, { immediate: 0 }, end);
    const known = asm.label();
    for (const literal of literals) {
      const other = asm.label();
      asm.branch("!=", 1, { immediate: literal }, other);
      asm.constant(2, fits(literal));
      asm.jump(known);
      asm.place(other);
    }
    asm.constant(2, fits(null));
    asm.place(known);
    asm.alu("&", 2, { register: 0 });
    asm.alu("<<", 2, { immediate: 1 });
    const staying = asImmediate(loops);
    if (staying !== null) asm.alu("&", 0, { immediate: staying });
    else {
      asm.constant(3, loops);
      asm.alu("&", 0, { register: 3 });
    }
    asm.alu("|", 0, { register: 2 });
    asm.branch("==", 0, { immediate: 0 }, exits.ifFalse);
  }
  asm.place(end);
  if (last > 0) asm.alu(">>", 0, { immediate: last });
  asm.branch("&", 0, { immediate: 1 }, exits.ifTrue);
  asm.jump(exits.ifFalse);
}
