// The kernel's stack at the hit.
import { otherField } from "./constructors.js";
import type { SectionSchema } from "./section.js";

export const stack: SectionSchema = {
  title: "Stack",
  words: [
    {
      kind: "section",
      name: "stack",
      presence: { kind: "section", section: "stack" },
      protocol: false,
      sections: ["stack"],
      doc: "the kernel's stack at the hit",
    },
  ],
  fields: [
    otherField(
      {
        name: "stack",
        type: { kind: "stack" },
        doc: "the kernel's stack, innermost function first; `stack(3)` is its first three",
        absent: "where the kernel has no stack to show",
        sections: ["stack"],
      },
      { kind: "stack" },
    ),
  ],
  eithers: [],
};
