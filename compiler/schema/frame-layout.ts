// Where each section and the packet's bytes lie in a frame. Type only.
import type { SectionName } from "./value.js";

/** Offsets in bytes from the start of a frame; constant for the run. */
export interface FrameLayout {
  readonly offsets: Readonly<Partial<Record<SectionName, number>>>;
  /** Where the packet's bytes begin; the fixed part ends here. */
  readonly bytes: number;
  /** Packet bytes that are carried at most. */
  readonly snap: number;
  /** Packet bytes of each size class, ascending; the last is `snap`. */
  readonly classes: readonly [number, number, number];
}
