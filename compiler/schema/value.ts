// Where a value comes from, and how values combine: one description, turned into eBPF for the kernel's verdict,
// into closures for user space's, and into getters for handlers. Types only. A value may be absent.

/** Bits of `struct layers.present`; the names are those of bpf/sections/packet.h without the prefix. */
export type Layer =
  | "ETH"
  | "VLAN"
  | "ARP"
  | "ARP_ETH_IPV4"
  | "IPV4"
  | "IPV6"
  | "L4_PROTO"
  | "FRAGMENT"
  | "TCP"
  | "UDP"
  | "ICMP"
  | "ICMPV6"
  | "SCTP";

/** Sections that the kernel side collects. */
export type CollectedSection = "task" | "packet" | "skb" | "drop" | "dev" | "ns" | "stack";

/** Sections that only stored events have. */
export type StoredSection = "tracking" | "ct" | "nft" | "ovs" | "user" | "extra" | "series";

export type SectionName = CollectedSection | StoredSection;

/** Where user space finds the value: a member of a section of the frame, or of the frame's own header. */
export interface FrameMember {
  readonly section: SectionName | "frame";
  /** Its path, such as `connection.mark`. */
  readonly member: string;
  /** A member of the same section that is 0 when the value is absent. */
  readonly presentIf?: string;
  /** A bit of the frame's own `flags` that is set when the value is absent. */
  readonly absentBit?: number;
}

export type Load = HeaderLoad | LayersLoad | PacketLoad | KernelLoad | ArgumentLoad | ContextLoad | FrameLoad;

/** Bytes of the packet, big endian, at a fixed place of a header. Absent without the layer or beyond the window. */
export interface HeaderLoad {
  readonly kind: "header";
  readonly layer: Layer;
  readonly base: "start" | "l3" | "l4";
  readonly offset: number;
  readonly size: 1 | 2 | 3 | 4 | 6 | 8;
}

/** What the header walk found; absent without the layer. l3 and l4 are offsets from the window's first byte. */
export interface LayersLoad {
  readonly kind: "layers";
  readonly layer: Layer;
  readonly member: "l3" | "l4" | "vlan_tci" | "vlan_proto" | "protocol" | "l4_proto";
}

/** Of the packet as a whole; absent where a hit has none (start is START_NONE). */
export interface PacketLoad {
  readonly kind: "packet";
  readonly member: "len";
}

/** A member reached from the socket buffer. The first of the paths whose pointers are all set; absent if none is. */
export interface KernelLoad {
  readonly kind: "kernel";
  readonly struct: "sk_buff";
  readonly paths: readonly (readonly string[])[];
  /** The member is in network order (`__be16`): swap after loading. */
  readonly bigEndian?: boolean;
  readonly frame: FrameMember;
}

/** An argument of the probe, by its type. Absent where the probe has none of that type. */
export interface ArgumentLoad {
  readonly kind: "argument";
  /** Which: the slot knows its position (`reason`: enum skb_drop_reason; `location`: the void * of kfree_skb). */
  readonly argument: "reason" | "location";
  readonly frame: FrameMember;
}

/** What a helper function tells about the moment. Never absent in the kernel. */
export interface ContextLoad {
  readonly kind: "context";
  readonly what: "cpu" | "time" | "pid" | "tid";
  readonly frame: FrameMember;
}

/** Collected into the frame, but out of reach of the kernel's verdict: user space decides. `reason` is for `explain`. */
export interface FrameLoad {
  readonly kind: "frame";
  readonly frame: FrameMember;
  readonly reason: string;
}

export type ArithmeticOperator = "|" | "^" | "&" | "<<" | ">>" | "+" | "-" | "*" | "/" | "%";

/** A 64-bit number. `signed` false: u64. Absent when an operand is, or on division by zero. */
export type Value =
  | { readonly kind: "constant"; readonly value: bigint; readonly signed: boolean }
  | { readonly kind: "load"; readonly load: Load; readonly signed: boolean }
  | {
      readonly kind: "arithmetic";
      readonly op: ArithmeticOperator;
      readonly left: Value;
      readonly right: Value;
      readonly signed: boolean;
    }
  | { readonly kind: "complement"; readonly operand: Value; readonly signed: boolean }
  | { readonly kind: "negate"; readonly operand: Value; readonly signed: boolean }
  /** The first that is present: `ip.ttl` is IPv4's, else IPv6's. */
  | { readonly kind: "first"; readonly values: readonly Value[]; readonly signed: boolean }
  /** The value, present only while `guard` is present and one of `accepts`: `icmp.id` is in echo messages only. */
  | {
      readonly kind: "guarded";
      readonly value: Value;
      readonly guard: Value;
      readonly accepts: readonly bigint[] | "nonzero";
      readonly signed: boolean;
    }
  /** What only user space works out (a walk over TCP options): named, computed by codegen/predicates. */
  | { readonly kind: "computed"; readonly name: string; readonly reason: string; readonly signed: boolean };

/**
 * A NUL-terminated string of at most `size` bytes; or one of stored events only: `interned`, whose number stands in the
 * frame, and `tracking-id`, which is made of what stands there.
 */
export interface StringLoad {
  readonly kind: "string";
  readonly from:
    | "comm"
    | "interned"
    | "tracking-id"
    | { readonly struct: "sk_buff"; readonly path: readonly string[] };
  readonly size: number;
  readonly frame: FrameMember;
}
