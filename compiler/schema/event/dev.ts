// The device that the packet is on.
import type { EventSection } from "./form.js";
import { chars, member, nonzero, optional, u32, within } from "./place.js";

const dev = within("dev");

export const devSection: EventSection = {
  key: "dev",
  doc: "The device that the packet is on",
  origin: "retis",
  where: { kind: "section", section: "dev" },
  movedFrom: { object: "skb", key: "dev" },
  members: [
    member("name", chars(dev("name")), "name of the device"),
    member("ifindex", u32(dev("ifindex")), "index of the device"),
    optional(
      "rx_ifindex",
      u32(dev("rx_ifindex")),
      nonzero,
      "for packets made on this machine",
      "index of the device that the packet came in on",
    ),
  ],
};
