// From a literal's token to its node in the tree.
import type { Span } from "../source/diagnostic.js";
import type { DurationLiteral, IntLiteral, Literal, RegexLiteral, StringLiteral } from "./ast.js";
import {
  parseCidr,
  parseDuration,
  parseInt64,
  parseIp,
  parseMac,
  parseSize,
  parseText,
  splitRegex,
} from "./literals.js";
import * as t from "./tokens.js";

/** The lexer has refused what has no value. */
function valid<T>(value: T | null, text: string): T {
  if (value === null) throw new Error(`the lexer let \`${text}\` pass`);
  return value;
}

export const intOf = (token: t.Token, span: Span): IntLiteral => ({
  kind: "int",
  value: valid(parseInt64(token.image), token.image),
  span,
});

export const durationOf = ({ image: text }: t.Token, span: Span): DurationLiteral => ({
  kind: "duration",
  nanoseconds: valid(parseDuration(text), text),
  text,
  span,
});

export const textOf = (token: t.Token, span: Span): StringLiteral => ({
  kind: "string",
  value: parseText(token.image),
  span,
});

export const regexOf = (token: t.Token, span: Span): RegexLiteral => ({
  kind: "regex",
  ...splitRegex(token.image),
  span,
});

/** Null when the token is no literal. */
export function literalOf(token: t.Token, span: Span): Literal | null {
  const { image: text } = token;
  switch (token.tokenType) {
    case t.Int:
      return intOf(token, span);
    case t.Duration:
      return durationOf(token, span);
    case t.Size:
      return { kind: "size", bytes: valid(parseSize(text), text), text, span };
    case t.Text:
      return textOf(token, span);
    case t.Ip:
      return { kind: "ip", ...valid(parseIp(text), text), text, span };
    case t.Cidr:
      return { kind: "cidr", ...valid(parseCidr(text), text), text, span };
    case t.Mac:
      return { kind: "mac", value: valid(parseMac(text), text), text, span };
    case t.Regex:
      return regexOf(token, span);
    default:
      return null;
  }
}
