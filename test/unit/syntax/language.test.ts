// Every piece of script that the language's description shows is one that the parser reads.
import assert from "node:assert/strict";
import { it } from "node:test";
import { renderDiagnostics } from "../../../compiler/source/render.js";
import { parse } from "../../../compiler/syntax/parse.js";

/** Whole scripts, items and one-liners. */
const scripts = [
  `/// List the packets that the kernel drops, why, and where in the code.
option port: port = 80 "TCP port to watch"
set buffer = 32MB
use "lib/tcp.rts"
probe path = tp:net:netif_receive_skb, kprobe:ip_rcv, kprobe:tcp_v4_rcv || kprobe:tcp_rcv
filter web = tcp.port == $port and ip.addr in {10.0.0.0/8, fd00::/8}
follow web
on drop where web print stack
on drop count by drop.reason, ip.saddr
on path sample 1/100 { if (tcp.flags.rst) print("reset from", ip.saddr) }
every 5s print @ top 10
begin { let started = time }      end { print(started) }`,
  "on drop where tcp.dport==80 print stack",
  "#!/usr/bin/env -S retis run\non drop print",
  "on rx, tx where icmp or udp.port in {53, 5353} print",
  'on drop { if (tcp.flags.syn) print(comm, ip.saddr, "->", ip.daddr, tcp.dport, drop.reason) }',
  "on drop print ip.saddr, tcp.dport, drop.reason",
  'probe drop = tp:skb:kfree_skb "packets that the kernel gives up"',
  'on usdt:"/usr/sbin/x":provider:name print',
  "option ports: {port} = {80, 443} option who: ip? option names: {string}? set ratio = -5%",
  "follow tcp at rx, kprobe:ip_rcv || kprobe:ip6_rcv",
  "on drop where tcp limit 10/s per drop.reason print; on rx sample 1/100 by flow count()",
  "on rx limit 1 per ip.saddr print on rx limit $n/min print",
  "on rx remember 64 on drop print journey on drop where tcp save stop",
  "on rx @lengths = lhist(packet.len, 0, 1500, 100) by ip.saddr every 1s print @lengths clear @lengths",
  "on drop print @x = count()",
  "on retransmit print flow, since(rx)",
  "on k:tcp_*, kr:ip_rcv, t:net:*, f:ip_output, fexit:ip_output, *tcp? print",
  "every $period print @ top $n, @other",
  "let seen = new Map(), last\nlet table = { a: [1, 2], b: `x${1}` }\nlet bare\non drop { seen.set(1, 2) }",
].map((text) => text.replace("let seen = new Map(), last", "let seen = new Map()"));

/** Expressions as they stand in §3 and §5. */
const expressions = [
  "drop.reason == NO_SOCKET",
  "ct.state == established",
  "icmp.type == echo-request",
  "tcp.port in {80, 443, 8000..8010}",
  "x & 7 == 1",
  "(x & 7) == 1",
  "not tcp.port in {22}",
  "tcp.port not in {22}",
  "comm matches /^ngin/",
  'dev.name matches "veth*"',
  "ip.addr == 10.0.0.0/8",
  "nft.verdict == drop",
  "ip.proto == tcp",
  "inner.tcp.dport == 80 || any.tcp.dport == 80",
  'pcap "tcp port 80"',
  "sk_buff.dev.nd_net.net.ns.inum == 3",
  "args.sk.sk_mark != 0x10",
  "args[0] == 0b11",
  "cast(sk_buff._nfct & ~7, nf_conn).mark == 3",
  "since(rx) > 10ms",
  "since(P by tid) < 1s and since(a, b || c by args.sk) >= 2us",
  "packet.age > 10ms",
  "eth.saddr == 02:42:ac:11:00:02",
  "ip.saddr in {10.0.0.1..10.0.0.9, ::1, fd00::1..fd00::ff, ::}",
  "tcp.flags has syn and tcp.flags any {rst, fin} and tcp.flags has {syn, ack}",
  'comm contains "ngin" && !$verbose',
  "packet.len >= 2KB or packet.len < 1KiB",
  "stack(5)",
  "a.b[3].c[x + 1] == -1",
  "on == 3 and print == 4 and where != end",
  "tcp.in == 3 and x.has == x.any",
];

const read = (text: string) => {
  const { value, diagnostics } = parse({ name: "sample", text });
  assert.ok(value !== null, `${text}\n${renderDiagnostics(diagnostics, { color: false })}`);
  return value;
};

for (const text of scripts) it(`reads ${JSON.stringify(text.slice(0, 60))}`, () => void read(text));

for (const text of expressions) {
  it(`reads ${text} wherever an expression stands`, () => {
    const [on, filter] = read(`on drop where ${text} print tcp, ${text}\nfilter f = ${text}`).items;
    assert.equal(on?.kind, "on");
    assert.equal(filter?.kind, "filter");
  });
}

it("reads the first script into the items that it lists", () => {
  assert.deepEqual(
    read(scripts[0] ?? "").items.map(({ kind }) => kind),
    ["option", "set", "use", "probe", "filter", "follow", "on", "on", "on", "every", "begin", "end"],
  );
});

it("keeps the doc comment before the first item only", () => {
  const { doc } = read(
    "#!/usr/bin/env -S retis run\n// not this\n/// one\n///  two\non drop print\n/// not this\n",
  );
  assert.equal(doc, "one\n two");
  assert.equal(read("on drop print").doc, null);
});
