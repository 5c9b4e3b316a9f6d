// What `retis stats --more` counts beside Retis' figures: by reason, flow and device, and over time, in bounded memory.
import { fields } from "../../compiler/schema/index.js";
import { frameSize, frameSlot, frameTime } from "../events/frame.js";
import type { EventSource, SourceBatch } from "../events/source.js";
import { type Reader, readField } from "../outputs/field-value.js";
import { cellText } from "../outputs/table.js";

/** Keys that are counted at once; of more, the rarest are forgotten. */
const MAX_KEYS = 100_000;

export class TopCounts {
  #counts = new Map<string, number>();
  /** Rare keys were forgotten. */
  approximate = false;

  add(key: string): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    if (this.#counts.size > MAX_KEYS) this.#forget();
  }

  top(count: number): readonly (readonly [string, number])[] {
    return [...this.#counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, count);
  }

  get size(): number {
    return this.#counts.size;
  }

  #forget(): void {
    const kept = [...this.#counts].sort((a, b) => b[1] - a[1]).slice(0, MAX_KEYS / 2);
    this.#counts = new Map(kept);
    this.approximate = true;
  }
}

const MAX_BUCKETS = 40;
const FIRST_WIDTH = 1_000_000n;

/** Events over time: buckets that double in width as the time covered grows. */
export class RateOverTime {
  /** Nanoseconds of a bucket. */
  width = FIRST_WIDTH;
  readonly buckets: number[] = [];
  #start: bigint | null = null;

  add(time: bigint): void {
    this.#start ??= time;
    let place = Number((time - this.#start) / this.width);
    for (; place >= MAX_BUCKETS; place = Math.floor(place / 2)) this.#double();
    // Events of other CPUs may be a little older than the first.
    const bucket = Math.max(0, place);
    while (this.buckets.length <= bucket) this.buckets.push(0);
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
  }

  #double(): void {
    this.width *= 2n;
    const { length } = this.buckets;
    for (let at = 0; at < length; at += 2)
      this.buckets[at / 2] = (this.buckets[at] ?? 0) + (this.buckets[at + 1] ?? 0);
    this.buckets.length = Math.ceil(length / 2);
  }
}

const TOPS = [
  { title: "Drop reasons", field: "drop.reason" },
  { title: "Flows", field: "flow" },
  { title: "Devices", field: "dev.name" },
  { title: "Network namespaces", field: "ns.inum" },
  { title: "Tasks", field: "comm" },
] as const;

export interface Top {
  readonly title: string;
  readonly counts: TopCounts;
}

export class Tops {
  readonly tops: readonly Top[];
  readonly rate = new RateOverTime();
  readonly #source: EventSource;
  readonly #readers: readonly Reader[];

  constructor(source: EventSource) {
    this.#source = source;
    this.tops = TOPS.map(({ title }) => ({ title, counts: new TopCounts() }));
    this.#readers = TOPS.map(({ field: name }) => {
      const field = fields.get(name);
      return field === undefined ? () => undefined : readField(field, source.names);
    });
  }

  batch(batch: SourceBatch): void {
    const { view, length } = batch;
    for (let at = 0; at < length; at += frameSize(view, at)) {
      // The start of a file, and what was learned of flows later, happened nowhere.
      if (this.#source.names.probes[frameSlot(view, at)] === undefined) continue;
      this.rate.add(frameTime(view, at));
      this.#readers.forEach((read, index) => {
        const cell = read(batch, at);
        if (cell !== undefined && !Array.isArray(cell))
          this.tops[index]?.counts.add(cellText(cell as string));
      });
    }
  }
}
