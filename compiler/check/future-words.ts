// Names that the language has and this version does not: what to say instead of "unknown name".

/** First word of a name -> what to use meanwhile. */
export const futureWords: ReadonlyMap<string, string> = new Map([
  ["inner", "leave it out: plain names mean the outermost header"],
  ["any", "leave it out: plain names mean the outermost header"],
  ["args", "fields of the packet and the device are there: `retis help fields` lists them"],
  ["sk_buff", "much of it has a name: `skb.len`, `dev.ifindex`, `ns.inum`; `retis help fields` lists them"],
  ["retval", "test the packet's fields instead"],
  ["sock", "test the packet's addresses and ports: `flow.saddr`, `flow.sport`"],
  ["ct", "test addresses and ports: `flow.saddr`, `flow.sport`"],
  ["nft", "drops by nftables have a reason: `drop.reason == NETFILTER_DROP`"],
  ["ovs", "test the packet's fields and its device"],
  ["vxlan", "test the outer header: `udp.dport == 4789`"],
  ["geneve", "test the outer header: `udp.dport == 6081`"],
  ["vni", "test the outer header: `udp.dport == 4789`"],
  ["user", "kernel probes have no such section"],
  ["userspace", "kernel probes have no such section"],
  ["tracking", "follow a packet by its fields: `ip.saddr`, `ip.id`"],
  ["skb-tracking", "follow a packet by its fields: `ip.saddr`, `ip.id`"],
  ["pkt", "follow a packet by its fields: `ip.saddr`, `ip.id`"],
  ["latency", "print `time` at both probes"],
]);

/** Whole names under words that are there. */
export const futureFields: ReadonlyMap<string, string> = new Map([
  ["packet.age", "print `time`"],
  ["ns.name", "use `ns.inum`, which `lsns -t net` shows beside the name"],
]);

/** Probes of the prelude that take more than tracepoints. */
export const futureProbes: ReadonlyMap<string, string> = new Map([
  ["nft", "drops by nftables are seen at `drop`: `where drop.reason == NETFILTER_DROP`"],
]);
