// Sections by the bit that says in a frame's `present` that it has them: `enum section` of bpf/sections/frame.h.
import * as layout from "./generated/layout.js";
import type { CollectedSection, SectionName } from "./value.js";

export const SECTION_BITS: Readonly<Record<SectionName, number>> = {
  task: 1 << layout.SECTION_TASK,
  packet: 1 << layout.SECTION_PACKET,
  skb: 1 << layout.SECTION_SKB,
  drop: 1 << layout.SECTION_DROP,
  dev: 1 << layout.SECTION_DEV,
  ns: 1 << layout.SECTION_NS,
  stack: 1 << layout.SECTION_STACK,
  tracking: 1 << layout.SECTION_TRACKING,
  ct: 1 << layout.SECTION_CT,
  nft: 1 << layout.SECTION_NFT,
  ovs: 1 << layout.SECTION_OVS,
  user: 1 << layout.SECTION_USER,
  extra: 1 << layout.SECTION_EXTRA,
  series: 1 << layout.SECTION_SERIES,
};

/** In the order of the bits, which is that of the frame. */
export const COLLECTED_SECTIONS: readonly CollectedSection[] = [
  "task",
  "packet",
  "skb",
  "drop",
  "dev",
  "ns",
  "stack",
];
