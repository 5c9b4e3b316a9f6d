// The place where the grammar stopped, with what a message about it needs to look at.
import type { TokenType } from "chevrotain";
import type { Source, Span } from "../source/diagnostic.js";
import * as t from "./tokens.js";

export class Failure {
  /** The token that does not fit; undefined at the end of the item. */
  readonly token: t.Token | undefined;
  readonly previous: t.Token | undefined;
  readonly beforePrevious: t.Token | undefined;

  constructor(
    readonly source: Source,
    /** The whole item. */
    readonly tokens: readonly t.Token[],
    readonly at: number,
    /** The rule that stopped. */
    readonly rule: string,
    /** The only type of token that would have done, if there is one. */
    readonly wanted: string,
    /** Where the item ends: the next one begins there, or the text ends. */
    readonly end: number,
  ) {
    this.token = tokens[at];
    this.previous = tokens[at - 1];
    this.beforePrevious = tokens[at - 2];
  }

  get item(): TokenType | undefined {
    return this.tokens[0]?.tokenType;
  }

  /** The token that does not fit, or the place right after the last one. */
  get span(): Span {
    const { source, token, previous } = this;
    if (token !== undefined) return this.spanOf(token);
    const end = previous === undefined ? this.end : previous.endOffset + 1;
    return { source, start: end, end };
  }

  spanOf(from: t.Token, to: t.Token = from): Span {
    return { source: this.source, start: from.startOffset, end: to.endOffset + 1 };
  }

  /** The source text from one token to another. */
  text(from: t.Token | undefined, to: t.Token | undefined): string {
    if (from === undefined || to === undefined) return "";
    return this.source.text.slice(from.startOffset, to.endOffset + 1);
  }

  /** Whether a token of one of these types stands before the failure. */
  has(...types: readonly TokenType[]): boolean {
    return this.tokens.slice(0, this.at).some((token) => types.includes(token.tokenType));
  }

  get hasAction(): boolean {
    return this.has(...actionTypes);
  }

  /** The brackets that are open where it stopped, outermost first, as indexes of tokens. */
  get open(): readonly number[] {
    const open: number[] = [];
    for (const [index, { tokenType }] of this.tokens.slice(0, this.at).entries()) {
      if (partners.has(tokenType)) open.push(index);
      else if (closers.has(tokenType)) open.pop();
    }
    return open;
  }

  /** The token that closes the bracket at `index`. */
  closerOf(index: number): t.Token | undefined {
    let depth = 0;
    for (const token of this.tokens.slice(index)) {
      if (partners.has(token.tokenType)) depth += 1;
      else if (closers.has(token.tokenType)) depth -= 1;
      if (depth === 0) return token;
    }
    return undefined;
  }
}

/** Tokens that begin an action; a word is one of them only where it is a keyword. */
export const actionTypes: readonly TokenType[] = [
  ...[t.Print, t.Clear, t.Remember, t.Save, t.Stop, t.AggregateWord, t.JavaScriptBlock],
];

const partners: ReadonlyMap<TokenType, string> = new Map([
  [t.LeftParen, ")"],
  [t.LeftBracket, "]"],
  [t.LeftBrace, "}"],
]);

export const partnerOf = (opener: t.Token): string => partners.get(opener.tokenType) ?? "";

export const openers: ReadonlySet<TokenType> = new Set(partners.keys());

export const closers: ReadonlySet<TokenType> = new Set([t.RightParen, t.RightBracket, t.RightBrace]);

/** Tokens that can end a value. */
export const valueEnds: ReadonlySet<TokenType | undefined> = new Set<TokenType | undefined>([
  ...[t.Word, t.OptionName, t.Int, t.Duration, t.Size, t.Text, t.Ip, t.Cidr, t.Mac, t.Regex],
  ...[t.RightParen, t.RightBracket, t.RightBrace],
]);

/** Tokens after which a value must come. */
export const valueLeads: ReadonlySet<TokenType | undefined> = new Set<TokenType | undefined>([
  ...[t.Where, t.By, t.Per, t.Follow, t.And, t.Or, t.Not, t.MembershipWord, t.CompareOp, t.Comma, t.DotDot],
  ...[t.BinaryOp, t.Minus, t.Slash, t.Percent, t.PrefixOp, t.LeftParen, t.LeftBracket, t.LeftBrace],
]);
