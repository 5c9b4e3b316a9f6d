// What an event looks like: sections, their members, how JSON spells each and where it lies in a frame. Types only; one
// file a section beside this one. The JSON writer, the native decoder's tables, JSON Schema and the docs are made of it.
import type { SectionName } from "../value.js";

/** An integer of the frame; bytes from the start of the section's struct, or of the frame's header. */
export interface Place {
  readonly from: "section" | "frame";
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

/** A value, as JSON and in the frame. */
export type Form =
  /** `shift`: the lowest of the bits that it takes of the place. */
  | {
      readonly kind: "integer";
      readonly bits: number;
      readonly signed: boolean;
      readonly at: Place;
      readonly shift: number;
    }
  /** True when a bit of `mask` is set. */
  | { readonly kind: "boolean"; readonly at: Place; readonly mask: number }
  /** A text that ends at its first NUL, `at.size` bytes at most. */
  | { readonly kind: "chars"; readonly at: Place }
  /** A text of the stream's string table, by id. */
  | { readonly kind: "interned"; readonly at: Place }
  /** A kernel address, as symbol+offset. */
  | { readonly kind: "symbol"; readonly at: Place }
  /** A number that has names. A name that does not stand here belongs to a newer writer. */
  | { readonly kind: "names"; readonly at: Place; readonly values: Readonly<Record<string, number>> }
  /** An IPv4 or IPv6 address as text: 16 bytes, and the family (4 or 6) beside them. */
  | { readonly kind: "address"; readonly at: Place; readonly family: Place }
  | { readonly kind: "words"; readonly at: Place; readonly count: number }
  /** The packet's bytes in base64; `capture_len` counts them. */
  | { readonly kind: "packet-bytes"; readonly captured: Place }
  | { readonly kind: "stack" }
  /** Of the slot that the frame's header names. */
  | { readonly kind: "probe"; readonly what: "symbol" | "type" }
  /** Two texts that make one number: whose reason, and which. */
  | {
      readonly kind: "drop-reason";
      readonly what: "subsystem" | "reason";
      readonly at: Place;
      readonly has: Place;
    }
  | { readonly kind: "literal"; readonly value: string }
  /** Empty; what is not, `extra` has. */
  | { readonly kind: "empty"; readonly of: "text" | "texts" }
  | { readonly kind: "object"; readonly section: SectionName | null; readonly members: readonly Item[] }
  /** An object with one member, which a number chooses. */
  | { readonly kind: "choice"; readonly at: Place; readonly options: readonly Option[] }
  /** Has no place in a frame: kept as JSON text in `extra`. */
  | {
      readonly kind: "text-only";
      readonly of: "text" | "texts" | "u32" | "u64" | "s64" | "words" | Extract<Form, { kind: "object" }>;
    };

export interface Option {
  readonly key: string;
  readonly value: number;
  readonly members: readonly Member[];
}

/** When a member is there; null: always. */
export type Presence =
  | { readonly kind: "bit"; readonly at: Place; readonly mask: number }
  /** Unless the bit is set. */
  | { readonly kind: "no-bit"; readonly at: Place; readonly mask: number }
  /** While a number that a member of it holds is not 0. */
  | { readonly kind: "while"; readonly at: Place }
  /** Its own value is not 0. */
  | { readonly kind: "nonzero" }
  /** The section that its object is of is in the frame. */
  | { readonly kind: "section"; readonly section: SectionName }
  /** The drop reason has a subsystem. */
  | { readonly kind: "subsystem" }
  /** Of a section that only `extra` has. */
  | { readonly kind: "optional" };

/** `retis`: Retis' files have it; `ours`: only our own JSON. */
export type Origin = "retis" | "ours";

export interface Member {
  readonly kind: "member";
  readonly key: string;
  readonly form: Form;
  readonly presence: Presence | null;
  /** Continues "absent …"; null: never absent. */
  readonly absent: string | null;
  readonly origin: Origin;
  readonly doc: string;
}

/** A member that decides which others follow it. */
export interface Tagged {
  readonly kind: "tagged";
  readonly tag: Member;
  /** By the tag's name; a name that does not stand here has no more members. */
  readonly cases: Readonly<Record<string, readonly Item[]>>;
}

/** Members in Retis' order. */
export type Item = Member | Tagged;

export interface EventSection {
  /** Retis' spelling: `skb-drop`. */
  readonly key: string;
  readonly doc: string;
  readonly origin: Origin;
  /**
   * `section`: there when the frame has it. `frame`: always there. `probe`: there when a slot has this kind of probe.
   * `extra`: has no struct.
   */
  readonly where:
    | { readonly kind: "section"; readonly section: SectionName }
    | { readonly kind: "frame" }
    | { readonly kind: "probe" }
    | { readonly kind: "extra" };
  readonly members: readonly Item[];
  /** 1.5 had the section elsewhere: within this object, under this key. */
  readonly movedFrom?: { readonly object: string; readonly key: string };
}
