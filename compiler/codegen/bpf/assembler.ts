// Writes the instructions of one function: labels become jump distances, and what no path reaches is left out,
// because the kernel refuses a program with unreachable instructions.
import type {
  AccessSize,
  AluOperation,
  Instruction,
  JumpCondition,
  Operand,
  Register,
} from "./instruction.js";
import { slotsOf } from "./instruction.js";

/** A place that jumps lead to; placed once, before `finish`. */
export interface Label {
  readonly id: number;
}

/** Where a test jumps. */
export interface Exits {
  readonly ifTrue: Label;
  readonly ifFalse: Label;
}

/** The function does not fit the 16 bits of a jump. The split sees to it that this does not happen. */
export class FunctionTooLong extends Error {}

type Item =
  | { readonly kind: "label"; readonly label: Label }
  | { readonly kind: "instruction"; readonly instruction: Instruction; readonly target: Label | null };

const MAX_JUMP = 32_767;

export class Assembler {
  readonly #items: Item[] = [];
  #labels = 0;

  label(): Label {
    this.#labels += 1;
    return { id: this.#labels };
  }

  place(label: Label): void {
    this.#items.push({ kind: "label", label });
  }

  alu(op: AluOperation, register: Register, operand: Operand): void {
    this.#add({ kind: "alu", op, register, operand, narrow: false });
  }

  move(register: Register, from: Register): void {
    if (register !== from) this.alu("=", register, { register: from });
  }

  /** Any number of 64 bits, in the shortest form. */
  constant(register: Register, value: bigint): void {
    const immediate = asImmediate(value);
    if (immediate !== null) this.alu("=", register, { immediate });
    else if (BigInt.asUintN(64, value) >> 32n === 0n)
      this.#add({
        kind: "alu",
        op: "=",
        register,
        operand: { immediate: Number(BigInt.asIntN(32, value)) },
        narrow: true,
      });
    else this.#add({ kind: "constant64", register, value });
  }

  negate(register: Register): void {
    this.#add({ kind: "negate", register });
  }

  swap(register: Register, bits: 16 | 32 | 64): void {
    this.#add({ kind: "swap", register, bits });
  }

  load(register: Register, base: Register, offset: number, size: AccessSize): void {
    this.#add({ kind: "load", register, base, offset, size });
  }

  store(base: Register, offset: number, operand: Operand, size: AccessSize): void {
    this.#add({ kind: "store", base, offset, operand, size });
  }

  jump(target: Label): void {
    this.#add({ kind: "jump", to: 0 }, target);
  }

  branch(condition: JumpCondition, register: Register, operand: Operand, target: Label): void {
    this.#add({ kind: "branch", condition, register, operand, to: 0 }, target);
  }

  helper(id: number): void {
    this.#add({ kind: "helper", id });
  }

  call(name: string): void {
    this.#add({ kind: "call", name });
  }

  exit(): void {
    this.#add({ kind: "exit" });
  }

  #add(instruction: Instruction, target: Label | null = null): void {
    this.#items.push({ kind: "instruction", instruction, target });
  }

  finish(): readonly Instruction[] {
    let items = reachable(this.#items);
    for (;;) {
      const shorter = reachable(withoutIdleJumps(items));
      if (shorter.length === items.length) return resolve(shorter);
      items = shorter;
    }
  }
}

/** A number that an instruction's sign-extended 32 bits can hold; null: it takes a register. */
export function asImmediate(value: bigint): number | null {
  const signed = BigInt.asIntN(64, value);
  return signed === BigInt.asIntN(32, signed) ? Number(signed) : null;
}

function labelIndexes(items: readonly Item[]): ReadonlyMap<number, number> {
  return new Map(items.flatMap((item, index) => (item.kind === "label" ? [[item.label.id, index]] : [])));
}

/** What control flow gets to from the first item, labels nobody jumps to left out. */
function reachable(items: readonly Item[]): readonly Item[] {
  const places = labelIndexes(items);
  const seen = new Set<number>();
  const jumped = new Set<number>();
  const open = [0];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (index >= items.length || seen.has(index)) continue;
    seen.add(index);
    const item = items[index]!;
    if (item.kind === "instruction") {
      if (item.target !== null) {
        jumped.add(item.target.id);
        open.push(places.get(item.target.id)!);
      }
      if (item.instruction.kind === "jump" || item.instruction.kind === "exit") continue;
    }
    open.push(index + 1);
  }
  return items.filter(
    (item, index) => seen.has(index) && (item.kind === "instruction" || jumped.has(item.label.id)),
  );
}

/** A jump to what follows anyway is dropped, one over a jump is turned round, one to a jump goes where that one goes. */
function withoutIdleJumps(items: readonly Item[]): readonly Item[] {
  const places = labelIndexes(items);
  const next = (index: number): Item | undefined => {
    let at = index;
    while (items[at]?.kind === "label") at += 1;
    return items[at];
  };
  const end = (target: Label): Label => {
    const item = next(places.get(target.id)!);
    const further = item?.kind === "instruction" && item.instruction.kind === "jump" ? item.target : null;
    return further === null || further === target ? target : further;
  };
  const kept: Item[] = [];
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index]!;
    if (item.kind === "label" || item.target === null) {
      kept.push(item);
      continue;
    }
    const target = end(item.target);
    const after = items[index + 1];
    const { instruction } = item;
    if (instruction.kind === "jump" && next(places.get(target.id)!) === next(index + 1)) continue;
    // `if x goto A; goto B; A:` is `if not x goto B`.
    const inverse = instruction.kind === "branch" ? INVERSE[instruction.condition] : null;
    if (
      inverse !== null &&
      instruction.kind === "branch" &&
      after?.kind === "instruction" &&
      after.instruction.kind === "jump" &&
      after.target !== null &&
      next(places.get(target.id)!) === next(index + 2)
    ) {
      kept.push({
        kind: "instruction",
        instruction: { ...instruction, condition: inverse },
        target: end(after.target),
      });
      index += 1;
    } else kept.push({ ...item, target });
  }
  return kept;
}

/** The condition that holds when this one does not; null: the processor has none. */
const INVERSE: Readonly<Record<JumpCondition, JumpCondition | null>> = {
  "==": "!=",
  "!=": "==",
  ">": "<=",
  ">=": "<",
  "<": ">=",
  "<=": ">",
  "s>": "s<=",
  "s>=": "s<",
  "s<": "s>=",
  "s<=": "s>",
  "&": null,
};

function resolve(items: readonly Item[]): readonly Instruction[] {
  const places = new Map<number, number>();
  let slot = 0;
  for (const item of items) {
    if (item.kind === "label") places.set(item.label.id, slot);
    else slot += slotsOf(item.instruction);
  }
  const instructions: Instruction[] = [];
  slot = 0;
  for (const item of items) {
    if (item.kind === "label") continue;
    slot += slotsOf(item.instruction);
    instructions.push(
      item.target === null ? item.instruction : aim(item.instruction, places.get(item.target.id)! - slot),
    );
  }
  return instructions;
}

function aim(instruction: Instruction, to: number): Instruction {
  if (Math.abs(to) > MAX_JUMP) throw new FunctionTooLong(`a jump over ${to} instructions`);
  return instruction.kind === "jump" || instruction.kind === "branch" ? { ...instruction, to } : instruction;
}
