// The kernel's attach point that was hit, and the stack there.
import type { EventSection } from "./form.js";
import { member, optional } from "./place.js";

export const kernel: EventSection = {
  key: "kernel",
  doc: "The kernel probe that was hit",
  origin: "retis",
  where: { kind: "probe" },
  members: [
    member("symbol", { kind: "probe", what: "symbol" }, "function, or `subsystem:event` of a tracepoint"),
    member("probe_type", { kind: "probe", what: "type" }, "kind of the probe"),
    optional(
      "stack_trace",
      { kind: "stack" },
      { kind: "section", section: "stack" },
      "where no stack was asked for",
      "the kernel's stack, innermost function first: `symbol+0xoffset`",
    ),
  ],
};
