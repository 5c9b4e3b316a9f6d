// Mistakes of code generation, planted one at a time in what was emitted: the comparison of verdicts finds each.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { emitFunctions } from "../../compiler/codegen/bpf/generate.js";
import { kernelCan } from "../../compiler/codegen/bpf/index.js";
import type { Instruction, JumpCondition } from "../../compiler/codegen/bpf/instruction.js";
import { buildObject, type EmittedFunction } from "../../compiler/codegen/bpf/object.js";
import type { ComparisonOperator, Test } from "../../compiler/plan/predicate.js";
import { fields } from "../../compiler/schema/index.js";
import type { ArithmeticOperator, Value } from "../../compiler/schema/value.js";
import { kernelTest } from "./expressions.js";
import { bit, MAX_CLAUSES, userVerdicts } from "./judge.js";
import { kernel } from "./memory.js";
import { MACS, PORTS, packetCases, randomOf } from "./packets.js";
import { planOf } from "./plans.js";
import { cannotLoad, World } from "./world.js";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const BATCHES = 3;
const ARGUMENTS = { reason: 2, location: 0xffff_ffff_8100_0000n };

/** Changes an instruction, or leaves it. `before` is the one in front of it. */
type Mistake = (instruction: Instruction, before: Instruction | undefined) => Instruction;

type Alu = Extract<Instruction, { kind: "alu" }>;

const idle = (register: Alu["register"]): Instruction => ({
  kind: "alu",
  op: "=",
  register,
  operand: { register },
  narrow: false,
});

const branch =
  (
    from: JumpCondition,
    to: JumpCondition,
    where: (of: Extract<Instruction, { kind: "branch" }>) => boolean,
  ): Mistake =>
  (instruction) =>
    instruction.kind === "branch" && instruction.condition === from && where(instruction)
      ? { ...instruction, condition: to }
      : instruction;

const alu =
  (op: Alu["op"], change: (of: Alu) => Instruction): Mistake =>
  (instruction) =>
    instruction.kind === "alu" && instruction.op === op ? change(instruction) : instruction;

/** Adds to an immediate. */
const shifted =
  (by: number) =>
  (of: Alu): Instruction =>
    "immediate" in of.operand ? { ...of, operand: { immediate: of.operand.immediate + by } } : of;

const always = (): boolean => true;
/** The verifier's own bounds and pointer checks stay as they are: those it would refuse itself. */
const onResult = ({ register }: { readonly register: number }): boolean => register === 0;

const MISTAKES: Readonly<Record<string, Mistake>> = {
  "a swapped jump": branch("!=", "==", onResult),
  "an ordering turned round": branch(">", "<", onResult),
  "a bound that excludes its own number": branch(">", ">=", onResult),
  "a signed comparison made unsigned": branch("s<", "<", always),
  "an unsigned comparison made signed": branch("<", "s<", onResult),
  "a missing byte swap": (instruction) =>
    instruction.kind === "swap" ? idle(instruction.register) : instruction,
  "a byte swap of the wrong width": (instruction) =>
    instruction.kind === "swap" && instruction.bits === 16 ? { ...instruction, bits: 32 } : instruction,
  // r1 = where the header begins + the field's end, compared with the window's length.
  "a packet bound that is one byte short": (instruction, before) =>
    instruction.kind === "alu" &&
    instruction.op === "+" &&
    before?.kind === "alu" &&
    before.op === "=" &&
    instruction.register === 1 &&
    before.register === 1
      ? shifted(-1)(instruction)
      : instruction,
  "the wrong layer asked for": (instruction) =>
    instruction.kind === "branch" &&
    instruction.condition === "&" &&
    instruction.register === 1 &&
    "immediate" in instruction.operand &&
    instruction.operand.immediate > 1
      ? { ...instruction, operand: { immediate: 0x1fff } }
      : instruction,
  "a mask that loses its lowest bit": (instruction) =>
    instruction.kind === "alu" &&
    instruction.op === "&" &&
    instruction.register === 0 &&
    "immediate" in instruction.operand
      ? { ...instruction, operand: { immediate: instruction.operand.immediate & ~1 } }
      : instruction,
  "an arithmetic shift made logical": alu("s>>", (of) => ({ ...of, op: ">>" })),
  "a shift by one bit too many": alu(">>", (of) =>
    "immediate" in of.operand && of.operand.immediate < 63 ? shifted(1)(of) : of,
  ),
  "an addition made a subtraction": (instruction) =>
    instruction.kind === "alu" && instruction.op === "+" && instruction.register === 0
      ? { ...instruction, op: "-" }
      : instruction,
  "a quotient without its sign": (instruction) =>
    instruction.kind === "negate" ? idle(instruction.register) : instruction,
  "a value that waits in the wrong register": (instruction) =>
    instruction.kind === "alu" &&
    instruction.op === "=" &&
    "register" in instruction.operand &&
    instruction.operand.register === 8 &&
    instruction.register === 1
      ? { ...instruction, operand: { register: 0 } }
      : instruction,
  "a constant cut to 32 bits": (instruction) =>
    instruction.kind === "constant64"
      ? { ...instruction, value: instruction.value & 0xffff_ffffn }
      : instruction,
};

const constant = (value: bigint): Value => ({ kind: "constant", value, signed: true });

function numberField(name: string): Value {
  const found = fields.get(name)?.value;
  if (found?.kind !== "number") throw new Error(`${name} is no number`);
  return found.value;
}

const number64 = (value: bigint): Value => ({ kind: "constant", value, signed: false });

function highHalf(name: string): Value {
  const found = fields.get(name)?.value;
  if (found?.kind !== "address" || found.value.v6 === null) throw new Error(`${name} is no IPv6 address`);
  return found.value.v6.high;
}

const sourceHigh = highHalf("ipv6.saddr");
const sport = numberField("tcp.sport");
const dport = numberField("tcp.dport");
const arithmetic = (op: ArithmeticOperator, left: Value, right: Value, signed = true): Value => ({
  kind: "arithmetic",
  op,
  left,
  right,
  signed,
});
const compare = (op: ComparisonOperator, left: Value, right: Value): Test => ({
  kind: "compare",
  op,
  left,
  right,
});
const negative = arithmetic("-", dport, constant(1n << 50n));

/** Bounds met exactly, signs, words of 64 bits: what chance alone may not make in so few. */
const DIRECTED: readonly Test[] = [
  ...PORTS.map(
    (to): Test => ({
      kind: "ranges",
      value: dport,
      ranges: [{ from: 1n, to: BigInt(to || 1) }],
      negated: false,
    }),
  ),
  ...([">>", "/", "%"] as const).flatMap((op) =>
    [3n, -3n].map((right) => compare("<", arithmetic(op, negative, constant(right)), constant(0n))),
  ),
  compare("==", arithmetic("+", dport, constant(1n)), constant(81n)),
  compare("==", arithmetic(">>", dport, constant(3n)), constant(10n)),
  compare("==", arithmetic(">>", dport, constant(3n), false), constant(10n)),
  compare("==", arithmetic("&", dport, constant(1n)), constant(1n)),
  compare("<", arithmetic("-", sport, dport), constant(0n)),
  compare(">=", arithmetic("-", sport, dport), arithmetic("-", dport, sport)),
  compare("==", numberField("eth.daddr"), constant(BigInt(MACS[1]!))),
  // Addresses from 8000:: on are negative as signed numbers.
  compare("<", sourceHigh, number64(0xfd00_0000_0000_0001n)),
  compare(">=", sourceHigh, number64(0xfd00_0000_0000_0001n)),
  compare("<", negative, constant(-(1n << 50n) + 443n)),
];

function plant(functions: readonly EmittedFunction[], mistake: Mistake): readonly EmittedFunction[] {
  return functions.map((one) =>
    one.global
      ? one
      : {
          ...one,
          instructions: one.instructions.map((instruction, index) =>
            mistake(instruction, one.instructions[index - 1]),
          ),
        },
  );
}

const same = (one: readonly EmittedFunction[], other: readonly EmittedFunction[]): boolean =>
  one.every(({ instructions }, index) =>
    instructions.every((instruction, at) => instruction === other[index]!.instructions[at]),
  );

describe(`planted mistakes are found (SEED=${SEED})`, { skip: cannotLoad }, () => {
  const packets = packetCases(randomOf(SEED), 256);
  const tests = fc
    .sample(kernelTest, { seed: SEED, numRuns: 2 * BATCHES * MAX_CLAUSES })
    .filter((test) => kernelCan(test) === null);
  const batches = [
    ...Array.from({ length: BATCHES }, (_, index) =>
      tests.slice(index * MAX_CLAUSES, (index + 1) * MAX_CLAUSES),
    ),
    DIRECTED,
  ];
  const references = batches.map((batch) => userVerdicts(batch, packets, 1, ARGUMENTS));

  /** Whether a verdict of the kernel differs from the reference's. */
  const differs = (
    batch: readonly Test[],
    reference: (typeof references)[number],
    mistake: Mistake,
  ): boolean => {
    const sound = emitFunctions(planOf(batch), kernel, "probe");
    const planted = plant(sound, mistake);
    if (same(sound, planted)) return false;
    const world = World.deciding(buildObject(planted), ARGUMENTS);
    const verdicts = world.run(1, packets);
    world.close();
    return reference.some((row, index) =>
      row.some((verdict, clause) => bit(verdicts[index]!, clause) !== verdict.reference),
    );
  };

  it("none without a mistake", () => {
    batches.forEach((batch, index) => {
      const unchanged = (instruction: Instruction): Instruction => ({ ...instruction });
      assert.equal(differs(batch, references[index]!, unchanged), false);
    });
  });

  for (const [name, mistake] of Object.entries(MISTAKES))
    it(name, () => {
      assert.ok(batches.some((batch, index) => differs(batch, references[index]!, mistake)));
    });
});
