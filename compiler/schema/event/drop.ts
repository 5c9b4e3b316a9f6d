// Why the kernel dropped the packet.
import type { EventSection } from "./form.js";
import { member, nonzero, optional, ours, within } from "./place.js";

const drop = within("drop");
const at = drop("reason");
const has = drop("has_reason");

export const skbDrop: EventSection = {
  key: "skb-drop",
  doc: "Why the packet was dropped",
  origin: "retis",
  where: { kind: "section", section: "drop" },
  members: [
    optional(
      "subsys",
      { kind: "drop-reason", what: "subsystem", at, has },
      { kind: "subsystem" },
      "for reasons of the network stack itself",
      "subsystem that the reason is of",
    ),
    member(
      "drop_reason",
      { kind: "drop-reason", what: "reason", at, has },
      "the kernel's name of the reason, without its prefix; a number that has none is shown as it is",
    ),
    ours(
      optional(
        "location",
        { kind: "symbol", at: drop("location") },
        nonzero,
        "in Retis' files",
        "where in the kernel's code: `symbol+0xoffset`",
      ),
    ),
  ],
};
