// Events of any source -> Retis' event files: JSON lines that Retis 1.7 reads, series of a sorted source as lists.
import { FRAME_SERIES, SLOT_NONE } from "../../../compiler/schema/generated/layout.js";
import type { Batch } from "../../events/frame.js";
import { frameFlags, frameSize, frameSlot, frameTime } from "../../events/frame.js";
import type { SourceHeader } from "../../events/source.js";
import { EventJson } from "../../outputs/event-json.js";
import type { Names } from "../../outputs/names.js";
import { TextWriter } from "../../packet/text-writer.js";

/** The version of Retis whose format this is. */
const RETIS_VERSION = "v1.7.0";

export class RetisJsonWriter {
  readonly #header: SourceHeader;
  readonly #json: EventJson;
  readonly #sorted: boolean;
  #started = false;
  #inSeries = false;

  constructor(names: Names, header: SourceHeader) {
    this.#header = header;
    this.#json = new EventJson(names, "retis");
    this.#sorted = header.sorted;
  }

  /** Writes the events of a batch. */
  write(out: TextWriter, { bytes, view, length }: Batch): void {
    for (let at = 0; at < length; at += frameSize(view, at)) {
      // A Retis file has its own first event.
      if (!this.#started && this.#header.format !== "retis-json") this.#startup(out, frameTime(view, at));
      this.#started = true;
      this.#separate(out, (frameFlags(view, at) & FRAME_SERIES) !== 0);
      if (frameSlot(view, at) === SLOT_NONE) this.#event(out, bytes, view, at);
      else this.#json.writeObject(out, bytes, view, at);
      if (!this.#sorted) out.char(10);
    }
  }

  /** After the last batch. */
  end(out: TextWriter): void {
    if (this.#inSeries) out.ascii("]\n");
    this.#inSeries = false;
  }

  #separate(out: TextWriter, begins: boolean): void {
    if (!this.#sorted) return;
    if (this.#inSeries && begins) out.ascii("]\n");
    out.char(this.#inSeries && !begins ? 44 : 91);
    this.#inSeries = true;
  }

  /** The start of an older file says so; what is written is of the newest format. */
  #event(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    const line = new TextWriter(1024);
    this.#json.writeObject(line, bytes, view, at);
    const text = line.take().toString("utf8");
    const older = /"retis_version":"v?1\.[56]\./.test(text);
    out.utf8(older ? text.replace(/("retis_version":")[^"]*/, `$1${RETIS_VERSION}`) : text);
  }

  #startup(out: TextWriter, time: bigint): void {
    const header = this.#header;
    const offset = header.clockOffset ?? 0n;
    const machine = {
      kernel_release: header.kernelRelease ?? "unknown",
      kernel_version: header.kernelVersion ?? "unknown",
      hardware_name: header.hardware ?? "unknown",
    };
    const event =
      `{"common":{"timestamp":${time}},"startup":{"retis_version":"${RETIS_VERSION}",` +
      `"cmdline":${JSON.stringify(header.commandLine ?? "unknown")},` +
      `"clock_monotonic_offset":{"sec":${offset / 1_000_000_000n},"nsec":${offset % 1_000_000_000n}},` +
      `"machine":${JSON.stringify(machine)}}}`;
    out.utf8(this.#sorted ? `[${event}]\n` : `${event}\n`);
  }
}
