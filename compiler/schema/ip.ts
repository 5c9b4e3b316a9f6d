// IP of both families (`ip.*`) and of one (`ipv4.*`, `ipv6.*`): outermost header, numbers in host order.
// What differs between the families: ip.len is IPv4's total length and 40 + IPv6's payload length; ip.hlen is IPv4's
// header with options and IPv6's fixed 40 bytes (extension headers are not counted); id, fragment and checksum
// fields are IPv4's alone, since IPv6 keeps them, if anywhere, in extension headers.
import {
  address,
  addressField,
  and,
  bits,
  boolean,
  constant,
  enumeration,
  first,
  fixed,
  header,
  integer,
  ipv6Halves,
  layers,
  plus,
  protocolFields,
  shiftRight,
  times,
} from "./constructors.js";
import type { AddressValue, Field } from "./field.js";
import { either, protocolWord, type SectionSchema } from "./section.js";
import type { Value } from "./value.js";

/** IANA's protocol numbers by the names of nft and /etc/protocols. */
export const ipProtocols = fixed("IP protocol", {
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  comp: 108,
  ospf: 89,
  pim: 103,
  vrrp: 112,
  sctp: 132,
  udplite: 136,
  hopopt: 0,
  ipv6: 41,
  "ipv6-route": 43,
  "ipv6-frag": 44,
  "ipv6-nonxt": 59,
  "ipv6-opts": 60,
  "ipv6-icmp": 58,
  icmp6: 58,
});

const v4 = (offset: number, size: 1 | 2 | 4): Value => header("IPV4", "l3", offset, size);
const v6 = (offset: number, size: 1 | 2 | 4): Value => header("IPV6", "l3", offset, size);

const ipField = protocolFields("without an IPv4 or IPv6 header");
const ipv4Field = protocolFields("without an IPv4 header");
const ipv6Field = protocolFields("without an IPv6 header");

const v4Address = (offset: number): Value => v4(offset, 4);
const v6Address = (offset: number): AddressValue["v6"] => ipv6Halves("IPV6", "l3", offset);

function addresses(
  side: "saddr" | "daddr",
  v4Offset: number,
  v6Offset: number,
  word: string,
): readonly Field[] {
  const parts = (family: string, type: 4 | 6 | null, absent: string) => ({
    name: `${family}.${side}`,
    type: address(type),
    doc: `${word} address${type === null ? " of either family" : ""}`,
    absent,
    sections: ["packet"] as const,
  });
  return [
    addressField(parts("ip", null, "without an IPv4 or IPv6 header"), {
      v4: v4Address(v4Offset),
      v6: v6Address(v6Offset),
    }),
    addressField(parts("ipv4", 4, "without an IPv4 header"), { v4: v4Address(v4Offset), v6: null }),
    addressField(parts("ipv6", 6, "without an IPv6 header"), { v4: null, v6: v6Address(v6Offset) }),
  ];
}

const [ipSaddr, ipv4Saddr, ipv6Saddr] = addresses("saddr", 12, 8, "source") as [Field, Field, Field];
const [ipDaddr, ipv4Daddr, ipv6Daddr] = addresses("daddr", 16, 24, "destination") as [Field, Field, Field];

export const sourceAddress = ipSaddr;
export const destinationAddress = ipDaddr;

const protocol = layers("L4_PROTO", "l4_proto");
export const ipProtocol = ipField(
  "ip.proto",
  enumeration(ipProtocols),
  protocol,
  "protocol of the payload, after IPv6 extension headers",
);

const v4Tos = v4(1, 1);
/** Version, traffic class and the flow label's first bits. */
const v6Start = v6(0, 2);
const v6Class = bits(v6Start, 4n, 0xffn);
const v4HeaderWords = and(v4(0, 1), 0xfn);
const v4HeaderBytes = times(v4HeaderWords, 4n);
/** 40, where there is an IPv6 header: a constant alone would never be absent. */
const v6HeaderBytes = plus(and(v6(6, 1), 0n), constant(40n));
const v6Length = plus(v6(4, 2), constant(40n));
const v4Fragment = v4(6, 2);

/** Total length, as `tcp.len` needs it too. */
export const ipLength = first(v4(2, 2), v6Length);

const FRAGMENT_NOTE = "IPv4 only";
const ipv4Alone = "without an IPv4 header; IPv6 has no such field in its header";

/** Fields that only IPv4 has: under `ip.` and `ipv4.` alike. */
const ofIpv4 = (name: string, ...rest: readonly [Field["type"], Value, string]): readonly Field[] => [
  ipv4Field(`ip.${name}`, rest[0], rest[1], `${rest[2]} (${FRAGMENT_NOTE})`, ipv4Alone),
  ipv4Field(`ipv4.${name}`, ...rest),
];

/** A field of both families, and of each. */
const ofBoth = (
  name: string,
  type: Field["type"],
  four: Value,
  six: Value,
  doc: string,
): readonly Field[] => [
  ipField(`ip.${name}`, type, first(four, six), doc),
  ipv4Field(`ipv4.${name}`, type, four, doc),
  ipv6Field(`ipv6.${name}`, type, six, doc),
];

export const ip: SectionSchema = {
  title: "IP",
  words: [
    protocolWord("ip", ["IPV4", "IPV6"], "the packet is IPv4 or IPv6"),
    protocolWord("ipv4", ["IPV4"], "the packet is IPv4"),
    protocolWord("ipv6", ["IPV6"], "the packet is IPv6"),
  ],
  fields: [
    ipSaddr,
    ipDaddr,
    ipv4Saddr,
    ipv4Daddr,
    ipv6Saddr,
    ipv6Daddr,
    ipProtocol,
    ipv4Field("ipv4.proto", enumeration(ipProtocols), v4(9, 1), "protocol of the payload"),
    ipv6Field(
      "ipv6.nexthdr",
      enumeration(ipProtocols),
      v6(6, 1),
      "the first next header, which may be an extension header",
    ),
    ipField("ip.ttl", integer(8), first(v4(8, 1), v6(7, 1)), "time to live, or hop limit"),
    ipv4Field("ipv4.ttl", integer(8), v4(8, 1), "time to live"),
    ipv6Field("ipv6.hoplimit", integer(8), v6(7, 1), "hop limit"),
    ...ofBoth(
      "len",
      integer(32, "bytes"),
      v4(2, 2),
      v6Length,
      "length with the header: IPv4's total length, or 40 + IPv6's payload length",
    ),
    ipv6Field("ipv6.plen", integer(16, "bytes"), v6(4, 2), "payload length as in the header"),
    ...ofBoth(
      "version",
      integer(8),
      shiftRight(v4(0, 1), 4n),
      shiftRight(v6(0, 1), 4n),
      "IP version: 4 or 6",
    ),
    ...ofBoth(
      "hlen",
      integer(8, "bytes"),
      v4HeaderBytes,
      v6HeaderBytes,
      "header length: IPv4's with options; IPv6's is 40, extension headers not counted",
    ),
    ...ofIpv4("ihl", integer(8), v4HeaderWords, "header length in 32-bit words, as in the header"),
    ...ofIpv4("id", integer(16), v4(4, 2), "identification"),
    ...ofIpv4("df", boolean, bits(v4Fragment, 14n, 1n), "don't fragment"),
    ...ofIpv4("mf", boolean, bits(v4Fragment, 13n, 1n), "more fragments follow"),
    ...ofIpv4("frag", integer(16, "bytes"), times(and(v4Fragment, 0x1fffn), 8n), "fragment offset in bytes"),
    ...ofIpv4("checksum", integer(16), v4(10, 2), "header checksum"),
    ...ofBoth(
      "dscp",
      integer(8),
      shiftRight(v4Tos, 2n),
      bits(v6Start, 6n, 0x3fn),
      "differentiated services code point: the upper six bits of tos",
    ),
    ...ofBoth(
      "ecn",
      integer(8),
      and(v4Tos, 3n),
      bits(v6Start, 4n, 3n),
      "congestion notification: the lower two bits of tos",
    ),
    ipField(
      "ip.tos",
      integer(8),
      first(v4Tos, v6Class),
      "type of service, or traffic class: the whole octet",
    ),
    ipv4Field("ipv4.tos", integer(8), v4Tos, "type of service: the whole octet"),
    ipv6Field("ipv6.tclass", integer(8), v6Class, "traffic class: the whole octet"),
    ipv6Field("ipv6.flow", integer(32), and(v6(0, 4), 0xfffffn), "flow label"),
  ],
  eithers: [
    either("ip.addr", ipSaddr, ipDaddr, "source or destination address of either family"),
    either("ipv4.addr", ipv4Saddr, ipv4Daddr, "source or destination IPv4 address"),
    either("ipv6.addr", ipv6Saddr, ipv6Daddr, "source or destination IPv6 address"),
  ],
};
