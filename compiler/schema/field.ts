// What a field is: name, type, unit, where it comes from, when it is absent. Types only; the fields stand in one
// file a section beside this one, and everything that knows a field (checker, code generators, help) learns it there.
import type { FrameMember, Layer, SectionName, StringLoad, Value } from "./value.js";

export type Unit = "bytes" | "ns";

/** Names for numbers: the running kernel's enum, or numbers that a protocol fixes. */
export type EnumSource =
  | {
      readonly kind: "kernel";
      /** Without `enum`: `skb_drop_reason`. */
      readonly name: string;
      /** May be left out when a name is written: `SKB_DROP_REASON_`, `SKB_`. The first that fits is cut for display. */
      readonly prefixes: readonly string[];
      /** Where the numbers come from when the kernel has no such enum; empty: no name is known then. */
    }
  | {
      readonly kind: "fixed";
      readonly name: string;
      readonly values: ReadonlyMap<string, bigint>;
      /** What a value stands for beside itself where a script tests for it: `established` for replies too. */
      readonly includes?: ReadonlyMap<bigint, readonly bigint[]>;
    };

export type FieldType =
  | {
      readonly kind: "integer";
      readonly bits: 8 | 16 | 32 | 64;
      readonly signed: boolean;
      readonly unit: Unit | null;
    }
  | { readonly kind: "boolean" }
  | { readonly kind: "string" }
  | { readonly kind: "enum"; readonly source: EnumSource }
  /** A set of named bits: `tcp.flags`. */
  | { readonly kind: "flags"; readonly bits: ReadonlyMap<string, bigint> }
  /** `family` null: either. */
  | { readonly kind: "address"; readonly family: 4 | 6 | null }
  | { readonly kind: "mac" }
  | { readonly kind: "duration" }
  /** Nanoseconds of CLOCK_MONOTONIC. */
  | { readonly kind: "time" }
  /** A kernel address, shown as symbol+offset. */
  | { readonly kind: "symbol" }
  | { readonly kind: "stack" }
  /** The 5-tuple of the packet. */
  | { readonly kind: "flow" }
  /** A set of numbers that the packet holds: `sctp.chunk`. */
  | { readonly kind: "number-set"; readonly source: EnumSource };

/** An address in the frame and in the packet: 32 bits, or two halves of 64. */
export interface AddressValue {
  readonly v4: Value | null;
  readonly v6: { readonly high: Value; readonly low: Value } | null;
}

export type FieldValue =
  | { readonly kind: "number"; readonly value: Value }
  | { readonly kind: "address"; readonly value: AddressValue }
  | { readonly kind: "string"; readonly value: StringLoad }
  /** Needs no value of its own: `probe` is the slot's name. */
  | { readonly kind: "probe"; readonly what: "name" | "type" }
  | { readonly kind: "stack" }
  | { readonly kind: "flow" }
  /** Only user space works it out from the packet's bytes; `reason` is what `explain` says. */
  | { readonly kind: "computed"; readonly name: string; readonly reason: string };

/** A field that can be written in a script. */
export interface Field {
  readonly kind: "field";
  /** Canonical: `tcp.dport`. */
  readonly name: string;
  readonly type: FieldType;
  readonly value: FieldValue;
  /** One line for `retis help fields` and the docs. */
  readonly doc: string;
  /** When there is no value, in words that continue "absent …": "without a TCP header". Null: never absent. */
  readonly absent: string | null;
  /** Sections that must be collected so that user space has the value. */
  readonly sections: readonly SectionName[];
  /** Sorted by no one: aliases stand in aliases.ts. */
  readonly frame?: FrameMember;
}

/** `tcp.port`, `ip.addr`: some side for `== < <= > >= in matches`, no side for `!=` and `not in`. */
export interface EitherField {
  readonly kind: "either";
  readonly name: string;
  readonly sides: readonly [Field, Field];
  readonly doc: string;
}

/** A word that alone tests presence and can be printed: a protocol or a section of the event. */
export interface SectionWord {
  readonly kind: "section";
  readonly name: string;
  readonly presence: Presence;
  /** A protocol prints as text that names fields; in a record it is an error naming fields. */
  readonly protocol: boolean;
  readonly sections: readonly SectionName[];
  readonly doc: string;
}

/** What makes a bare word true. */
export type Presence =
  | { readonly kind: "layer"; readonly anyOf: readonly Layer[] }
  | { readonly kind: "section"; readonly section: SectionName }
  | { readonly kind: "always" };
