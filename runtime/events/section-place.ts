// Where a section lies in the frames of one layout, looked up once: for what is asked of every frame.
import type { FrameLayout } from "../../compiler/plan/plan.js";
import { structs } from "../../compiler/schema/generated/layout.js";
import { SECTION_BITS } from "../../compiler/schema/section-bits.js";
import type { SectionName } from "../../compiler/schema/value.js";

const PRESENT = structs.frame.members.present.offset;

export class SectionPlace {
  readonly #offset: number;
  /** 0: no frame of the layout has it. */
  readonly #bit: number;

  constructor(layout: FrameLayout, section: SectionName) {
    const offset = layout.offsets[section];
    this.#offset = offset ?? 0;
    this.#bit = offset === undefined ? 0 : SECTION_BITS[section];
  }

  /** Where its struct begins in the frame at `frame`; -1: the frame does not have it. */
  at(view: DataView, frame: number): number {
    return (view.getUint32(frame + PRESENT, true) & this.#bit) === 0 ? -1 : frame + this.#offset;
  }
}

export type SectionPlaces = Readonly<Record<SectionName, SectionPlace>>;

export function sectionPlaces(layout: FrameLayout): SectionPlaces {
  const place = (section: SectionName): SectionPlace => new SectionPlace(layout, section);
  return {
    task: place("task"),
    packet: place("packet"),
    skb: place("skb"),
    drop: place("drop"),
    dev: place("dev"),
    ns: place("ns"),
    stack: place("stack"),
    tracking: place("tracking"),
    ct: place("ct"),
    nft: place("nft"),
    ovs: place("ovs"),
    user: place("user"),
    extra: place("extra"),
    series: place("series"),
  };
}
