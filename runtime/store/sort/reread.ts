// What sorting asks of a source: events can be read again, in any order, by their places. Types only.
import type { EventSource, SourceBatch } from "../../events/source.js";

export interface PlacedBatch extends SourceBatch {
  /** Where its `index`th frame is found again. */
  placeOf(index: number): number;
  /** How much memory it takes to read that one again, about; it begins at `at`. */
  costOf(index: number, at: number): number;
}

export interface RereadableSource extends EventSource {
  batches(): AsyncIterable<PlacedBatch>;
  /**
   * The events at these places, in this order, in one batch or several: after all batches were read and given back, and
   * until it is closed. Fails with a SystemError when the file is not what it was.
   */
  reread(places: Float64Array): AsyncIterable<SourceBatch>;
  /** What will be asked for next, to be made ready meanwhile. */
  expect(places: Float64Array): void;
}

export const isRereadable = (source: EventSource): source is RereadableSource => "reread" in source;
