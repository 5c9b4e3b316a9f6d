// The Ethernet header, as it stands in the packet.
import { enumeration, fixed, header, mac, protocolFields } from "./constructors.js";
import { either, protocolWord, type SectionSchema } from "./section.js";

/** IEEE 802 numbers by nft's names; the first name of a number is the one shown. */
export const etherTypes = fixed("EtherType", {
  ip: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  ip6: 0x86dd,
  qinq: 0x88a8,
  mpls: 0x8847,
  pppoe: 0x8864,
  lldp: 0x88cc,
  macsec: 0x88e5,
  ptp: 0x88f7,
  ipv4: 0x0800,
  ipv6: 0x86dd,
  "8021q": 0x8100,
  "8021ad": 0x88a8,
});

const ABSENT = "without an Ethernet header: a packet that is sent, before its header is pushed, has none";
const field = protocolFields(ABSENT);

const saddr = field("eth.saddr", mac, header("ETH", "start", 6, 6), "source MAC address");
const daddr = field("eth.daddr", mac, header("ETH", "start", 0, 6), "destination MAC address");

export const eth: SectionSchema = {
  title: "Ethernet",
  words: [protocolWord("eth", ["ETH"], "the packet has an Ethernet header")],
  fields: [
    saddr,
    daddr,
    field(
      "eth.type",
      enumeration(etherTypes),
      header("ETH", "start", 12, 2),
      "EtherType of the Ethernet header: of the tag, where a VLAN tag stands in the packet",
    ),
  ],
  eithers: [either("eth.addr", saddr, daddr, "source or destination MAC address")],
};
