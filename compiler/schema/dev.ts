// The device that skb->dev points to.
import { and, integer, load, numberField, onlyIf, otherField, plus, text } from "./constructors.js";
import type { SectionSchema } from "./section.js";

const ABSENT = "when the packet has no device (yet, or any more)";

const ifindex = load({
  kind: "kernel",
  struct: "sk_buff",
  paths: [["dev", "ifindex"]],
  frame: { section: "dev", member: "ifindex" },
});

const receivedOn = load({
  kind: "kernel",
  struct: "sk_buff",
  paths: [["skb_iif"]],
  frame: { section: "dev", member: "rx_ifindex" },
});

export const dev: SectionSchema = {
  title: "Device",
  words: [
    {
      kind: "section",
      name: "dev",
      presence: { kind: "section", section: "dev" },
      protocol: false,
      sections: ["dev"],
      doc: "the device that the packet is on",
    },
  ],
  fields: [
    otherField(
      { name: "dev.name", type: text, doc: "name of the device", absent: ABSENT, sections: ["dev"] },
      {
        kind: "string",
        value: {
          kind: "string",
          from: { struct: "sk_buff", path: ["dev", "name"] },
          size: 16,
          frame: { section: "dev", member: "name" },
        },
      },
    ),
    numberField(
      {
        name: "dev.ifindex",
        type: integer(32),
        doc: "index of the device",
        absent: ABSENT,
        sections: ["dev"],
      },
      ifindex,
    ),
    numberField(
      {
        name: "dev.rx_ifindex",
        type: integer(32),
        doc: "index of the device that the packet came in on",
        absent: `when the packet was made on this machine, and ${ABSENT}`,
        sections: ["dev"],
      },
      // The section is collected with a device only: adding nothing of it keeps both verdicts alike.
      onlyIf(plus(receivedOn, and(ifindex, 0n)), receivedOn, "nonzero"),
    ),
  ],
  eithers: [],
};
