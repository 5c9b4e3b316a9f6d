// What the emitters of one clause share: its assembler, the kernel it is for, the registers and the stack that are free.
// Convention: r6 window, r7 slot, a value ends in r0; r1–r5 are scratch; values that wait stand in r8, r9, then on the stack.
import type { KernelFacts, Member } from "../../kernel-facts.js";
import type { PlannedProbe } from "../../plan/plan.js";
import { enums, structs } from "../../schema/generated/layout.js";
import type { Load } from "../../schema/value.js";
import type { Interval } from "../interval.js";
import { domain, integerInterval } from "../interval.js";
import { Assembler, type Label } from "./assembler.js";
import type { Register } from "./instruction.js";

/** How kernel memory is read: `enum access` of bpf/include/plan.h. */
export type Access = "typed" | "probe";

export const WINDOW_REGISTER: Register = 6;
export const SLOT_REGISTER: Register = 7;
const FRAME: Register = 10;

/** The window's members as the C compiler laid them out. */
export const windowMembers = structs.window.members;
export const layerMembers = structs.layers.members;
export const WINDOW_SIZE = enums.limit.WINDOW;

/** Numbers of `enum bpf_func_id`: part of the kernel's stable interface. */
export const HELPER = {
  ktimeGetNs: 5,
  getSmpProcessorId: 8,
  getCurrentPidTgid: 14,
  getCurrentComm: 16,
  probeReadKernel: 113,
  probeReadKernelStr: 115,
} as const;

/** Where a value waits while another is worked out. */
export type Place = { readonly register: Register } | { readonly stack: number };

/** What one function may take of the 512 bytes that all frames of a call chain share. */
export const MAX_FRAME = 64;
/** Values that can wait in registers at once. */
export const WAITING_REGISTERS = 2;
/** For what a probe read brings: at the top of the frame. */
const SCRATCH = 8;

export interface ClauseContext {
  readonly kernel: KernelFacts;
  readonly access: Access;
  /** Asked once: the kernel's answer may cost a look at all its types. */
  readonly variableStackReads: boolean;
  /** The slots that this clause is tested at. */
  readonly probes: readonly PlannedProbe[];
}

export class Emitter {
  readonly asm = new Assembler();
  readonly context: ClauseContext;
  /** Below r10: a string of the kernel, zero-padded. */
  readonly buffer: number;
  #waiting = 0;

  constructor(context: ClauseContext, bufferSize: number) {
    this.context = context;
    this.buffer = -SCRATCH - bufferSize;
  }

  /** Puts r0 aside. */
  save(): Place {
    const index = this.#waiting;
    this.#waiting += 1;
    if (index === 0) return this.#saveIn(8);
    if (index === 1) return this.#saveIn(9);
    const stack = this.buffer - 8 * (index - WAITING_REGISTERS + 1);
    this.asm.store(FRAME, stack, { register: 0 }, 8);
    return { stack };
  }

  #saveIn(register: Register): Place {
    this.asm.move(register, 0);
    return { register };
  }

  /** Takes back what was saved last. */
  restore(place: Place, into: Register): void {
    this.#waiting -= 1;
    if ("register" in place) this.asm.move(into, place.register);
    else this.asm.load(into, FRAME, place.stack, 8);
  }

  /** Reads `size` bytes of the kernel at `base + offset` into the scratch of the frame, `absent` if it fails. */
  probeRead(base: Register, offset: number, size: number, absent: Label): void {
    this.asm.move(3, base);
    if (offset !== 0) this.asm.alu("+", 3, { immediate: offset });
    this.asm.move(1, FRAME);
    this.asm.alu("+", 1, { immediate: -SCRATCH });
    this.asm.alu("=", 2, { immediate: size });
    this.asm.helper(HELPER.probeReadKernel);
    this.asm.branch("!=", 0, { immediate: 0 }, absent);
  }

  /** Loads from the scratch. */
  scratch(register: Register, size: 1 | 2 | 4 | 8, offset = 0): void {
    this.asm.load(register, FRAME, -SCRATCH + offset, size);
  }

  /** Loads a byte or word of the buffer. */
  buffered(register: Register, offset: number, size: 1 | 2 | 4 | 8): void {
    this.asm.load(register, FRAME, this.buffer + offset, size);
  }

  clearBuffer(size: number): void {
    for (let offset = 0; offset < size; offset += 8)
      this.asm.store(FRAME, this.buffer + offset, { immediate: 0 }, 8);
  }

  bufferAddress(register: Register): void {
    this.asm.move(register, FRAME);
    this.asm.alu("+", register, { immediate: this.buffer });
  }

  /** What a load can be in the kernel. */
  readonly intervalOfLoad = (load: Load, signed: boolean): Interval => {
    switch (load.kind) {
      case "header":
        return integerInterval(load.size * 8, false, signed);
      case "layers":
        return integerInterval(load.member === "l4_proto" ? 8 : 16, false, signed);
      case "packet":
        return integerInterval(32, false, signed);
      case "kernel": {
        const intervals = load.paths.flatMap((path) => {
          const found = this.context.kernel.member(load.struct, path);
          return found === null ? [] : [memberInterval(found.member, load.bigEndian === true, signed)];
        });
        return intervals.reduce(
          (union, one) => ({
            min: one.min < union.min ? one.min : union.min,
            max: one.max > union.max ? one.max : union.max,
          }),
          { min: 0n, max: 0n },
        );
      }
      case "context":
        return load.what === "time" ? domain(signed) : integerInterval(32, load.what !== "cpu", signed);
      case "argument":
      case "frame":
        return domain(signed);
    }
  };
}

function memberInterval(member: Member, swapped: boolean, signed: boolean): Interval {
  const bits = member.bitSize === 0 ? member.size * 8 : member.bitSize;
  return integerInterval(bits, member.signed && !swapped, signed);
}
