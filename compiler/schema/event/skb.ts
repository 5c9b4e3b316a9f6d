// Metadata of the socket buffer.
import { SKB_HAS_DATA_REF, SKB_HAS_META, SKB_HAS_MORE } from "../generated/layout.js";
import type { EventSection, Place } from "./form.js";
import { bits, boolean, hasBit, member, object, optional, ours, u8, u16, u32, within } from "./place.js";

const skb = within("skb");
const has = skb("has");
const tci = skb("vlan_tci");

const more = (key: string, form: ReturnType<typeof u8>, doc: string) =>
  ours(optional(key, form, hasBit(has, SKB_HAS_MORE), "in Retis' files", doc));

/** The GSO size says whether it is a GSO packet at all. */
const gsoSize: Place = skb("gso_size");

export const skbSection: EventSection = {
  key: "skb",
  doc: "Metadata of the socket buffer",
  origin: "retis",
  where: { kind: "section", section: "skb" },
  members: [
    optional(
      "vlan_accel",
      object(
        member("proto", u16(skb("vlan_proto")), "EtherType of the tag"),
        member("pcp", bits(tci, 13, 3), "priority code point"),
        member("dei", boolean(tci, 0x1000), "drop eligible indicator"),
        member("vid", bits(tci, 0, 12), "VLAN id"),
      ),
      hasBit(skb("vlan_present")),
      "when the device took out no VLAN tag",
      "the VLAN tag that the device took out of the packet",
    ),
    optional(
      "meta",
      object(
        member("len", u32(skb("len")), "bytes from skb->data on, those in fragments included"),
        member("data_len", u32(skb("data_len")), "bytes in page fragments"),
        member("hash", u32(skb("hash")), "flow hash; 0 when none was computed"),
        member("ip_summed", u8(skb("ip_summed")), "checksum: 0 none, 1 unnecessary, 2 complete, 3 partial"),
        member("csum", u32(skb("csum")), "checksum, or where to put it, depending on `ip_summed`"),
        member("csum_level", u8(skb("csum_level")), "number of checksums checked, minus one"),
        member("priority", u32(skb("priority")), "queueing priority"),
        more("mark", u32(skb("mark")), "mark, as nft and iptables set it"),
        more("pkt_type", u8(skb("pkt_type")), "whom the frame is for: PACKET_* of if_packet.h"),
        more("protocol", u16(skb("protocol")), "EtherType as the kernel has it"),
        more("queue_mapping", u16(skb("queue_mapping")), "device queue"),
      ),
      hasBit(has, SKB_HAS_META),
      "where it was not asked for",
      "lengths, checksum, hash and priority",
    ),
    optional(
      "data_ref",
      object(
        member("nohdr", boolean(skb("nohdr")), "the header part must not be changed"),
        member("cloned", boolean(skb("cloned")), "the head may be shared with a clone"),
        member("fclone", u8(skb("fclone")), "fast clone state"),
        member("users", u8(skb("users")), "references to the buffer"),
        member("dataref", u8(skb("dataref")), "references to the data"),
      ),
      hasBit(has, SKB_HAS_DATA_REF),
      "where it was not asked for",
      "who else refers to the buffer and its data",
    ),
    optional(
      "gso",
      object(
        member("flags", u8(skb("gso_flags")), "flags of struct skb_shared_info"),
        member("frags", u8(skb("nr_frags")), "number of page fragments"),
        member("size", u32(gsoSize), "payload of each segment"),
        member("segs", u32(skb("gso_segs")), "number of segments"),
        member("type", u32(skb("gso_type")), "SKB_GSO_* bits"),
      ),
      { kind: "while", at: gsoSize },
      "unless it is a GSO packet",
      "segmentation offload",
    ),
  ],
};
