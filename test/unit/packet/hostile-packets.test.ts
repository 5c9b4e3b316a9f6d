// Owns the promise that any bytes give a text: random, mutated, cut and deeply nested packets neither throw nor read outside.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatPacket } from "../../../runtime/packet/format-packet.js";
import { TextWriter } from "../../../runtime/packet/text-writer.js";
import { bytes, chunk, ethernet, ipv4, ipv6, sctp, tcp, u16, u32, udp, vlan } from "./build-packet.js";
import { l3Text, linkLayerText, textBetween } from "./packet-text.js";
import { randomFrom, seedOf } from "./random.js";

const TCP_OPTIONS = bytes(
  "0204 05b4 0402 080a 00000001 ffffffff 01 030307 0512 00000001 00000002 fffffffe ffffffff 2202",
);
const INNER = ethernet(0x0800, ipv4(6, tcp(0x18, TCP_OPTIONS, Buffer.alloc(9))));

/** One packet per header that has a text, as the start for mutations. */
const PACKETS: readonly Buffer[] = [
  INNER,
  ethernet(
    0x0800,
    ipv4(17, udp(4789, bytes("0800000000000700", INNER)), { options: bytes("9404000001440300") }),
  ),
  ethernet(0x86dd, ipv6(17, udp(6081, bytes("03406558000001000100010106 0e363e 01028000", INNER)))),
  ethernet(
    0x8100,
    vlan(5, 0x86dd, ipv6(0, bytes(44, 0, Buffer.alloc(6), 58, 0, u16(8), u32(1), 128, 0, u16(0)))),
  ),
  ethernet(0x0806, bytes("0001080006040001 02000000000a0a000001 0000000000000a000002")),
  ethernet(
    0x0800,
    ipv4(
      132,
      sctp(chunk(1, 0, Buffer.alloc(16)), chunk(0, 3, Buffer.alloc(15)), chunk(3, 0, Buffer.alloc(12))),
    ),
  ),
  ethernet(0x0800, ipv4(51, bytes(50, 4, u16(0), u32(1), u32(2), Buffer.alloc(12), u32(3), u32(4)))),
  ethernet(0x88e5, bytes(0x20, 0, u32(1), Buffer.alloc(8), u16(0x0800), ipv4(1, bytes(8, 0, u16(0))))),
];

function check(packet: Uint8Array, before: Uint8Array, after: Uint8Array): void {
  for (const startsAt of ["l2", "l3"] as const) {
    for (const linkLayer of [false, true]) {
      const text = textBetween(before, packet, after, startsAt, linkLayer);
      const hex = () => `${startsAt} ${linkLayer} ${Buffer.from(packet).toString("hex")}`;
      assert.match(text, /^[\x20-\x7e]+$/, hex());
      assert.ok(text.length <= 300 + 32 * packet.length, `text of ${text.length} bytes: ${hex()}`);
      assert.equal(
        text,
        textBetween(new Uint8Array(0), packet, new Uint8Array(0), startsAt, linkLayer),
        hex(),
      );
    }
  }
}

describe("any bytes give a text", () => {
  it("packets cut at every length", () => {
    for (const packet of PACKETS) {
      for (let length = 0; length <= packet.length; length++) {
        check(packet.subarray(0, length), Buffer.alloc(2, 0xff), packet.subarray(length));
      }
    }
  });

  it("mutated packets", (t) => {
    const random = randomFrom(seedOf(t));
    const below = (limit: number) => Math.floor(random() * limit);
    for (let i = 0; i < 20_000; i++) {
      const packet = Buffer.from(PACKETS[below(PACKETS.length)]!);
      for (let changes = 1 + below(6); changes > 0; changes--) packet[below(packet.length)] = below(256);
      const cut = random() < 0.3 ? below(packet.length + 1) : packet.length;
      check(packet.subarray(0, cut), Buffer.alloc(below(4), below(256)), Buffer.alloc(below(64), below(256)));
    }
  });

  it("random bytes behind a familiar start", (t) => {
    const random = randomFrom(seedOf(t));
    const below = (limit: number) => Math.floor(random() * limit);
    const protocols = [0, 1, 6, 17, 43, 44, 50, 51, 58, 59, 60, 132, 135, 253];
    const ports = [4789, 6081, 8472, 53];
    const etherTypes = [0x0800, 0x86dd, 0x0806, 0x8100, 0x88a8, 0x88e5, 0x9100];
    for (let i = 0; i < 20_000; i++) {
      const noise = Buffer.from(Array.from({ length: below(200) }, () => below(256)));
      const behindIp = random() < 0.3 ? udp(ports[below(ports.length)]!, noise) : noise;
      const protocol = behindIp === noise ? protocols[below(protocols.length)]! : 17;
      const packets = [
        noise,
        ethernet(etherTypes[below(etherTypes.length)]!, noise),
        ethernet(0x0800, ipv4(protocol, behindIp)),
        ethernet(0x86dd, ipv6(protocol, behindIp)),
      ];
      check(packets[below(packets.length)]!, Buffer.alloc(below(4)), Buffer.alloc(below(64), below(256)));
    }
  });

  it("headers nested as deep as a packet can hold", () => {
    const repeat = (part: Uint8Array, length: number) => Buffer.alloc(length, part);
    const expectNested = (text: string, layer: string, times: number) => {
      const found = text.split(layer).length - 1;
      assert.ok(found >= times, `${found} times ${layer}, ends with ${text.slice(-80)}`);
    };
    const macsec = bytes(0, 0, u32(1), u16(0x88e5));
    expectNested(linkLayerText(ethernet(0x88e5, repeat(macsec, 64_000))), "an 0 pn 1 flags []", 8_000);
    const tag = vlan(1, 0x8100, Buffer.alloc(0));
    expectNested(linkLayerText(ethernet(0x8100, repeat(tag, 64_000))), "vlan 1 p 0", 16_000);
    const ah = bytes(51, 1, u16(0), u32(1), u32(1));
    expectNested(l3Text(ipv4(51, repeat(ah, 60_000))), "proto AH (51)", 5_000);
    expectNested(l3Text(ipv6(60, repeat(bytes(60, 0, Buffer.alloc(6)), 64_000))), "Ipv6Opts", 8_000);
    const tunnel = ethernet(0x0800, ipv4(17, udp(4789, bytes("0800000000000700")), { totalLength: 65_535 }));
    expectNested(linkLayerText(repeat(tunnel, 60_000)), "vxlan [I] vni 0x7 ", 1_200);
  });

  it("an end behind the buffer, or before the start", () => {
    const write = (start: number, end: number) => {
      const out = new TextWriter();
      formatPacket(out, INNER, start, end, INNER.length, "l2", { linkLayer: true });
      return out.take().toString();
    };
    assert.equal(write(0, 10_000), linkLayerText(INNER));
    assert.equal(write(20, 10), "... (truncated or incomplete packet)");
    assert.equal(write(10_000, 20_000), "... (truncated or incomplete packet)");
  });
});
