// Owns the comparison with another dissector: for generated packets, the text put together from tshark's fields is ours.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { bytes, chunk, u16, u32, vlan } from "./build-packet.js";
import { linkLayerText } from "./packet-text.js";
import { randomFrom, seedOf } from "./random.js";

const FIELDS = [
  "eth.src",
  "eth.dst",
  "eth.type",
  "vlan.id",
  "vlan.priority",
  "vlan.dei",
  "vlan.etype",
  "arp.opcode",
  "arp.src.hw_mac",
  "arp.src.proto_ipv4",
  "arp.dst.hw_mac",
  "arp.dst.proto_ipv4",
  "ip.src",
  "ip.dst",
  "ip.dsfield",
  "ip.dsfield.ecn",
  "ip.ttl",
  "ip.id",
  "ip.frag_offset",
  "ip.flags.mf",
  "ip.flags.df",
  "ip.flags.rb",
  "ip.len",
  "ip.proto",
  "ipv6.src",
  "ipv6.dst",
  "ipv6.tclass.ecn",
  "ipv6.hlim",
  "ipv6.flow",
  "ipv6.plen",
  "ipv6.nxt",
  "tcp.srcport",
  "tcp.dstport",
  "tcp.seq_raw",
  "tcp.hdr_len",
  "tcp.ack_raw",
  "tcp.window_size_value",
  "tcp.flags",
  "tcp.option_kind",
  "tcp.options.mss_val",
  "tcp.options.wscale.shift",
  "tcp.options.timestamp.tsval",
  "tcp.options.timestamp.tsecr",
  "tcp.options.sack_le",
  "tcp.options.sack_re",

  "udp.srcport",
  "udp.dstport",
  "udp.length",
  "icmp.type",
  "icmp.code",
  "icmpv6.type",
  "icmpv6.code",
  "sctp.srcport",
  "sctp.dstport",
  "sctp.verification_tag",
  "sctp.chunk_type",
  "sctp.data_tsn_raw",
  "sctp.data_sid",
  "sctp.data_ssn",
  "sctp.data_payload_proto_id",
  "sctp.data_u_bit",
  "sctp.data_b_bit",
  "sctp.data_e_bit",
] as const;

type Field = (typeof FIELDS)[number];
type Fields = (name: Field) => string;

const NAMES = new Map([
  [0x0800, "IPv4"],
  [0x0806, "ARP"],
  [0x86dd, "IPv6"],
  [0x8100, "802.1Q"],
]);
const PROTOCOLS = new Map([
  [1, "ICMP"],
  [6, "TCP"],
  [17, "UDP"],
  [58, "ICMPv6"],
  [132, "SCTP"],
]);
const OPTION_NAMES = new Map([
  [0, "eol"],
  [1, "nop"],
  [2, "mss"],
  [3, "wscale"],
  [4, "sackOK"],
  [5, "sack"],
  [8, "TS"],
]);
const CHUNK_NAMES = new Map([
  [4, "HEARTBEAT"],
  [11, "COOKIE_ACK"],
  [14, "SHUTDOWN_COMPLETE"],
]);

function set(value: string): boolean {
  return value === "1" || value === "True";
}

function etherType(value: string): string {
  const number = Number(value);
  return `ethertype ${NAMES.get(number)} (0x${number.toString(16).padStart(4, "0")})`;
}

function ecn(value: string): string {
  return ["", " ECT(1)", " ECT(0)", " CE"][Number(value)]!;
}

function protocol(value: string): string {
  return `proto ${PROTOCOLS.get(Number(value))} (${value})`;
}

/** Our text, from what tshark says. */
function expected(field: Fields): string {
  let text = `${field("eth.src")} > ${field("eth.dst")} ${etherType(field("eth.type"))} `;
  if (field("vlan.id") !== "") {
    const dei = set(field("vlan.dei")) ? " DEI" : "";
    text += `vlan ${field("vlan.id")} p ${field("vlan.priority")}${dei} ${etherType(field("vlan.etype"))} `;
  }
  if (field("arp.opcode") !== "") return text + expectedArp(field);
  const transport = ["tcp", "udp", "sctp"].find((name) => field(`${name}.srcport` as Field) !== "");
  const port = (side: "src" | "dst") =>
    transport === undefined ? "" : `.${field(`${transport}.${side}port` as Field)}`;
  if (field("ip.src") !== "") {
    const flags = [
      set(field("ip.flags.mf")) ? "+" : "",
      set(field("ip.flags.df")) ? "DF" : "",
      set(field("ip.flags.rb")) ? "rsvd" : "",
    ].filter((flag) => flag !== "");
    text += `${field("ip.src")}${port("src")} > ${field("ip.dst")}${port("dst")}`;
    text += ` tos 0x${Number(field("ip.dsfield")).toString(16)}${ecn(field("ip.dsfield.ecn"))} ttl ${field("ip.ttl")}`;
    text += ` id ${Number(field("ip.id"))} off ${field("ip.frag_offset")}`;
    text += `${flags.length > 0 ? ` [${flags.join(",")}]` : ""} len ${field("ip.len")} ${protocol(field("ip.proto"))}`;
  } else {
    text += `${field("ipv6.src")}${port("src")} > ${field("ipv6.dst")}${port("dst")}${ecn(field("ipv6.tclass.ecn"))}`;
    text += ` ttl ${field("ipv6.hlim")} label 0x${Number(field("ipv6.flow")).toString(16)} len ${field("ipv6.plen")}`;
    text += ` ${protocol(field("ipv6.nxt"))}`;
  }
  return text + expectedTransport(field);
}

function expectedArp(field: Fields): string {
  if (field("arp.opcode") === "2")
    return `reply ${field("arp.src.proto_ipv4")} is-at ${field("arp.src.hw_mac")}`;
  const target = field("arp.dst.hw_mac") === "00:00:00:00:00:00" ? "" : ` (${field("arp.dst.hw_mac")})`;
  return `request who-has ${field("arp.dst.proto_ipv4")}${target} tell ${field("arp.src.proto_ipv4")}`;
}

function expectedTransport(field: Fields): string {
  if (field("udp.length") !== "") return ` len ${Number(field("udp.length")) - 8}`;
  if (field("icmp.type") !== "") return ` type ${field("icmp.type")} code ${field("icmp.code")}`;
  if (field("icmpv6.type") !== "") return ` type ${field("icmpv6.type")} code ${field("icmpv6.code")}`;
  if (field("sctp.verification_tag") !== "") return expectedSctp(field);
  return expectedTcp(field);
}

function expectedTcp(field: Fields): string {
  const bits = Number(field("tcp.flags"));
  const letters = ["F", "S", "R", "P", ".", "U", "E", "W", "e"]
    .filter((_, bit) => ((bits >> bit) & 1) === 1)
    .join("");
  const sequence = Number(field("tcp.seq_raw"));
  // tshark has no segment length for a first fragment: take it from the headers.
  const payload = field("ip.len") === "" ? Number(field("ipv6.plen")) : Number(field("ip.len")) - 20;
  const length = payload - Number(field("tcp.hdr_len"));
  let text = ` flags [${letters}] seq ${sequence}${length > 0 ? `:${(sequence + length) % 2 ** 32}` : ""}`;
  if ((bits & 0x10) !== 0) text += ` ack ${field("tcp.ack_raw")}`;
  text += ` win ${field("tcp.window_size_value")}`;
  if (field("tcp.option_kind") === "") return text;
  const left = field("tcp.options.sack_le").split(",");
  const right = field("tcp.options.sack_re").split(",");
  const options = field("tcp.option_kind")
    .split(",")
    .map((kind) => {
      const name = OPTION_NAMES.get(Number(kind));
      if (kind === "2") return `${name} ${field("tcp.options.mss_val")}`;
      if (kind === "3") return `${name} ${field("tcp.options.wscale.shift")}`;
      if (kind === "5")
        return `${name} ${left.length} ${left.map((edge, i) => `{${edge}:${right[i]}}`).join("")}`;
      if (kind === "8")
        return `${name} val ${field("tcp.options.timestamp.tsval")} ecr ${field("tcp.options.timestamp.tsecr")}`;
      return name;
    });
  return `${text} [${options.join(",")}]`;
}

function expectedSctp(field: Fields): string {
  const type = field("sctp.chunk_type");
  const tag = ` vtag 0x${Number(field("sctp.verification_tag")).toString(16)}`;
  if (type !== "0") return `${tag} [${CHUNK_NAMES.get(Number(type))}]`;
  const bit = (name: "u" | "b" | "e") => (set(field(`sctp.data_${name}_bit`)) ? name.toUpperCase() : "");
  const flags = `${bit("u")}${bit("b")}${bit("e")}`;
  return `${tag} [DATA${flags === "" ? "" : ` (${flags})`} TSN ${field("sctp.data_tsn_raw")} SID ${Number(field("sctp.data_sid"))} SSEQ ${field("sctp.data_ssn")} PPID 0x${Number(field("sctp.data_payload_proto_id")).toString(16)}]`;
}

function generate(random: () => number): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]!;
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));
  const word = () => u32(Math.floor(random() * 2 ** 32));
  const option = (): Buffer =>
    pick([
      () => bytes("0204", noise(2)),
      () => bytes("0303", below(15)),
      () => bytes("0402"),
      () => bytes("080a", word(), word()),
      () => bytes("050a", word(), word()),
      () => bytes("0512", noise(16)),
    ])();
  const options = () => {
    // Each kind once: tshark reports repeated values in one list.
    const kinds = new Map<number, Buffer>();
    for (let i = below(4); i > 0; i--) {
      const made = option();
      kinds.set(made[0]!, made);
    }
    const list = bytes(...kinds.values());
    const fitting = list.length > 40 ? Buffer.alloc(0) : list;
    return bytes(fitting, Buffer.alloc((4 - (fitting.length % 4)) % 4, 1));
  };
  const port = () => u16(49_152 + below(16_000));
  const transports: readonly (readonly [number, () => Buffer])[] = [
    [
      6,
      () => {
        const list = options();
        return bytes(
          port(),
          port(),
          word(),
          word(),
          ((5 + list.length / 4) << 4) | below(2),
          below(256),
          noise(2),
          u32(0),
          list,
          noise(below(9)),
        );
      },
    ],
    [
      17,
      () => {
        const payload = noise(below(20));
        return bytes(port(), port(), u16(8 + payload.length), u16(0), payload);
      },
    ],
    [
      132,
      () => {
        const type = pick([0, 4, 11, 14]);
        const value =
          type === 0
            ? bytes(word(), noise(4), word(), noise(1 + below(9)))
            : type === 4
              ? bytes("00010008", word())
              : Buffer.alloc(0);
        return bytes(port(), port(), word(), u32(0), chunk(type, type === 0 ? below(8) : 0, value));
      },
    ],
  ];
  const address6 = () =>
    bytes("2001 0db8", ...Array.from({ length: 6 }, () => (random() < 0.5 ? u16(0) : u16(below(65_536)))));
  const network = (): readonly [number, Buffer] => {
    const version = pick([4, 6, "arp"] as const);
    if (version === "arp") {
      const target = random() < 0.5 ? Buffer.alloc(6) : noise(6);
      return [0x0806, bytes("000108000604", u16(1 + below(2)), noise(10), target, noise(4))];
    }
    if (version === 4) {
      const [number, transport] = pick([
        ...transports,
        [1, () => bytes(8 * below(2), 0, noise(14))] as const,
      ]);
      const payload = transport();
      const fragment = pick([0, 0x4000, 0x8000, 0x2000]);
      return [
        0x0800,
        bytes(
          0x45,
          below(256),
          u16(20 + payload.length),
          noise(2),
          u16(fragment),
          1 + below(255),
          number,
          u16(0),
          10,
          noise(3),
          10,
          noise(3),
          payload,
        ),
      ];
    }
    const [number, transport] = pick([
      ...transports,
      [58, () => bytes(128 + below(2), 0, noise(14))] as const,
    ]);
    const payload = transport();
    const first = 0x6000_0000 + below(2 ** 28);
    return [
      0x86dd,
      bytes(u32(first), u16(payload.length), number, 1 + below(255), address6(), address6(), payload),
    ];
  };
  const [type, payload] = network();
  const macs = bytes(0x02, noise(5), 0x02, noise(5));
  if (random() < 0.3) return bytes(macs, u16(0x8100), vlan(1 + below(65_535), type, payload));
  return bytes(macs, u16(type), payload);
}

/** Classic pcap with the Ethernet link type: https://ietf-opsawg-wg.github.io/draft-ietf-opsawg-pcap/draft-ietf-opsawg-pcap.html */
function pcap(packets: readonly Buffer[]): Buffer {
  const header = bytes("a1b2c3d4 0002 0004 00000000 00000000", u32(65_535), u32(1));
  return bytes(
    header,
    ...packets.map((packet) => bytes(u32(0), u32(0), u32(packet.length), u32(packet.length), packet)),
  );
}

function dissect(packets: readonly Buffer[]): readonly Fields[] {
  const folder = mkdtempSync(join(tmpdir(), "retis-packet-text-"));
  try {
    const file = join(folder, "packets.pcap");
    writeFileSync(file, pcap(packets));
    const options = ["-n", "-o", "ip.defragment:FALSE", "-o", "tcp.relative_sequence_numbers:FALSE"];
    const fields = ["-T", "fields", "-E", "separator=/t", ...FIELDS.flatMap((field) => ["-e", field])];
    const run = spawnSync("tshark", [...options, "-r", file, ...fields], { encoding: "utf8" });
    assert.equal(run.status, 0, run.stderr);
    const lines = run.stdout.replace(/\n$/, "").split("\n");
    assert.equal(lines.length, packets.length);
    return lines.map((line) => {
      const values = line.split("\t");
      return (name) => values[FIELDS.indexOf(name)]!;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const hasTshark = spawnSync("tshark", ["--version"]).status === 0;

it("says of generated packets what tshark says", { skip: hasTshark ? false : "no tshark" }, (t) => {
  const random = randomFrom(seedOf(t));
  const packets = Array.from({ length: 500 }, () => generate(random));
  const dissected = dissect(packets);
  for (const [i, packet] of packets.entries()) {
    assert.equal(linkLayerText(packet), expected(dissected[i]!), packet.toString("hex"));
  }
});
