// Times as text: nanoseconds as they are, UTC as Retis writes it (`2025-03-18 23:12:45.860167`), RFC 3339, or what has
// passed since the event before.
import { assertNever } from "../../compiler/source/assert-never.js";
import type { TextWriter } from "../packet/text-writer.js";

export type TimeForm = "ns" | "utc" | "iso" | "delta";

export const TIME_FORMS: readonly TimeForm[] = ["ns", "utc", "iso", "delta"];

let lastSecond = -1;
let lastUtc = "";
let lastIso = "";

/** The part up to the second is kept: events come many a second. */
function textOfSecond(second: number): void {
  if (second === lastSecond) return;
  lastSecond = second;
  const [date = "", time = ""] = textOfDate(second).split("T");
  lastUtc = `${date} ${time}.`;
  lastIso = `${date}T${time}.`;
}

/** A clock that a file made up may be beyond what a date can be. */
function textOfDate(second: number): string {
  const date = new Date(second * 1000);
  return Number.isNaN(date.getTime()) ? `${second}T` : date.toISOString().slice(0, 19);
}

function padded(out: TextWriter, value: number, digits: number): void {
  for (let power = 10 ** (digits - 1); power > 1 && value < power; power /= 10) out.char(48);
  out.dec(value);
}

const BILLION = 1_000_000_000n;

/** Nanoseconds since 1970. */
export function writeUtc(out: TextWriter, nanoseconds: bigint): void {
  textOfSecond(Number(nanoseconds / BILLION));
  out.ascii(lastUtc);
  padded(out, Math.floor(Number(nanoseconds % BILLION) / 1000), 6);
}

/** `2025-03-18T23:12:45.860167123Z` */
export function writeIso(out: TextWriter, nanoseconds: bigint): void {
  textOfSecond(Number(nanoseconds / BILLION));
  out.ascii(lastIso);
  padded(out, Number(nanoseconds % BILLION), 9);
  out.char(90);
}

/** `+0.000012345` seconds. */
export function writeDelta(out: TextWriter, nanoseconds: bigint): void {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  out.char(nanoseconds < 0n ? 45 : 43);
  out.decBig(size / BILLION);
  out.char(46);
  padded(out, Number(size % BILLION), 9);
}

/** Times of one stream of events, in one form. */
export class TimeText {
  readonly #form: TimeForm;
  readonly #clockOffset: bigint;
  /** Of the event before. */
  #before: bigint | null = null;

  /** `clockOffset`: CLOCK_REALTIME minus CLOCK_MONOTONIC, ns. */
  constructor(form: TimeForm, clockOffset: bigint) {
    this.#form = form;
    this.#clockOffset = clockOffset;
  }

  write(out: TextWriter, time: bigint): void {
    switch (this.#form) {
      case "ns":
        out.decBig(time);
        break;
      case "utc":
        writeUtc(out, time + this.#clockOffset);
        break;
      case "iso":
        writeIso(out, time + this.#clockOffset);
        break;
      case "delta":
        writeDelta(out, time - (this.#before ?? time));
        this.#before = time;
        break;
      default:
        assertNever(this.#form);
    }
  }
}
