// Why and where the kernel dropped the packet: arguments of skb:kfree_skb.
import { enumeration, load, numberField, shiftRight } from "./constructors.js";
import type { EnumSource } from "./field.js";
import type { SectionSchema } from "./section.js";

/** Prefixes: SKB_NOT_DROPPED_YET and SKB_CONSUMED have the short one alone. */
export const dropReasons: EnumSource = {
  kind: "kernel",
  name: "skb_drop_reason",
  prefixes: ["SKB_DROP_REASON_", "SKB_"],
};

const subsystems: EnumSource = {
  kind: "kernel",
  name: "skb_drop_reason_subsys",
  prefixes: ["SKB_DROP_REASON_SUBSYS_"],
};

const reason = load({
  kind: "argument",
  argument: "reason",
  frame: { section: "drop", member: "reason", presentIf: "has_reason" },
});

const ABSENT_REASON = "at probes other than drop, and before kernel 5.17, which has no drop reasons";

export const drop: SectionSchema = {
  title: "Drop",
  words: [
    {
      kind: "section",
      name: "drop",
      presence: { kind: "section", section: "drop" },
      protocol: false,
      sections: ["drop"],
      doc: "why the packet was dropped",
    },
  ],
  fields: [
    numberField(
      {
        name: "drop.reason",
        type: enumeration(dropReasons),
        doc: "why: a name of this kernel's enum skb_drop_reason",
        absent: ABSENT_REASON,
        sections: ["drop"],
      },
      reason,
    ),
    numberField(
      {
        name: "drop.subsys",
        type: enumeration(subsystems),
        doc: "whose reason it is: the upper half of the number; CORE is the network stack",
        absent: ABSENT_REASON,
        sections: ["drop"],
      },
      // SKB_DROP_REASON_SUBSYS_SHIFT, include/net/dropreason-core.h.
      shiftRight(reason, 16n),
    ),
    numberField(
      {
        name: "drop.location",
        type: { kind: "symbol" },
        doc: "where in the kernel's code: symbol+offset",
        absent: "at probes other than drop",
        sections: ["drop"],
      },
      load({ kind: "argument", argument: "location", frame: { section: "drop", member: "location" } }, false),
    ),
  ],
  eithers: [],
};
