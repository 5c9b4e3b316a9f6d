// A plan's kernel parts -> one eBPF object: a static function per clause, and decide(window, slot), which calls those
// of the slot that was hit and gathers their verdicts as bits.
import type { KernelFacts } from "../../kernel-facts.js";
import type { Clause, Plan, PlannedProbe } from "../../plan/plan.js";
import type { Test } from "../../plan/predicate.js";
import type { Span } from "../../source/diagnostic.js";
import { lineText, placeOf } from "../../source/lines.js";
import { Assembler, FunctionTooLong } from "./assembler.js";
import type { LineInfo } from "./btf.js";
import { disassemble } from "./disassemble.js";
import { emitTest } from "./emit-test.js";
import {
  type Access,
  type ClauseContext,
  Emitter,
  SLOT_REGISTER,
  WINDOW_REGISTER,
  windowMembers,
} from "./emitter.js";
import { inlineCode } from "./inline.js";
import type { Instruction } from "./instruction.js";
import { stringBuffer, usesSlot } from "./limits.js";
import { buildObject, type EmittedFunction } from "./object.js";

export interface Generated {
  /** For libbpf's linker, beside dist/bpf/*.bpf.o. */
  readonly elf: Uint8Array;
  /** What decide() does, for programs to have it inline; null: it has to be called. */
  readonly inline: Uint8Array | null;
  readonly listing: readonly ClauseListing[];
}

/** What `explain --bpf` shows for one clause. */
export interface ClauseListing {
  readonly clause: number;
  /** Empty: the kernel part is constant, so that nothing is called. */
  readonly instructions: readonly Instruction[];
  readonly text: readonly string[];
}

export function generate(plan: Plan, kernel: KernelFacts, access: Access = "typed"): Generated {
  const functions = emitFunctions(plan, kernel, access);
  return {
    elf: buildObject(functions),
    inline: isAlone(plan) ? inlineForm(functions, plan.clauses[0]!.kernel) : null,
    listing: plan.clauses.map(({ id, kernel: test }) => {
      const instructions = functions
        .filter(({ name }) => isPartOf(name, id, isAlone(plan) && test.kind !== "constant"))
        .flatMap((one) => one.instructions);
      return { clause: id, instructions, text: disassemble(instructions) };
    }),
  };
}

/** All functions of the object, `decide` last. */
export function emitFunctions(plan: Plan, kernel: KernelFacts, access: Access): readonly EmittedFunction[] {
  const { variableStackReads } = kernel.features;
  const clauses = plan.clauses
    .filter(({ kernel: test }) => test.kind !== "constant")
    .flatMap((clause) => {
      const probes = plan.probes.filter((probe) => probe.clauses.includes(clause.id));
      return emitClause(clause, { kernel, access, variableStackReads, probes });
    });
  const last = clauses.at(-1);
  return isAlone(plan) && last !== undefined
    ? [...clauses.slice(0, -1), { ...last, name: DECIDE, global: true }]
    : [...clauses, emitDecide(plan)];
}

const DECIDE = "decide";
const clauseName = (id: number): string => `clause_${id}`;

const isPartOf = (name: string, id: number, alone: boolean): boolean =>
  name === clauseName(id) || name.startsWith(`${clauseName(id)}_`) || (alone && name === DECIDE);

/**
 * The verdict of clause 0 is bit 0 of the verdicts: of a script with no other clause, its function is decide(). This
 * spares a call of two, and a return costs 12 ns where it is guarded (SRSO).
 */
const isAlone = (plan: Plan): boolean => plan.clauses.length === 1;

function inlineForm(functions: readonly EmittedFunction[], test: Test): Uint8Array | null {
  const [only] = functions;
  return functions.length > 1 || only === undefined || test.kind === "constant" || usesSlot(test)
    ? null
    : inlineCode(only.instructions);
}

// ---- clauses -------------------------------------------------------------------------------------------------------

function emitClause(clause: Clause, context: ClauseContext): readonly EmittedFunction[] {
  return emitFunction(clauseName(clause.id), clause.kernel, context, lineOf(clause.span));
}

/** One function; where it is longer than a jump reaches, its operands are dealt out to functions of their own. */
function emitFunction(
  name: string,
  test: Test,
  context: ClauseContext,
  source: LineInfo,
): readonly EmittedFunction[] {
  try {
    return [{ name, global: false, instructions: emitVerdict(test, context), source }];
  } catch (error) {
    if (!(error instanceof FunctionTooLong) || (test.kind !== "and" && test.kind !== "or")) throw error;
    const parts = partsOf(test, context).map((instructions, index) => ({
      name: `${name}_${index}`,
      global: false,
      instructions,
      source,
    }));
    const names = parts.map((part) => part.name);
    return [...parts, { name, global: false, instructions: emitJoin(names, test.kind), source }];
  }
}

/** As few parts as fit. */
function partsOf(
  test: Extract<Test, { kind: "and" | "or" }>,
  context: ClauseContext,
): readonly (readonly Instruction[])[] {
  for (let count = 2; count <= test.tests.length; count *= 2) {
    const size = Math.ceil(test.tests.length / count);
    const slices = Array.from({ length: Math.ceil(test.tests.length / size) }, (_, index) =>
      test.tests.slice(index * size, (index + 1) * size),
    );
    try {
      return slices.map((tests) => emitVerdict({ kind: test.kind, tests }, context));
    } catch (error) {
      if (!(error instanceof FunctionTooLong)) throw error;
    }
  }
  throw new FunctionTooLong("an operand of its own is too long");
}

/** r0 = 1 when the test holds, else 0. */
function emitVerdict(test: Test, context: ClauseContext): readonly Instruction[] {
  const emitter = new Emitter(context, stringBuffer(test));
  const { asm } = emitter;
  asm.move(WINDOW_REGISTER, 1);
  if (usesSlot(test)) asm.move(SLOT_REGISTER, 2);
  const exits = { ifTrue: asm.label(), ifFalse: asm.label() };
  emitTest(emitter, test, exits);
  asm.place(exits.ifTrue);
  asm.constant(0, 1n);
  asm.exit();
  asm.place(exits.ifFalse);
  asm.constant(0, 0n);
  asm.exit();
  return asm.finish();
}

/** Calls the parts in order until one decides. */
function emitJoin(parts: readonly string[], kind: "and" | "or"): readonly Instruction[] {
  const asm = new Assembler();
  const done = asm.label();
  asm.move(WINDOW_REGISTER, 1);
  asm.move(SLOT_REGISTER, 2);
  for (const part of parts) {
    asm.move(1, WINDOW_REGISTER);
    asm.move(2, SLOT_REGISTER);
    asm.call(part);
    asm.branch(kind === "and" ? "==" : "!=", 0, { immediate: 0 }, done);
  }
  asm.place(done);
  asm.exit();
  return asm.finish();
}

// ---- decide --------------------------------------------------------------------------------------------------------

const VERDICTS = 8;
/** So many clauses with two outcomes each are as many paths as the verifier should see apart. */
const MAX_KNOWN = 3;

function emitDecide(plan: Plan): EmittedFunction {
  const asm = new Assembler();
  asm.move(WINDOW_REGISTER, 1);
  asm.move(SLOT_REGISTER, 2);
  // The slot is a constant to the verifier, who removes these comparisons and the groups of other slots.
  const groups = groupByClauses(plan.probes).map((probes) => ({ probes, label: asm.label() }));
  for (const { probes, label } of groups)
    for (const { slot } of probes) asm.branch("==", SLOT_REGISTER, { immediate: slot }, label);
  asm.constant(0, 0n);
  asm.exit();
  for (const { probes, label } of groups) {
    asm.place(label);
    emitGroup(asm, plan, probes[0]!.clauses);
  }
  const span = plan.clauses[0]?.span;
  return {
    name: DECIDE,
    global: true,
    instructions: asm.finish(),
    source: span === undefined ? { file: "-", text: "", line: 1, column: 1 } : lineOf(span),
  };
}

/** Slots with the same clauses share their code. */
function groupByClauses(probes: readonly PlannedProbe[]): readonly (readonly PlannedProbe[])[] {
  const groups = new Map<string, PlannedProbe[]>();
  for (const probe of probes) {
    const key = probe.clauses.join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [probe]);
    else group.push(probe);
  }
  return [...groups.values()];
}

function emitGroup(asm: Assembler, plan: Plan, ids: readonly number[]): void {
  const clauses = ids.map((id) => plan.clauses[id]!);
  const called = clauses.filter(({ kernel }) => kernel.kind !== "constant");
  const always = clauses
    .filter(({ kernel }) => kernel.kind === "constant" && kernel.value)
    .reduce((bits, { id }) => bits | (1n << BigInt(id)), 0n);
  if (called.length > MAX_KNOWN) {
    // Zero, but the verifier cannot see it: known verdicts would make it follow 2^n paths through what comes after.
    asm.load(VERDICTS, WINDOW_REGISTER, windowMembers.zero.offset, windowMembers.zero.size);
    asm.move(0, VERDICTS);
    asm.alu("<<", VERDICTS, { immediate: 32 });
    asm.alu("^", VERDICTS, { register: 0 });
  } else asm.constant(VERDICTS, 0n);
  for (const { id } of called) {
    asm.move(1, WINDOW_REGISTER);
    asm.move(2, SLOT_REGISTER);
    asm.call(clauseName(id));
    if (id > 0) asm.alu("<<", 0, { immediate: id });
    // Not `|`, which would make the bit known.
    asm.alu("^", VERDICTS, { register: 0 });
  }
  if (always !== 0n) {
    asm.constant(1, always);
    asm.alu("|", VERDICTS, { register: 1 });
  }
  asm.move(0, VERDICTS);
  asm.exit();
}

function lineOf(span: Span): LineInfo {
  const { line, column } = placeOf(span.source, span.start);
  return { file: span.source.name, text: lineText(span.source, line), line, column };
}
