// The words and operators of the grammar and which token each becomes. None is reserved but the operators: where an operand is
// expected the others are names (LANGUAGE §1).
import type { TokenType } from "chevrotain";
import * as t from "./tokens.js";

/** Words that begin an item. */
export const itemWords: ReadonlyMap<string, TokenType> = new Map([
  ["use", t.Use],
  ["option", t.Option],
  ["set", t.Set_],
  ["probe", t.Probe],
  ["filter", t.Filter],
  ["follow", t.Follow],
  ["let", t.Let],
  ["on", t.On],
  ["every", t.Every],
  ["begin", t.Begin],
  ["end", t.End],
]);

/** Words that begin a modifier. */
export const modifierWords: ReadonlyMap<string, TokenType> = new Map([
  ["sample", t.Sample],
  ["limit", t.Limit],
]);

export const aggregateWords: readonly string[] = [
  "count",
  "sum",
  "min",
  "max",
  "avg",
  "stats",
  "hist",
  "lhist",
  "quantiles",
];

/** Words that begin an action. */
export const actionWords: ReadonlyMap<string, TokenType> = new Map([
  ["print", t.Print],
  ["clear", t.Clear],
  ["remember", t.Remember],
  ["save", t.Save],
  ["stop", t.Stop],
  ...aggregateWords.map((word): [string, TokenType] => [word, t.AggregateWord]),
]);

/** The words that never are operands. */
export const operatorWords: ReadonlyMap<string, TokenType> = new Map([
  ["and", t.And],
  ["or", t.Or],
  ["not", t.Not],
  ["in", t.MembershipWord],
  ["has", t.MembershipWord],
  ["any", t.MembershipWord],
  ["contains", t.MembershipWord],
  ["matches", t.Matches],
]);

/** Words that lead a part of an item or action. */
const clauseWords: ReadonlyMap<string, TokenType> = new Map([
  ["at", t.At],
  ["where", t.Where],
  ["per", t.Per],
  ["by", t.By],
  ["top", t.Top],
]);

/** What a word is where no operand is expected. */
export const keywords: ReadonlyMap<string, TokenType> = new Map([
  ...clauseWords,
  ...modifierWords,
  ...actionWords,
  ...operatorWords,
]);

/** Words that a `filter` or `let` may not be called. */
export const grammarWords: ReadonlySet<string> = new Set([
  ...itemWords.keys(),
  ...keywords.keys(),
  "stack",
  "since",
  "cast",
  "pcap",
  "journey",
]);

export const operatorTokens: ReadonlyMap<string, TokenType> = new Map([
  ["&&", t.And],
  ["||", t.Or],
  ...["==", "!=", "<", "<=", ">", ">="].map((op): [string, TokenType] => [op, t.CompareOp]),
  ...["|", "^", "&", "<<", ">>", "+", "*"].map((op): [string, TokenType] => [op, t.BinaryOp]),
  ["-", t.Minus],
  ["/", t.Slash],
  ["%", t.Percent],
  ["!", t.PrefixOp],
  ["~", t.PrefixOp],
  ["(", t.LeftParen],
  [")", t.RightParen],
  ["[", t.LeftBracket],
  ["]", t.RightBracket],
  ["{", t.LeftBrace],
  ["}", t.RightBrace],
  [",", t.Comma],
  [";", t.Semicolon],
  [":", t.Colon],
  ["=", t.Equals],
  [".", t.Dot],
  ["..", t.DotDot],
  ["?", t.Question],
]);
