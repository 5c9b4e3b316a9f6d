// How a handler reaches into a frame: members of sections at the plan's constant offsets, and what it needs to know of
// the packet's headers, read once at the top of the function. The frame begins at `rts$o` of the batch.
import type { FrameLayout } from "../../plan/plan.js";
import * as layout from "../../schema/generated/layout.js";
import { SECTION_BITS } from "../../schema/section-bits.js";
import { type StructMember, structMember } from "../../schema/struct-member.js";
import type { FrameMember, HeaderLoad, Layer, SectionName } from "../../schema/value.js";

const { structs } = layout;

export interface MemberPlace {
  /** From the frame's first byte. */
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
  /** Conditions under which it means something. */
  readonly guards: readonly string[];
}

/** What the generated enums of the sections are, by the names of the schema. */
const LAYER_BITS: Readonly<Record<Layer, number>> = {
  ETH: layout.LAYER_ETH,
  VLAN: layout.LAYER_VLAN,
  ARP: layout.LAYER_ARP,
  ARP_ETH_IPV4: layout.LAYER_ARP_ETH_IPV4,
  IPV4: layout.LAYER_IPV4,
  IPV6: layout.LAYER_IPV6,
  L4_PROTO: layout.LAYER_L4_PROTO,
  FRAGMENT: layout.LAYER_FRAGMENT,
  TCP: layout.LAYER_TCP,
  UDP: layout.LAYER_UDP,
  ICMP: layout.LAYER_ICMP,
  ICMPV6: layout.LAYER_ICMPV6,
  SCTP: layout.LAYER_SCTP,
};

/** One function's view; it collects what the top of the function must read. */
export class FrameAccess {
  private readonly needed = new Set<"layers" | "l3" | "l4" | "end" | "present">();

  constructor(private readonly frame: FrameLayout) {}

  /** Where the section begins in the frame; null: this run does not collect it. */
  section(name: SectionName): number | null {
    return this.frame.offsets[name] ?? null;
  }

  /** The section was collected for this event: conditions, not all of them booleans. */
  present(name: SectionName): readonly string[] {
    this.needed.add("present");
    return [`(rts$present & ${SECTION_BITS[name]})`];
  }

  read(offset: number, size: number, signed: boolean): string {
    switch (size) {
      case 1:
        return signed ? `(rts$u8[rts$o + ${offset}] << 24 >> 24)` : `rts$u8[rts$o + ${offset}]`;
      case 2:
        return `rts$${signed ? "i" : "u"}16[rts$o + ${offset} >> 1]`;
      case 4:
        return `rts$${signed ? "i" : "u"}32[rts$o + ${offset} >> 2]`;
      default:
        return `rts$${signed ? "i" : "u"}64[rts$o + ${offset} >> 3]`;
    }
  }

  /** Null: not in the frames of this run. */
  member(member: FrameMember): MemberPlace | null {
    if (member.section === "frame") {
      const found = memberOf("frame", member.member);
      return { ...found, guards: member.absentBit === undefined ? [] : [this.#without(member.absentBit)] };
    }
    const base = this.section(member.section);
    if (base === null) return null;
    const struct = `section_${member.section}` as const;
    const { offset, size, signed } = memberOf(struct, member.member);
    const guards = [...this.present(member.section)];
    if (member.presentIf !== undefined) {
      const flag = memberOf(struct, member.presentIf);
      const zero = flag.size === 8 ? "0n" : "0";
      guards.push(`${this.read(base + flag.offset, flag.size, flag.signed)} !== ${zero}`);
    }
    return { offset: base + offset, size, signed, guards };
  }

  /** The bit of the frame's flags is not set: a condition. */
  #without(bit: number): string {
    const { offset, size } = memberOf("frame", "flags");
    return `(${this.read(offset, size, false)} & ${bit}) === 0`;
  }

  /** Where `struct layers` stands in the frame. */
  layersOffset(): number | null {
    const base = this.section("packet");
    return base === null ? null : base + structs.section_packet.members.layers.offset;
  }

  /** One of the layers was found: a condition, no boolean. */
  layer(anyOf: readonly Layer[]): string {
    if (this.layersOffset() === null) return "false";
    this.needed.add("layers").add("present");
    const mask = anyOf.reduce((bits, layer) => bits | LAYER_BITS[layer], 0);
    return `(rts$layers & ${mask})`;
  }

  /** Where in the batch a header begins. */
  header(base: HeaderLoad["base"]): string {
    if (base === "start") return `rts$o + ${this.frame.bytes}`;
    this.needed.add(base);
    return `rts$${base}`;
  }

  /** Where in the batch the bytes end that predicates saw. */
  end(): string {
    this.needed.add("end");
    return "rts$end";
  }

  /** Declarations for the top of the function. */
  prologue(): string {
    const packet = this.section("packet");
    const parts: string[] = [];
    if (this.needed.has("present")) {
      const { offset, size } = structs.frame.members.present;
      parts.push(`rts$present = ${this.read(offset, size, false)}`);
    }
    const layers = this.layersOffset();
    if (packet !== null && layers !== null) {
      const members = structs.layers.members;
      if (this.needed.has("layers")) {
        const read = this.read(layers + members.present.offset, members.present.size, false);
        parts.push(`rts$layers = (rts$present & ${SECTION_BITS.packet}) !== 0 ? ${read} : 0`);
      }
      for (const base of ["l3", "l4"] as const) {
        if (!this.needed.has(base)) continue;
        const read = this.read(layers + members[base].offset, members[base].size, false);
        parts.push(`rts$${base} = rts$o + ${this.frame.bytes} + ${read}`);
      }
      if (this.needed.has("end")) {
        // The frame carries at least what predicates can see, unless the run cuts packets shorter.
        const { window } = structs.section_packet.members;
        const seen = this.read(packet + window.offset, window.size, false);
        const { snap, bytes } = this.frame;
        parts.push(
          `rts$end = rts$o + ${bytes} + ${snap < layout.WINDOW ? `rts$min(${seen}, ${snap})` : seen}`,
        );
      }
    }
    return parts.length === 0 ? "" : `const ${parts.join(", ")};`;
  }
}

/** A member by a path that the schema chose; the layout is checked against the schema by its own test. */
function memberOf(struct: "frame" | `section_${SectionName}`, path: string): StructMember {
  const found = structMember(struct, path);
  if (found === null) throw new Error(`struct ${struct} has no member ${path}`);
  return found;
}
