// Times as text: `2025-03-18 23:12:45.860167` (UTC, microseconds).
import type { TextWriter } from "../packet/text-writer.js";

let lastSecond = -1;
let lastText = "";

/** Nanoseconds since 1970. The part up to the second is kept: events come many a second. */
export function writeUtc(out: TextWriter, nanoseconds: bigint): void {
  const second = Number(nanoseconds / 1_000_000_000n);
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = `${new Date(second * 1000).toISOString().slice(0, 19).replace("T", " ")}.`;
  }
  out.ascii(lastText);
  const micro = Number((nanoseconds % 1_000_000_000n) / 1000n);
  for (let power = 100_000; power > 1 && micro < power; power /= 10) out.char(48);
  out.dec(micro);
}
