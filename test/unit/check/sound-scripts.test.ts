// Scripts about which the checker has nothing to say: their names, types and actions.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dumpTypes } from "../../../compiler/check/dump.js";
import { sound } from "./checking.js";

/** Predicates that hold together, one claim each. */
const predicates = `
  tcp.dport==80
  80 == tcp.dport
  icmp or udp.port in {53, 5353}
  tcp.port in {80, 443, 8000..8010} and not ip.addr in {10.0.0.0/8, fd00::/8}
  ip.saddr == 10.0.0.0/8
  ip.saddr in 10.0.0.0/8
  ip.saddr not in {::1, 10.0.0.1..10.0.0.9}
  ip.saddr == ip.daddr
  ip.addr == ipv4.saddr
  ip.proto == tcp
  tcp == ip.proto
  ip.proto in {tcp, udp, 132}
  ip.proto == flow.proto
  drop.reason == NO_SOCKET
  drop.reason == SKB_DROP_REASON_NO_SOCKET
  NO_SOCKET == drop.reason
  reason == no_socket
  drop.subsys == openvswitch
  icmp.type == echo-request
  icmp.type == echo_request
  icmpv6.type in {nd-neighbor-solicit, nd_neighbor_advert}
  eth.type == ip6
  vlan.type == arp
  arp.op == request
  skb.pkt_type == otherhost
  tcp.flags == syn|ack
  tcp.flags == "SA"
  tcp.flags == 0x12
  tcp.flags has syn
  tcp.flags has syn|ack
  tcp.flags any {rst, fin}
  tcp.flags & (syn|ack) == syn
  tcp.flags & 0x3f == 2
  tcp.flags in {syn, syn|ack}
  tcp.flags.syn
  not tcp.flags.ack
  tcp.flags.syn == true
  tcp.flags.syn == 1
  tcp.flags.syn != tcp.flags.ack
  eth.saddr == 02:00:00:00:00:01
  eth.addr in {02:00:00:00:00:01..02:00:00:00:00:ff}
  dev.name == "eth0"
  dev.name matches "veth*"
  comm matches /^ngin/i
  comm contains "nginx"
  comm in {"curl", "wget"}
  probe == "skb:kfree_skb"
  stack matches /nf_hook/
  drop.location matches "tcp_v4_rcv*"
  tcp.port matches /^80/
  packet.len > 1500
  packet.len > 2KB
  packet.len in {64..128, 2KiB}
  ip.len - ip.hlen > 1400
  (ip.len - ip.hlen) * 8 / 2 % 7 << 1 >= 0x10
  ip.ttl == 64 && ip.version == 6 || arp
  ~ip.tos & 3 == 0
  -tcp.len < 0
  tcp.seq == 4294967295
  skb.mark & 0xff00 == 0x100
  ns.cookie >> 3 == 1
  sctp.chunk has data
  sctp.chunk any {init, init-ack}
  sctp.chunk == data
  tcp.opt.mss < 1460
  skb.gso.size > 0 and task.context == softirq
  cpu == 0 and pid > 1 and tid != 1
  time > 1000000000
  skb and dev and ns and drop and packet
  true
  not (tcp.dport == 80)
  ip.ttl == (10ms + 5ms) / 5ms
`
  .trim()
  .split("\n")
  .map((line) => line.trim());

describe("sound predicates", () => {
  for (const predicate of predicates)
    it(predicate, () => {
      const text = predicate.includes("||") ? predicate.replace(/(.*) \|\| (.*)/, "($1) || $2") : predicate;
      const checked = sound(`on drop where ${text} print`);
      assert.equal(checked.handlers.length, 1);
    });
});

const dumped = (text: string): string => dumpTypes(sound(text));

describe("what names mean", () => {
  it("are fields under any alias", () => {
    assert.equal(
      dumped("on drop where tcp.dstport == 80 print"),
      `on skb:kfree_skb (drop)
  where
    tcp.dstport == 80: boolean
      tcp.dstport: u16, field tcp.dport
      80: i64
  print event
`,
    );
  });

  it("are members of the enum opposite before anything else", () => {
    assert.match(dumped("on drop where ip.proto == tcp print"), /tcp: enum IP protocol = 6\n/);
    assert.match(dumped("on drop where ip.proto == udp or tcp print"), / {6}tcp: section, is it there\n/);
    assert.match(
      dumped("on drop where drop.reason == CONSUMED print"),
      /CONSUMED: enum skb_drop_reason = 1\n/,
    );
  });

  it("are filters, wherever they stand", () => {
    const text = "on drop where web print\nfilter web = tcp.port == 80 and ssl\nfilter ssl = tcp.port == 443";
    assert.match(dumped(text), / {4}web: boolean, filter\n/);
  });

  it("are either side of a field", () => {
    assert.match(dumped("on drop where port == 80 print"), /port: u16, either of l4.sport and l4.dport\n/);
  });
});

describe("types of arithmetic", () => {
  const typeOf = (expression: string): string => {
    const [, type = ""] = /print record\n {4}.*: (.*)\n/.exec(dumped(`on drop print ${expression}`)) ?? [];
    return type;
  };

  it("is 64-bit and signed, unless an operand is u64", () => {
    assert.equal(typeOf("ip.ttl + 1"), "i64");
    assert.equal(typeOf("ns.cookie + 1"), "u64");
    assert.equal(typeOf("ip.ttl << ns.cookie"), "i64", "a shift is like what is shifted");
  });

  it("keeps bytes where they stay bytes", () => {
    assert.equal(typeOf("ip.len - 20"), "i64 bytes");
    assert.equal(typeOf("2 * ip.len"), "i64 bytes");
    assert.equal(typeOf("ip.len / 2"), "i64 bytes");
    assert.equal(typeOf("ip.len / ip.hlen"), "i64");
    assert.equal(typeOf("ip.len & 7"), "i64");
  });

  it("keeps flags flags", () => {
    assert.equal(typeOf("tcp.flags & 3"), "flags");
  });
});

describe("actions", () => {
  it("of sections alone add to the event", () => {
    const [action] = sound("on drop print stack, tcp, skb-drop, flow").handlers[0]?.actions ?? [];
    assert.equal(action?.kind, "print-event");
    assert.deepEqual(action?.kind === "print-event" && action.added.map((word) => word.name), [
      "stack",
      "tcp",
      "drop",
      "flow",
    ]);
  });

  it("with a field or an expression are a record, named by its text", () => {
    const [action] =
      sound("on drop print ip.saddr,  tcp.dport  ==  80, stack(3), stack, drop").handlers[0]?.actions ?? [];
    assert.equal(action?.kind, "print-record");
    assert.deepEqual(action?.kind === "print-record" && action.columns.map((column) => column.source), [
      "ip.saddr",
      "tcp.dport == 80",
      "stack(3)",
      "stack",
      "drop",
    ]);
  });

  it("come in the order written", () => {
    const { handlers } = sound("on drop { seen() } save print stop");
    assert.deepEqual(
      handlers[0]?.actions.map((action) => action.kind),
      ["javascript", "save", "print-event", "stop"],
    );
  });

  it("without an event are JavaScript", () => {
    const { timed } = sound("option wait: duration = 2s begin { a() } every $wait { b() } end { c() }");
    assert.deepEqual(
      timed.map((block) => [
        block.kind,
        block.kind === "every" ? block.nanoseconds : null,
        block.block.body.text.trim(),
      ]),
      [
        ["begin", null, "a()"],
        ["every", 2_000_000_000n, "b()"],
        ["end", null, "c()"],
      ],
    );
  });
});

describe("settings", () => {
  it("are null where the script has none", () => {
    assert.deepEqual(sound("on drop print").settings, { buffer: null, snaplen: null });
    assert.deepEqual(sound("set buffer = 4MiB set snaplen = 96 on drop print").settings, {
      buffer: 4_194_304,
      snaplen: 96,
    });
  });
});

describe("used files", () => {
  it("bring their declarations, before the script's own", () => {
    const checked = sound('use "lib.rts" let b = 2 on mine where web and tcp.port == $p { a + b }', {
      used: {
        "lib.rts":
          "option p: port = 80 probe mine = skb:kfree_skb filter web = tcp.port in {80, 443} let a = 1",
      },
    });
    assert.deepEqual(
      checked.lets.map((variable) => variable.name.text),
      ["a", "b"],
    );
    assert.deepEqual(
      checked.options.map((option) => option.name),
      ["p"],
    );
    assert.equal(checked.handlers[0]?.probes[0]?.tracepoint.name, "skb:kfree_skb");
  });

  it("twice are the same file once", () => {
    sound('use "lib.rts" use "lib.rts" on drop where web print', {
      used: { "lib.rts": "filter web = tcp.port == 80" },
    });
  });
});
