// Where sections lie in frames of stored events: all of them, stacks as numbers.
import { layOutFrame } from "../../../compiler/plan/lay-out-frame.js";
import type { FrameLayout } from "../../../compiler/plan/plan.js";
import { structs } from "../../../compiler/schema/generated/layout.js";
import { SECTION_BITS } from "../../../compiler/schema/section-bits.js";
import type { SectionName } from "../../../compiler/schema/value.js";

/** What a packet section's `captured` can say. */
const SNAP = 0xffff;

/** Of a stored stack there is its depth, which says so, and its number. */
const STACK_BYTES = structs.section_stack.members.frames.offset;

export function storedLayout(): FrameLayout {
  const sections = new Set(Object.keys(SECTION_BITS) as SectionName[]);
  sections.delete("stack");
  const whole = layOutFrame(sections, SNAP);
  return { ...whole, offsets: { ...whole.offsets, stack: whole.bytes }, bytes: whole.bytes + STACK_BYTES };
}
