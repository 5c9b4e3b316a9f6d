// A batch of raw frames, and where things lie in one: the layout of the run joined with that of the C structs.
import type { FrameLayout } from "../../compiler/plan/plan.js";
import { structs } from "../../compiler/schema/generated/layout.js";
import { SECTION_BITS } from "../../compiler/schema/section-bits.js";
import type { SectionName } from "../../compiler/schema/value.js";

/** Whole frames back to back; valid until the batch is given back to the drain. */
export interface Batch {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Bytes in use. */
  readonly length: number;
}

const header = structs.frame.members;

/** Of the frame that begins at `at`. */
export const frameSize = (view: DataView, at: number): number =>
  view.getUint32(at + header.size.offset, true);
export const frameSlot = (view: DataView, at: number): number =>
  view.getUint16(at + header.slot.offset, true);
export const frameFlags = (view: DataView, at: number): number =>
  view.getUint16(at + header.flags.offset, true);
export const frameCpu = (view: DataView, at: number): number => view.getUint32(at + header.cpu.offset, true);
export const framePresent = (view: DataView, at: number): number =>
  view.getUint32(at + header.present.offset, true);
export const frameLost = (view: DataView, at: number): number =>
  view.getUint32(at + header.lost.offset, true);
export const frameTime = (view: DataView, at: number): bigint =>
  view.getBigUint64(at + header.time.offset, true);
/** Its halves: no bigint where every event passes. */
export const frameTimeLow = (view: DataView, at: number): number =>
  view.getUint32(at + header.time.offset, true);
export const frameTimeHigh = (view: DataView, at: number): number =>
  view.getUint32(at + header.time.offset + 4, true);
/** The lower and upper 32 bits of the clauses that passed. */
export const frameClausesLow = (view: DataView, at: number): number =>
  view.getUint32(at + header.clauses.offset, true);
export const frameClausesHigh = (view: DataView, at: number): number =>
  view.getUint32(at + header.clauses.offset + 4, true);

export const passedClause = (view: DataView, at: number, clause: number): boolean =>
  ((clause < 32 ? frameClausesLow(view, at) >>> clause : frameClausesHigh(view, at) >>> (clause - 32)) &
    1) ===
  1;

/** Offset of a section's struct within the frame at `at`; -1 when it is not there. */
export function sectionAt(layout: FrameLayout, view: DataView, at: number, section: SectionName): number {
  const offset = layout.offsets[section];
  return offset !== undefined && (framePresent(view, at) & SECTION_BITS[section]) !== 0 ? at + offset : -1;
}

/** A stretch of a batch, as a batch: offsets count from its first frame. */
export function partOf(batch: Batch, from: number, to: number): Batch {
  if (from === 0) return { bytes: batch.bytes, view: batch.view, length: to };
  const { buffer, byteOffset } = batch.bytes;
  return {
    bytes: batch.bytes.subarray(from, to),
    view: new DataView(buffer, byteOffset + from, to - from),
    length: to - from,
  };
}
