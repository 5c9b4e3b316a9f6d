// Stored events as `print` and `sort` show them: text on one line or several, JSON, or a table; events of one packet
// together where the source has them so.
import { FRAME_SERIES } from "../../compiler/schema/generated/layout.js";
import { assertNever } from "../../compiler/source/assert-never.js";
import { frameFlags, frameSize } from "../events/frame.js";
import type { SourceBatch, StreamMark } from "../events/source.js";
import type { TextWriter } from "../packet/text-writer.js";
import { EventJson } from "./event-json.js";
import { EventTable } from "./event-table.js";
import { EventText } from "./event-text.js";
import type { Names } from "./names.js";
import type { TimeForm } from "./time-text.js";

export type PrintFormat = "multi-line" | "single-line" | "json" | "table";

export interface PrintStyle {
  readonly format: PrintFormat;
  readonly time: TimeForm;
  readonly linkLayer: boolean;
}

/** Which frames of a batch are shown, asked in their order. */
export type Passes = (view: DataView, at: number) => boolean;

type WriteEvent = (out: TextWriter, bytes: Buffer, view: DataView, at: number, begins: boolean) => void;

export class EventPrinter {
  readonly #sorted: boolean;
  readonly #write: WriteEvent;
  readonly #endSeries: (out: TextWriter) => void;
  readonly #losses: boolean;
  #inSeries = false;
  /** A series began, and nothing of it passed yet: it begins with what does. */
  #pending = false;

  /** `sorted`: the source's frames come as series. `paint`: for titles. */
  constructor(names: Names, sorted: boolean, style: PrintStyle, paint: (text: string) => string) {
    this.#sorted = sorted;
    this.#losses = style.format !== "json";
    const { write, endSeries } = writers(names, sorted, style, paint);
    this.#write = write;
    this.#endSeries = endSeries;
  }

  /** Writes the events of a batch that pass; returns how many there were. */
  batch(out: TextWriter, batch: SourceBatch, passes: Passes | null): number {
    const { bytes, view, length } = batch;
    const marks = batch.marks ?? [];
    let mark = 0;
    let begins = this.#pending;
    let count = 0;
    for (let at = 0; at < length; at += frameSize(view, at)) {
      count++;
      while ((marks[mark]?.at ?? length) <= at) this.#mark(out, marks[mark++]);
      begins = (frameFlags(view, at) & FRAME_SERIES) !== 0 || begins;
      if (passes !== null && !passes(view, at)) continue;
      this.#event(out, bytes, view, at, begins);
      begins = false;
    }
    while (mark < marks.length) this.#mark(out, marks[mark++]);
    this.#pending = begins;
    return count;
  }

  /** After the last batch. */
  end(out: TextWriter): void {
    if (this.#inSeries) this.#endSeries(out);
    this.#inSeries = false;
  }

  #event(out: TextWriter, bytes: Buffer, view: DataView, at: number, begins: boolean): void {
    const first = begins || !this.#inSeries;
    if (this.#sorted && this.#inSeries && first) this.#endSeries(out);
    this.#write(out, bytes, view, at, first);
    this.#inSeries = this.#sorted;
  }

  #mark(out: TextWriter, mark: StreamMark | undefined): void {
    if (mark?.kind !== "loss" || !this.#losses) return;
    this.end(out);
    out.ascii(`lost ${mark.count} ${mark.count === 1n ? "event" : "events"} on CPU ${mark.cpu} here\n`);
  }
}

function writers(
  names: Names,
  sorted: boolean,
  style: PrintStyle,
  paint: (text: string) => string,
): { readonly write: WriteEvent; readonly endSeries: (out: TextWriter) => void } {
  switch (style.format) {
    case "multi-line":
    case "single-line": {
      const { time, linkLayer } = style;
      const text = new EventText(names, { singleLine: style.format === "single-line", time, linkLayer });
      return {
        write: sorted
          ? (out, bytes, view, at, first) => text.writeInSeries(out, bytes, view, at, first)
          : (out, bytes, view, at) => text.write(out, bytes, view, at, "all"),
        endSeries: (out) => text.endSeries(out),
      };
    }
    case "json": {
      const json = new EventJson(names);
      return {
        write: sorted
          ? (out, bytes, view, at, first) => {
              out.char(first ? 91 : 44);
              json.writeObject(out, bytes, view, at);
            }
          : (out, bytes, view, at) => json.write(out, bytes, view, at),
        endSeries: (out) => out.ascii("]\n"),
      };
    }
    case "table": {
      const table = new EventTable(names, style.time, paint);
      return { write: (out, bytes, view, at) => table.write(out, bytes, view, at), endSeries: () => {} };
    }
    default:
      return assertNever(style.format);
  }
}
