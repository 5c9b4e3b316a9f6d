// Reads one literal or quoted piece of text at an offset: its kind, its end and what is wrong with it.
import type { TokenType } from "chevrotain";
import * as habits from "../source/catalog/habits.js";
import * as say from "../source/catalog/syntax.js";
import type { Diagnostic, Source, Span } from "../source/diagnostic.js";
import {
  durationUnits,
  findBadEscape,
  parseCidr,
  parseDuration,
  parseInt64,
  parseIp,
  parseMac,
  parseSize,
  sizeUnits,
  splitRegex,
} from "./literals.js";
import * as t from "./tokens.js";

export interface Lexeme {
  readonly type: TokenType;
  readonly end: number;
  readonly problem?: Diagnostic;
  /** The rest of the item cannot be trusted after this problem. */
  readonly derails?: boolean;
}

const span = (source: Source, start: number, end: number): Span => ({ source, start, end });

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

const groupsPattern = /(?:[0-9A-Fa-f]*:){2,}[0-9A-Fa-f]*(?:(?:\.\d+){3})?/y;
const prefixPattern = /\/\w+/y;
const restPattern = /\w+/y;

/** A MAC or IPv6 address, with its prefix length; null when there is none. */
export function readColonAddress(source: Source, at: number): Lexeme | null {
  const { text } = source;
  const groups = match(groupsPattern, text, at);
  if (groups === null) return null;
  let end = at + groups.length;
  const rest = match(restPattern, text, end);
  if (rest !== null) end += rest.length;
  else if (parseMac(groups) !== null) return { type: t.Mac, end };
  const prefix = match(prefixPattern, text, end);
  if (prefix !== null) end += prefix.length;
  return address(source, at, end, "an IPv6 or MAC address");
}

function address(source: Source, at: number, end: number, what: string): Lexeme {
  const text = source.text.slice(at, end);
  const isCidr = text.includes("/");
  if ((isCidr ? parseCidr(text) : parseIp(text)) !== null) return { type: isCidr ? t.Cidr : t.Ip, end };
  const slash = text.indexOf("/");
  if (isCidr && parseIp(text.slice(0, slash)) !== null) {
    const prefix = span(source, at + slash, end);
    return { type: t.Cidr, end, problem: say.badPrefix(prefix, text.slice(slash)), derails: true };
  }
  return { type: t.Ip, end, problem: say.badAddress(span(source, at, end), text, what), derails: true };
}

const radixPattern = /0[xX][0-9A-Fa-f]+|0[bB][01]+|0[oO][0-7]+/y;
const dottedPattern = /\d+(?:\.\d+)+/y;
const digitsPattern = /\d+/y;
// The micro sign is not ASCII, but people type it; it is refused with the right form.
const unitPattern = /[A-Za-z_µμ][\wµμ]*/y;

/** An integer, a duration, a size or an IPv4 address: whatever begins with a digit and has no colons. */
export function readNumber(source: Source, at: number): Lexeme {
  const { text } = source;
  const dotted = match(dottedPattern, text, at);
  if (dotted !== null) {
    let end = at + dotted.length;
    const prefix = match(prefixPattern, text, end);
    if (prefix !== null) end += prefix.length;
    if (dotted.split(".").length === 2 && prefix === null) {
      end += match(unitPattern, text, end)?.length ?? 0;
      return { type: t.Int, end, problem: say.fraction(span(source, at, end)), derails: true };
    }
    return address(source, at, end, "an IPv4 address");
  }
  const number = match(radixPattern, text, at) ?? match(digitsPattern, text, at) ?? "";
  const afterNumber = at + number.length;
  const unit = match(unitPattern, text, afterNumber) ?? match(restPattern, text, afterNumber) ?? "";
  const end = afterNumber + unit.length;
  const here = span(source, at, end);
  if (unit === "") {
    if (/^0\d/.test(number)) {
      return { type: t.Int, end, problem: say.leadingZero(here, number), derails: true };
    }
    return parseInt64(number) === null
      ? { type: t.Int, end, problem: say.tooLarge(here), derails: true }
      : { type: t.Int, end };
  }
  const kind = durationUnits.has(unit) ? t.Duration : sizeUnits.has(unit) ? t.Size : null;
  if (kind === null || !/^\d+$/.test(number)) {
    const units = [...durationUnits.keys(), ...sizeUnits.keys()];
    return { type: t.Int, end, problem: say.unknownUnit(here, number, unit, units), derails: true };
  }
  const value = kind === t.Duration ? parseDuration(number + unit) : parseSize(number + unit);
  return value === null
    ? { type: kind, end, problem: say.tooLarge(here), derails: true }
    : { type: kind, end };
}

/** A string, which does not go over a line's end. */
export function readText(source: Source, at: number): Lexeme {
  const { text } = source;
  const quote = text[at];
  let end = at + 1;
  while (end < text.length && text[end] !== quote && text[end] !== "\n")
    end += text[end] === "\\" && text[end + 1] !== "\n" ? 2 : 1;
  if (end >= text.length || text[end] === "\n") {
    end = Math.min(end, text.length);
    return { type: t.Text, end, problem: say.unclosedText(span(source, at, at + 1)), derails: true };
  }
  end += 1;
  const here = span(source, at, end);
  if (quote === "'")
    return { type: t.Text, end, problem: habits.singleQuotes(here, text.slice(at + 1, end - 1)) };
  const bad = findBadEscape(text.slice(at + 1, end - 1));
  if (bad !== null) {
    const start = at + 1 + bad.offset;
    const place = span(source, start, start + bad.length);
    return { type: t.Text, end, problem: say.badEscape(place, text.slice(start, start + bad.length)) };
  }
  return { type: t.Text, end };
}

const regexPattern = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/\w*/y;

/** A regular expression: JavaScript's, on one line. */
export function readRegex(source: Source, at: number): Lexeme {
  const { text } = source;
  const regex = match(regexPattern, text, at);
  if (regex === null) {
    const line = text.indexOf("\n", at);
    const end = line < 0 ? text.length : line;
    return { type: t.Regex, end, problem: say.unclosedRegex(span(source, at, at + 1)), derails: true };
  }
  const end = at + regex.length;
  const here = span(source, at, end);
  const { source: pattern, flags } = splitRegex(regex);
  const bad = /[^imsu]/.exec(flags)?.[0];
  if (bad !== undefined) return { type: t.Regex, end, problem: say.regexFlag(here, bad) };
  try {
    new RegExp(pattern, flags);
    return { type: t.Regex, end };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, "") : "";
    // V8 quotes the whole expression before the reason.
    const short = reason.startsWith(regex)
      ? reason.slice(regex.length + 2)
      : reason.replace(/^.*\/\w*: /s, "");
    return { type: t.Regex, end, problem: say.badRegex(here, short) };
  }
}
