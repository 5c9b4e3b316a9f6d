// Text that follows from a few words of a frame, remembered: the same task, device, namespace and reason come again and
// again, and comparing some words takes a tenth of the time of writing what they mean.
import type { FrameLayout } from "../../compiler/plan/plan.js";
import type { SectionName } from "../../compiler/schema/value.js";
import type { TextWriter } from "../packet/text-writer.js";

/** Texts that are remembered, at places that their words hash to: as many as 8 bits tell. */
const PLACES = 256;
/** Of eight bytes each. Longer texts are not worth the memory: a connection of IPv6 addresses has 250 bytes. */
const MOST_WORDS = 40;

interface Member {
  readonly offset: number;
  readonly size: number;
}

/** Of many words, so many apart are hashed: the others are compared. */
const STRIDE = 4;
const FEW = 16;

export class TextMemo {
  /** Where the words are, from the start of a frame; and those of them that are hashed. */
  readonly #offsets: Int32Array;
  readonly #hashed: Int32Array;
  /** Of each place: the words, the text, and how many bytes that has; -1: there is none. */
  readonly #words: Int32Array;
  readonly #texts = new Float64Array(PLACES * MOST_WORDS);
  readonly #textBytes = Buffer.from(this.#texts.buffer);
  readonly #lengths = new Int32Array(PLACES).fill(-1);
  /** Of the frame that was asked for last. */
  #place = 0;

  /** Those that tell most texts apart stand last. */
  constructor(offsets: readonly number[]) {
    const { length } = offsets;
    this.#offsets = Int32Array.from(offsets);
    this.#hashed = Int32Array.from(
      length <= FEW ? offsets : offsets.filter((_, index) => index % STRIDE === 0 || index >= length - 2),
    );
    this.#words = new Int32Array(length * PLACES);
  }

  /** Writes the text of the frame at `at`, if its words were seen before. */
  write(out: TextWriter, view: DataView, at: number): boolean {
    // Most events are of the same task and device as the one before.
    if (!this.#holds(this.#place, view, at)) {
      this.#place = this.#placeOf(view, at);
      if (!this.#holds(this.#place, view, at)) return false;
    }
    out.words(this.#texts, this.#place * MOST_WORDS, this.#lengths[this.#place]!);
    return true;
  }

  #placeOf(view: DataView, at: number): number {
    const hashed = this.#hashed;
    let hash = 0;
    for (let i = 0; i < hashed.length; i++)
      hash = (Math.imul(hash, 31) + view.getInt32(at + hashed[i]!, true)) | 0;
    return Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 24;
  }

  /** From the last word on, which tells most. */
  #holds(place: number, view: DataView, at: number): boolean {
    if (this.#lengths[place]! < 0) return false;
    const offsets = this.#offsets;
    const words = this.#words;
    const first = place * offsets.length;
    for (let i = offsets.length - 1; i >= 0; i--)
      if (words[first + i] !== view.getInt32(at + offsets[i]!, true)) return false;
    return true;
  }

  /** What was written since `mark` is the text of the frame at `at`, which was asked for last. */
  keep(out: TextWriter, mark: number, view: DataView, at: number): void {
    const length = out.length - mark;
    // A word with a byte that UTF-8 has nowhere may be no number, and need not stay what it is. (Of DEL, which makes the
    // others, nothing is shown.)
    if (length > MOST_WORDS * 8 || out.take().includes(0xff, mark)) return;
    const place = this.#place;
    out.buffer.copy(this.#textBytes, place * MOST_WORDS * 8, mark, out.length);
    this.#lengths[place] = length;
    const offsets = this.#offsets;
    const count = offsets.length;
    for (let i = 0; i < count; i++) this.#words[place * count + i] = view.getInt32(at + offsets[i]!, true);
  }
}

/** Offsets of a section's members, in words; none when the run does not collect it. */
export function memberWords(
  layout: FrameLayout,
  section: SectionName,
  members: readonly Member[],
): readonly number[] {
  const start = layout.offsets[section];
  if (start === undefined) return [];
  return members.flatMap(({ offset, size }) =>
    Array.from({ length: size / 4 }, (_, word) => start + offset + word * 4),
  );
}
