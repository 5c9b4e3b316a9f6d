// What the compiler may ask about the kernel that a script is for: types, enums, tracepoints, abilities.
// The runtime answers from the running kernel's BTF; a saved description or a test answers as well.
import type { SectionName } from "./schema/value.js";

/** How to get from a pointer to a struct to one of its members, through pointers on the way. */
export interface MemberPath {
  /** Offsets at which a pointer is loaded and followed, in order; all must be non-NULL. */
  readonly pointers: readonly number[];
  readonly member: Member;
}

export interface Member {
  /** Bytes from the start of the struct that the last pointer points to. */
  readonly offset: number;
  /** Of the storage unit, in bytes: 1, 2, 4 or 8; an array's whole size. */
  readonly size: number;
  /** For a bit-field: first bit within the storage unit (little endian) and width; else 0 and 0. */
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly signed: boolean;
  readonly kind: "integer" | "boolean" | "enum" | "pointer" | "char-array" | "array" | "struct";
  /** As C spells it: `u32`, `struct net_device *`, `enum tcp_conntrack`. */
  readonly typeName: string;
}

/** One parameter of a tracepoint or function. */
export interface Parameter {
  /** Empty where BTF has prototypes without names. A `__nullable` suffix is stripped. */
  readonly name: string;
  /** `struct sk_buff *`, `enum skb_drop_reason`, `void *`, … without const and volatile. */
  readonly typeName: string;
  readonly size: number;
  readonly signed: boolean;
}

export interface Tracepoint {
  /** Absent: a tracepoint; a function of a stored source else, whose name and event are the function's. */
  readonly kind?: "kprobe" | "kretprobe";
  /** `skb:kfree_skb` */
  readonly name: string;
  /** `kfree_skb`: what BTF and the kernel's attach interface call it. */
  readonly event: string;
  readonly parameters: readonly Parameter[];
}

export interface KernelFacts {
  /** `uname -r`, for messages only: abilities are asked for, never deduced from it. */
  readonly release: string;
  /** A member of a struct, through pointers and anonymous members; null when this kernel has none. */
  member(struct: string, path: readonly string[]): MemberPath | null;
  /** All names of an enum; null when this kernel has no such enum. */
  enumValues(name: string): ReadonlyMap<string, bigint> | null;
  /** By `subsystem:event`; null when there is none. */
  tracepoint(name: string): Tracepoint | null;
  /** All tracepoints, as `subsystem:event`, for wildcards and near misses. */
  tracepoints(): readonly string[];
  /** Whether a function of this name exists, and whether it can be probed. */
  functionState(name: string): "traceable" | "not-traceable" | "absent";
  /**
   * A function that events can be had of; null: none, or not in this version. Only stored sources answer: live function
   * probes are not built yet.
   */
  functionProbe?(kind: "kprobe" | "kretprobe", name: string): Tracepoint | null;
  readonly features: KernelFeatures;
  /** Sections that events can have; left out: those that are collected in the kernel. */
  readonly sections?: ReadonlySet<SectionName>;
}

export interface KernelFeatures {
  /** Stack memory may be read at a variable offset: 5.12, commit 01f810ace9ed. */
  readonly variableStackReads: boolean;
  /** Programs may take any kernel address for a pointer to a type, to read it: bpf_rdonly_cast, 6.2. */
  readonly readOnlyCasts: boolean;
  /** A program can tell whether the running task is interrupted. Asked only before loading: it needs the right to. */
  readonly taskContext: boolean;
}
