// A source of events -> the same events as series: keys and places of all of them are read first, the events themselves
// once their order is known, so that memory does not grow with them.
import type { FrameLayout } from "../../../compiler/plan/plan.js";
import { FRAME_SERIES, SLOT_NONE, structs } from "../../../compiler/schema/generated/layout.js";
import { SECTION_BITS } from "../../../compiler/schema/section-bits.js";
import { frameSize, frameSlot, frameTime, sectionAt } from "../../events/frame.js";
import type { EventSource, SourceBatch, SourceHeader, SourceProblem } from "../../events/source.js";
import { SystemError } from "../../failure.js";
import type { Names } from "../../outputs/names.js";
import { FlowDetails, withDetail } from "./flow-details.js";
import { BigUint64List, Float64List, Uint32List } from "./growing.js";
import { type Events, type Order, wholeOrder, windowedOrder } from "./order.js";
import type { PlacedBatch, RereadableSource } from "./reread.js";
import { SeriesTable, UNTRACKED, type Unjoined } from "./series.js";
import { Widener, widened } from "./widen.js";

/** Events that are read again at once: memory that they take, and how many at most. */
const WINDOW_BYTES = 2 << 20;
const WINDOW_EVENTS = 4096;

/** Numbers of texts that sorting adds: beyond those of any source. */
const FIRST_TEXT = 0xe000_0000;

const header = structs.frame.members;
const series = structs.section_series.members;
const extraMember = structs.section_extra.members.json;

export interface SortOptions {
  /** As Retis' --max-buffer; null: the whole file is put in order. */
  readonly maxBuffer: number | null;
  /** Told how many events were read so far. */
  readonly progress: (events: number) => void;
}

/** Reads all of `source`, which stays the caller's to close. */
export async function sortSource(source: RereadableSource, options: SortOptions): Promise<SortedSource> {
  const keys = new Keys(source.names.layout);
  for await (const batch of source.batches()) {
    keys.batch(source.names, batch);
    batch.release();
    options.progress(keys.count);
  }
  const order = options.maxBuffer === null ? wholeOrder(keys) : windowedOrder(keys, options.maxBuffer);
  return new SortedSource(source, keys, order);
}

/** What is kept of each event. */
class Keys implements Events {
  count = 0;
  startup = -1;
  readonly series = new Uint32List();
  readonly places = new Float64List();
  readonly costs = new Uint32List();
  readonly untracked = new Uint32List();
  readonly untrackedTimes = new BigUint64List();
  readonly details = new Uint32List();
  readonly flows = new FlowDetails();
  readonly table: SeriesTable;
  readonly #layout: FrameLayout;

  constructor(layout: FrameLayout) {
    this.#layout = layout;
    this.table = new SeriesTable(layout);
  }

  batch(names: Names, batch: PlacedBatch): void {
    const { view, length } = batch;
    let index = 0;
    for (let at = 0; at < length; at += frameSize(view, at)) {
      this.places.push(batch.placeOf(index));
      this.costs.push(batch.costOf(index++, at));
      const number = this.table.seriesOf(view, at);
      this.series.push(number);
      if (frameSlot(view, at) === SLOT_NONE) this.#withoutProbe(names, view, at);
      if (number === UNTRACKED && this.startup !== this.count) {
        this.untracked.push(this.count);
        this.untrackedTimes.push(frameTime(view, at));
      }
      this.count++;
    }
  }

  /** The start of a file, and what is learned of flows later. */
  #withoutProbe(names: Names, view: DataView, at: number): void {
    const section = sectionAt(this.#layout, view, at, "extra");
    if (section < 0) return;
    const text = names.strings.text(view.getUint32(section + extraMember.offset, true));
    if (this.startup < 0 && text.includes('"startup"')) this.startup = this.count;
    if (this.flows.learn(text)) this.details.push(this.count);
  }
}

export class SortedSource implements EventSource {
  readonly header: SourceHeader;
  readonly names: Names;
  readonly enums: EventSource["enums"];
  /** Events of Open vSwitch whose upcall is missing. */
  readonly unjoined: Unjoined;
  readonly events: number;
  readonly #source: RereadableSource;
  readonly #keys: Keys;
  readonly #order: Order;
  /** Events of each series so far. */
  readonly #indexes: Uint32Array;
  readonly #widener: Widener | null;
  /** Texts that sorting adds to the events of a batch. */
  #texts: string[] = [];

  constructor(source: RereadableSource, keys: Keys, order: Order) {
    this.#source = source;
    this.#keys = keys;
    this.#order = order;
    this.#indexes = new Uint32Array(keys.table.length);
    this.header = { ...source.header, sorted: true };
    this.enums = source.enums;
    this.unjoined = keys.table.unjoined;
    this.events = keys.count;
    const { layout, probes, enums, stacks, strings, symbols, clockOffset } = source.names;
    const wide = widened(layout);
    this.#widener = wide === layout ? null : new Widener(layout, wide);
    this.names = {
      layout: wide,
      probes,
      enums,
      stacks,
      symbols,
      clockOffset,
      strings: { text: (id) => (id < FIRST_TEXT ? strings.text(id) : (this.#texts[id - FIRST_TEXT] ?? "")) },
    };
  }

  get problems(): readonly SourceProblem[] {
    return this.#source.problems;
  }

  get lost(): bigint {
    return this.#source.lost;
  }

  /** The source is its owner's. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  async *batches(): AsyncGenerator<SourceBatch> {
    const { length } = this.#order.events;
    this.#indexes.fill(0);
    let places = this.#window(0);
    for (let place = 0; place < length; ) {
      const next = this.#window(place + places.length);
      this.#source.expect(next);
      yield* this.#again(places, place);
      place += places.length;
      places = next;
    }
  }

  async *#again(places: Float64Array, from: number): AsyncGenerator<SourceBatch> {
    let done = 0;
    for await (const batch of this.#source.reread(places)) {
      this.#texts = [];
      const wide = this.#widener === null ? batch : this.#widener.widen(batch);
      done += this.#mark(wide, from + done);
      yield wide;
    }
    if (done !== places.length)
      throw new SystemError("the file is not what it was when it was read first", "sort a copy of it");
  }

  /** Places in the source of the events that come next. */
  #window(from: number): Float64Array {
    const { events } = this.#order;
    let to = from;
    for (let bytes = 0; to < events.length && to - from < WINDOW_EVENTS; to++) {
      bytes += this.#keys.costs.at(events[to] as number);
      if (bytes > WINDOW_BYTES && to > from) break;
    }
    return Float64Array.from({ length: to - from }, (_, index) =>
      this.#keys.places.at(events[from + index] as number),
    );
  }

  /** Says in each frame where it stands in which series; returns how many there are. */
  #mark({ view, length }: SourceBatch, from: number): number {
    let place = from;
    for (let at = 0; at < length; at += frameSize(view, at)) {
      if (this.#order.begins[place] === 1) {
        const flags = at + header.flags.offset;
        view.setUint16(flags, view.getUint16(flags, true) | FRAME_SERIES, true);
      }
      const event = this.#order.events[place];
      if (event === undefined) return place - from + 1;
      const number = this.#keys.series.at(event);
      if (number !== UNTRACKED) this.#series(view, at, number);
      if (this.#keys.flows.length > 0) this.#detail(view, at, this.#order.known?.[place]);
      place++;
    }
    return place - from;
  }

  #series(view: DataView, at: number, number: number): void {
    const { table } = this.#keys;
    const section = this.#add(view, at, "series");
    const index = this.#indexes[number] as number;
    this.#indexes[number] = index + 1;
    view.setBigUint64(section + series.timestamp.offset, table.timestamps.at(number), true);
    view.setBigUint64(section + series.orig_head.offset, table.heads.at(number), true);
    view.setBigUint64(section + series.skb.offset, table.buffers.at(number), true);
    view.setUint32(section + series.index.offset, index, true);
    view.setUint32(section + series.reserved.offset, 0, true);
  }

  #detail(view: DataView, at: number, known: number | undefined): void {
    const lookup = sectionAt(this.names.layout, view, at, "ovs");
    if (lookup < 0) return;
    const { flows } = this.#keys;
    const detail = flows.of(view, lookup, known ?? flows.length);
    if (detail === null) return;
    const before = sectionAt(this.names.layout, view, at, "extra");
    const text =
      before < 0 ? null : this.names.strings.text(view.getUint32(before + extraMember.offset, true));
    const section = this.#add(view, at, "extra");
    view.setUint32(section + extraMember.offset, FIRST_TEXT + this.#texts.length, true);
    this.#texts.push(withDetail(text, detail));
  }

  /** The frame has the section from now on; where it lies. */
  #add(view: DataView, at: number, section: "series" | "extra"): number {
    const present = at + header.present.offset;
    view.setUint32(present, view.getUint32(present, true) | SECTION_BITS[section], true);
    return at + (this.names.layout.offsets[section] ?? 0);
  }
}
