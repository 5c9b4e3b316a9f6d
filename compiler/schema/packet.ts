// The packet as a whole.
import { integer, load, numberField } from "./constructors.js";
import type { SectionSchema } from "./section.js";

export const packet: SectionSchema = {
  title: "Packet",
  words: [
    {
      kind: "section",
      name: "packet",
      presence: { kind: "section", section: "packet" },
      protocol: false,
      sections: ["packet"],
      doc: "the packet itself: its headers as text, its bytes in files",
    },
  ],
  fields: [
    numberField(
      {
        name: "packet.len",
        type: integer(32, "bytes"),
        doc: "length of the packet from its first header on, whatever was captured",
        absent: "at a hit without a packet",
        sections: ["packet"],
      },
      load({ kind: "packet", member: "len" }),
    ),
  ],
  eithers: [],
};
