// The outermost VLAN tag, whether it stands in the packet or the device took it out (skb->vlan_tci).
import { bits, boolean, enumeration, integer, layers, protocolFields } from "./constructors.js";
import { etherTypes } from "./eth.js";
import { protocolWord, type SectionSchema } from "./section.js";

const tci = layers("VLAN", "vlan_tci");
const field = protocolFields("without a VLAN tag");

export const vlan: SectionSchema = {
  title: "VLAN",
  words: [
    protocolWord("vlan", ["VLAN"], "the packet has a VLAN tag, in its bytes or taken out by the device"),
  ],
  fields: [
    field("vlan.id", integer(16), bits(tci, 0n, 0xfffn), "VLAN identifier of the outermost tag"),
    field("vlan.pcp", integer(8), bits(tci, 13n, 7n), "priority of the outermost tag"),
    field("vlan.dei", boolean, bits(tci, 12n, 1n), "drop eligible indicator of the outermost tag"),
    field("vlan.proto", enumeration(etherTypes), layers("VLAN", "vlan_proto"), "EtherType of the tag itself"),
    field("vlan.type", enumeration(etherTypes), layers("VLAN", "protocol"), "EtherType after the tags"),
  ],
  eithers: [],
};
