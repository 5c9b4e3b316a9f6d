// Events of a source -> the figures that `retis stats` shows, one set for each file of a rotated set.
import { FRAME_SERIES } from "../../compiler/schema/generated/layout.js";
import { frameFlags, frameSize, frameSlot, frameTime, sectionAt } from "../events/frame.js";
import type { EventSource, SourceBatch } from "../events/source.js";
import { readExtra, type Startup } from "../outputs/read-extra.js";

export interface FileFigures {
  /** Of the event that a Retis file begins with; null: the file has none. */
  startup: Startup | null;
  /** CLOCK_REALTIME minus CLOCK_MONOTONIC, ns. */
  clockOffset: bigint;
  /** By probe: `raw_tracepoint/skb:kfree_skb`. */
  readonly probes: Map<string, number>;
  events: number;
  series: number;
  /** Of the first event, ns. */
  first: bigint | null;
  /** The latest, ns. */
  last: bigint;
}

/** As Retis names them. */
const KINDS = { tp: "raw_tracepoint", kprobe: "kprobe", kretprobe: "kretprobe", usdt: "usdt" } as const;

export class Figures {
  readonly files: FileFigures[] = [];
  /** All events, whatever they are. */
  read = 0;
  readonly #source: EventSource;
  /** By slot, of the current file. */
  #counts: number[] = [];

  constructor(source: EventSource) {
    this.#source = source;
  }

  batch({ view, length }: SourceBatch): void {
    const { names, header } = this.#source;
    const counts = this.#counts;
    let file = this.#current();
    for (let at = 0; at < length; at += frameSize(view, at)) {
      this.read++;
      const slot = frameSlot(view, at);
      if (names.probes[slot] === undefined) {
        const startup = this.#startup(view, at);
        if (startup !== null) file = this.#begin(startup);
        else if (header.sorted) file.series += begins(view, at);
        continue;
      }
      if (header.sorted) file.series += begins(view, at);
      counts[slot] = (counts[slot] ?? 0) + 1;
      const time = frameTime(view, at);
      file.first ??= time;
      if (time > file.last) file.last = time;
      file.events++;
    }
  }

  /** After the last batch. */
  end(): void {
    this.#current();
    this.#nameCounts();
  }

  #current(): FileFigures {
    return this.files.at(-1) ?? this.#add();
  }

  #startup(view: DataView, at: number): Startup | null {
    const { names } = this.#source;
    const section = sectionAt(names.layout, view, at, "extra");
    return section < 0 ? null : readExtra(view, section, names.strings).startup;
  }

  #begin(startup: Startup): FileFigures {
    const file = this.#current();
    // A sorted file is one, whatever it was sorted from; and a series may stand before its first event.
    if (file.startup === null) return describe(file, startup);
    return this.#source.header.sorted ? file : describe(this.#add(), startup);
  }

  #add(): FileFigures {
    this.#nameCounts();
    const file: FileFigures = {
      startup: null,
      clockOffset: this.#source.names.clockOffset,
      probes: new Map(),
      events: 0,
      series: 0,
      first: null,
      last: 0n,
    };
    this.files.push(file);
    return file;
  }

  /** From slots to names: the same symbol in two programs has two slots. */
  #nameCounts(): void {
    const probes = this.files.at(-1)?.probes;
    this.#counts.forEach((count, slot) => {
      const probe = this.#source.names.probes[slot];
      if (probe === undefined || probes === undefined) return;
      const name = `${KINDS[probe.kind]}/${probe.name}`;
      probes.set(name, (probes.get(name) ?? 0) + count);
    });
    this.#counts.length = 0;
  }
}

function describe(file: FileFigures, startup: Startup): FileFigures {
  file.startup = startup;
  if (startup.clockOffset !== null) file.clockOffset = startup.clockOffset;
  return file;
}

const begins = (view: DataView, at: number): number => ((frameFlags(view, at) & FRAME_SERIES) === 0 ? 0 : 1);
