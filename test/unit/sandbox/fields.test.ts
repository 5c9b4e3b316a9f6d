// What a handler sees of hand-made frames, field type by field type, and what `print` and `emit` make of it.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of the scripts under test
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { START_L3, START_NONE } from "../../../compiler/schema/generated/layout.js";
import type { HostValues } from "../../../runtime/sandbox/sandbox.js";
import { arp, type MadeFrame, tcp4, udp6 } from "../handlers/made-frames.js";
import { Running } from "./running.js";

const TCP: MadeFrame = {
  slot: 1,
  time: 5_000_000_123n,
  cpu: 3,
  packet: { bytes: tcp4({ dport: 443, flags: 0x12, ttl: 63 }), len: 1500 },
  sections: {
    task: { pid: 1234, tid: -5, comm: "nginx: wörker", context: 2 },
    drop: { reason: 3, has_reason: 1, location: 0xffffffff81234567n },
    dev: { ifindex: 2, name: "eth0" },
    ns: { inum: 4026531840, cookie: 0xfedc_ba98_7654_3210n, has_cookie: 1 },
    skb: { address: 0xffff888012345678n, len: 54, mark: 0xfffffff0 },
  },
  stack: [0xffffffff81000001n, 0xffffffff81000002n],
};
const UDP: MadeFrame = {
  packet: {
    bytes: udp6("20010db8000000000000000000000001", "fe8000000000000000000000000000ff", 53, 5353),
  },
};
const MAPPED: MadeFrame = {
  packet: {
    bytes: udp6("00000000000000000000ffff0a000001", "80000000000000000000000000000000", 1, 2),
  },
};
const ARP: MadeFrame = { packet: { bytes: arp() } };
const UNKNOWN_REASON: MadeFrame = { sections: { drop: { reason: 0x10007, has_reason: 1 } } };
const OVS_REASON: MadeFrame = { sections: { drop: { reason: 0x30001, has_reason: 1 } } };
const NO_REASON: MadeFrame = { sections: { drop: { reason: 3, has_reason: 0 } } };
const SHORT: MadeFrame = { packet: { bytes: tcp4(), window: 37 } };
const NOWHERE: MadeFrame = { packet: { bytes: tcp4(), start: START_NONE, len: 9 } };
const IP_ONLY: MadeFrame = { packet: { bytes: tcp4().subarray(14), start: START_L3 } };
const EMPTY: MadeFrame = {};

/** A handler's body, an event, and the lines that come of it. */
const CASES: readonly (readonly [string, MadeFrame, string])[] = [
  // Fields as arguments of print.
  ["print(ip.saddr, '->', ip.daddr, tcp.sport, tcp.dport)", TCP, "10.0.0.1 -> 192.168.1.200 40000 443"],
  ["print(ip.saddr, ip.daddr, udp.dport, tcp.dport)", UDP, "2001:db8::1 fe80::ff 5353 -"],
  ["print(ip.saddr, ip.daddr)", MAPPED, "::ffff:10.0.0.1 8000::"],
  ["print(comm, pid, tid, cpu, probe, probe.type)", TCP, "nginx: wörker 1234 -5 3 net:second tp"],
  ["print(drop.reason, task.context)", TCP, "NO_SOCKET softirq"],
  ["print(drop.reason)", UNKNOWN_REASON, "65543"],
  // As the event's text names it.
  ["print(drop.reason)", OVS_REASON, "openvswitch/LAST_ACTION"],
  ["const r = drop.reason; print(r === 'openvswitch/LAST_ACTION')", OVS_REASON, "true"],
  ["print(drop.reason)", NO_REASON, "-"],
  ["print(eth.saddr, eth.daddr, dev.name, dev.ifindex)", TCP, "02:11:22:33:44:55 02:aa:bb:cc:dd:ee eth0 2"],
  ["print(arp.op, arp.saddr, arp.daddr)", ARP, "request 10.0.0.1 10.0.0.2"],
  ["print(tcp.flags, tcp.flags.syn, tcp.flags.rst)", TCP, "syn|ack true false"],
  ["print(time, ns.cookie, skb.mark, packet.len)", TCP, "5000000123 18364758544493064720 4294967280 1500"],
  ["print(ip.ttl, ip.len, ip.id, tcp.seq, tcp.len)", TCP, "63 40 4660 4275878552 0"],
  ["print(tcp.dport, ip.daddr, ip.saddr)", SHORT, "- 192.168.1.200 10.0.0.1"],
  ["print(ip.saddr, packet.len)", NOWHERE, "- -"],
  ["print(ip.saddr, eth.saddr, tcp.dport)", IP_ONLY, "10.0.0.1 - 80"],
  ["print(comm, ip.saddr, tcp.dport, drop.reason, cpu, skb.len)", EMPTY, "- - - - 0 -"],
  // The same as values.
  ["const s = ip.saddr; print(typeof s, s + '/' + ip.daddr)", TCP, "string 10.0.0.1/192.168.1.200"],
  ["const s = ip.saddr; print(s, s.length)", MAPPED, "::ffff:10.0.0.1 15"],
  ["const d = ip.daddr, s = ip.saddr; print(d, s)", UDP, "fe80::ff 2001:db8::1"],
  ["const c = comm; print(c, c.length, comm === 'nginx: wörker')", TCP, "nginx: wörker 13 true"],
  ["const r = drop.reason; print(typeof r, r === 'NO_SOCKET')", TCP, "string true"],
  ["const r = drop.reason; print(typeof r, r === 0x10007)", UNKNOWN_REASON, "number true"],
  ["const m = eth.saddr; print(m)", TCP, "02:11:22:33:44:55"],
  ["const t = time; print(typeof t, t + 1n, typeof ns.cookie)", TCP, "bigint 5000000124 bigint"],
  ["print(typeof tcp.seq, tcp.seq + 1, typeof tcp.len)", TCP, "number 4275878553 number"],
  ["print(typeof tid, tid * 2, skb.mark >>> 28)", TCP, "number -10 15"],
  ["print(tcp.flags.syn && !tcp.flags.rst, `${tcp.flags}`, tcp.flags.ack + 1)", TCP, "true syn|ack 2"],
  ["const p = probe; print(p)", TCP, "net:second"],
  ["print(elapsed, typeof elapsed)", TCP, "4999999123 number"],
  // Absent is undefined, at any depth, and never an exception.
  [
    "print(tcp.flags.rst === undefined, tcp.dport === undefined, ip.saddr === undefined)",
    EMPTY,
    "true true true",
  ],
  ["print(ip.saddr.startsWith('10.'), ip.saddr\n  .length, ip.saddr['length'])", EMPTY, "- - -"],
  ["print(ip.saddr.startsWith('10.'), ip.saddr\n  .length, ip.saddr['length'])", TCP, "true 8 8"],
  ["const { dport } = tcp ?? {}; print(dport)", TCP, "443"],
  ["const { dport } = tcp ?? {}; print(dport)", UDP, "-"],
  ["if (tcp) print('tcp'); else if (udp) print('udp'); else print('neither')", TCP, "tcp"],
  ["if (tcp) print('tcp'); else if (udp) print('udp'); else print('neither')", UDP, "udp"],
  ["if (tcp) print('tcp'); else if (udp) print('udp'); else print('neither')", ARP, "neither"],
  ["print(tcp ? 1 : 2, !tcp, tcp && tcp.dport, Boolean(drop), typeof tcp)", UDP, "2 true - false undefined"],
  ["print(tcp ? 1 : 2, !tcp, tcp && tcp.dport, Boolean(drop), typeof tcp)", TCP, "1 false 443 true object"],
  ["const name = 'dport'; print(tcp[name], tcp['sport'])", TCP, "443 40000"],
  ["const kept = { comm, tcp: tcp.dport }; print(kept)", TCP, '{"comm":"nginx: wörker","tcp":443}'],
  ["const d = drop; print(d.reason, 'location' in d)", TCP, "NO_SOCKET true"],
  // Statements that begin with a field, after a line without a semicolon.
  ["let a = 1\ntcp.dport\nprint(a)", TCP, "1"],
  ["let a = [1]\ntcp.dport > 5 && print(a)", TCP, "[1]"],
  // Aliases mean their fields.
  ["print(tcp.dstport, ip.src, ether.saddr)", TCP, "443 10.0.0.1 02:11:22:33:44:55"],
  // Template text is JavaScript's.
  ["print(`${ip.saddr}:${tcp.sport} ${[1, 2]} ${{}}`, `x`)", TCP, "10.0.0.1:40000 1,2 [object Object] x"],
  ["print(`${ip.saddr} ${tcp.dport} ${time} ${null}`)", EMPTY, "undefined undefined 0 null"],
  // What is declared inside hides the event.
  ["const tcp = { dport: 1 }; print(tcp.dport)", TCP, "1"],
  ["const f = (ip) => ip.saddr; print(f({ saddr: 'x' }))", TCP, "x"],
  ["for (const drop of [1, 2]) print(drop)", TCP, "1\n2"],
];

let running: Running;
before(async () => {
  const host: HostValues = {
    read: ({ name }, bytes, frame) => {
      if (name === "probe.type") return "tp";
      return name === "probe" && new DataView(bytes.buffer).getUint16(frame + 4, true) === 1
        ? "net:second"
        : undefined;
    },
  };
  running = await Running.start({ on: CASES.map(([body]) => body) }, host);
});
after(() => running.stop());

CASES.forEach(([body, frame, expected], clause) => {
  test(`${body.replace(/\s+/g, " ")} (${clause})`, async () => {
    const text = await running.on([frame], [clause]);
    assert.equal(text, `${expected}\n`);
    assert.deepEqual(running.faults, []);
  });
});
