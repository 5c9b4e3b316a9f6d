// Which packet an event is of: as collected (skb-tracking), and as sorting found out (tracking).
import type { EventSection } from "./form.js";
import { member, object, u32, u64, within } from "./place.js";

const tracking = within("tracking");
const series = within("series");

const identity = (at: typeof tracking) => [
  member("orig_head", u64(at("orig_head")), "address of the packet's data when it was first seen"),
  member("timestamp", u64(at("timestamp")), "when it was first seen: nanoseconds of CLOCK_MONOTONIC"),
  member("skb", u64(at("skb")), "address of the socket buffer: clones of a packet differ in it alone"),
];

export const seriesTracking: EventSection = {
  key: "tracking",
  doc: "Place in the packet's way: only in sorted files",
  origin: "retis",
  where: { kind: "section", section: "series" },
  members: [
    member("skb", object(...identity(series)), "the packet, as the first event of the series saw it"),
    member("idx", u32(series("index")), "place in the series, from 0"),
  ],
};

export const skbTracking: EventSection = {
  key: "skb-tracking",
  doc: "Which packet it is, wherever it goes",
  origin: "retis",
  where: { kind: "section", section: "tracking" },
  members: identity(tracking),
};
