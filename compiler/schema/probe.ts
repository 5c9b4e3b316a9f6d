// The probe that was hit.
import { otherField, text } from "./constructors.js";
import type { SectionSchema } from "./section.js";

export const probe: SectionSchema = {
  title: "Probe",
  words: [
    {
      kind: "section",
      name: "kernel",
      presence: { kind: "always" },
      protocol: false,
      sections: [],
      doc: "the probe that was hit, as events show it",
    },
  ],
  fields: [
    otherField(
      {
        name: "probe",
        type: text,
        doc: "name of the attach point: `skb:kfree_skb`",
        absent: null,
        sections: [],
      },
      { kind: "probe", what: "name" },
    ),
    otherField(
      { name: "probe.type", type: text, doc: "kind of the attach point: `tp`", absent: null, sections: [] },
      { kind: "probe", what: "type" },
    ),
  ],
  eithers: [],
};
