// ARP over Ethernet for IPv4 (RFC 826).
import {
  address,
  addressField,
  enumeration,
  fixed,
  header,
  integer,
  mac,
  protocolFields,
} from "./constructors.js";
import { etherTypes } from "./eth.js";
import { protocolWord, type SectionSchema } from "./section.js";

/** IANA's ARP operation codes by nft's names. */
const operations = fixed("ARP operation", {
  request: 1,
  reply: 2,
  rrequest: 3,
  rreply: 4,
  inrequest: 8,
  inreply: 9,
  nak: 10,
});

const field = protocolFields("without an ARP header");
const ABSENT_ADDRESS = "without an ARP header whose addresses are Ethernet and IPv4";

const inner = (name: string, offset: number, doc: string) =>
  addressField(
    { name, type: address(4), doc, absent: ABSENT_ADDRESS, sections: ["packet"] },
    { v4: header("ARP_ETH_IPV4", "l3", offset, 4), v6: null },
  );

export const arp: SectionSchema = {
  title: "ARP",
  words: [protocolWord("arp", ["ARP"], "the packet is an ARP message")],
  fields: [
    field("arp.op", enumeration(operations), header("ARP", "l3", 6, 2), "operation"),
    inner("arp.saddr", 14, "sender's IPv4 address"),
    inner("arp.daddr", 24, "target's IPv4 address"),
    field("arp.smac", mac, header("ARP_ETH_IPV4", "l3", 8, 6), "sender's MAC address", ABSENT_ADDRESS),
    field("arp.tmac", mac, header("ARP_ETH_IPV4", "l3", 18, 6), "target's MAC address", ABSENT_ADDRESS),
    field("arp.htype", integer(16), header("ARP", "l3", 0, 2), "hardware type; Ethernet is 1"),
    field("arp.ptype", enumeration(etherTypes), header("ARP", "l3", 2, 2), "protocol type, as an EtherType"),
  ],
  eithers: [],
};
