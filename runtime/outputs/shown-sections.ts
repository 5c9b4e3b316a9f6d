// Which sections an event's text has.
import { SECTION_BITS } from "../../compiler/schema/section-bits.js";

/** Sections that a file has are all shown: it was decided when it was made what it holds. */
export type Shown = readonly string[] | "all";

/** What an event's text has anyway, or has elsewhere. */
export const ALWAYS_SHOWN: ReadonlySet<string> = new Set([
  ...["common", "kernel", "packet", "dev", "ns", "drop", "skb-drop", "tracking", "skb-tracking", "stack"],
]);

/** Sections of stored events, in the order in which Retis shows them, below the packet and its place. */
export const STORED = (["skb", "ovs", "ovs-detrace", "nft", "ct", "startup"] as const).map((word) => ({
  word,
  bit: SECTION_BITS[word === "ovs-detrace" || word === "startup" ? "extra" : word],
}));
