// Tests of the kernel's verdict: every test ends in a jump to one of two places; `not` swaps them. Absent is false.
import type { ComparisonOperator, Range, Test } from "../../plan/predicate.js";
import { START_NONE } from "../../schema/generated/layout.js";
import type { SectionName, Value } from "../../schema/value.js";
import { assertNever } from "../../source/assert-never.js";
import { glob as globMatches } from "../glob.js";
import { domain, within } from "../interval.js";
import { probeText } from "../probe-text.js";
import { asImmediate, type Exits, type Label } from "./assembler.js";
import { emitKernelLoad, requireLayer } from "./emit-load.js";
import { emitGlob, emitStringEquals } from "./emit-string.js";
import { emitPair, emitValue, kernelInterval, operandOf } from "./emit-value.js";
import { type Emitter, SLOT_REGISTER, WINDOW_REGISTER, windowMembers } from "./emitter.js";
import type { JumpCondition } from "./instruction.js";

export function emitTest(emitter: Emitter, test: Test, exits: Exits): void {
  const { asm } = emitter;
  switch (test.kind) {
    case "constant":
      asm.jump(test.value ? exits.ifTrue : exits.ifFalse);
      return;
    case "not":
      emitTest(emitter, test.test, { ifTrue: exits.ifFalse, ifFalse: exits.ifTrue });
      return;
    case "and":
      for (const part of test.tests) {
        const next = asm.label();
        emitTest(emitter, part, { ifTrue: next, ifFalse: exits.ifFalse });
        asm.place(next);
      }
      asm.jump(exits.ifTrue);
      return;
    case "or":
      for (const part of test.tests) {
        const next = asm.label();
        emitTest(emitter, part, { ifTrue: exits.ifTrue, ifFalse: next });
        asm.place(next);
      }
      asm.jump(exits.ifFalse);
      return;
    case "compare":
      emitCompare(emitter, test.op, test.left, test.right, exits);
      return;
    case "ranges":
      emitRanges(emitter, test.value, test.ranges, test.negated, exits);
      return;
    case "layer":
      requireLayer(emitter, test.anyOf, exits.ifFalse);
      asm.jump(exits.ifTrue);
      return;
    case "section":
      emitSection(emitter, test.section, exits);
      return;
    case "string":
      emitStringEquals(emitter, test.load, test.text, test.negated, exits);
      return;
    case "glob":
      emitGlob(emitter, test.load, test.pattern, exits);
      return;
    case "probe":
      for (const probe of emitter.context.probes) {
        const text = probeText(probe, test.what);
        if (test.glob ? globMatches(test.text, text) : text === test.text)
          asm.branch("==", SLOT_REGISTER, { immediate: probe.slot }, exits.ifTrue);
      }
      asm.jump(exits.ifFalse);
      return;
    case "regex":
    case "set-has":
      throw new Error(`a ${test.kind} test is decided in user space`);
    default:
      assertNever(test);
      return;
  }
}

// ---- comparisons ---------------------------------------------------------------------------------------------------

const UNSIGNED: Readonly<Record<ComparisonOperator, JumpCondition>> = {
  "==": "==",
  "!=": "!=",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};
const SIGNED: Readonly<Record<ComparisonOperator, JumpCondition>> = {
  "==": "==",
  "!=": "!=",
  "<": "s<",
  "<=": "s<=",
  ">": "s>",
  ">=": "s>=",
};

function emitCompare(
  emitter: Emitter,
  op: ComparisonOperator,
  left: Value,
  right: Value,
  exits: Exits,
): void {
  const { asm } = emitter;
  if (left === right) {
    // `x == x`: how a plan asks whether x is there.
    emitValue(emitter, left, exits.ifFalse);
    asm.jump(op === "==" || op === "<=" || op === ">=" ? exits.ifTrue : exits.ifFalse);
    return;
  }
  const pair = emitPair(emitter, left, right, exits.ifFalse);
  const leftInterval = kernelInterval(emitter, left);
  const rightInterval = kernelInterval(emitter, right);
  const bothFit = within(leftInterval, domain(true)) && within(rightInterval, domain(true));
  const mayBeNegative = leftInterval.min < 0n || rightInterval.min < 0n;
  if (mayBeNegative && !bothFit) {
    // One side can be negative, the other beyond 2^63: a negative number is less than any of the other side's.
    const negativeLeft = leftInterval.min < 0n;
    const decided = negativeLeft ? op === "<" || op === "<=" : op === ">" || op === ">=";
    const verdict = decided || op === "!=" ? exits.ifTrue : exits.ifFalse;
    if (negativeLeft) asm.branch("s<", pair.left, { immediate: 0 }, verdict);
    else if ("register" in pair.right) asm.branch("s<", pair.right.register, { immediate: 0 }, verdict);
    else if (pair.right.immediate < 0) {
      asm.jump(verdict);
      return;
    }
  }
  const condition = mayBeNegative && bothFit ? SIGNED[op] : UNSIGNED[op];
  asm.branch(condition, pair.left, pair.right, exits.ifTrue);
  asm.jump(exits.ifFalse);
}

// ---- ranges --------------------------------------------------------------------------------------------------------

/** Neighbouring ranges that one word's bits can tell apart, or a single one. */
interface Group {
  readonly from: bigint;
  readonly to: bigint;
  readonly ranges: readonly Range[];
}

const WORD = 64n;
/** From so many ranges on, bits of a word are shorter than comparisons. */
const WORTH_A_WORD = 3;

export function groupRanges(ranges: readonly Range[]): readonly Group[] {
  const groups: Group[] = [];
  let start = 0;
  while (start < ranges.length) {
    const first = ranges[start]!;
    let end = start + 1;
    while (end < ranges.length && ranges[end]!.to - first.from < WORD) end += 1;
    if (end - start < WORTH_A_WORD) end = start + 1;
    const members = ranges.slice(start, end);
    groups.push({ from: first.from, to: members.at(-1)!.to, ranges: members });
    start = end;
  }
  return groups;
}

function emitRanges(
  emitter: Emitter,
  value: Value,
  ranges: readonly Range[],
  negated: boolean,
  exits: Exits,
): void {
  emitValue(emitter, value, exits.ifFalse);
  const interval = kernelInterval(emitter, value);
  // Bounds that the value's 64 bits cannot have would be read as other numbers.
  const all = interval.min < 0n ? domain(true) : domain(false);
  const clipped = ranges.flatMap(({ from, to }): readonly Range[] =>
    to < all.min || from > all.max
      ? []
      : [{ from: from < all.min ? all.min : from, to: to > all.max ? all.max : to }],
  );
  const inside = negated ? exits.ifFalse : exits.ifTrue;
  const outside = negated ? exits.ifTrue : exits.ifFalse;
  emitGroups(emitter, groupRanges(clipped), interval.min < 0n, inside, outside);
}

/** A balanced tree over the groups: r0 holds the number. */
function emitGroups(
  emitter: Emitter,
  groups: readonly Group[],
  signed: boolean,
  inside: Label,
  outside: Label,
): void {
  const { asm } = emitter;
  const [only] = groups;
  if (only === undefined) {
    asm.jump(outside);
    return;
  }
  if (groups.length === 1) {
    emitGroup(emitter, only, signed, inside, outside);
    return;
  }
  const middle = groups.length >> 1;
  const upper = asm.label();
  const bound = operandOf(emitter, groups[middle]!.from, 1);
  asm.branch(signed ? "s>=" : ">=", 0, bound, upper);
  emitGroups(emitter, groups.slice(0, middle), signed, inside, outside);
  asm.place(upper);
  emitGroups(emitter, groups.slice(middle), signed, inside, outside);
}

function emitGroup(emitter: Emitter, group: Group, signed: boolean, inside: Label, outside: Label): void {
  const { asm } = emitter;
  if (group.from === group.to) {
    asm.branch("==", 0, operandOf(emitter, group.from, 1), inside);
    asm.jump(outside);
    return;
  }
  asm.branch(signed ? "s<" : "<", 0, operandOf(emitter, group.from, 1), outside);
  asm.branch(signed ? "s>" : ">", 0, operandOf(emitter, group.to, 1), outside);
  if (group.ranges.length > 1) {
    const immediate = asImmediate(-group.from);
    if (immediate !== null) asm.alu("+", 0, { immediate });
    else {
      asm.constant(1, group.from);
      asm.alu("-", 0, { register: 1 });
    }
    asm.constant(1, bitsOf(group));
    asm.alu(">>", 1, { register: 0 });
    asm.branch("&", 1, { immediate: 1 }, inside);
    asm.jump(outside);
    return;
  }
  asm.jump(inside);
}

function bitsOf(group: Group): bigint {
  let bits = 0n;
  for (const { from, to } of group.ranges)
    for (let member = from; member <= to; member += 1n) bits |= 1n << (member - group.from);
  return bits;
}

// ---- sections ------------------------------------------------------------------------------------------------------

function emitSection(emitter: Emitter, section: SectionName, exits: Exits): void {
  const { asm } = emitter;
  switch (section) {
    case "task":
      asm.jump(exits.ifTrue);
      return;
    case "packet":
      asm.load(1, WINDOW_REGISTER, windowMembers.start.offset, 4);
      asm.branch("!=", 1, { immediate: START_NONE }, exits.ifTrue);
      asm.jump(exits.ifFalse);
      return;
    case "skb":
      asm.load(1, WINDOW_REGISTER, windowMembers.skb.offset, 8);
      asm.branch("!=", 1, { immediate: 0 }, exits.ifTrue);
      asm.jump(exits.ifFalse);
      return;
    case "dev":
      emitNonZero(emitter, DEVICE, exits);
      return;
    case "ns":
      emitNonZero(emitter, NAMESPACE, exits);
      return;
    case "drop":
      for (const probe of emitter.context.probes)
        if (probe.arguments.reason !== null || probe.arguments.location !== null)
          asm.branch("==", SLOT_REGISTER, { immediate: probe.slot }, exits.ifTrue);
      asm.jump(exits.ifFalse);
      return;
    case "stack":
    case "tracking":
    case "ct":
    case "nft":
    case "ovs":
    case "user":
    case "extra":
    case "series":
      throw new Error(`the kernel does not know of ${section} when it decides`);
    default:
      assertNever(section);
      return;
  }
}

/** As the collectors have it (bpf/collectors): index 0 is no device, inode 0 no namespace. */
const DEVICE: readonly (readonly string[])[] = [["dev", "ifindex"]];
const NAMESPACE: readonly (readonly string[])[] = [
  ["dev", "nd_net", "net", "ns", "inum"],
  ["sk", "__sk_common", "skc_net", "net", "ns", "inum"],
];

function emitNonZero(emitter: Emitter, paths: readonly (readonly string[])[], exits: Exits): void {
  emitKernelLoad(emitter, { struct: "sk_buff", paths }, exits.ifFalse);
  emitter.asm.branch("!=", 0, { immediate: 0 }, exits.ifTrue);
  emitter.asm.jump(exits.ifFalse);
}
