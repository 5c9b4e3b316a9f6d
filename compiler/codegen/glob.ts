// Globs: `*` any bytes, `?` one byte, everything else itself; over the whole string.
import { utf8 } from "./utf8.js";

export interface GlobElements {
  /** A byte; null: any byte. */
  readonly elements: readonly (number | null)[];
  /** Bit n: a `*` stands before element n (or at the end). */
  readonly loops: bigint;
}

export function globElements(pattern: string): GlobElements {
  const elements: (number | null)[] = [];
  let loops = 0n;
  for (const character of pattern) {
    if (character === "*") loops |= 1n << BigInt(elements.length);
    else if (character === "?") elements.push(null);
    else elements.push(...utf8(character));
  }
  return { elements, loops };
}

/** A test of bytes from `at` up to `end`. Backtracks to the last `*` only, so its time is bounded by the product. */
export function globBytes(
  pattern: string,
): (byteAt: (index: number) => number, at: number, end: number) => boolean {
  const { elements, loops } = globElements(pattern);
  const starred = Array.from(
    { length: elements.length + 1 },
    (_, index) => ((loops >> BigInt(index)) & 1n) === 1n,
  );
  return (byteAt, at, end) => {
    let element = 0;
    let index = at;
    let retryElement = -1;
    let retryIndex = 0;
    for (;;) {
      if (starred[element] === true && retryElement !== element) {
        retryElement = element;
        retryIndex = index;
      }
      if (index === end && element === elements.length) return true;
      const wanted = elements[element];
      if (index < end && element < elements.length && (wanted === null || wanted === byteAt(index))) {
        element += 1;
        index += 1;
      } else {
        if (retryElement === -1 || retryIndex >= end) return false;
        retryIndex += 1;
        index = retryIndex;
        element = retryElement;
      }
    }
  };
}

/** Of two texts of the script and the plan. */
export function glob(pattern: string, text: string): boolean {
  const bytes = utf8(text);
  return globBytes(pattern)((index) => bytes[index]!, 0, bytes.length);
}
