// The events of a stored source into a file, and between them what happened there: ticks, losses.
import { type Batch, partOf } from "../events/frame.js";
import type { EventSource, SourceBatch, StreamMark } from "../events/source.js";
import type { OutputFile } from "./output-file.js";
import type { StoredLosses } from "./stored-losses.js";

/** Resolves when all is written, and the file closed. Fails as the source does, or with a SystemError. */
export async function writeBatches(
  source: EventSource,
  file: OutputFile,
  losses: StoredLosses,
  progress: (events: number) => void,
): Promise<void> {
  try {
    for await (const batch of source.batches()) {
      for (const { marks, part } of stretches(batch)) {
        for (const mark of marks) {
          if (mark.kind === "tick") file.tick(mark.block, mark.time);
          else losses.add(mark);
        }
        if (part.length > 0) await file.write(part, null);
      }
      batch.release();
      progress(file.written.events);
      if (file.closedByReader) break;
    }
  } catch (error) {
    // Whoever reads a pipe may leave.
    if (!file.closedByReader) throw error;
  } finally {
    if (!file.closedByReader) await file.close();
  }
}

interface Stretch {
  /** In front of it. */
  readonly marks: readonly StreamMark[];
  readonly part: Batch;
}

function* stretches(batch: SourceBatch): Generator<Stretch> {
  let from = 0;
  let marks: StreamMark[] = [];
  for (const mark of batch.marks ?? []) {
    if (mark.at > from) {
      yield { marks, part: partOf(batch, from, mark.at) };
      [from, marks] = [mark.at, []];
    }
    marks.push(mark);
  }
  yield { marks, part: partOf(batch, from, batch.length) };
}
