// Answers the compiler's questions for a stored source: no kernel stands behind it, so that any probe can be named, and
// names of enums are those that the source has.
import type { KernelFacts, MemberPath, Parameter, Tracepoint } from "../../compiler/kernel-facts.js";
import { SECTION_BITS } from "../../compiler/schema/section-bits.js";
import type { SectionName } from "../../compiler/schema/value.js";
import type { EventSource } from "../events/source.js";

const SKB: Parameter = { name: "skb", typeName: "struct sk_buff *", size: 8, signed: false };

/** What is behind the arguments of skb:kfree_skb; every other stored event has at most a packet. */
const DROP: readonly Parameter[] = [
  SKB,
  { name: "location", typeName: "void *", size: 8, signed: false },
  { name: "reason", typeName: "enum skb_drop_reason", size: 4, signed: false },
];

export class StoredFacts implements KernelFacts {
  readonly release: string;
  /** What a source does not have is absent there, not an error. */
  readonly sections: ReadonlySet<SectionName> = new Set(Object.keys(SECTION_BITS) as SectionName[]);
  readonly features = { variableStackReads: true, readOnlyCasts: false, taskContext: false };
  readonly #source: EventSource;
  readonly #enums: Pick<KernelFacts, "enumValues">;

  /** `enums`: the names of the kernel that the events are of. */
  constructor(source: EventSource, enums: Pick<KernelFacts, "enumValues">) {
    this.#source = source;
    this.#enums = enums;
    this.release = source.header.kernelRelease ?? "of the stored events";
  }

  member(): MemberPath | null {
    return null;
  }

  enumValues(name: string): ReadonlyMap<string, bigint> | null {
    return this.#enums.enumValues(name);
  }

  tracepoint(name: string): Tracepoint | null {
    const [, event] = name.split(":");
    if (event === undefined || event === "") return null;
    return { name, event, parameters: name === "skb:kfree_skb" ? DROP : [SKB] };
  }

  /** Those that the source has named so far: for wildcards and near misses. */
  tracepoints(): readonly string[] {
    const known = this.#source.names.probes.filter((probe) => probe.kind === "tp").map((probe) => probe.name);
    return [...new Set([...known.filter((name) => name.includes(":")), "skb:kfree_skb"])].sort();
  }

  functionState(): "absent" {
    return "absent";
  }

  functionProbe(kind: "kprobe" | "kretprobe", name: string): Tracepoint {
    return { kind, name, event: name, parameters: [SKB] };
  }
}
