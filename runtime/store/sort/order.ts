// Which event comes when in a sorted file: series by the time that their packet was first seen, events that are of no
// packet between them by their own time.
import { type BigUint64List, Uint32List } from "./growing.js";
import { type SeriesTable, UNTRACKED } from "./series.js";

/** Events in the order of the sorted file. */
export interface Order {
  /** Numbers of events, as they came. */
  readonly events: Uint32Array;
  /** By place in `events`: 1 where a series begins. */
  readonly begins: Uint8Array;
  /**
   * By place in `events`: how many details of flows were known when its series was complete; null: all that the file
   * has.
   */
  readonly known: Uint32Array | null;
}

/** What is known of the events, as they came. */
export interface Events {
  readonly count: number;
  /** By event. */
  readonly series: Uint32List;
  readonly table: SeriesTable;
  /** Events of no packet, and their times. */
  readonly untracked: Uint32List;
  readonly untrackedTimes: BigUint64List;
  /** The event that says how the file was made; -1: none. It comes first, whatever its time. */
  readonly startup: number;
  /** By detail of a flow: the event that brought it. */
  readonly details: Uint32List;
}

/** Puts a whole file in order. */
export function wholeOrder(events: Events): Order {
  const { count, table, untracked, untrackedTimes } = events;
  const sorted = Array.from({ length: table.length }, (_, index) => index).sort((a, b) =>
    compareSeries(table, a, b),
  );
  const sizes = new Uint32Array(table.length);
  for (const series of events.series.values)
    if (series !== UNTRACKED) sizes[series] = (sizes[series] as number) + 1;
  // Where the next event of each series goes.
  const next = new Uint32Array(table.length);
  const order = new Uint32Array(count);
  const begins = new Uint8Array(count);
  let place = 0;
  const alone = (event: number): void => {
    begins[place] = 1;
    order[place++] = event;
  };
  if (events.startup >= 0) alone(events.startup);
  let loner = 0;
  for (const series of sorted) {
    const timestamp = table.timestamps.at(series);
    for (; loner < untracked.length && untrackedTimes.at(loner) <= timestamp; loner++)
      alone(untracked.at(loner));
    begins[place] = 1;
    next[series] = place;
    place += sizes[series] as number;
  }
  for (; loner < untracked.length; loner++) alone(untracked.at(loner));
  events.series.values.forEach((series, event) => {
    if (series === UNTRACKED) return;
    order[next[series] as number] = event;
    next[series] = (next[series] as number) + 1;
  });
  return { events: order, begins, known: null };
}

/**
 * As Retis does it: whenever `most` events wait, the oldest series of them goes, complete or not. What comes of it later
 * is a series of its own.
 */
export function windowedOrder(events: Events, most: number): Order {
  const { table, count } = events;
  const order = new Uint32List();
  const begins = new Uint8Array(count);
  const known = new Uint32List();
  const waiting = new SeriesHeap(table);
  const members = new Map<number, number[]>();
  let loners = 0;
  let loner = 0;
  let buffered = 0;
  let details = 0;
  const give = (members: readonly number[]): void => {
    begins[order.length] = 1;
    for (const event of members) {
      order.push(event);
      known.push(details);
    }
    buffered -= members.length;
  };
  const oldest = (): void => {
    const series = waiting.least;
    const alone = loner < loners;
    if (series !== null && (!alone || table.timestamps.at(series) < events.untrackedTimes.at(loner))) {
      waiting.pop();
      give(members.get(series) ?? []);
      members.delete(series);
    } else give([events.untracked.at(loner++)]);
  };
  if (events.startup >= 0) {
    buffered++;
    give([events.startup]);
  }
  for (let event = 0; event < count; event++) {
    if (event === events.startup) continue;
    if (details < events.details.length && events.details.at(details) === event) details++;
    const series = events.series.at(event);
    if (series === UNTRACKED) loners++;
    else if (members.get(series)?.push(event) === undefined) {
      members.set(series, [event]);
      waiting.push(series);
    }
    buffered++;
    while (buffered >= most) oldest();
  }
  while (buffered > 0) oldest();
  return { events: order.values, begins, known: known.values };
}

function compareSeries(table: SeriesTable, a: number, b: number): number {
  const [one, other] = [table.timestamps.at(a), table.timestamps.at(b)];
  if (one !== other) return one < other ? -1 : 1;
  const [head, otherHead] = [table.heads.at(a), table.heads.at(b)];
  return head === otherHead ? a - b : head < otherHead ? -1 : 1;
}

/** The series that wait, the oldest at hand. */
class SeriesHeap {
  readonly #table: SeriesTable;
  readonly #heap: number[] = [];

  constructor(table: SeriesTable) {
    this.#table = table;
  }

  get least(): number | null {
    return this.#heap[0] ?? null;
  }

  push(series: number): void {
    let at = this.#heap.push(series) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfLess(at, parent)) return;
      at = parent;
    }
  }

  pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= this.#heap.length) return;
      const right = left + 1;
      const child = right < this.#heap.length && this.#less(right, left) ? right : left;
      if (!this.#swapIfLess(child, at)) return;
      at = child;
    }
  }

  #less(a: number, b: number): boolean {
    return compareSeries(this.#table, this.#heap[a] as number, this.#heap[b] as number) < 0;
  }

  #swapIfLess(child: number, parent: number): boolean {
    if (!this.#less(child, parent)) return false;
    const heap = this.#heap;
    [heap[child], heap[parent]] = [heap[parent] as number, heap[child] as number];
    return true;
  }
}
