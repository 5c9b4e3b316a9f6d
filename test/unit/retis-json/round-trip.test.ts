// Whatever a Retis file has comes out as it went in: every version, sorted or not, known or not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseExact } from "./exact-json.js";
import { FIXTURES, file, fixtureLines, fixtures, read, STARTUP, skip } from "./reading.js";

const noFixtures = skip !== false ? skip : fixtures === null ? "no fixtures on this machine" : false;

function assertSameLines(got: readonly string[], wanted: readonly string[], what: string): void {
  wanted.forEach((line, index) => {
    assert.deepEqual(parseExact(got[index] ?? "null"), parseExact(line), `${what}, line ${index + 1}`);
  });
  assert.equal(got.length, wanted.length, what);
}

type Json = { [key: string]: Json } & Record<string, unknown>;

/** Rewrites a line by its parsed form; integers beyond 2^53 survive as texts of their digits. */
function rewrite(line: string, change: (event: Json) => void): string {
  const marked = line.replace(/([:[,])(\d{16,})(?=[,}\]])/g, '$1"#$2"');
  const event = JSON.parse(marked) as Json;
  change(event);
  return JSON.stringify(event).replace(/"#(\d+)"/g, "$1");
}

/** 1.6 had states of TCP only, and less about the machine. */
function asVersion16(event: Json): void {
  const older = (connection: Json | undefined): void => {
    if (connection?.["proto_state"] === undefined) return;
    connection["tcp_state"] = connection["proto_state"];
    delete connection["proto_state"];
  };
  older(event["ct"]);
  older(event["ct"]?.["parent"]);
  if (event["startup"] !== undefined) {
    delete event["startup"]["machine"];
    delete event["startup"]["cmdline"];
    Object.assign(event["startup"], { retis_version: "v1.6.4" });
  }
}

/** 1.5 kept packet, device and namespace within skb, and no status of connections. */
function asVersion15(event: Json): void {
  asVersion16(event);
  if (event["startup"] !== undefined) Object.assign(event["startup"], { retis_version: "1.5.2" });
  if (event["ct"] !== undefined) delete event["ct"]["ct_status"];
  const moved: Json = {};
  const { packet, netns, dev } = event;
  if (packet !== undefined) {
    const { data, ...rest } = packet;
    moved["packet"] = { ...rest, packet: data } as Json;
  }
  if (netns !== undefined) {
    const { inum, ...rest } = netns;
    moved["ns"] = { ...rest, netns: inum } as Json;
  }
  if (dev !== undefined) moved["dev"] = dev;
  for (const key of ["packet", "netns", "dev"]) delete event[key];
  if (Object.keys(moved).length > 0) event["skb"] = { ...moved, ...event["skb"] } as Json;
}

/** How Retis 1.7 sees a startup event of an older version, written as one of its own. */
function upgraded(event: Json): void {
  if (event["startup"] === undefined) return;
  Object.assign(event["startup"], {
    cmdline: "unknown",
    machine: { kernel_release: "unknown", kernel_version: "unknown", hardware_name: "unknown" },
    retis_version: "v1.7.0",
  });
}

const noStatus = (event: Json): void => {
  upgraded(event);
  if (event["ct"] !== undefined) Object.assign(event["ct"], { ct_status: 0 });
};

for (const name of FIXTURES) {
  test(`${name}: every line comes out equal`, { skip: noFixtures }, async () => {
    const lines = fixtureLines(name);
    const { lines: got, source } = await read(`${lines.join("\n")}\n`);
    assertSameLines(got, lines, name);
    assert.deepEqual(source.problems, []);
    assert.equal(source.header.writer, "Retis v1.7.0");
  });

  test(`${name}: Retis' own order of keys is kept`, { skip: noFixtures }, async () => {
    const lines = fixtureLines(name);
    assert.deepEqual((await read(`${lines.join("\n")}\n`)).lines, lines);
  });

  test(`${name}: sorted into series`, { skip: noFixtures }, async () => {
    const lines = fixtureLines(name);
    const sorted: string[] = [];
    for (let at = 0; at < lines.length; at += 1 + (at % 4)) {
      const series = lines.slice(at, at + 1 + (at % 4)).map((line, idx) =>
        rewrite(line, (event) => {
          const skb = event["skb-tracking"];
          if (skb !== undefined) event["tracking"] = { skb, idx } as unknown as Json;
        }),
      );
      sorted.push(`[${series.join(",")}]`);
    }
    const got = await read(`${sorted.join("\n")}\n`);
    assertSameLines(got.lines, sorted, name);
    assert.equal(got.series.filter(Boolean).length, sorted.length);
    assert.equal(got.source.header.sorted, true);
  });

  test(`${name}: as Retis 1.6 would have written it`, { skip: noFixtures }, async () => {
    const lines = fixtureLines(name);
    const older = lines.map((line) => rewrite(line, asVersion16));
    const { lines: got, source } = await read(`${older.join("\n")}\n`);
    assertSameLines(
      got,
      lines.map((line) => rewrite(line, upgraded)),
      name,
    );
    assert.deepEqual(source.problems, []);
    assert.equal(source.header.writer, "Retis v1.6.4");
  });

  test(`${name}: as Retis 1.5 would have written it`, { skip: noFixtures }, async () => {
    const lines = fixtureLines(name);
    const older = lines.map((line) => rewrite(line, asVersion15));
    const { lines: got, source } = await read(`${older.join("\n")}\n`);
    assertSameLines(
      got,
      lines.map((line) => rewrite(line, noStatus)),
      name,
    );
    assert.deepEqual(source.problems, []);
  });
}

const kept: Readonly<Record<string, string>> = {
  "an unknown section": '{"common":{"timestamp":5},"new-one":{"a":[1,{"b":null}],"c":18446744073709551615}}',
  "an unknown key of a section":
    '{"common":{"timestamp":5,"zone":"x"},"dev":{"name":"a","ifindex":1,"mtu":1500}}',
  "an unknown key further in":
    '{"common":{"timestamp":5,"smp_id":1,"task":{"pid":1,"tgid":1,"comm":"a","uid":0}},"skb":{"meta":{"len":1,"data_len":2,"hash":3,"ip_summed":0,"csum":4,"csum_level":0,"priority":5,"x":18446744073709551614}}}',
  "an unknown number":
    '{"common":{"timestamp":5},"skb-tracking":{"orig_head":18446744073709551615,"timestamp":1,"skb":0,"x":1.5e300}}',
  "a name that is too long":
    '{"common":{"timestamp":5,"task":{"pid":1,"tgid":2,"comm":"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd"}}}',
  "a name with escapes":
    '{"common":{"timestamp":5,"task":{"pid":-1,"tgid":2,"comm":"a\\"\\\\\\u0001\\u00e9"}}}',
  "an unknown kind of probe": '{"common":{"timestamp":5},"kernel":{"symbol":"ip_rcv","probe_type":"fentry"}}',
  "an unknown state":
    '{"common":{"timestamp":5},"nft":{"table_name":"t","chain_name":"c","verdict":"later","table_handle":-1,"chain_handle":9223372036854775807,"policy":true}}',
  "an unknown verdict's neighbours":
    '{"common":{"timestamp":5},"nft":{"table_name":"","chain_name":"c","verdict":"jump","verdict_chain_name":"d","table_handle":-9223372036854775808,"chain_handle":1,"rule_handle":-1,"policy":false}}',
  "a stack of none":
    '{"common":{"timestamp":5},"kernel":{"symbol":"a","probe_type":"kprobe","stack_trace":[]}}',
  "an empty section": '{"common":{"timestamp":5},"skb":{}}',
  "an index that reads as none": '{"common":{"timestamp":5},"dev":{"name":"a","ifindex":1,"rx_ifindex":0}}',
  "segments of size 0":
    '{"common":{"timestamp":5},"skb":{"gso":{"flags":1,"frags":2,"size":0,"segs":3,"type":4}}}',
  "large segments":
    '{"common":{"timestamp":5},"skb":{"gso":{"flags":1,"frags":2,"size":70000,"segs":3,"type":4}}}',
  "a VLAN tag":
    '{"common":{"timestamp":5},"skb":{"vlan_accel":{"proto":33024,"pcp":5,"dei":true,"vid":4095}}}',
  segments:
    '{"common":{"timestamp":5},"skb":{"gso":{"flags":1,"frags":17,"size":1448,"segs":3,"type":4294967295}}}',
  "a reason with a slash": '{"common":{"timestamp":5},"skb-drop":{"drop_reason":"A/B"}}',
  "a reason that is a number": '{"common":{"timestamp":5},"skb-drop":{"subsys":"qdisc","drop_reason":"77"}}',
  "a reason of a new subsystem": '{"common":{"timestamp":5},"skb-drop":{"subsys":"new","drop_reason":"ODD"}}',
  "IPv6 as RFC 5952":
    '{"common":{"timestamp":5},"ct":{"state":"untracked","zone_id":65535,"zone_dir":"None","orig":{"ip":{"src":"::ffff:1.2.3.4","dst":"1:0:0:2::3","version":"v6"},"proto":{"sctp":{"sport":1,"dport":2,"vtag":4294967295}}},"reply":{"ip":{"src":"::","dst":"::1","version":"v6"},"proto":{"udp":{"sport":1,"dport":2}}},"labels":{"hi":18446744073709551615,"lo":1},"ct_status":18446744073709551615,"parent":{"zone_id":1,"zone_dir":"Original","orig":{"ip":{"src":"10.0.0.1","dst":"10.0.0.2","version":"v4"},"proto":{"tcp":{"sport":1,"dport":2}}},"reply":{"ip":{"src":"10.0.0.1","dst":"10.0.0.2","version":"v4"},"proto":{"tcp":{"sport":1,"dport":2}}},"proto_state":"ESTABLISHED","mark":4294967295,"ct_status":0}}}',
  "addresses spelt otherwise":
    '{"common":{"timestamp":5},"ct":{"state":"new","zone_id":0,"zone_dir":"Reply","orig":{"ip":{"src":"0:0::1","dst":"::A","version":"v6"},"proto":{"udp":{"sport":1,"dport":2}}},"reply":{"ip":{"src":"::","dst":"::1","version":"v6"},"proto":{"udp":{"sport":1,"dport":2}}},"ct_status":0}}',
  "an unknown protocol":
    '{"common":{"timestamp":5},"ct":{"state":"new","zone_id":0,"zone_dir":"Reply","orig":{"ip":{"src":"::1","dst":"::2","version":"v6"},"proto":{"gre":{"key":1}}},"reply":{"ip":{"src":"::","dst":"::1","version":"v6"},"proto":{"udp":{"sport":1,"dport":2}}},"ct_status":0}}',
  "address translation":
    '{"common":{"timestamp":5},"ovs":{"event_type":"action_execute","action":"ct","flags":4095,"zone_id":5,"nat":{"dir":"dst","min_addr":"10.0.0.1","max_addr":"10.0.0.9","min_port":1,"max_port":65535},"recirc_id":1}}',
  "translation without bounds":
    '{"common":{"timestamp":5},"ovs":{"event_type":"action_execute","action":"ct","flags":0,"zone_id":0,"nat":{},"recirc_id":0,"queue_id":0}}',
  "an action of a name alone":
    '{"common":{"timestamp":5},"ovs":{"event_type":"action_execute","action":"push_vlan","recirc_id":0}}',
  "an action that is new":
    '{"common":{"timestamp":5},"ovs":{"event_type":"action_execute","action":"teleport","where":"moon","recirc_id":0}}',
  "flows that are known":
    '{"common":{"timestamp":5},"ovs":{"event_type":"flow_lookup","flow":18394616623684611240,"sf_acts":1,"ufid":[1,2,3,4294967295],"n_mask_hit":1,"n_cache_hit":0,"dpflow":"recirc_id(0)","ofpflows":["a","b"]}}',
  "flows of older files":
    '{"common":{"timestamp":5},"ovs":{"event_type":"flow_lookup","flow":1,"sf_acts":1,"ufid":[1,2,3,4],"n_mask_hit":1,"n_cache_hit":0}}',
  "an unknown event of Open vSwitch":
    '{"common":{"timestamp":5},"ovs":{"event_type":"flow_expired","flow":1}}',
  "members of another event":
    '{"common":{"timestamp":5},"ovs":{"event_type":"upcall","cmd":1,"port":2,"cpu":3,"op_type":"put"}}',
  "user space":
    '{"common":{"timestamp":5},"userspace":{"probe_type":"usdt","symbol":"dpif_recv:recv_upcall","ip":94821726965102,"path":"/usr/sbin/ovs-vswitchd","pid":1,"tid":-2}}',
  "both kinds of probes":
    '{"common":{"timestamp":5},"kernel":{"symbol":"a","probe_type":"kprobe"},"userspace":{"probe_type":"usdt","symbol":"b:c","ip":1,"path":"/d","pid":1,"tid":2}}',
  "where a flow came from":
    '{"common":{"timestamp":5},"ovs-detrace":{"ufid":[1,2,3,4],"flow":18394616623684611240,"sf_acts":1,"dpflow":"x","ofpflows":["y"]}}',
  "an empty packet": '{"common":{"timestamp":5},"packet":{"len":0,"capture_len":0,"data":""}}',
};

for (const [what, line] of Object.entries(kept)) {
  test(`kept: ${what}`, { skip }, async () => {
    const { lines, source } = await read(file(line));
    assertSameLines(lines, [STARTUP, line], what);
    const wrong = /addresses|protocol|A\/B/.test(line + what) || what === "a reason with a slash";
    if (!wrong) assert.deepEqual(source.problems, []);
  });
}

test("our own JSON reads back as it was written", { skip }, async () => {
  const line =
    '{"common":{"timestamp":5,"smp_id":0,"task":{"pid":1,"tgid":2,"comm":"a","context":"softirq"}},"kernel":{"symbol":"skb:kfree_skb","probe_type":"raw_tracepoint"},"skb-drop":{"drop_reason":"NO_SOCKET","location":"tcp_v4_rcv+0x9e"},"packet":{"len":3,"capture_len":3,"start":"l3","data":"RQAA"},"skb":{"meta":{"len":1,"data_len":2,"hash":3,"ip_summed":0,"csum":4,"csum_level":0,"priority":5,"mark":6,"pkt_type":7,"protocol":2048,"queue_mapping":9}}}';
  const { events, lines } = await read(file(line));
  assert.deepEqual(parseExact(events[1] ?? ""), parseExact(line));
  // Retis has none of ours, and a link layer before every packet.
  assert.deepEqual(
    parseExact(lines[1] ?? ""),
    parseExact(
      '{"common":{"timestamp":5,"smp_id":0,"task":{"pid":1,"tgid":2,"comm":"a"}},"kernel":{"symbol":"skb:kfree_skb","probe_type":"raw_tracepoint"},"skb-drop":{"drop_reason":"NO_SOCKET"},"packet":{"len":17,"capture_len":17,"data":"AAAAAAAAAAAAAAAACABFAAA="},"skb":{"meta":{"len":1,"data_len":2,"hash":3,"ip_summed":0,"csum":4,"csum_level":0,"priority":5}}}',
    ),
  );
});
