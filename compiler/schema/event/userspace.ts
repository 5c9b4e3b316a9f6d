// The probe of a user-space program that was hit.
import type { EventSection } from "./form.js";
import { interned, member, s32, u64, within } from "./place.js";

const user = within("user");

export const userspace: EventSection = {
  key: "userspace",
  doc: "The probe in a user-space program that was hit",
  origin: "retis",
  where: { kind: "section", section: "user" },
  members: [
    member("probe_type", { kind: "literal", value: "usdt" }, "kind of the probe"),
    member("symbol", interned(user("symbol")), "`provider:name`"),
    member("ip", u64(user("ip")), "address of the instruction"),
    member("path", interned(user("path")), "path of the program"),
    member("pid", s32(user("pid")), "process id"),
    member("tid", s32(user("tid")), "thread id"),
  ],
};
