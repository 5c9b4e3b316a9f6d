// Kernels for tests, written by hand: a few tracepoints, enums and members, at the offsets of an x86-64 6.18.
// `kernel` has what tests usually need; `kernelBefore` is one without drop reasons, as 5.10.
import type { KernelFacts, Member, MemberPath, Parameter, Tracepoint } from "../compiler/kernel-facts.js";

const parameter = (name: string, typeName: string, size: number, signed = false): Parameter => ({
  name,
  typeName,
  size,
  signed,
});

const skb = parameter("skb", "struct sk_buff *", 8);
const location = parameter("location", "void *", 8);
const reason = parameter("reason", "enum skb_drop_reason", 4);
const sk = parameter("sk", "struct sock *", 8);

const tracepoint = (name: string, ...parameters: readonly Parameter[]): Tracepoint => ({
  name,
  event: name.slice(name.indexOf(":") + 1),
  parameters,
});

const tracepoints: readonly Tracepoint[] = [
  tracepoint("skb:kfree_skb", skb, location, reason, parameter("rx_sk", "struct sock *", 8)),
  tracepoint("skb:consume_skb", skb, location),
  tracepoint("net:netif_receive_skb", skb),
  tracepoint("net:net_dev_start_xmit", skb, parameter("dev", "struct net_device *", 8)),
  tracepoint("net:netif_rx", skb),
  tracepoint("tcp:tcp_retransmit_skb", sk, skb, parameter("err", "int", 4, true)),
  tracepoint("tcp:tcp_send_reset", sk, skb, parameter("reason", "enum sk_rst_reason", 4)),
  tracepoint("tcp:tcp_receive_reset", sk),
  tracepoint(
    "sched:sched_switch",
    parameter("preempt", "bool", 1),
    parameter("prev", "struct task_struct *", 8),
    parameter("next", "struct task_struct *", 8),
    parameter("prev_state", "unsigned int", 4),
  ),
];

const enums: ReadonlyMap<string, ReadonlyMap<string, bigint>> = new Map([
  [
    "skb_drop_reason",
    new Map([
      ["SKB_NOT_DROPPED_YET", 0n],
      ["SKB_CONSUMED", 1n],
      ["SKB_DROP_REASON_NOT_SPECIFIED", 2n],
      ["SKB_DROP_REASON_NO_SOCKET", 3n],
      ["SKB_DROP_REASON_SOCKET_CLOSE", 4n],
      ["SKB_DROP_REASON_PKT_TOO_SMALL", 9n],
      ["SKB_DROP_REASON_TCP_CSUM", 10n],
      ["SKB_DROP_REASON_UDP_CSUM", 11n],
      ["SKB_DROP_REASON_NETFILTER_DROP", 12n],
      ["SKB_DROP_REASON_IP_CSUM", 14n],
      ["SKB_DROP_REASON_QDISC_DROP", 64n],
      ["SKB_DROP_REASON_MAX", 128n],
      ["SKB_DROP_REASON_SUBSYS_MASK", 0xffff0000n],
    ]),
  ],
  [
    "skb_drop_reason_subsys",
    new Map([
      ["SKB_DROP_REASON_SUBSYS_CORE", 0n],
      ["SKB_DROP_REASON_SUBSYS_MAC80211_UNUSABLE", 1n],
      ["SKB_DROP_REASON_SUBSYS_OPENVSWITCH", 2n],
      ["SKB_DROP_REASON_SUBSYS_NUM", 3n],
    ]),
  ],
]);

const integer = (offset: number, size: number, typeName: string, signed = false): Member => ({
  offset,
  size,
  bitOffset: 0,
  bitSize: 0,
  signed,
  kind: "integer",
  typeName,
});

const bits = (offset: number, bitOffset: number, bitSize: number): Member => ({
  offset,
  size: 1,
  bitOffset,
  bitSize,
  signed: false,
  kind: "integer",
  typeName: "__u8",
});

const pointer = (offset: number, typeName: string): Member => ({
  offset,
  size: 8,
  bitOffset: 0,
  bitSize: 0,
  signed: false,
  kind: "pointer",
  typeName,
});

const path = (member: Member, ...pointers: readonly number[]): MemberPath => ({ pointers, member });

/** Members of sk_buff by their dotted path. */
const members: ReadonlyMap<string, MemberPath> = new Map([
  ["dev", path(pointer(16, "struct net_device *"))],
  ["sk", path(pointer(24, "struct sock *"))],
  ["_nfct", path(integer(104, 8, "long unsigned int"))],
  ["len", path(integer(112, 4, "unsigned int"))],
  ["data_len", path(integer(116, 4, "unsigned int"))],
  ["queue_mapping", path(integer(124, 2, "__u16"))],
  ["cloned", path(bits(126, 0, 1))],
  ["nohdr", path(bits(126, 1, 1))],
  ["fclone", path(bits(126, 2, 2))],
  ["pkt_type", path(bits(128, 0, 3))],
  ["ip_summed", path(bits(128, 5, 2))],
  ["csum_level", path(bits(129, 6, 2))],
  ["csum", path(integer(136, 4, "__wsum"))],
  ["priority", path(integer(140, 4, "__u32"))],
  ["skb_iif", path(integer(144, 4, "int", true))],
  ["hash", path(integer(148, 4, "__u32"))],
  ["vlan_all", path(integer(152, 4, "u32"))],
  ["vlan_proto", path(integer(152, 2, "__be16"))],
  ["vlan_tci", path(integer(154, 2, "__u16"))],
  ["mark", path(integer(164, 4, "__u32"))],
  ["protocol", path(integer(176, 2, "__be16"))],
  ["users.refs.counter", path(integer(212, 4, "int", true))],
  ["dev.ifindex", path(integer(224, 4, "int", true), 16)],
  [
    "dev.name",
    path(
      {
        offset: 280,
        size: 16,
        bitOffset: 0,
        bitSize: 0,
        signed: true,
        kind: "char-array",
        typeName: "char[16]",
      },
      16,
    ),
  ],
  ["dev.nd_net.net.ns.inum", path(integer(176, 4, "unsigned int"), 16, 264)],
  ["dev.nd_net.net.net_cookie", path(integer(4160, 8, "u64"), 16, 264)],
  ["sk.__sk_common.skc_net.net.ns.inum", path(integer(176, 4, "unsigned int"), 24, 48)],
  ["sk.__sk_common.skc_net.net.net_cookie", path(integer(4160, 8, "u64"), 24, 48)],
]);

export interface TestKernel {
  readonly release?: string;
  readonly tracepoints?: readonly Tracepoint[];
  readonly enums?: ReadonlyMap<string, ReadonlyMap<string, bigint>>;
  /** Of sk_buff, by dotted path: `dev.ifindex`. */
  readonly members?: ReadonlyMap<string, MemberPath>;
  readonly functions?: ReadonlyMap<string, "traceable" | "not-traceable">;
  readonly variableStackReads?: boolean;
}

/** A kernel that differs from `kernel` in what is given. */
export function kernelWith(parts: TestKernel): KernelFacts {
  const points = parts.tracepoints ?? tracepoints;
  const memberTable = parts.members ?? members;
  const enumTable = parts.enums ?? enums;
  const functions =
    parts.functions ??
    new Map<string, "traceable" | "not-traceable">([
      ["ip_rcv", "traceable"],
      ["tcp_v4_rcv", "traceable"],
      ["kfree_skb_reason", "not-traceable"],
    ]);
  return {
    release: parts.release ?? "6.18.0-test",
    member: (struct, names) => (struct === "sk_buff" ? (memberTable.get(names.join(".")) ?? null) : null),
    enumValues: (name) => enumTable.get(name) ?? null,
    tracepoint: (name) => points.find((point) => point.name === name) ?? null,
    tracepoints: () => points.map((point) => point.name),
    functionState: (name) => functions.get(name) ?? "absent",
    features: {
      variableStackReads: parts.variableStackReads ?? true,
      readOnlyCasts: false,
      taskContext: false,
    },
  };
}

export const kernel: KernelFacts = kernelWith({});

/** No drop reasons (before 5.17), no net cookie (before 5.12), no reads of variable stack offsets (before 5.12). */
export const kernelBefore: KernelFacts = kernelWith({
  release: "5.10.0-test",
  tracepoints: tracepoints.map((point) =>
    point.name === "skb:kfree_skb"
      ? tracepoint("skb:kfree_skb", skb, location)
      : point.name === "skb:consume_skb"
        ? tracepoint("skb:consume_skb", skb)
        : point,
  ),
  enums: new Map(),
  members: new Map([...members].filter(([name]) => !name.endsWith("net_cookie"))),
  variableStackReads: false,
});
