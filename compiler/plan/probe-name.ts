// What an event was seen at, as events show it: the probe's kind and name.

export type ProbeNameKind = "tp" | "kprobe" | "kretprobe" | "usdt";

export interface ProbeName {
  readonly kind: ProbeNameKind;
  /** `skb:kfree_skb`, `ip_rcv`, `provider:name`. */
  readonly name: string;
}
