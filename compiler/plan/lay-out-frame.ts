// Gives each collected section its place in the frame; the sizes are those of the compiled C structs.
import { structs } from "../schema/generated/layout.js";
import { COLLECTED_SECTIONS } from "../schema/section-bits.js";
import type { SectionName } from "../schema/value.js";
import type { FrameLayout } from "./plan.js";

/** In the order of `enum section` (bpf/sections/frame.h). */
export const SECTION_ORDER: readonly SectionName[] = [
  ...COLLECTED_SECTIONS,
  "tracking",
  "ct",
  "nft",
  "ovs",
  "user",
  "extra",
  "series",
];

const aligned = (size: number): number => (size + 7) & ~7;

export const sectionSize = (section: SectionName): number => structs[`section_${section}`].size;

/** `snap`: packet bytes carried at most; 0 when no packet is collected. */
export function layOutFrame(sections: ReadonlySet<SectionName>, snap: number): FrameLayout {
  const offsets: Partial<Record<SectionName, number>> = {};
  let end = aligned(structs.frame.size);
  for (const section of SECTION_ORDER) {
    if (!sections.has(section)) continue;
    offsets[section] = end;
    end = aligned(end + sectionSize(section));
  }
  const bytes = sections.has("packet") ? aligned(snap) : 0;
  // Most packets are bare acknowledgements or full frames: a small class, a middle one, and all that is asked for.
  return { offsets, bytes: end, snap: bytes, classes: [Math.min(128, bytes), Math.min(512, bytes), bytes] };
}
