// Frames that were not laid out for sorting -> frames with room for what sorting adds.
import type { FrameLayout } from "../../../compiler/plan/plan.js";
import { structs } from "../../../compiler/schema/generated/layout.js";
import { frameSize } from "../../events/frame.js";
import type { SourceBatch } from "../../events/source.js";

/** Behind the frames: what a hostile file says of the headers of a packet must not lead out of the memory. */
const SLACK = 1 << 17;

const size = structs.frame.members.size.offset;

/** The layout with places for a series and for what stands beside the structs; the same when it has them. */
export function widened(layout: FrameLayout): FrameLayout {
  if (layout.offsets.series !== undefined && layout.offsets.extra !== undefined) return layout;
  let { bytes } = layout;
  const place = (section: "series" | "extra"): number => {
    const known = layout.offsets[section];
    if (known !== undefined) return known;
    const at = bytes;
    bytes += structs[`section_${section}`].size;
    return at;
  };
  const offsets = { ...layout.offsets, series: place("series"), extra: place("extra") };
  return { ...layout, offsets, bytes };
}

export class Widener {
  readonly #from: FrameLayout;
  readonly #added: number;
  #memory: Buffer = Buffer.alloc(0);

  constructor(from: FrameLayout, to: FrameLayout) {
    this.#from = from;
    this.#added = to.bytes - from.bytes;
  }

  /** Gives the batch back, and another in its place, which is valid until the next. */
  widen(batch: SourceBatch): SourceBatch {
    const { bytes, view, length } = batch;
    let frames = 0;
    for (let at = 0; at < length; at += frameSize(view, at)) frames++;
    const needed = length + frames * this.#added;
    if (this.#memory.length < needed + SLACK)
      this.#memory = Buffer.from(new SharedArrayBuffer(needed * 2 + SLACK));
    const out = this.#memory;
    const fixed = this.#from.bytes;
    let to = 0;
    for (let at = 0; at < length; ) {
      const whole = frameSize(view, at);
      bytes.copy(out, to, at, at + fixed);
      out.fill(0, to + fixed, to + fixed + this.#added);
      bytes.copy(out, to + fixed + this.#added, at + fixed, at + whole);
      out.writeUInt32LE(whole + this.#added, to + size);
      to += whole + this.#added;
      at += whole;
    }
    batch.release();
    return {
      bytes: out,
      view: new DataView(out.buffer, out.byteOffset, out.length),
      length: to,
      release: () => {},
    };
  }
}
