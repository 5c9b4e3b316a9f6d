// Text packed into words for TextWriter: a store of eight bytes costs what one of a single byte does.

export interface Literal {
  /** Eight bytes each, the last one filled up with zeros. Text in UTF-8 makes none that is not a number. */
  readonly words: Float64Array;
  /** Bytes. */
  readonly length: number;
}

/** Of ASCII text. */
export const literal = (text: string): Literal => literalOf(Buffer.from(text, "latin1"), 0, text.length);

/** Bytes of text that was written once, to be written again. */
export function literalOf(bytes: Uint8Array, start: number, end: number): Literal {
  const length = end - start;
  const words = new Float64Array(Math.ceil(length / 8));
  new Uint8Array(words.buffer).set(bytes.subarray(start, end));
  return { words, length };
}
