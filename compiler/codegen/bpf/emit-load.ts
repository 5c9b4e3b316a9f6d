// Loads of the kernel's verdict: bytes of the packet, what the header walk found, kernel memory, arguments, the moment.
// A load ends in r0; where there is nothing to load it jumps to `absent`.
import type { Member, MemberPath } from "../../kernel-facts.js";
import { START_NONE } from "../../schema/generated/layout.js";
import type {
  ArgumentLoad,
  ContextLoad,
  HeaderLoad,
  KernelLoad,
  Layer,
  LayersLoad,
  Load,
} from "../../schema/value.js";
import { assertNever } from "../../source/assert-never.js";
import { layerBits } from "../layer-bits.js";
import type { Label } from "./assembler.js";
import {
  type Emitter,
  HELPER,
  layerMembers,
  SLOT_REGISTER,
  WINDOW_REGISTER,
  WINDOW_SIZE,
  windowMembers,
} from "./emitter.js";
import type { AccessSize, Register } from "./instruction.js";

export function emitLoad(emitter: Emitter, load: Load, absent: Label): void {
  switch (load.kind) {
    case "header":
      emitHeaderLoad(emitter, load, absent);
      return;
    case "layers":
      emitLayersLoad(emitter, load, absent);
      return;
    case "packet":
      emitter.asm.load(1, WINDOW_REGISTER, windowMembers.start.offset, 4);
      emitter.asm.branch("==", 1, { immediate: START_NONE }, absent);
      emitter.asm.load(0, WINDOW_REGISTER, windowMembers.packet_len.offset, 4);
      return;
    case "kernel":
      emitKernelLoad(emitter, load, absent);
      return;
    case "argument":
      emitArgumentLoad(emitter, load, absent);
      return;
    case "context":
      emitContextLoad(emitter, load);
      return;
    case "frame":
      // The split leaves these to user space.
      emitter.asm.jump(absent);
      return;
    default:
      assertNever(load);
      return;
  }
}

// ---- the window ----------------------------------------------------------------------------------------------------

/** Jumps to `absent` unless one of the layers was found. */
export function requireLayer(emitter: Emitter, layers: readonly Layer[], absent: Label): void {
  const { asm } = emitter;
  const found = asm.label();
  asm.load(1, WINDOW_REGISTER, windowMembers.layers.offset + layerMembers.present.offset, 4);
  asm.branch("&", 1, { immediate: layerBits(layers) }, found);
  asm.jump(absent);
  asm.place(found);
}

function emitLayersLoad(emitter: Emitter, load: LayersLoad, absent: Label): void {
  requireLayer(emitter, [load.layer], absent);
  const member = layerMembers[load.member];
  emitter.asm.load(0, WINDOW_REGISTER, windowMembers.layers.offset + member.offset, member.size);
}

/** Bytes of a header that are in the window whenever the walk found the layer. */
function certainBytes(layer: Layer, base: HeaderLoad["base"]): number {
  switch (layer) {
    case "ETH":
      return base === "start" ? 14 : 0;
    case "ARP_ETH_IPV4":
      return base === "l3" ? 8 : 0;
    case "ARP":
    case "IPV4":
    case "IPV6":
      return base === "l3" ? 1 : 0;
    case "TCP":
    case "UDP":
    case "ICMP":
    case "ICMPV6":
    case "SCTP":
      return base === "l4" ? 1 : 0;
    default:
      return 0;
  }
}

function emitHeaderLoad(emitter: Emitter, load: HeaderLoad, absent: Label): void {
  const { asm } = emitter;
  const end = load.offset + load.size;
  if (end > WINDOW_SIZE) {
    asm.jump(absent);
    return;
  }
  requireLayer(emitter, [load.layer], absent);
  const certain = end <= certainBytes(load.layer, load.base);
  if (load.base === "start") {
    if (!certain) {
      asm.load(3, WINDOW_REGISTER, windowMembers.len.offset, 4);
      asm.branch("<", 3, { immediate: end }, absent);
    }
    emitBigEndian(emitter, WINDOW_REGISTER, windowMembers.bytes.offset + load.offset, load.size, 8);
    return;
  }
  // r2: where the header begins.
  asm.load(2, WINDOW_REGISTER, windowMembers.layers.offset + layerMembers[load.base].offset, 2);
  if (!certain) {
    asm.load(3, WINDOW_REGISTER, windowMembers.len.offset, 4);
    asm.move(1, 2);
    asm.alu("+", 1, { immediate: end });
    asm.branch(">", 1, { register: 3 }, absent);
  }
  // Never taken, len being at most WINDOW: it tells the verifier what it cannot know.
  asm.branch(">", 2, { immediate: WINDOW_SIZE - end }, absent);
  // The pointer is what is added to: of `number += pointer` verifiers as late as 5.10 forget whose stack it points to.
  asm.move(3, WINDOW_REGISTER);
  if (!emitter.context.variableStackReads) {
    asm.alu("+", 3, { register: 2 });
    emitter.probeRead(3, windowMembers.bytes.offset + load.offset, load.size, absent);
    emitBigEndian(emitter, 10, -8, load.size, 8);
    return;
  }
  // The verifier takes reads of the stack only where it can see that they are aligned. All headers begin at an
  // even offset (14 and 4 bytes of Ethernet and tags, lengths in units of 4 and 8): the mask changes nothing.
  asm.alu("&", 2, { immediate: WINDOW_SIZE - 2 });
  asm.alu("+", 3, { register: 2 });
  emitBigEndian(emitter, 3, windowMembers.bytes.offset + load.offset, load.size, 2);
}

/** r0 = `size` bytes at `base + offset` in network order; `base` is known to be a multiple of `alignment`. */
function emitBigEndian(
  emitter: Emitter,
  base: Register,
  offset: number,
  size: number,
  alignment: AccessSize,
): void {
  const { asm } = emitter;
  for (let done = 0; done < size; ) {
    const piece = pieceAt(offset + done, size - done, alignment);
    const register = done === 0 ? 0 : 1;
    asm.load(register, base, offset + done, piece);
    if (piece > 1) asm.swap(register, (piece * 8) as 16 | 32 | 64);
    if (done > 0) {
      asm.alu("<<", 0, { immediate: piece * 8 });
      asm.alu("|", 0, { register: 1 });
    }
    done += piece;
  }
}

/** The largest access that is aligned and not too long. */
export function pieceAt(offset: number, left: number, alignment: AccessSize): AccessSize {
  for (const piece of [8, 4, 2] as const)
    if (piece <= alignment && piece <= left && offset % piece === 0) return piece;
  return 1;
}

// ---- kernel memory -------------------------------------------------------------------------------------------------

export function emitKernelLoad(
  emitter: Emitter,
  load: Pick<KernelLoad, "struct" | "paths" | "bigEndian">,
  absent: Label,
): void {
  const { asm, context } = emitter;
  const done = asm.label();
  for (const path of load.paths) {
    const found = context.kernel.member(load.struct, path);
    if (found === null || !isNumber(found.member)) continue;
    const next = asm.label();
    followPointers(emitter, found, next);
    emitMember(emitter, found.member, load.bigEndian === true, next);
    asm.jump(done);
    asm.place(next);
  }
  asm.jump(absent);
  asm.place(done);
}

const isNumber = (member: Member): boolean =>
  member.kind === "integer" ||
  member.kind === "boolean" ||
  member.kind === "enum" ||
  member.kind === "pointer";

/** r1 = the struct that holds the member; `absent` if a pointer on the way is NULL. */
export function followPointers(emitter: Emitter, path: MemberPath, absent: Label): void {
  const { asm } = emitter;
  asm.load(1, WINDOW_REGISTER, windowMembers.skb.offset, 8);
  asm.branch("==", 1, { immediate: 0 }, absent);
  for (const offset of path.pointers) {
    emitPointer(emitter, offset, absent);
    asm.branch("==", 1, { immediate: 0 }, absent);
  }
}

/** r1 = the pointer at r1 + offset. */
function emitPointer(emitter: Emitter, offset: number, absent: Label): void {
  if (emitter.context.access === "typed") {
    emitter.asm.load(1, 1, offset, 8);
    return;
  }
  emitter.probeRead(1, offset, 8, absent);
  emitter.scratch(1, 8);
}

/** r0 = the member of what r1 points to. */
function emitMember(emitter: Emitter, member: Member, bigEndian: boolean, absent: Label): void {
  const { asm } = emitter;
  const size = member.size as AccessSize;
  // A typed load of a pointer would give a pointer, which cannot be calculated with.
  if (emitter.context.access === "typed" && member.kind !== "pointer") asm.load(0, 1, member.offset, size);
  else {
    emitter.probeRead(1, member.offset, size, absent);
    emitter.scratch(0, size);
  }
  if (bigEndian && size > 1) asm.swap(0, (size * 8) as 16 | 32 | 64);
  const width = member.bitSize === 0 ? size * 8 : member.bitSize;
  const shift = member.bitSize === 0 ? 0 : member.bitOffset;
  if (member.signed && !bigEndian && width < 64) {
    asm.alu("<<", 0, { immediate: 64 - width - shift });
    asm.alu("s>>", 0, { immediate: 64 - width });
  } else if (member.bitSize !== 0) {
    if (shift !== 0) asm.alu(">>", 0, { immediate: shift });
    emitMask(emitter, width);
  }
}

/** r0 = its lower `bits`. */
function emitMask(emitter: Emitter, bits: number): void {
  const { asm } = emitter;
  if (bits < 32) {
    asm.alu("&", 0, { immediate: 2 ** bits - 1 });
    return;
  }
  asm.alu("<<", 0, { immediate: 64 - bits });
  asm.alu(">>", 0, { immediate: 64 - bits });
}

// ---- arguments and the moment --------------------------------------------------------------------------------------

function emitArgumentLoad(emitter: Emitter, load: ArgumentLoad, absent: Label): void {
  const { asm, context } = emitter;
  const done = asm.label();
  // The slot is a constant to the verifier: of these comparisons nothing is left in the loaded program.
  for (const probe of context.probes) {
    const position = probe.arguments[load.argument];
    if (position === null) continue;
    const next = asm.label();
    asm.branch("!=", SLOT_REGISTER, { immediate: probe.slot }, next);
    asm.load(1, WINDOW_REGISTER, windowMembers.ctx.offset, 8);
    asm.load(0, 1, position * 8, 8);
    const parameter = probe.parameters[position];
    const bits = (parameter?.size ?? 8) * 8;
    if (bits < 64) {
      asm.alu("<<", 0, { immediate: 64 - bits });
      asm.alu(parameter?.signed === true ? "s>>" : ">>", 0, { immediate: 64 - bits });
    }
    asm.jump(done);
    asm.place(next);
  }
  asm.jump(absent);
  asm.place(done);
}

function emitContextLoad(emitter: Emitter, load: ContextLoad): void {
  const { asm } = emitter;
  switch (load.what) {
    case "cpu":
      asm.helper(HELPER.getSmpProcessorId);
      return;
    case "time":
      asm.helper(HELPER.ktimeGetNs);
      return;
    case "pid":
      asm.helper(HELPER.getCurrentPidTgid);
      asm.alu("s>>", 0, { immediate: 32 });
      return;
    case "tid":
      asm.helper(HELPER.getCurrentPidTgid);
      asm.alu("<<", 0, { immediate: 32 });
      asm.alu("s>>", 0, { immediate: 32 });
      return;
    default:
      assertNever(load.what);
      return;
  }
}
