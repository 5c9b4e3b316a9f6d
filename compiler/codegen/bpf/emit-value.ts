// Values of the kernel's verdict: 64-bit arithmetic that wraps (LANGUAGE §3). A value ends in r0; where it is absent
// the code jumps to `absent`.
import type { Value } from "../../schema/value.js";
import { assertNever } from "../../source/assert-never.js";
import { type Interval, intervalOf } from "../interval.js";
import { asImmediate, type Label } from "./assembler.js";
import { emitLoad } from "./emit-load.js";
import type { Emitter } from "./emitter.js";
import type { Operand, Register } from "./instruction.js";

export const kernelInterval = (emitter: Emitter, value: Value): Interval =>
  intervalOf(value, emitter.intervalOfLoad);

export function emitValue(emitter: Emitter, value: Value, absent: Label): void {
  const { asm } = emitter;
  switch (value.kind) {
    case "constant":
      asm.constant(0, value.value);
      return;
    case "load":
      emitLoad(emitter, value.load, absent);
      return;
    case "arithmetic":
      emitArithmetic(emitter, value, absent);
      return;
    case "complement":
      emitValue(emitter, value.operand, absent);
      asm.alu("^", 0, { immediate: -1 });
      return;
    case "negate":
      emitValue(emitter, value.operand, absent);
      asm.negate(0);
      return;
    case "first": {
      const done = asm.label();
      for (const one of value.values) {
        const next = asm.label();
        emitValue(emitter, one, next);
        asm.jump(done);
        asm.place(next);
      }
      asm.jump(absent);
      asm.place(done);
      return;
    }
    case "guarded": {
      const accepted = asm.label();
      emitValue(emitter, value.guard, absent);
      if (value.accepts === "nonzero") asm.branch("!=", 0, { immediate: 0 }, accepted);
      else for (const one of value.accepts) asm.branch("==", 0, operandOf(emitter, one, 1), accepted);
      asm.jump(absent);
      asm.place(accepted);
      emitValue(emitter, value.value, absent);
      return;
    }
    case "computed":
      // The split leaves these to user space.
      asm.jump(absent);
      return;
    default:
      assertNever(value);
      return;
  }
}

/** An immediate where the number fits, else the register, loaded. */
export function operandOf(emitter: Emitter, value: bigint, register: Register): Operand {
  const immediate = asImmediate(value);
  if (immediate !== null) return { immediate };
  emitter.asm.constant(register, value);
  return { register };
}

/** How many values must wait while this one is worked out. The heavier side goes first: few ever wait. */
export function waiting(value: Value): number {
  switch (value.kind) {
    case "arithmetic":
      return waitingForBoth(value.left, value.right);
    case "complement":
    case "negate":
      return waiting(value.operand);
    case "first":
      return Math.max(0, ...value.values.map(waiting));
    case "guarded":
      return Math.max(waiting(value.value), waiting(value.guard));
    default:
      return 0;
  }
}

export function waitingForBoth(left: Value, right: Value): number {
  if (right.kind === "constant") return waiting(left);
  if (left.kind === "constant") return waiting(right);
  const [light, heavy] = [waiting(left), waiting(right)].sort((a, b) => a - b) as [number, number];
  return Math.max(heavy, light + 1);
}

/** Works out both: the left one ends in the first register, the right one in the second. */
export interface Pair {
  readonly left: Register;
  readonly right: Operand;
}

export function emitPair(emitter: Emitter, left: Value, right: Value, absent: Label): Pair {
  const { asm } = emitter;
  if (right.kind === "constant") {
    emitValue(emitter, left, absent);
    return { left: 0, right: operandOf(emitter, right.value, 1) };
  }
  if (left.kind === "constant") {
    emitValue(emitter, right, absent);
    asm.constant(1, left.value);
    return { left: 1, right: { register: 0 } };
  }
  const leftFirst = waiting(left) >= waiting(right);
  emitValue(emitter, leftFirst ? left : right, absent);
  const place = emitter.save();
  emitValue(emitter, leftFirst ? right : left, absent);
  emitter.restore(place, 1);
  return leftFirst ? { left: 1, right: { register: 0 } } : { left: 0, right: { register: 1 } };
}

function emitArithmetic(
  emitter: Emitter,
  value: Extract<Value, { kind: "arithmetic" }>,
  absent: Label,
): void {
  const { asm } = emitter;
  const { left, right } = emitPair(emitter, value.left, value.right, absent);
  switch (value.op) {
    case "+":
    case "-":
    case "*":
    case "&":
    case "|":
    case "^":
      asm.alu(value.op, left, right);
      break;
    case "<<":
    case ">>": {
      const op = value.op === ">>" && value.signed ? "s>>" : value.op;
      if ("immediate" in right) asm.alu(op, left, { immediate: right.immediate & 63 });
      else {
        asm.alu("&", right.register, { immediate: 63 });
        asm.alu(op, left, right);
      }
      break;
    }
    case "/":
    case "%":
      emitDivision(emitter, value, value.op, left, right, absent);
      break;
    default:
      assertNever(value.op);
  }
  asm.move(0, left);
}

/** The processor divides unsigned numbers only (signed division: 6.6, commit ec0e2da95f72): signs are put back after. */
function emitDivision(
  emitter: Emitter,
  value: Extract<Value, { kind: "arithmetic" }>,
  op: "/" | "%",
  left: Register,
  right: Operand,
  absent: Label,
): void {
  const { asm } = emitter;
  if ("immediate" in right && right.immediate === 0) {
    asm.jump(absent);
    return;
  }
  const positive =
    kernelInterval(emitter, value.left).min >= 0n && kernelInterval(emitter, value.right).min >= 0n;
  // Not negative as unsigned numbers may still be negative as signed ones.
  const fits =
    kernelInterval(emitter, value.left).max < 1n << 63n &&
    kernelInterval(emitter, value.right).max < 1n << 63n;
  const divisor: Register = "register" in right ? right.register : 2;
  if (!value.signed || (positive && fits)) {
    // An immediate is extended with its sign: a negative one is not what an unsigned division means, but is its bits.
    if ("register" in right) asm.branch("==", divisor, { immediate: 0 }, absent);
    asm.alu(op, left, right);
    return;
  }
  if ("immediate" in right) asm.alu("=", divisor, right);
  else asm.branch("==", divisor, { immediate: 0 }, absent);
  asm.move(3, left);
  if (op === "/") asm.alu("^", 3, { register: divisor });
  for (const register of [left, divisor]) {
    const positiveNow = asm.label();
    asm.branch("s>=", register, { immediate: 0 }, positiveNow);
    asm.negate(register);
    asm.place(positiveNow);
  }
  asm.alu(op, left, { register: divisor });
  const done = asm.label();
  asm.branch("s>=", 3, { immediate: 0 }, done);
  asm.negate(left);
  asm.place(done);
}
