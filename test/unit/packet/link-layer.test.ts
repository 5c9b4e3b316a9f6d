// Owns the cases of Ethernet, VLAN, MACsec and ARP text, and of packets that start at L3.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytes, ethernet, ipv4, ipv6, u16, u32, udp, vlan } from "./build-packet.js";
import { l3Text, linkLayerText, text } from "./packet-text.js";

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const ARP = 0x0806;
const MACSEC = 0x88e5;

const PACKET = ipv4(17, udp(53, Buffer.alloc(4)));
const PACKET_TEXT = "10.0.0.1.1000 > 10.0.0.2.53 tos 0x0 ttl 64 id 7 off 0 len 32 proto UDP (17) len 4";
const MACS = "02:00:00:00:00:01 > 02:00:00:00:00:02";
const TRUNCATED = "... (truncated or incomplete packet)";

function unsupported(what: string): string {
  return `... (${what} not supported, use 'retis pcap')`;
}

describe("Ethernet text", () => {
  it("is shown with the link layer only", () => {
    const packet = ethernet(IPV4, PACKET);
    assert.equal(text(packet), PACKET_TEXT);
    assert.equal(linkLayerText(packet), `${MACS} ethertype IPv4 (0x0800) ${PACKET_TEXT}`);
  });

  it("names a known type that has no text of its own", () => {
    const packet = ethernet(0x8847, Buffer.alloc(20));
    assert.equal(text(packet), unsupported("ethertype 0x8847"));
    assert.equal(
      linkLayerText(packet),
      `${MACS} ethertype MPLS unicast (0x8847) ${unsupported("ethertype 0x8847")}`,
    );
    assert.equal(text(ethernet(0x8035, Buffer.alloc(28))), unsupported("ethertype 0x8035"));
  });

  it("shows no addresses before an unknown type", () => {
    assert.equal(linkLayerText(ethernet(0x0026, Buffer.alloc(38))), unsupported("ethertype 0x0026"));
  });

  it("says when it is cut", () => {
    assert.equal(text(ethernet(IPV4, PACKET).subarray(0, 13)), TRUNCATED);
    assert.equal(text(Buffer.alloc(0)), TRUNCATED);
    assert.equal(
      linkLayerText(ethernet(IPV4, PACKET.subarray(0, 19))),
      `${MACS} ethertype IPv4 (0x0800) ${TRUNCATED}`,
    );
  });
});

describe("VLAN text", () => {
  it("shows every tag with the link layer", () => {
    const packet = ethernet(0x88a8, vlan(0x7064, 0x8100, vlan(0x000a, IPV4, PACKET)));
    assert.equal(text(packet), PACKET_TEXT);
    assert.equal(
      linkLayerText(packet),
      `${MACS} ethertype 802.1Q-QinQ (0x88a8) vlan 100 p 3 DEI ethertype 802.1Q (0x8100) vlan 10 p 0 ethertype IPv4 (0x0800) ${PACKET_TEXT}`,
    );
  });

  it("shows an unknown type without name", () => {
    const packet = ethernet(0x9100, vlan(0xe001, 0x1234, Buffer.alloc(8)));
    assert.equal(text(packet), unsupported("ethertype 0x1234"));
    assert.equal(
      linkLayerText(packet),
      `${MACS} ethertype 802.1Q-9100 (0x9100) vlan 1 p 7 ethertype (0x1234) ${unsupported("ethertype 0x1234")}`,
    );
  });

  it("says when it is cut", () => {
    assert.equal(text(ethernet(0x8100, Buffer.alloc(3))), TRUNCATED);
    assert.equal(
      linkLayerText(ethernet(0x8100, Buffer.alloc(3))),
      `${MACS} ethertype 802.1Q (0x8100)${TRUNCATED}`,
    );
  });
});

describe("MACsec text", () => {
  const sci = "0200000000010001";

  it("shows the header with the link layer and walks on through clear payload", () => {
    const packet = ethernet(MACSEC, bytes(0x20 | 0x01, 48, u32(3_000_000_000), sci, u16(IPV4), PACKET));
    assert.equal(text(packet), PACKET_TEXT);
    assert.equal(
      linkLayerText(packet),
      `${MACS} ethertype 802.1AE MACsec (0x88e5) an 1 pn 3000000000 flags [I] sl 48 sci 0x${sci} ${PACKET_TEXT}`,
    );
  });

  it("stops at encrypted payload", () => {
    const packet = ethernet(MACSEC, bytes(0x7f, 0, u32(1), sci, Buffer.alloc(40)));
    assert.equal(text(packet), "802.1AE MACsec frame");
    assert.equal(
      linkLayerText(packet),
      `${MACS} ethertype 802.1AE MACsec (0x88e5) an 3 pn 1 flags [ECSBI] sci 0x${sci}`,
    );
  });

  it("walks on through a VLAN tag inside", () => {
    const packet = ethernet(MACSEC, bytes(0x40, 0, u32(2), u16(0x8100), vlan(5, IPV4, PACKET)));
    assert.equal(
      linkLayerText(packet),
      `${MACS} ethertype 802.1AE MACsec (0x88e5) an 0 pn 2 flags [S] vlan 5 p 0 ethertype IPv4 (0x0800) ${PACKET_TEXT}`,
    );
  });

  it("says when it is cut", () => {
    assert.equal(text(ethernet(MACSEC, Buffer.alloc(5))), TRUNCATED);
    assert.equal(text(ethernet(MACSEC, bytes(0, 0, u32(1), 8))), TRUNCATED);
    assert.equal(
      linkLayerText(ethernet(MACSEC, bytes(0x20, 0, u32(1), "0102"))),
      `${MACS} ethertype 802.1AE MACsec (0x88e5) an 0 pn 1 flags [I] sci 0x0102${TRUNCATED}`,
    );
  });
});

describe("ARP text", () => {
  const arp = (operation: number, targetMac = "000000000000") =>
    ethernet(ARP, bytes("0001 0800 06 04", u16(operation), "02000000000a 0a000001", targetMac, "0a000002"));

  it("asks who has an address, and names a known target", () => {
    assert.equal(text(arp(1)), "request who-has 10.0.0.2 tell 10.0.0.1");
    assert.equal(
      linkLayerText(arp(1)),
      `${MACS} ethertype ARP (0x0806) request who-has 10.0.0.2 tell 10.0.0.1`,
    );
    assert.equal(text(arp(1, "ffffffffffff")), "request who-has 10.0.0.2 (ff:ff:ff:ff:ff:ff) tell 10.0.0.1");
    assert.equal(text(arp(1, "000000000001")), "request who-has 10.0.0.2 (00:00:00:00:00:01) tell 10.0.0.1");
  });

  it("answers, forward and reverse", () => {
    assert.equal(text(arp(2)), "reply 10.0.0.1 is-at 02:00:00:00:00:0a");
    assert.equal(
      text(arp(3, "02000000000b")),
      "reverse request who-is 02:00:00:00:00:0b tell 02:00:00:00:00:0a",
    );
    assert.equal(text(arp(4, "02000000000b")), "reverse reply 02:00:00:00:00:0b at 10.0.0.2");
  });

  it("names other operations and says when it is cut", () => {
    assert.equal(text(arp(8)), unsupported("ARP operation 8"));
    assert.equal(text(arp(1).subarray(0, 14 + 27)), TRUNCATED);
  });
});

describe("packets without MAC header", () => {
  it("are told apart by their IP version, and show no link layer", () => {
    for (const linkLayer of [false, true]) {
      assert.equal(l3Text(PACKET, linkLayer), PACKET_TEXT);
      assert.equal(
        l3Text(ipv6(17, udp(53, Buffer.alloc(2))), linkLayer),
        "fd00::1.1000 > fd00::2.53 ttl 64 label 0x0 len 10 proto UDP (17) len 2",
      );
    }
  });

  it("show the link layer inside their tunnels", () => {
    const inner = ethernet(IPV4, PACKET);
    const packet = ipv4(17, udp(4789, bytes("08000000 00000700", inner)));
    assert.equal(
      l3Text(packet, true),
      `10.0.0.1.1000 > 10.0.0.2.4789 tos 0x0 ttl 64 id 7 off 0 len ${packet.length} proto UDP (17) len ${inner.length + 8} vxlan [I] vni 0x7 ${MACS} ethertype IPv4 (0x0800) ${PACKET_TEXT}`,
    );
  });

  it("say what they are not", () => {
    assert.equal(l3Text(Buffer.of(0xf0, 1, 2)), unsupported("IP version 15"));
    assert.equal(l3Text(Buffer.alloc(0)), TRUNCATED);
    assert.equal(l3Text(PACKET.subarray(0, 19)), TRUNCATED);
    assert.equal(l3Text(ethernet(IPV6, Buffer.alloc(0)).subarray(0, 1)), unsupported("IP version 0"));
  });
});
