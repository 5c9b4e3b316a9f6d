// What the kernel's verdict can do, and what it needs: asked by the planner before anything is emitted.

import type { Test } from "../../plan/predicate.js";
import { enums } from "../../schema/generated/layout.js";
import { COLLECTED_SECTIONS } from "../../schema/section-bits.js";
import type { Load, SectionName, StringLoad, Value } from "../../schema/value.js";
import { assertNever } from "../../source/assert-never.js";
import { bufferSize } from "./emit-string.js";
import { groupRanges } from "./emit-test.js";
import { waiting, waitingForBoth } from "./emit-value.js";
import { MAX_FRAME, WAITING_REGISTERS } from "./emitter.js";

/** A clause's share of the million steps that the verifier takes for all. */
const MAX_INSTRUCTIONS = 100_000;
/** What cannot be cut into functions of its own: far from the 32767 instructions that a jump reaches. */
const MAX_INDIVISIBLE = 15_000;
const STORED = "only stored events have it";
const TOO_LONG = "its code would be too long for the kernel";
const TOO_DEEP = "its arithmetic is nested too deeply for the stack of a kernel program";

/** Why this cannot be decided in the kernel, in words for `explain`; null: it can. */
export function kernelCan(what: Test | Value): string | null {
  return isValue(what) ? valueLimit(what) : testLimit(what);
}

function testLimit(test: Test): string | null {
  const reason = partLimit(test);
  if (reason !== null) return reason;
  if (stackOf(test) > MAX_FRAME) return TOO_DEEP;
  return lengthOf(test) > MAX_INSTRUCTIONS || indivisible(test) > MAX_INDIVISIBLE ? TOO_LONG : null;
}

/** The longest part of what generate.ts cuts a clause into. */
function indivisible(test: Test): number {
  if (test.kind !== "and" && test.kind !== "or") return lengthOf(test);
  return Math.max(0, ...test.tests.map(lengthOf));
}

function valueLimit(value: Value): string | null {
  return partOfValueLimit(value) ?? (stackOfValues(waiting(value)) > MAX_FRAME ? TOO_DEEP : null);
}

const isValue = (what: Test | Value): what is Value => {
  switch (what.kind) {
    case "load":
    case "arithmetic":
    case "complement":
    case "negate":
    case "first":
    case "guarded":
    case "computed":
      return true;
    case "constant":
      return typeof what.value === "bigint";
    default:
      return false;
  }
};

/** The first reason in the order written. */
function partLimit(test: Test): string | null {
  switch (test.kind) {
    case "and":
    case "or":
      return firstReason(test.tests, partLimit);
    case "not":
      return partLimit(test.test);
    case "compare":
      return partOfValueLimit(test.left) ?? partOfValueLimit(test.right);
    case "ranges":
      return partOfValueLimit(test.value);
    case "section":
      if (test.section === "stack") return "a stack is known only after it was collected";
      return isCollected(test.section) ? null : STORED;
    case "regex":
      return "regular expressions run in the sandbox, in user space";
    case "set-has":
      return `${test.name} is a set that is found by walking the packet`;
    case "string":
    case "glob":
      return typeof test.load.from === "object" || test.load.from === "comm" ? null : STORED;
    case "constant":
    case "layer":
    case "probe":
      return null;
    default:
      return assertNever(test);
  }
}

function partOfValueLimit(value: Value): string | null {
  switch (value.kind) {
    case "load":
      return value.load.kind === "frame" ? value.load.reason : null;
    case "arithmetic":
      return partOfValueLimit(value.left) ?? partOfValueLimit(value.right);
    case "complement":
    case "negate":
      return partOfValueLimit(value.operand);
    case "first":
      return firstReason(value.values, partOfValueLimit);
    case "guarded":
      return partOfValueLimit(value.guard) ?? partOfValueLimit(value.value);
    case "computed":
      return value.reason;
    case "constant":
      return null;
    default:
      return assertNever(value);
  }
}

function firstReason<T>(parts: readonly T[], limit: (part: T) => string | null): string | null {
  for (const part of parts) {
    const reason = limit(part);
    if (reason !== null) return reason;
  }
  return null;
}

// ---- walks over a test ---------------------------------------------------------------------------------------------

interface Visitor {
  readonly load?: (load: Load) => void;
  readonly string?: (load: StringLoad) => void;
  readonly test?: (test: Test) => void;
}

export function visitTest(test: Test, visitor: Visitor): void {
  visitor.test?.(test);
  switch (test.kind) {
    case "and":
    case "or":
      for (const part of test.tests) visitTest(part, visitor);
      return;
    case "not":
      visitTest(test.test, visitor);
      return;
    case "compare":
      visitValue(test.left, visitor);
      visitValue(test.right, visitor);
      return;
    case "ranges":
      visitValue(test.value, visitor);
      return;
    case "string":
    case "glob":
      visitor.string?.(test.load);
      return;
    default:
  }
}

function visitValue(value: Value, visitor: Visitor): void {
  switch (value.kind) {
    case "load":
      visitor.load?.(value.load);
      return;
    case "arithmetic":
      visitValue(value.left, visitor);
      visitValue(value.right, visitor);
      return;
    case "complement":
    case "negate":
      visitValue(value.operand, visitor);
      return;
    case "first":
      for (const one of value.values) visitValue(one, visitor);
      return;
    case "guarded":
      visitValue(value.guard, visitor);
      visitValue(value.value, visitor);
      return;
    default:
  }
}

/** Bytes of the frame's buffer for strings. */
export function stringBuffer(test: Test): number {
  let size = 0;
  visitTest(test, {
    string: (load) => {
      size = Math.max(size, bufferSize(load));
    },
  });
  return size;
}

/** The clause's code compares the slot. */
export function usesSlot(test: Test): boolean {
  let uses = false;
  visitTest(test, {
    load: (load) => {
      if (load.kind === "argument") uses = true;
    },
    test: (part) => {
      if (part.kind === "probe" || (part.kind === "section" && part.section === "drop")) uses = true;
    },
  });
  return uses;
}

const SCRATCH = 8;
const stackOfValues = (values: number): number => SCRATCH + 8 * Math.max(0, values - WAITING_REGISTERS);

function stackOf(test: Test): number {
  let values = 0;
  visitTest(test, {
    test: (part) => {
      if (part.kind === "compare") values = Math.max(values, waitingForBoth(part.left, part.right));
      if (part.kind === "ranges") values = Math.max(values, waiting(part.value));
    },
  });
  return stringBuffer(test) + stackOfValues(values);
}

/** About how many instructions: never far too few. */
export function lengthOf(test: Test): number {
  let length = 0;
  visitTest(test, {
    load: (load) => {
      if (load.kind === "header") length += 14 + 3 * load.size;
      else length += load.kind === "kernel" ? 45 * load.paths.length : 10;
    },
    string: (load) => {
      length += 30 + load.size;
    },
    test: (part) => {
      length += 6;
      if (part.kind === "ranges") length += 8 * groupRanges(part.ranges).length;
      if (part.kind === "glob" && /[*?].|\?/.test(part.pattern))
        length += part.load.size * (12 + 6 * part.pattern.length);
    },
  });
  return length;
}

// ---- what a verdict reads of the packet ----------------------------------------------------------------------------

/** Fixed parts of the transport header that bytes up to HEADERS always hold. */
const TRANSPORT = 20;
const NETWORK = 40;
const ETHERNET = 14;

/**
 * Bytes of the packet that a kernel part may look at: `window` of bpf/include/plan.h, whose HEADERS stands for fixed
 * parts of headers, wherever options and extension headers move them. 0: none, not even the length.
 */
export function windowNeeded(test: Test): number {
  const { WINDOW, HEADERS } = enums.limit;
  let bytes = 0;
  const need = (count: number): void => {
    bytes = Math.max(bytes, count);
  };
  visitTest(test, {
    load: (load) => {
      if (load.kind === "packet") need(ETHERNET);
      if (load.kind === "layers") need(HEADERS);
      if (load.kind !== "header") return;
      const end = load.offset + load.size;
      if (load.base === "start") need(end > HEADERS ? WINDOW : Math.max(ETHERNET, end));
      else need(end > (load.base === "l4" ? TRANSPORT : NETWORK) ? WINDOW : HEADERS);
    },
    test: (part) => {
      if (part.kind === "section" && part.section === "packet") need(ETHERNET);
      if (part.kind === "layer") need(part.anyOf.every((layer) => layer === "ETH") ? ETHERNET : HEADERS);
    },
  });
  return bytes;
}

/** A kernel part looks at VLAN tags, so the accelerated one has to be fetched. */
export function looksAtVlan(test: Test): boolean {
  let looks = false;
  visitTest(test, {
    load: (load) => {
      if ((load.kind === "layers" || load.kind === "header") && load.layer === "VLAN") looks = true;
    },
    test: (part) => {
      if (part.kind === "layer" && part.anyOf.includes("VLAN")) looks = true;
    },
  });
  return looks;
}

const isCollected = (section: SectionName): boolean => COLLECTED_SECTIONS.some((one) => one === section);
