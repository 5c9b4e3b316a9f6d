// The bytes in front of each block and the entries behind its frames: docs/event-file.md.

import type { ProbeName } from "../../../compiler/plan/probe-name.js";
import type { StreamMark } from "../../events/source.js";
import { addressKey } from "../../kernel/kallsyms.js";
import { probeKind, probeKindNumber } from "./file-header.js";

export const FILE_MAGIC = Buffer.from("\x89RETIS\r\n", "latin1");
export const BLOCK_MAGIC = Buffer.from("\xabBLOCK\r\n", "latin1");
export const PREAMBLE_BYTES = 16;
export const BLOCK_HEADER_BYTES = 64;
export const VERSION = { major: 1, minor: 1 } as const;

/** More than any writer puts into a block; what claims more is damaged. */
export const LARGEST_BLOCK = 12 * 1024 * 1024;

export const BLOCK = { header: 1, frames: 2, index: 3, end: 4 } as const;
export const CODEC = { plain: 0, zstd: 1 } as const;

export interface BlockHeader {
  readonly type: number;
  readonly codec: number;
  readonly rawLength: number;
  readonly storedLength: number;
  readonly records: number;
  readonly firstTime: bigint;
  readonly lastTime: bigint;
  /** Records of the run before this block. */
  readonly ordinal: bigint;
  readonly frames: number;
  readonly payloadCrc: number;
}

/** Null: no block begins here, or its header is damaged. */
export function decodeBlockHeader(
  bytes: Buffer,
  checksum: (bytes: Uint8Array) => number,
): BlockHeader | null {
  if (bytes.length < BLOCK_HEADER_BYTES || !bytes.subarray(0, 8).equals(BLOCK_MAGIC)) return null;
  if (checksum(bytes.subarray(0, 60)) !== bytes.readUInt32LE(60)) return null;
  const header = {
    type: bytes.readUInt8(8),
    codec: bytes.readUInt8(9),
    rawLength: bytes.readUInt32LE(12),
    storedLength: bytes.readUInt32LE(16),
    records: bytes.readUInt32LE(20),
    firstTime: bytes.readBigUInt64LE(24),
    lastTime: bytes.readBigUInt64LE(32),
    ordinal: bytes.readBigUInt64LE(40),
    frames: bytes.readUInt32LE(48),
    payloadCrc: bytes.readUInt32LE(56),
  };
  return header.rawLength > LARGEST_BLOCK || header.storedLength > LARGEST_BLOCK ? null : header;
}

/** Something that happened between two frames of a block: after so many of them. */
export type Mark = { readonly after: number } & Unplaced;
type Unplaced = StreamMark extends infer Each ? (Each extends StreamMark ? Omit<Each, "at"> : never) : never;

export type Entry =
  | { readonly kind: "string"; readonly id: number; readonly text: string }
  | { readonly kind: "stack"; readonly id: number; readonly frames: readonly string[] }
  | { readonly kind: "symbol"; readonly key: number; readonly text: string }
  | { readonly kind: "probe"; readonly slot: number; readonly probe: ProbeName }
  | { readonly kind: "reason"; readonly value: number; readonly text: string }
  | Mark;

const KIND = { string: 1, stack: 2, symbol: 3, loss: 4, tick: 5, probe: 6, reason: 7 } as const;
const NO_SLOT = 0xffff_ffff;

/** Entries of kinds that this version does not know are passed over. Null in the place of one that is damaged. */
export function* decodeEntries(table: Buffer): Generator<Entry | null> {
  for (let at = 0; at < table.length; ) {
    const length = at + 8 <= table.length ? table.readUInt32LE(at + 4) : 0;
    const end = at + 8 + length;
    if (length < 4 || end > table.length) {
      yield null;
      return;
    }
    const entry = decodeEntry(table.readUInt32LE(at), table.subarray(at + 8, end));
    if (entry !== undefined) yield entry;
    at = end;
  }
}

function decodeEntry(kind: number, body: Buffer): Entry | null | undefined {
  const rest = (from: number): string => body.toString("utf8", from);
  switch (kind) {
    case KIND.string:
      return { kind: "string", id: body.readUInt32LE(0), text: rest(4) };
    case KIND.stack:
      return decodeStack(body);
    case KIND.symbol:
      if (body.length < 8) return null;
      return { kind: "symbol", key: addressKey(body.readUInt32LE(4), body.readUInt32LE(0)), text: rest(8) };
    case KIND.loss: {
      if (body.length < 36) return null;
      const slot = body.readUInt32LE(8);
      return {
        kind: "loss",
        after: body.readUInt32LE(0),
        cpu: body.readUInt32LE(4),
        slot: slot === NO_SLOT ? null : slot,
        from: body.readBigUInt64LE(12),
        to: body.readBigUInt64LE(20),
        count: body.readBigUInt64LE(28),
      };
    }
    case KIND.tick:
      if (body.length < 16) return null;
      return {
        kind: "tick",
        after: body.readUInt32LE(0),
        block: body.readUInt32LE(4),
        time: body.readBigUInt64LE(8),
      };
    case KIND.probe:
      if (body.length < 8) return null;
      return {
        kind: "probe",
        slot: body.readUInt32LE(0),
        probe: { kind: probeKind(body.readUInt32LE(4)), name: rest(8) },
      };
    case KIND.reason:
      return { kind: "reason", value: body.readUInt32LE(0), text: rest(4) };
    default:
      return undefined;
  }
}

function decodeStack(body: Buffer): Entry | null {
  if (body.length < 8) return null;
  const frames: string[] = [];
  let at = 8;
  for (let left = body.readUInt32LE(4); left > 0; left--) {
    const length = at + 4 <= body.length ? body.readUInt32LE(at) : body.length;
    if (at + 4 + length > body.length) return null;
    frames.push(body.toString("utf8", at + 4, at + 4 + length));
    at += 4 + length;
  }
  return { kind: "stack", id: body.readUInt32LE(0), frames };
}

/** Entries for the writer, each once. */
export class EntryWriter {
  #parts: Buffer[] = [];

  string(id: number, text: string): void {
    this.#add(KIND.string, [number(id), Buffer.from(text)]);
  }

  stack(id: number, frames: readonly string[]): void {
    const texts = frames.flatMap((frame) => {
      const bytes = Buffer.from(frame);
      return [number(bytes.length), bytes];
    });
    this.#add(KIND.stack, [number(id), number(frames.length), ...texts]);
  }

  symbol(high: number, low: number, text: string): void {
    this.#add(KIND.symbol, [number(low), number(high), Buffer.from(text)]);
  }

  probe(slot: number, probe: ProbeName): void {
    this.#add(KIND.probe, [number(slot), number(probeKindNumber(probe.kind)), Buffer.from(probe.name)]);
  }

  reason(value: number, text: string): void {
    this.#add(KIND.reason, [number(value), Buffer.from(text)]);
  }

  /** All entries so far, back to back; null: there are none. Begins anew. */
  take(): Buffer | null {
    if (this.#parts.length === 0) return null;
    const table = Buffer.concat(this.#parts);
    this.#parts = [];
    return table;
  }

  #add(kind: number, parts: readonly Buffer[]): void {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    this.#parts.push(number(kind), number(length), ...parts);
  }
}

function number(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
