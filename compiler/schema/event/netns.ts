// The network namespace.
import type { EventSection } from "./form.js";
import { hasBit, member, optional, u32, u64, within } from "./place.js";

const ns = within("ns");

export const netns: EventSection = {
  key: "netns",
  doc: "The network namespace",
  origin: "retis",
  where: { kind: "section", section: "ns" },
  movedFrom: { object: "skb", key: "ns" },
  members: [
    optional(
      "cookie",
      u64(ns("cookie")),
      hasBit(ns("has_cookie")),
      "on kernels before 5.12",
      "unlike the inode number never used again",
    ),
    member("inum", u32(ns("inum")), "inode number, as `ls -l /proc/PID/ns/net` shows it"),
  ],
};
