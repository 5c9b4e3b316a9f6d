// Which packet it is, wherever it goes. Stored events have it; live ones not yet.
import { otherField } from "./constructors.js";
import type { SectionSchema } from "./section.js";

export const tracking: SectionSchema = {
  title: "Tracking",
  words: [
    {
      kind: "section",
      name: "tracking",
      presence: { kind: "section", section: "tracking" },
      protocol: false,
      sections: ["tracking"],
      doc: "which packet it is",
    },
  ],
  fields: [
    otherField(
      {
        name: "pkt",
        type: { kind: "string" },
        doc: "the packet's id, as events show it after `#`: the same wherever it goes",
        absent: "in events that were not tracked",
        sections: ["tracking"],
      },
      {
        kind: "string",
        value: {
          kind: "string",
          from: "tracking-id",
          size: 0,
          frame: { section: "tracking", member: "timestamp" },
        },
      },
    ),
  ],
  eithers: [],
};
