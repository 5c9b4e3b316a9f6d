// The header walk of user space: by hand for what people ask about, by the reference's own parser for everything else.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Layers, type PacketMeta, type StartKind, walkHeaders } from "../../../compiler/packet/walk.js";
import * as generated from "../../../compiler/schema/generated/layout.js";
import { packetCases, randomOf } from "../../differential/packets.js";
import { parsePacket } from "../../differential/reference.js";

const { START_L2, START_L3, START_NONE, enums } = generated;
const PLAIN: PacketMeta = { protocol: 0, vlan: null };
const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(generated).flatMap(([name, value]) =>
    name.startsWith("LAYER_") && typeof value === "number" ? [[value, name.slice(6)]] : [],
  ),
);

const layersOf = ({ present }: Layers): readonly string[] =>
  [...NAMES].flatMap(([bit, name]) => ((present & bit) === 0 ? [] : [name])).sort();

function walk(hex: string, start: StartKind = START_L2, meta = PLAIN, length?: number): Layers {
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  return walkHeaders(bytes, 0, length ?? bytes.length, start, meta);
}

const MACS = "020000000001 020000000002";
const IPV4_TCP = "45000028 00004000 40060000 0a000001 0a000002";
const TCP = "1f90 0050 00000001 00000000 5002ffff 00000000";
const IPV6 = "60000000 0014 NN 40 fd000000000000000000000000000001 fd000000000000000000000000000002";

describe("header walk", () => {
  it("Ethernet, IPv4, TCP", () => {
    const layers = walk(`${MACS} 0800 ${IPV4_TCP} ${TCP}`);
    assert.deepEqual(layersOf(layers), ["ETH", "IPV4", "L4_PROTO", "TCP"]);
    assert.deepEqual([layers.l3, layers.l4, layers.protocol, layers.l4_proto], [14, 34, 0x0800, 6]);
  });

  it("the outermost of two tags counts; a third is not walked", () => {
    const two = walk(`${MACS} 88a8 6064 8100 00c8 0800 ${IPV4_TCP} ${TCP}`);
    assert.deepEqual([two.vlan_proto, two.vlan_tci, two.l3, two.protocol], [0x88a8, 0x6064, 22, 0x0800]);
    const three = walk(`${MACS} 8100 0001 8100 0002 8100 0003 0800 ${IPV4_TCP}`);
    assert.deepEqual([three.protocol, three.l3, three.vlan_tci], [0x8100, 22, 1]);
    assert.deepEqual(layersOf(three), ["ETH", "VLAN"]);
  });

  it("a tag that hardware took out is the outermost", () => {
    const meta: PacketMeta = { protocol: 0, vlan: { proto: 0x88a8, tci: 7 } };
    const layers = walk(`${MACS} 8100 0002 0800 ${IPV4_TCP} ${TCP}`, START_L2, meta);
    assert.deepEqual([layers.vlan_proto, layers.vlan_tci, layers.l3], [0x88a8, 7, 18]);
    assert.deepEqual(layersOf(walk("00", START_NONE, meta)), []);
  });

  it("later fragments have a protocol and no transport header", () => {
    const layers = walk("4500003c 00000005 40110000 0a000001 0a000002 00350035", START_L3);
    assert.deepEqual(layersOf(layers), ["FRAGMENT", "IPV4", "L4_PROTO"]);
    assert.equal(layers.l4_proto, 17);
  });

  it("IPv6 extension headers lead to the transport header", () => {
    const hopByHop = "2c 00 000000000000";
    const firstFragment = "06 00 0001 00000001";
    const layers = walk(`${IPV6.replace("NN", "00")} ${hopByHop} ${firstFragment} ${TCP}`, START_L3);
    assert.deepEqual(layersOf(layers), ["IPV6", "L4_PROTO", "TCP"]);
    assert.deepEqual([layers.l4, layers.l4_proto], [56, 6]);
    const later = walk(`${IPV6.replace("NN", "2c")} 06 00 0008 00000001 ${TCP}`, START_L3);
    assert.deepEqual(layersOf(later), ["FRAGMENT", "IPV6", "L4_PROTO"]);
  });

  it("more than eight extension headers are not walked to their end", () => {
    const chain = (count: number): string => `${"3c 00 000000000000 ".repeat(count - 1)}06 00 000000000000`;
    const walked = (count: number): boolean =>
      layersOf(walk(`${IPV6.replace("NN", "3c")} ${chain(count)} ${TCP}`, START_L3)).includes("TCP");
    assert.deepEqual([walked(8), walked(9)], [true, false]);
  });

  it("ICMP belongs to IPv4 and ICMPv6 to IPv6", () => {
    const four = (proto: string) => `45000028 00004000 40${proto}0000 0a000001 0a000002 0800000000000000`;
    assert.ok(layersOf(walk(four("01"), START_L3)).includes("ICMP"));
    assert.ok(!layersOf(walk(four("3a"), START_L3)).includes("ICMPV6"));
    assert.ok(layersOf(walk(`${IPV6.replace("NN", "3a")} 8000000000000000`, START_L3)).includes("ICMPV6"));
    assert.ok(!layersOf(walk(`${IPV6.replace("NN", "01")} 0800000000000000`, START_L3)).includes("ICMP"));
  });

  it("ARP for Ethernet and IPv4 is told from other ARP", () => {
    assert.deepEqual(layersOf(walk(`${MACS} 0806 0001 0800 0604 0001`)), ["ARP", "ARP_ETH_IPV4", "ETH"]);
    assert.deepEqual(layersOf(walk(`${MACS} 0806 0006 0800 0804 0001`)), ["ARP", "ETH"]);
  });

  it("without a MAC header the socket buffer's protocol decides, else the version", () => {
    assert.equal(walk(IPV4_TCP, START_L3, { protocol: 0x0806, vlan: null }).protocol, 0x0806);
    assert.equal(walk(IPV4_TCP, START_L3, { protocol: 4, vlan: null }).protocol, 0x0800);
    assert.equal(walk("00", START_L3).protocol, 0);
  });

  it("random packets, cut anywhere, by another parser", () => {
    const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
    const starts = { none: START_NONE, l2: START_L2, l3: START_L3 } as const;
    for (const packet of packetCases(randomOf(seed), 3000)) {
      const expected = parsePacket(packet);
      const length = Math.min(packet.bytes.length, enums.limit.WINDOW);
      const found = walkHeaders(packet.bytes, 0, length, starts[packet.start], packet);
      const told = `SEED=${seed} ${packet.start} ${Buffer.from(packet.bytes).toString("hex")}`;
      assert.deepEqual(layersOf(found), [...expected.layers].sort(), told);
      assert.deepEqual(
        [found.l3, found.l4, found.protocol, found.l4_proto, found.vlan_tci, found.vlan_proto],
        [
          expected.l3,
          expected.l4,
          expected.protocol,
          expected.l4Proto,
          expected.vlan?.tci ?? 0,
          expected.vlan?.proto ?? 0,
        ],
        told,
      );
    }
  });
});
