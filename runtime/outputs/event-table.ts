// Stored events as rows of a table: the few fields that tell what happened to which packet where.
import { fields } from "../../compiler/schema/index.js";
import { frameTime } from "../events/frame.js";
import { TextWriter } from "../packet/text-writer.js";
import { type Reader, readField } from "./field-value.js";
import type { Names } from "./names.js";
import { Table } from "./table.js";
import { type TimeForm, TimeText } from "./time-text.js";

interface Shown {
  readonly title: string;
  readonly field: string;
  readonly alignRight: boolean;
  readonly usualWidth: number;
}

const COLUMNS: readonly Shown[] = [
  { title: "cpu", field: "cpu", alignRight: true, usualWidth: 3 },
  { title: "comm", field: "comm", alignRight: false, usualWidth: 12 },
  { title: "probe", field: "probe", alignRight: false, usualWidth: 24 },
  { title: "dev", field: "dev.name", alignRight: false, usualWidth: 8 },
  { title: "flow", field: "flow", alignRight: false, usualWidth: 36 },
  { title: "len", field: "packet.len", alignRight: true, usualWidth: 5 },
  { title: "drop", field: "drop.reason", alignRight: false, usualWidth: 12 },
];

const TIME_WIDTHS: Readonly<Record<TimeForm, number>> = { ns: 15, utc: 26, iso: 30, delta: 12 };

export class EventTable {
  readonly #names: Names;
  readonly #time: TimeText;
  readonly #paint: (text: string) => string;
  readonly #table: Table;
  readonly #scratch = new TextWriter(64);
  #readers: readonly Reader[] = [];
  /** How many probes were known when the readers were made: the names of probes are looked up ahead. */
  #probes = -1;
  #titled = false;

  constructor(names: Names, time: TimeForm, paint: (text: string) => string) {
    this.#names = names;
    this.#time = new TimeText(time, names.clockOffset);
    this.#paint = paint;
    const first = { title: "time", alignRight: true, usualWidth: TIME_WIDTHS[time] };
    this.#table = new Table([first, ...COLUMNS]);
  }

  write(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    if (this.#probes !== this.#names.probes.length) this.#read();
    if (!this.#titled) this.#table.writeTitles(out, this.#paint);
    this.#titled = true;
    this.#scratch.reset();
    this.#time.write(this.#scratch, frameTime(view, at));
    const batch = { bytes, view, length: bytes.length };
    const cells = this.#readers.map((read) => read(batch, at));
    this.#table.writeRow(out, [this.#scratch.take().toString("latin1"), ...cells]);
  }

  #read(): void {
    this.#probes = this.#names.probes.length;
    this.#readers = COLUMNS.map(({ field: name }) => {
      const field = fields.get(name);
      return field === undefined ? () => undefined : readField(field, this.#names);
    });
  }
}
