// Owns the cases of IPv4 and IPv6 text: fragments, options, extension headers, ports, IPsec headers and damaged packets.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytes, ipv4, ipv6, tcp, u16, u32, udp } from "./build-packet.js";
import { l3Text } from "./packet-text.js";

const TRUNCATED = "... (truncated or incomplete packet)";
const UDP = udp(53, Buffer.alloc(4));

function unsupported(what: string): string {
  return `... (${what} not supported, use 'retis pcap')`;
}

describe("IPv4 text", () => {
  it("shows the whole TOS octet and what its ECN bits say", () => {
    const tos = (value: number) => l3Text(ipv4(17, UDP, { tos: value })).match(/ tos (.*) ttl/)?.[1];
    assert.equal(tos(0xc0), "0xc0");
    assert.equal(tos(0x01), "0x1 ECT(1)");
    assert.equal(tos(0x02), "0x2 ECT(0)");
    assert.equal(tos(0xbb), "0xbb CE");
  });

  it("shows fragments: offset in bytes, more to come as +, and the reserved bit", () => {
    const off = (fragment: number) =>
      l3Text(ipv4(17, UDP, { fragment })).match(/ (off .*) len 32 proto/)?.[1];
    assert.equal(off(0x0000), "off 0");
    assert.equal(off(0x2000), "off 0 [+]");
    assert.equal(off(0x4000), "off 0 [DF]");
    assert.equal(off(0x8000), "off 0 [rsvd]");
    assert.equal(off(0x20b9), "off 1480 [+]");
    assert.equal(off(0xffff), "off 65528 [+,DF,rsvd]");
    assert.equal(off(0xc001), "off 8 [DF,rsvd]");
  });

  it("lists options, and an end of list only behind another option", () => {
    const options = (hex: string) =>
      l3Text(ipv4(17, UDP, { options: bytes(hex) })).match(/ len \d+ (.*) proto/)?.[1];
    assert.equal(options("94040000"), "opts [Ipv4OptionNumber(20)]");
    assert.equal(
      options("01 44 05 05 00 00 00 00"),
      "opts [Ipv4OptionNumber(1),Ipv4OptionNumber(4),Ipv4OptionNumber(0)]",
    );
    assert.equal(options("00000000"), undefined);
    assert.equal(
      options("8300 0000"),
      "opts [Ipv4OptionNumber(3),Ipv4OptionNumber(0)]",
      "a length of zero moves on",
    );
    assert.equal(
      options("07ff 0000"),
      "opts [Ipv4OptionNumber(7)]",
      "a length beyond the header ends the list",
    );
  });

  it("hides a length that is not filled in yet, and the payload with it", () => {
    assert.equal(
      l3Text(ipv4(17, UDP, { totalLength: 0 })),
      `10.0.0.1 > 10.0.0.2 tos 0x0 ttl 64 id 7 off 0 proto UDP (17)${TRUNCATED}`,
    );
  });

  it("does not take padding of the link for payload", () => {
    assert.equal(
      l3Text(ipv4(17, UDP, { totalLength: 24 })),
      `10.0.0.1 > 10.0.0.2 tos 0x0 ttl 64 id 7 off 0 len 24 proto UDP (17)${TRUNCATED}`,
    );
  });

  it("has ports when the header behind is whole", () => {
    const head = (protocol: number, length: number) =>
      l3Text(ipv4(protocol, Buffer.alloc(length, 1))).split(" tos ")[0];
    assert.equal(head(6, 20), "10.0.0.1.257 > 10.0.0.2.257");
    assert.equal(head(6, 19), "10.0.0.1 > 10.0.0.2");
    assert.equal(head(17, 8), "10.0.0.1.257 > 10.0.0.2.257");
    assert.equal(head(17, 7), "10.0.0.1 > 10.0.0.2");
    assert.equal(head(132, 12), "10.0.0.1.257 > 10.0.0.2.257");
    assert.equal(head(132, 11), "10.0.0.1 > 10.0.0.2");
    assert.equal(head(33, 40), "10.0.0.1 > 10.0.0.2");
  });

  it("survives wrong header lengths", () => {
    assert.equal(
      l3Text(ipv4(17, UDP, { headerWords: 0, totalLength: 32 })),
      "10.0.0.1.1000 > 10.0.0.2.53 tos 0x0 ttl 64 id 7 off 0 len 32 proto UDP (17) len 4",
    );
    assert.equal(
      l3Text(ipv4(17, Buffer.alloc(8, 1), { headerWords: 15, totalLength: 80 })),
      `10.0.0.1 > 10.0.0.2 tos 0x0 ttl 64 id 7 off 0 len 80 opts [${Array(8).fill("Ipv4OptionNumber(1)").join(",")}] proto UDP (17)${TRUNCATED}`,
    );
  });

  it("names protocols that have no text of their own", () => {
    const tail = (protocol: number) => l3Text(ipv4(protocol, Buffer.alloc(8))).match(/ proto .*/)?.[0];
    assert.equal(tail(47), ` proto GRE (47)${unsupported("protocol 0x2f")}`);
    assert.equal(tail(2), ` proto IGMP (2)${unsupported("protocol 0x2")}`);
    assert.equal(tail(200), ` proto (200)${unsupported("protocol 0xc8")}`);
  });
});

describe("IPv6 text", () => {
  it("shows ECN and flow label but not DSCP", () => {
    assert.equal(
      l3Text(ipv6(17, UDP, { trafficClass: 0xbb, label: 0xf8000 })),
      "fd00::1.1000 > fd00::2.53 CE ttl 64 label 0xf8000 len 12 proto UDP (17) len 4",
    );
    assert.match(l3Text(ipv6(17, UDP, { trafficClass: 1 })), /fd00::2\.53 ECT\(1\) ttl/);
    assert.match(l3Text(ipv6(17, UDP, { trafficClass: 2 })), /fd00::2\.53 ECT\(0\) ttl/);
  });

  it("skips and lists extension headers", () => {
    const hopByHop = bytes(43, 0, "050200000100");
    const routing = bytes(44, 2, Buffer.alloc(22));
    const fragment = bytes(60, 9, u16(0x0001), u32(77));
    const destination = bytes(6, 0, Buffer.alloc(6));
    const segment = tcp(0x18, Buffer.alloc(0), Buffer.alloc(5));
    const packet = ipv6(0, bytes(hopByHop, routing, fragment, destination, segment));
    assert.equal(
      l3Text(packet),
      "fd00::1 > fd00::2 ttl 64 label 0x0 len 73 exts [Hopopt,Ipv6Route,Ipv6Frag,Ipv6Opts] proto TCP (6) flags [P.] seq 100:105 ack 200 win 500",
    );
  });

  it("ends at no next header", () => {
    assert.equal(l3Text(ipv6(59, Buffer.alloc(8))), "fd00::1 > fd00::2 ttl 64 label 0x0 len 8");
    assert.equal(
      l3Text(ipv6(60, bytes(59, 0, Buffer.alloc(6)))),
      "fd00::1 > fd00::2 ttl 64 label 0x0 len 8 exts [Ipv6Opts]",
    );
  });

  it("says when an extension header is cut", () => {
    assert.equal(
      l3Text(ipv6(0, Buffer.alloc(0))),
      `fd00::1 > fd00::2 ttl 64 label 0x0 proto (0)${TRUNCATED}`,
    );
    assert.equal(
      l3Text(ipv6(0, bytes(17, 200, Buffer.alloc(6)))),
      `fd00::1 > fd00::2 ttl 64 label 0x0 len 8 exts [Hopopt] proto UDP (17)${TRUNCATED}`,
    );
    assert.equal(
      l3Text(ipv6(0, bytes(0, 0, Buffer.alloc(6), 60))),
      `fd00::1 > fd00::2 ttl 64 label 0x0 len 9 exts [Hopopt] proto (0)${TRUNCATED}`,
    );
  });

  it("hides a length that is not filled in yet, and the payload with it", () => {
    assert.equal(
      l3Text(ipv6(17, UDP, { payloadLength: 0 })),
      `fd00::1 > fd00::2 ttl 64 label 0x0 proto UDP (17)${TRUNCATED}`,
    );
  });
});

describe("IPsec text", () => {
  const head = (length: number) => `10.0.0.1 > 10.0.0.2 tos 0x0 ttl 64 id 7 off 0 len ${length}`;

  it("shows AH and walks on", () => {
    const ah = bytes(6, 4, u16(0), u32(0x1f), u32(0x2a), "0102030405060708090a0b0c");
    const packet = ipv4(51, bytes(ah, tcp(0x10, Buffer.alloc(0), Buffer.alloc(3))));
    assert.equal(
      l3Text(packet),
      `${head(67)} proto AH (51) spi 0x0000001f seq 0x2a icv 0x0102030405060708090a0b0c proto TCP (6) flags [.] seq 100:103 ack 200 win 500`,
    );
  });

  it("shows what is there of an AH that is cut", () => {
    const ah = bytes(17, 4, u16(0), u32(1), u32(2), "0102");
    assert.equal(
      l3Text(ipv4(51, ah)),
      `${head(34)} proto AH (51) spi 0x00000001 seq 0x2 icv 0x0102 proto UDP (17)${TRUNCATED}`,
    );
    assert.equal(l3Text(ipv4(51, ah.subarray(0, 11))), `${head(31)} proto AH (51)${TRUNCATED}`);
  });

  it("stops at ESP", () => {
    assert.equal(
      l3Text(ipv6(50, bytes(u32(0xdeadbeef), u32(16), Buffer.alloc(40)))),
      "fd00::1 > fd00::2 ttl 64 label 0x0 len 48 proto ESP (50) spi 0xdeadbeef seq 0x10",
    );
    assert.equal(l3Text(ipv4(50, Buffer.alloc(7))), `${head(27)} proto ESP (50)${TRUNCATED}`);
  });

  it("shows AH and ESP of IPv6 behind extension headers", () => {
    const ah = bytes(58, 1, u16(0), u32(9), u32(1), bytes(128, 0, u16(0)));
    assert.equal(
      l3Text(ipv6(0, bytes(51, 0, Buffer.alloc(6), ah))),
      "fd00::1 > fd00::2 ttl 64 label 0x0 len 24 exts [Hopopt] proto AH (51) spi 0x00000009 seq 0x1 icv 0x proto ICMPv6 (58) type 128 code 0",
    );
  });
});

describe("ICMP text", () => {
  it("shows type and code", () => {
    assert.match(l3Text(ipv4(1, bytes(3, 13, u16(0)))), / proto ICMP \(1\) type 3 code 13$/);
    assert.match(l3Text(ipv6(58, bytes(135, 0, u16(0)))), / proto ICMPv6 \(58\) type 135 code 0$/);
    assert.ok(l3Text(ipv4(1, bytes(3, 13, 0))).endsWith(` proto ICMP (1)${TRUNCATED}`));
  });
});
