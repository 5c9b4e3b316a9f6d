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

/** Up to four characters. */
export function packed(text: string): number {
  let word = 0;
  for (let i = 0; i < text.length; i++) word |= text.charCodeAt(i) << (8 * i);
  return word;
}
