// ASCII text packed into words for TextWriter: a store of four bytes costs what one of a single byte does.

export interface Literal {
  /** Little-endian; the last one is filled up with zeros. */
  readonly words: Int32Array;
  /** Bytes. */
  readonly length: number;
}

export function literal(text: string): Literal {
  const words = new Int32Array(Math.ceil(text.length / 4));
  for (let i = 0; i < words.length; i++) words[i] = packed(text.slice(i * 4, i * 4 + 4));
  return { words, length: text.length };
}

/** Bytes that were written once, to be written again. */
export function literalOf(bytes: Uint8Array, start: number, end: number): Literal {
  const length = end - start;
  const words = new Int32Array(Math.ceil(length / 4));
  for (let i = 0; i < length; i++) words[i >> 2] = words[i >> 2]! | (bytes[start + i]! << (8 * (i & 3)));
  return { words, length };
}

/** Up to four characters. */
export function packed(text: string): number {
  let word = 0;
  for (let i = 0; i < text.length; i++) word |= text.charCodeAt(i) << (8 * i);
  return word;
}
