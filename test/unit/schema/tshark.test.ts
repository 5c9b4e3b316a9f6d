// The values of fields against tshark's, on generated packets: offsets, masks, byte order, and what is absent.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import type { Field } from "../../../compiler/schema/field.js";
import { fields } from "../../../compiler/schema/index.js";
import type { Value } from "../../../compiler/schema/value.js";
import { parseIp, parseMac } from "../../../compiler/syntax/literals.js";
import { type PacketCase, packetCase } from "../../differential/packets.js";
import { evaluate, type Hit, parsePacket } from "../../differential/reference.js";
import { bytes, chunk, sctp, u16, u32, vlan } from "../packet/build-packet.js";
import { randomFrom, seedOf } from "../packet/random.js";

/** Our field, and tshark's: of several the first that there is. */
const PAIRS: readonly (readonly [ours: string, ...theirs: string[]])[] = [
  ["eth.saddr", "eth.src"],
  ["eth.daddr", "eth.dst"],
  ["eth.type", "eth.type"],
  ["vlan.id", "vlan.id"],
  ["vlan.pcp", "vlan.priority"],
  ["vlan.dei", "vlan.dei"],
  ["vlan.type", "vlan.etype"],
  ["arp.op", "arp.opcode"],
  ["arp.saddr", "arp.src.proto_ipv4"],
  ["arp.daddr", "arp.dst.proto_ipv4"],
  ["arp.smac", "arp.src.hw_mac"],
  ["arp.tmac", "arp.dst.hw_mac"],
  ["arp.htype", "arp.hw.type"],
  ["arp.ptype", "arp.proto.type"],
  ["ip.saddr", "ip.src", "ipv6.src"],
  ["ip.daddr", "ip.dst", "ipv6.dst"],
  ["ipv4.saddr", "ip.src"],
  ["ipv4.daddr", "ip.dst"],
  ["ipv6.saddr", "ipv6.src"],
  ["ipv6.daddr", "ipv6.dst"],
  ["ipv4.proto", "ip.proto"],
  ["ipv6.nexthdr", "ipv6.nxt"],
  ["ip.ttl", "ip.ttl", "ipv6.hlim"],
  ["ipv4.ttl", "ip.ttl"],
  ["ipv6.hoplimit", "ipv6.hlim"],
  ["ipv4.len", "ip.len"],
  ["ipv6.plen", "ipv6.plen"],
  ["ip.version", "ip.version", "ipv6.version"],
  ["ipv4.hlen", "ip.hdr_len"],
  ["ip.id", "ip.id"],
  ["ip.df", "ip.flags.df"],
  ["ip.mf", "ip.flags.mf"],
  ["ip.frag", "ip.frag_offset"],
  ["ip.checksum", "ip.checksum"],
  ["ip.dscp", "ip.dsfield.dscp", "ipv6.tclass.dscp"],
  ["ip.ecn", "ip.dsfield.ecn", "ipv6.tclass.ecn"],
  ["ip.tos", "ip.dsfield", "ipv6.tclass"],
  ["ipv6.flow", "ipv6.flow"],
  ["tcp.sport", "tcp.srcport"],
  ["tcp.dport", "tcp.dstport"],
  ["tcp.seq", "tcp.seq_raw"],
  ["tcp.ack_seq", "tcp.ack_raw"],
  ["tcp.flags.fin", "tcp.flags.fin"],
  ["tcp.flags.syn", "tcp.flags.syn"],
  ["tcp.flags.rst", "tcp.flags.reset"],
  ["tcp.flags.psh", "tcp.flags.push"],
  ["tcp.flags.ack", "tcp.flags.ack"],
  ["tcp.flags.urg", "tcp.flags.urg"],
  ["tcp.flags.cwr", "tcp.flags.cwr"],
  ["tcp.window", "tcp.window_size_value"],
  ["tcp.hlen", "tcp.hdr_len"],
  ["tcp.len", "tcp.len"],
  ["tcp.checksum", "tcp.checksum"],
  ["tcp.urgptr", "tcp.urgent_pointer"],
  ["udp.sport", "udp.srcport"],
  ["udp.dport", "udp.dstport"],
  ["udp.len", "udp.length"],
  ["udp.checksum", "udp.checksum"],
  ["l4.sport", "tcp.srcport", "udp.srcport", "sctp.srcport"],
  ["l4.dport", "tcp.dstport", "udp.dstport", "sctp.dstport"],
  ["icmp.type", "icmp.type"],
  ["icmp.code", "icmp.code"],
  ["icmp.id", "icmp.ident"],
  ["icmp.seq", "icmp.seq"],
  ["icmp.gateway", "icmp.redir_gw"],
  ["icmp.mtu", "icmp.mtu"],
  ["icmpv6.type", "icmpv6.type"],
  ["icmpv6.code", "icmpv6.code"],
  ["icmpv6.id", "icmpv6.echo.identifier"],
  ["icmpv6.seq", "icmpv6.echo.sequence_number"],
  ["icmpv6.target", "icmpv6.nd.ns.target_address", "icmpv6.nd.na.target_address"],
  ["icmpv6.mtu", "icmpv6.mtu"],
  ["sctp.sport", "sctp.srcport"],
  ["sctp.dport", "sctp.dstport"],
  ["sctp.vtag", "sctp.verification_tag"],
  ["sctp.checksum", "sctp.checksum"],
];

const THEIRS = [...new Set(PAIRS.flatMap(([, ...theirs]) => theirs))];

function generate(random: () => number): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]!;
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));
  /** Ports that no dissector of tshark claims. */
  const port = () => u16(49_152 + below(16_000));
  const words = (count: number) => noise(4 * count);
  const tcp = () => {
    const options = below(3);
    const fixed = bytes(port(), port(), words(2), (5 + options) << 4, below(256), noise(6));
    return bytes(fixed, Buffer.alloc(4 * options, 1), noise(below(20)));
  };
  const udp = () => {
    const payload = noise(below(20));
    return bytes(port(), port(), u16(8 + payload.length), noise(2), payload);
  };
  const sctpPacket = () => {
    const made = sctp(chunk(11, 0, Buffer.alloc(0)));
    bytes(port(), port(), words(2)).copy(made);
    return made;
  };
  const icmp = () => {
    const [type, code] = pick([
      [0, 0],
      [8, 0],
      [3, 4],
      [3, 1],
      [5, 1],
      [13, 0],
      [11, 0],
    ] as const);
    return bytes(type, code, noise(type === 13 ? 18 : 6));
  };
  const icmpv6 = () => {
    const type = pick([128, 129, 135, 136, 2, 1]);
    return bytes(type, 0, noise(type === 135 || type === 136 ? 22 : 6));
  };
  const address6 = () => bytes("2001 0db8", noise(12));
  const network = (): readonly [number, Buffer] => {
    const kind = pick(["arp", "ipv4", "ipv4", "ipv6", "ipv6"] as const);
    if (kind === "arp") return [0x0806, bytes("000108000604", u16(1 + below(2)), noise(20))];
    if (kind === "ipv4") {
      const [protocol, payload] = pick([
        [6, tcp],
        [17, udp],
        [132, sctpPacket],
        [1, icmp],
      ] as const);
      const options = below(3);
      const body = payload();
      const length = u16(20 + 4 * options + body.length);
      // Fragments but the first have bytes of the middle of something.
      const fragment = pick([0, 0x4000, 0, 0x4000, 0, 0x2000 | below(0x1fff)]);
      const head = bytes(0x45 + options, below(256), length, noise(2), u16(fragment), below(256), protocol);
      return [0x0800, bytes(head, noise(2), 10, noise(3), 10, noise(3), Buffer.alloc(4 * options, 1), body)];
    }
    const [next, payload] = pick([
      [6, tcp],
      [17, udp],
      [132, sctpPacket],
      [58, icmpv6],
    ] as const);
    const first = u32(0x6000_0000 + below(2 ** 28));
    // An eight byte hop-by-hop header of padding, now and then.
    const body = random() < 0.3 ? bytes(next, 0, "010400000000", payload()) : payload();
    const nextHeader = body[1] === 0 && body.subarray(2, 8).toString("hex") === "010400000000" ? 0 : next;
    return [0x86dd, bytes(first, u16(body.length), nextHeader, below(256), address6(), address6(), body)];
  };
  const [type, payload] = network();
  const macs = bytes(0x02, noise(5), 0x02, noise(5));
  const tagged = random() < 0.3;
  return bytes(
    macs,
    tagged ? bytes(u16(0x8100), vlan(below(65_536), type, payload)) : bytes(u16(type), payload),
  );
}

type Dissected = (name: string) => string;

/** Of a value that a packet has twice (the packet in an ICMP error) the first: the outermost. */
function dissect(packets: readonly Buffer[]): readonly Dissected[] {
  const folder = mkdtempSync(join(tmpdir(), "retis-fields-"));
  try {
    const file = join(folder, "packets.pcap");
    const records = packets.map((packet) =>
      bytes(u32(0), u32(0), u32(packet.length), u32(packet.length), packet),
    );
    writeFileSync(file, bytes("a1b2c3d4 0002 0004 00000000 00000000", u32(65_535), u32(1), ...records));
    const options = ["-n", "-o", "ip.defragment:FALSE", "-o", "tcp.relative_sequence_numbers:FALSE"];
    const asked = ["-T", "fields", "-E", "separator=/t", "-E", "occurrence=f"];
    const names = THEIRS.flatMap((name) => ["-e", name]);
    const run = spawnSync("tshark", [...options, "-r", file, ...asked, ...names], { encoding: "utf8" });
    assert.equal(run.status, 0, run.stderr);
    const lines = run.stdout.replace(/\n$/, "").split("\n");
    assert.equal(lines.length, packets.length);
    return lines.map((line) => {
      const values = line.split("\t");
      return (name) => values[THEIRS.indexOf(name)] ?? "";
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As one number in our unit; null: absent. */
function theirNumber(name: string, text: string): bigint | null {
  if (text === "") return null;
  // Since 3.x in units of eight bytes, as in the header.
  if (name === "ip.frag") return BigInt(text) * 8n;
  if (text === "True" || text === "False") return text === "True" ? 1n : 0n;
  return parseMac(text) ?? parseIp(text)?.value ?? BigInt(text);
}

function ourNumber(field: Field, hit: Hit): bigint | null {
  if (field.value.kind === "number") return evaluate(field.value.value, hit);
  assert.ok(field.value.kind === "address", field.name);
  const { v4, v6 } = field.value.value;
  const value = (of: Value | undefined | null) =>
    of === null || of === undefined ? null : evaluate(of, hit);
  const [high, low] = [value(v6?.high), value(v6?.low)];
  const wide =
    high === null || low === null ? null : (BigInt.asUintN(64, high) << 64n) | BigInt.asUintN(64, low);
  return value(v4) ?? wide;
}

function hitOf(packet: Buffer, metadata: PacketCase["metadata"]): Hit {
  const parts = { start: "l2", protocol: 0, vlan: null, fragmentBytes: 0, metadata } as const;
  const whole: PacketCase = { ...parts, bytes: packet };
  return {
    packet: whole,
    parsed: parsePacket(whole),
    probe: { name: "net:netif_rx", type: "tp" },
    numbers: new Map(),
    strings: new Map(),
    sections: new Set(["packet"]),
  };
}

const hasTshark = spawnSync("tshark", ["--version"]).status === 0;

it("reads of generated packets what tshark reads", { skip: hasTshark ? false : "no tshark" }, (t) => {
  const random = randomFrom(seedOf(t));
  const packets = Array.from({ length: 600 }, () => generate(random));
  const dissected = dissect(packets);
  const { metadata } = packetCase(random);
  const seen = new Set<string>();
  for (const [i, packet] of packets.entries()) {
    const hit = hitOf(packet, metadata);
    for (const [name, ...theirs] of PAIRS) {
      const field = fields.get(name);
      assert.ok(field !== undefined, name);
      const text = theirs.map((their) => dissected[i]!(their)).find((one) => one !== "") ?? "";
      assert.equal(ourNumber(field, hit), theirNumber(name, text), `${name} of ${packet.toString("hex")}`);
      if (text !== "") seen.add(name);
    }
  }
  assert.deepEqual(
    PAIRS.map(([name]) => name).filter((name) => !seen.has(name)),
    [],
    "every field was there at least once",
  );
});
