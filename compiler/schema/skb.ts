// Metadata of the socket buffer: struct sk_buff, which the kernel's verdict reads, and struct skb_shared_info, which it
// cannot reach (the pointer to it is computed, head + end), so that user space decides from what was collected.
import { boolean, enumeration, fixed, frameOnly, integer, load, numberField } from "./constructors.js";
import { etherTypes } from "./eth.js";
import type { Field, FieldType } from "./field.js";
import type { SectionSchema } from "./section.js";

/** include/uapi/linux/if_packet.h, PACKET_*. */
const packetTypes = fixed("packet type", {
  host: 0,
  broadcast: 1,
  multicast: 2,
  otherhost: 3,
  outgoing: 4,
  loopback: 5,
  user: 6,
  kernel: 7,
});

/** include/linux/skbuff.h, CHECKSUM_*. */
const checksumStates = fixed("checksum state", { none: 0, unnecessary: 1, complete: 2, partial: 3 });

const ABSENT = "at a hit without a packet";

const member = (
  name: string,
  path: readonly string[],
  type: FieldType,
  doc: string,
  bigEndian = false,
): Field =>
  numberField(
    { name: `skb.${name}`, type, doc, absent: ABSENT, sections: ["skb"] },
    load({
      kind: "kernel",
      struct: "sk_buff",
      paths: [path],
      ...(bigEndian ? { bigEndian } : {}),
      frame: { section: "skb", member: name },
    }),
  );

const SHARED = "struct skb_shared_info lies at a computed address, which the kernel's part does not follow";

const shared = (
  name: string,
  frameMember: string,
  type: FieldType,
  doc: string,
  presentIf: string | null,
): Field =>
  numberField(
    {
      name: `skb.${name}`,
      type,
      doc,
      absent: presentIf === null ? ABSENT : `${ABSENT}, or when it is not a GSO packet`,
      sections: ["skb"],
    },
    frameOnly({ section: "skb", member: frameMember, ...(presentIf === null ? {} : { presentIf }) }, SHARED),
  );

const TAKEN_OUT =
  "whether the tag is valid is told differently by each kernel, which the collector sorts out";

const accelerated = (name: string, type: FieldType, frameMember: string, doc: string): Field =>
  numberField(
    { name: `skb.${name}`, type, doc, absent: "when the device took out no VLAN tag", sections: ["skb"] },
    frameOnly({ section: "skb", member: frameMember, presentIf: "vlan_present" }, TAKEN_OUT),
  );

export const skb: SectionSchema = {
  title: "Socket buffer",
  words: [
    {
      kind: "section",
      name: "skb",
      presence: { kind: "section", section: "skb" },
      protocol: false,
      sections: ["skb"],
      doc: "metadata of the socket buffer",
    },
  ],
  fields: [
    member(
      "len",
      ["len"],
      integer(32, "bytes"),
      "bytes from skb->data on: differs between rx and tx, see packet.len",
    ),
    member("data_len", ["data_len"], integer(32, "bytes"), "bytes in page fragments"),
    member("hash", ["hash"], integer(32), "flow hash; 0 when none was computed"),
    member("mark", ["mark"], integer(32), "mark, as nft and iptables set it"),
    member("priority", ["priority"], integer(32), "queueing priority"),
    member("csum", ["csum"], integer(32), "checksum, or where to put it, depending on skb.ip_summed"),
    member("protocol", ["protocol"], enumeration(etherTypes), "EtherType as the kernel has it", true),
    member("queue_mapping", ["queue_mapping"], integer(16), "device queue"),
    member("pkt_type", ["pkt_type"], enumeration(packetTypes), "whom the frame is for"),
    member("ip_summed", ["ip_summed"], enumeration(checksumStates), "what is known about the checksum"),
    member("csum_level", ["csum_level"], integer(8), "number of checksums checked, minus one"),
    member("nohdr", ["nohdr"], boolean, "the header part must not be changed"),
    member("cloned", ["cloned"], boolean, "the head may be shared with a clone"),
    member("fclone", ["fclone"], integer(8), "fast clone state"),
    member("users", ["users", "refs", "counter"], integer(32), "references to the buffer"),
    shared("dataref", "dataref", integer(32), "references to the data", null),
    shared("nr_frags", "nr_frags", integer(32), "number of page fragments", null),
    shared("gso.size", "gso_size", integer(16, "bytes"), "payload of each segment", "gso_size"),
    shared("gso.segs", "gso_segs", integer(16), "number of segments", "gso_size"),
    shared("gso.type", "gso_type", integer(32), "SKB_GSO_* bits", "gso_size"),
    shared("gso.flags", "gso_flags", integer(8), "flags of struct skb_shared_info", "gso_size"),
    accelerated(
      "vlan_proto",
      enumeration(etherTypes),
      "vlan_proto",
      "EtherType of the tag that the device took out",
    ),
    accelerated(
      "vlan_tci",
      integer(16),
      "vlan_tci",
      "the tag that the device took out: see vlan.id for any tag",
    ),
  ],
  eithers: [],
};
