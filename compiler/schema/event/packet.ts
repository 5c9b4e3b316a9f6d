// The packet's bytes.
import { FRAME_TRUNCATED, START_L2, START_L3 } from "../generated/layout.js";
import type { EventSection } from "./form.js";
import { boolean, member, names, nonzero, optional, ours, placeOf, u16, u32, within } from "./place.js";

const packet = within("packet");
const flags = placeOf("frame", "flags");

export const packetSection: EventSection = {
  key: "packet",
  doc: "The packet itself",
  origin: "retis",
  where: { kind: "section", section: "packet" },
  movedFrom: { object: "skb", key: "packet" },
  members: [
    member("len", u32(packet("len")), "length of the packet, whatever was captured"),
    member("capture_len", u16(packet("captured")), "number of bytes in `data`"),
    ours(
      optional(
        "start",
        names(packet("start"), { l2: START_L2, l3: START_L3 }),
        nonzero,
        "in Retis' files, where it is l2",
        "whether `data` begins at the link layer's header or at the network's; Retis makes up the former",
      ),
    ),
    ours(
      optional(
        "truncated",
        boolean(flags, FRAME_TRUNCATED),
        { kind: "bit", at: flags, mask: FRAME_TRUNCATED },
        "unless true",
        "the packet has bytes beyond those that filters could see",
      ),
    ),
    member("data", { kind: "packet-bytes", captured: packet("captured") }, "the bytes, in base64"),
  ],
};
