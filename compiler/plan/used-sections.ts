// Which sections of the frame a test or a value is read from when user space works it out.
import type { Field } from "../schema/field.js";
import type { Load, SectionName, Value } from "../schema/value.js";
import { assertNever } from "../source/assert-never.js";
import type { Test } from "./predicate.js";

const ofFrame = (section: SectionName | "frame"): readonly SectionName[] =>
  section === "frame" ? [] : [section];

function ofLoad(load: Load): readonly SectionName[] {
  switch (load.kind) {
    case "header":
    case "layers":
    case "packet":
      return ["packet"];
    case "kernel":
    case "argument":
    case "context":
    case "frame":
      return ofFrame(load.frame.section);
    default:
      return assertNever(load);
  }
}

export function sectionsOfValue(value: Value): readonly SectionName[] {
  switch (value.kind) {
    case "constant":
      return [];
    case "load":
      return ofLoad(value.load);
    case "arithmetic":
      return [...sectionsOfValue(value.left), ...sectionsOfValue(value.right)];
    case "complement":
    case "negate":
      return sectionsOfValue(value.operand);
    case "first":
      return value.values.flatMap(sectionsOfValue);
    case "guarded":
      return [...sectionsOfValue(value.value), ...sectionsOfValue(value.guard)];
    case "computed":
      return ["packet"];
    default:
      return assertNever(value);
  }
}

export function sectionsOfTest(test: Test, fields: (name: string) => Field | null): readonly SectionName[] {
  switch (test.kind) {
    case "constant":
    case "probe":
      return [];
    case "and":
    case "or":
      return test.tests.flatMap((part) => sectionsOfTest(part, fields));
    case "not":
      return sectionsOfTest(test.test, fields);
    case "compare":
      return [...sectionsOfValue(test.left), ...sectionsOfValue(test.right)];
    case "ranges":
      return sectionsOfValue(test.value);
    case "layer":
    case "set-has":
      return ["packet"];
    case "section":
      return [test.section];
    case "string":
    case "glob":
      return ofFrame(test.load.frame.section);
    case "regex":
      switch (test.subject.kind) {
        case "string":
          return ofFrame(test.subject.load.frame.section);
        case "probe":
          return [];
        case "field":
          return fields(test.subject.name)?.sections ?? [];
        default:
          return assertNever(test.subject);
      }
    default:
      return assertNever(test);
  }
}

/** Whether a test looks at the packet's bytes, so that a frame has to carry all that predicates may see. */
export const readsPacket = (test: Test, fields: (name: string) => Field | null): boolean =>
  sectionsOfTest(test, fields).includes("packet");
