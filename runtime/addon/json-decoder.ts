// The contract of the addon's JSON decoder: lines of events -> frames, and what the numbers in them stand for.

import type { ProbeName } from "../../compiler/plan/probe-name.js";
import type { DecoderTables } from "../../compiler/schema/event/decoder-tables.js";

export interface Decoded {
  /** Bytes of input that are done with; what is left belongs to an event that the input cuts off, or did not fit. */
  readonly consumed: number;
  /** Bytes of frames in the output. */
  readonly produced: number;
  readonly records: number;
  /** A line that is a list of events, as in a sorted file, was met. */
  readonly sorted: boolean;
  /** How many probes are known by now. */
  readonly probes: number;
  /** Offsets from where the input began; decoding pauses when there are many. */
  readonly problems: readonly { readonly offset: number; readonly reason: string }[];
}

export interface JsonDecoder {
  /**
   * Decodes `input` from `from` to before `to`, of which nothing follows when `last`, into `output`. It needs 64 bytes
   * behind `to`, and writes to the first of them. Texts that only this batch refers to are dropped when its number is
   * used again (0 to 63). `places` is filled with where each event begins, in bytes behind `from`.
   */
  decode(
    input: Buffer,
    from: number,
    to: number,
    last: boolean,
    output: Buffer,
    batch: number,
    places?: Uint32Array,
  ): Decoded;
  /** For the next file of a set, with tables for the same layout if it is of another version. */
  restart(tables: DecoderTables | null): void;
  /** Null: no such text, or its batch has been given back. */
  text(id: number): string | null;
  /** A stack as JSON: a list of texts. */
  stack(id: number): string | null;
  /** A drop reason as Retis spells it: `openvswitch/OVS_DROP_EXPLICIT`. */
  reason(value: number): string | null;
  /** Those with a slot from `from` on. */
  probes(from: number): ProbeName[];
}

/** `reasons` and `subsystems`: numbers that names have already. */
export type JsonDecoderClass = new (
  tables: DecoderTables,
  maxEvent: number,
  reasons: readonly (readonly [string, number])[],
  subsystems: readonly (readonly [string, number])[],
) => JsonDecoder;

export interface JsonAddon {
  readonly JsonDecoder: JsonDecoderClass;
}

/** Ids from here on are of one batch, and mean nothing once it is given back. */
export const FIRST_PASSING_ID = 0x8000_0000;
