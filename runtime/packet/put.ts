// Digits, addresses and remembered text at a place in memory. Each function returns where the next text begins: a place
// that is handed on stays in a register, which one that a writer keeps does not. There has to be room for the text, and
// for the bytes that the last store writes beyond it.
import type { Literal } from "./literal.js";

const DOT = 0x2e;
const ZERO = 0x30;

/** 0 to 999, four bytes each, so that a division yields three digits and one store writes them. */
const NUMBERS = new Int32Array(1000);
const PADDED_NUMBERS = new Int32Array(1000);
const OCTETS = new Int32Array(256);
// By arithmetic: with a string for each number this took 1 ms of every start.
for (let n = 0; n < 1000; n++) {
  const hundreds = (n / 100) | 0;
  const tens = (n / 10) | 0;
  const padded = (ZERO + hundreds) | ((ZERO + (tens % 10)) << 8) | ((ZERO + (n % 10)) << 16);
  const digits = n > 99 ? 3 : n > 9 ? 2 : 1;
  PADDED_NUMBERS[n] = padded;
  NUMBERS[n] = padded >> (8 * (3 - digits));
  if (n < OCTETS.length) OCTETS[n] = NUMBERS[n]! | (DOT << (8 * digits));
}

const SIX_DIGITS = 1_000_000;

export function putLiteral(view: DataView, at: number, text: Literal): number {
  const { words, length } = text;
  for (let i = 0; i < words.length; i++) view.setFloat64(at + 8 * i, words[i]!, true);
  return at + length;
}

/** `length` bytes of text in words, from `first` on. */
export function putWords(
  view: DataView,
  at: number,
  words: Float64Array,
  first: number,
  length: number,
): number {
  for (let i = 0, word = first; i < length; i += 8, word++) view.setFloat64(at + i, words[word]!, true);
  return at + length;
}

/** Text and the number behind it: what most of a packet's text is made of. */
export function putField(view: DataView, at: number, text: Literal, bits: number): number {
  return putUnsigned(view, putLiteral(view, at, text), bits);
}

/** An integer below 2^32, given as its 32 bits. */
export function putUnsigned(view: DataView, at: number, bits: number): number {
  const value = bits >>> 0;
  if (value < 1000) return putShort(view, at, value);
  const thousands = (value / 1000) >>> 0;
  const low = value - thousands * 1000;
  if (thousands < 1000) return putThree(view, putShort(view, at, thousands), low);
  const millions = (thousands / 1000) >>> 0;
  const middle = thousands - millions * 1000;
  if (millions < 1000) return putThree(view, putThree(view, putShort(view, at, millions), middle), low);
  const billions = (millions / 1000) >>> 0;
  const end = putThree(view, putShort(view, at, billions), millions - billions * 1000);
  return putThree(view, putThree(view, end, middle), low);
}

/** One to three digits. */
function putShort(view: DataView, at: number, value: number): number {
  view.setInt32(at, NUMBERS[value]!, true);
  return at + (value < 10 ? 1 : value < 100 ? 2 : 3);
}

/** Exactly three digits. */
function putThree(view: DataView, at: number, value: number): number {
  view.setInt32(at, PADDED_NUMBERS[value]!, true);
  return at + 3;
}

/** Exactly six. */
export function putSix(view: DataView, at: number, value: number): number {
  const thousands = (value / 1000) >>> 0;
  return putThree(view, putThree(view, at, thousands), value - thousands * 1000);
}

/** Exactly nine. */
export function putNine(view: DataView, at: number, value: number): number {
  const millions = (value / SIX_DIGITS) >>> 0;
  return putSix(view, putThree(view, at, millions), value - millions * SIX_DIGITS);
}

/** Dotted quad from 32 bits, and a port behind another dot; -1: there is none. */
export function putIpv4(view: DataView, at: number, bits: number, port: number): number {
  let end = at;
  for (let shift = 24; shift >= 0; shift -= 8) {
    const octet = (bits >>> shift) & 255;
    view.setInt32(end, OCTETS[octet]!, true);
    end += octet < 10 ? 2 : octet < 100 ? 3 : 4;
  }
  return port < 0 ? end - 1 : putUnsigned(view, end, port);
}
