// Reads of a frame: where the plan put each section, and whether this frame has it.
import type { FrameLayout } from "../../plan/plan.js";
import type { ProbeName } from "../../plan/probe-name.js";
import { structs } from "../../schema/generated/layout.js";
import { SECTION_BITS } from "../../schema/section-bits.js";
import { structMember } from "../../schema/struct-member.js";
import type { FrameMember, SectionName } from "../../schema/value.js";

/** What the closures are made for: frames of this plan. */
export interface FramePlan {
  readonly layout: FrameLayout;
  /** By slot. */
  readonly probes: readonly ProbeName[];
  /** Texts that stored frames refer to by number. */
  readonly strings?: { text(id: number): string };
}

/** A frame begins at `at` of `view`. Absent is NaN, or null where a number may need more than 53 bits. */
export type FrameNumber = (view: DataView, at: number) => number;
export type FrameBigInt = (view: DataView, at: number) => bigint | null;
export type FrameTest = (view: DataView, at: number) => boolean;

/** A member of a C struct (schema/generated/layout.ts). */
interface MemberLayout {
  readonly offset: number;
  readonly size: number;
  readonly signed?: boolean;
}

const PRESENT = structs.frame.members.present.offset;
const FLAGS = structs.frame.members.flags.offset;
export const SLOT = structs.frame.members.slot.offset;

export const hasSection = (section: SectionName): FrameTest => {
  const bit = SECTION_BITS[section];
  return (view, at) => (view.getUint32(at + PRESENT, true) & bit) !== 0;
};

const memberOf = (section: FrameMember["section"], path: string): MemberLayout | null =>
  structMember(section === "frame" ? section : `section_${section}`, path);

/** Null: the plan never collects the section. */
export interface MemberPlace {
  /** From the start of the frame. */
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
  /** Whether this frame has it. */
  readonly present: FrameTest;
}

export const always: FrameTest = () => true;

export function placeMember(frame: FrameMember, plan: FramePlan): MemberPlace | null {
  const start = frame.section === "frame" ? 0 : plan.layout.offsets[frame.section];
  const member = memberOf(frame.section, frame.member);
  if (start === undefined || member === null) return null;
  const collected = frame.section === "frame" ? always : hasSection(frame.section);
  const place = { offset: start + member.offset, size: member.size, signed: member.signed === true };
  if (frame.absentBit !== undefined) {
    const bit = frame.absentBit;
    return {
      ...place,
      present: (view, at) => collected(view, at) && (view.getUint16(at + FLAGS, true) & bit) === 0,
    };
  }
  const condition = frame.presentIf === undefined ? null : memberOf(frame.section, frame.presentIf);
  if (condition === null) return { ...place, present: collected };
  const isSet = readInteger({ ...condition, offset: start + condition.offset });
  return { ...place, present: (view, at) => collected(view, at) && isSet(view, at) !== 0 };
}

/** An integer of up to 32 bits, of the machine that collected it: little endian. */
export function readInteger({ offset, size, signed }: MemberLayout): FrameNumber {
  switch (size) {
    case 1:
      return signed === true
        ? (view, at) => view.getInt8(at + offset)
        : (view, at) => view.getUint8(at + offset);
    case 2:
      return signed === true
        ? (view, at) => view.getInt16(at + offset, true)
        : (view, at) => view.getUint16(at + offset, true);
    case 4:
      return signed === true
        ? (view, at) => view.getInt32(at + offset, true)
        : (view, at) => view.getUint32(at + offset, true);
    default:
      return (view, at) => Number(view.getBigUint64(at + offset, true));
  }
}
