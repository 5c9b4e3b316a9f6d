// Expressions that pcap-filter(7) can say too: libpcap's own interpreter agrees, but for the differences listed here.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compileTest } from "../../compiler/codegen/predicates/index.js";
import { addon } from "../unit/addon/fixture.js";
import { everything, FRAME_SIZE, writeFrame } from "./frames.js";
import { showPacket } from "./judge.js";
import { type PacketCase, packetCases, randomOf } from "./packets.js";
import { type ParsedPacket, parsePacket } from "./reference.js";
import { compileScript, scriptOf } from "./scripts.js";
import { cannotLoad } from "./world.js";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const EXPRESSIONS = 600;
const PACKETS = 4096;
const COMPARED = 384;
const DLT_EN10MB = 1;
const DLT_RAW = 12;

/** The same question in both languages. */
interface Pair {
  readonly pcap: string;
  readonly retis: string;
  /** Asks for an Ethernet header: `ether …` is an error of libpcap's on raw IP. */
  readonly ethernet?: boolean;
}

/** Why libpcap may answer otherwise; a packet of which one of these holds is not compared. */
const DIFFERENCES: readonly {
  readonly reason: string;
  readonly holds: (packet: PacketCase, parsed: ParsedPacket) => boolean;
}[] = [
  {
    reason: "without a first byte there is no packet to give to libpcap",
    holds: ({ start }) => start === "none",
  },
  {
    reason: "tags: libpcap looks behind them only after the word `vlan`, Retis always does",
    holds: ({ vlan }, { layers }) => vlan !== null || layers.has("VLAN"),
  },
  {
    reason:
      "a byte beyond the captured ones makes libpcap's whole filter false, even under `not`; in Retis that comparison alone",
    holds: (_, { window, layers, l3, l4 }) =>
      window.length < 14 ||
      window.length < l3 + (layers.has("IPV6") ? 40 : layers.has("ARP") ? 28 : 20) ||
      (l4 !== 0 && window.length < l4 + 20),
  },
  {
    reason: "extension headers: libpcap compares the first next header, Retis walks the chain",
    holds: (_, { window, l3, layers, l4Proto }) =>
      layers.has("IPV6") && (!layers.has("L4_PROTO") || window[l3 + 6] !== l4Proto),
  },
  {
    reason:
      "header length under 20 bytes: libpcap takes it as it is, for Retis there is no transport header then",
    holds: (_, { window, l3, layers }) => layers.has("IPV4") && window[l3]! % 16 < 5,
  },
  {
    reason:
      "the IP version: on Ethernet libpcap believes the EtherType, on raw IP the version; Retis wants both to agree",
    holds: ({ start, protocol: known }, { window, l3, protocol }) => {
      const version = window[l3]! >> 4;
      if (start === "l3") return known !== (version === 4 ? 0x0800 : version === 6 ? 0x86dd : -1);
      return (protocol === 0x0800 && version !== 4) || (protocol === 0x86dd && version !== 6);
    },
  },
];

const port = fc.constantFrom(22, 53, 80, 443, 8080, 4789);
const host = fc.constantFrom("10.0.0.1", "127.0.0.1", "192.168.1.1", "10.0.0.254");
const host6 = fc.constantFrom("fd00::1", "::1", "2001:db8:0:0:8000::ff");
const mac = fc.constantFrom("ff:ff:ff:ff:ff:ff", "02:00:00:00:00:01");
const small = fc.nat({ max: 255 });
const side = fc.constantFrom(["src", "s"] as const, ["dst", "d"] as const);

const primitives: readonly fc.Arbitrary<Pair>[] = [
  fc.constant({ pcap: "ip", retis: "ipv4" }),
  fc.constant({ pcap: "ip6", retis: "ipv6" }),
  fc.constant({ pcap: "arp", retis: "arp", ethernet: true }),
  // `tcp` alone also holds for later fragments, of which Retis has no TCP header: the number is the same in both.
  fc.constantFrom(6, 17, 132).map((proto) => ({
    pcap: `(ip proto ${proto} or ip6 proto ${proto})`,
    retis: `ip.proto in {${proto}}`,
  })),
  fc.tuple(fc.constantFrom("tcp", "udp", "sctp"), side, port).map(([proto, [word, letter], number]) => ({
    pcap: `${proto} ${word} port ${number}`,
    retis: `${proto}.${letter}port == ${number}`,
  })),
  fc.tuple(fc.constantFrom("tcp", "udp", "sctp"), port).map(([proto, number]) => ({
    pcap: `${proto} port ${number}`,
    retis: `${proto}.port == ${number}`,
  })),
  port.map((number) => ({
    pcap: `port ${number}`,
    retis: `(tcp.port == ${number} or udp.port == ${number} or sctp.port == ${number})`,
  })),
  fc.tuple(side, port, port).map(([[word, letter], a, b]) => ({
    pcap: `tcp ${word} portrange ${Math.min(a, b)}-${Math.max(a, b)}`,
    retis: `tcp.${letter}port in {${Math.min(a, b)}..${Math.max(a, b)}}`,
  })),
  fc.tuple(side, host).map(([[word, letter], address]) => ({
    pcap: `ip ${word} host ${address}`,
    retis: `ipv4.${letter}addr == ${address}`,
  })),
  fc.tuple(side, host6).map(([[word, letter], address]) => ({
    pcap: `ip6 ${word} host ${address}`,
    retis: `ipv6.${letter}addr == ${address}`,
  })),
  host.map((address) => ({
    pcap: `ip host ${address}`,
    retis: `(ipv4.saddr == ${address} or ipv4.daddr == ${address})`,
  })),
  fc.constantFrom("10.0.0.0/8", "192.168.0.0/16", "224.0.0.0/4").map((net) => ({
    pcap: `ip src net ${net}`,
    retis: `ipv4.saddr in ${net}`,
  })),
  fc.constantFrom("fd00::/8", "2001:db8::/32", "fe80::/64").map((net) => ({
    pcap: `ip6 dst net ${net}`,
    retis: `ipv6.daddr in ${net}`,
  })),
  fc.tuple(side, mac).map(([[word, letter], address]) => ({
    pcap: `ether ${word} ${address}`,
    retis: `eth.${letter}addr == ${address}`,
    ethernet: true,
  })),
  fc.constantFrom(0x0800, 0x86dd, 0x0806, 0x88cc).map((type) => ({
    pcap: `ether proto ${type}`,
    retis: `eth.type in {${type}}`,
    ethernet: true,
  })),
  fc.tuple(fc.constantFrom("<", "<=", ">", ">=", "==", "!="), small).map(([op, number]) => ({
    pcap: `ip[8] ${op === "==" ? "=" : op} ${number}`,
    retis: `(ipv4 and ip.ttl ${op} ${number})`,
  })),
  fc.tuple(fc.constantFrom("<", ">"), fc.nat({ max: 65_535 })).map(([op, number]) => ({
    pcap: `ip[2:2] ${op} ${number}`,
    retis: `(ipv4 and ip.len ${op} ${number})`,
  })),
  fc.tuple(fc.constantFrom("!=", "="), fc.constantFrom(1, 2, 4, 8, 16)).map(([op, bit]) => ({
    pcap: `tcp[13] & ${bit} ${op} 0`,
    retis: `(ipv4 and tcp.flags & ${bit} ${op === "=" ? "==" : op} 0)`,
  })),
  fc.nat({ max: 0x7fffffff }).map((number) => ({
    pcap: `tcp[4:4] > ${number}`,
    retis: `(ipv4 and tcp.seq > ${number})`,
  })),
  fc
    .nat({ max: 20 })
    .map((number) => ({ pcap: `icmp[0] = ${number}`, retis: `(icmp and icmp.type in {${number}})` })),
  fc
    .nat({ max: 255 })
    .map((number) => ({ pcap: `ip6[7] > ${number}`, retis: `(ipv6 and ip.ttl > ${number})` })),
  fc.nat({ max: 500 }).map((number) => ({ pcap: `greater ${number}`, retis: `packet.len >= ${number}` })),
  fc.nat({ max: 500 }).map((number) => ({ pcap: `less ${number}`, retis: `packet.len <= ${number}` })),
];

/** Null: libpcap refuses an expression that it sees to be false for all packets. */
function pcapProgram(expression: string, linkType: number): Buffer | null {
  try {
    return addon().pcapCompile(expression, linkType, 256);
  } catch (error) {
    if (error instanceof Error && /rejects all packets/.test(error.message)) return null;
    throw error;
  }
}

const primitive = fc.oneof(...primitives);
const combine = (of: fc.Arbitrary<Pair>): fc.Arbitrary<Pair> =>
  fc.oneof(
    fc.tuple(fc.constantFrom("and", "or"), of, of).map(([word, one, other]) => ({
      pcap: `(${one.pcap}) ${word} (${other.pcap})`,
      retis: `(${one.retis}) ${word} (${other.retis})`,
      ethernet: one.ethernet === true || other.ethernet === true,
    })),
    of.map((one) => ({ ...one, pcap: `not (${one.pcap})`, retis: `not (${one.retis})` })),
  );
const pair = fc.oneof(primitive, combine(primitive), combine(fc.oneof(primitive, combine(primitive))));

describe(`verdicts agree with libpcap (SEED=${SEED})`, { skip: cannotLoad }, () => {
  const packets = packetCases(randomOf(SEED), PACKETS).map((packet) => ({
    packet,
    parsed: parsePacket(packet),
  }));
  const compared = packets
    .filter(({ packet, parsed }) => !DIFFERENCES.some(({ holds }) => holds(packet, parsed)))
    .slice(0, COMPARED);

  it("the listed differences leave most kinds of packets", () => {
    assert.equal(compared.length, COMPARED);
    for (const layer of ["IPV4", "IPV6", "TCP", "UDP", "ICMP", "FRAGMENT"] as const)
      assert.ok(
        compared.some(({ parsed }) => parsed.layers.has(layer)),
        layer,
      );
    for (const { reason, holds } of DIFFERENCES)
      assert.ok(
        packets.some(({ packet, parsed }) => holds(packet, parsed)),
        `never met: ${reason}`,
      );
  });

  it(`${EXPRESSIONS} expressions`, () => {
    const frames = Buffer.alloc(FRAME_SIZE * compared.length);
    const view = new DataView(frames.buffer, frames.byteOffset, frames.length);
    compared.forEach(({ packet }, index) => {
      const at = index * FRAME_SIZE;
      writeFrame(frames.subarray(at, at + FRAME_SIZE), packet, 0, { reason: 0, location: 0n });
    });
    let trues = 0;
    let all = 0;
    for (const { pcap, retis, ethernet } of fc.sample(pair, { seed: SEED, numRuns: EXPRESSIONS })) {
      const { compiled, errors } = compileScript(scriptOf([retis]));
      assert.ok(compiled !== null, `${retis}: ${errors}`);
      const { plan } = compiled;
      const test = compileTest(plan.clauses[0]!.whole, { ...plan, layout: everything });
      const programs = {
        l2: pcapProgram(pcap, DLT_EN10MB),
        l3: ethernet === true ? null : pcapProgram(pcap, DLT_RAW),
      };
      for (const [index, { packet }] of compared.entries()) {
        const program = packet.start === "l2" ? programs.l2 : programs.l3;
        if (program === null) continue;
        const verdict = test(view, index * FRAME_SIZE);
        const captured = packet.bytes.subarray(0, 256);
        const wanted = addon().pcapMatch(program, captured, packet.bytes.length + packet.fragmentBytes);
        assert.equal(verdict, wanted, `${pcap}\n${retis}\n${showPacket(packet)}`);
        all += 1;
        if (verdict) trues += 1;
      }
    }
    assert.ok(trues > all / 10 && trues < (all * 9) / 10, `${trues} of ${all} are true`);
  });
});
