// What handlers put out takes the shape of the run's output: lines of text, or one JSON object a line.
import type { Batch } from "../events/frame.js";
import type { TextWriter } from "../packet/text-writer.js";
import type { OutputWriter } from "../sandbox/handler-output.js";
import type { Performer } from "./perform.js";

const NEWLINE = 10;

/** `batch`: the one that handlers ran on; null: they were timed blocks, which have no event. */
export function handlerWriter(
  performer: Performer,
  batch: Batch | null,
  json: boolean,
): OutputWriter<TextWriter> {
  return {
    event: (out, frame, added) => {
      if (batch !== null) performer.event(out, batch, frame, added);
    },
    line: json ? textLine : plainLine,
    text: json ? textLine : (_out, write) => write(),
    record: plainLine,
  };
}

function plainLine(out: TextWriter, write: () => void): void {
  write();
  out.char(NEWLINE);
}

/** A line of `print(…)` among JSON lines: an object with the one key `text`. */
function textLine(out: TextWriter, write: () => void): void {
  const start = out.mark();
  write();
  // An object stands on a line of its own: what ends the text there, it need not.
  const text = out.buffer.toString("utf8", start, out.length).replace(/\n$/, "");
  out.rewind(start);
  out.utf8(`{"text":${JSON.stringify(text)}}\n`);
}
