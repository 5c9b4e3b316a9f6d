// The kinds of token of a script. The lexer cuts the text into them, the grammar is written in terms of them.
import { createToken, type IToken, type TokenType } from "chevrotain";

/** A token as the lexer makes it: offsets are always there. `endOffset` is the last character, as chevrotain has it. */
export interface Token extends IToken {
  readonly image: string;
  readonly startOffset: number;
  readonly endOffset: number;
  readonly tokenType: TokenType;
}

// The lexer is our own (it needs context), so the types have no patterns, only names.
const type = (name: string): TokenType => createToken({ name });

/** Words where they are keywords; the same word where an operand is expected is a `Word`. */
export const Use = type("Use");
export const Option = type("Option");
export const Set_ = type("Set");
export const Probe = type("Probe");
export const Filter = type("Filter");
export const Follow = type("Follow");
export const Let = type("Let");
export const On = type("On");
export const Every = type("Every");
export const Begin = type("Begin");
export const End = type("End");

export const At = type("At");
export const Where = type("Where");
export const Sample = type("Sample");
export const Limit = type("Limit");
export const Per = type("Per");
export const By = type("By");
export const Top = type("Top");

export const Print = type("Print");
export const Clear = type("Clear");
export const Remember = type("Remember");
export const Save = type("Save");
export const Stop = type("Stop");
/** `count`, `sum`, `min`, … */
export const AggregateWord = type("AggregateWord");

export const And = type("And");
export const Or = type("Or");
export const Not = type("Not");
/** `in`, `has`, `any`, `contains` */
export const MembershipWord = type("MembershipWord");
export const Matches = type("Matches");

/** `stack`, `since` and `cast` before `(`, `pcap` before a string. */
export const Stack = type("Stack");
export const Since = type("Since");
export const Cast = type("Cast");
export const Pcap = type("Pcap");

export const Word = type("Word");
/** One word of letters, digits and `_ . : * ?`, where an attach point stands. */
export const ProbeWord = type("ProbeWord");
/** `$name` */
export const OptionName = type("OptionName");
/** `@` or `@name` */
export const AggregateMark = type("AggregateMark");

export const Int = type("Int");
export const Duration = type("Duration");
export const Size = type("Size");
export const Text = type("Text");
export const Ip = type("Ip");
export const Cidr = type("Cidr");
export const Mac = type("Mac");
export const Regex = type("Regex");
/** `{ … }` as an action, braces included. */
export const JavaScriptBlock = type("JavaScriptBlock");
/** What stands after `let x =`. */
export const JavaScriptExpression = type("JavaScriptExpression");

export const CompareOp = type("CompareOp");
/** `| ^ & << >> + *`; the other three have more than one use. */
export const BinaryOp = type("BinaryOp");
export const Minus = type("Minus");
export const Slash = type("Slash");
export const Percent = type("Percent");
/** `!` and `~` */
export const PrefixOp = type("PrefixOp");

export const LeftParen = type("LeftParen");
export const RightParen = type("RightParen");
export const LeftBracket = type("LeftBracket");
export const RightBracket = type("RightBracket");
/** Opens a set, never JavaScript. */
export const LeftBrace = type("LeftBrace");
export const RightBrace = type("RightBrace");
export const Comma = type("Comma");
export const Semicolon = type("Semicolon");
export const Colon = type("Colon");
export const Equals = type("Equals");
export const Dot = type("Dot");
export const DotDot = type("DotDot");
export const Question = type("Question");

/** The parser's vocabulary. */
export const allTokens: TokenType[] = [
  [Use, Option, Set_, Probe, Filter, Follow, Let, On, Every, Begin, End],
  [At, Where, Sample, Limit, Per, By, Top, Print, Clear, Remember, Save, Stop, AggregateWord],
  [And, Or, Not, MembershipWord, Matches, Stack, Since, Cast, Pcap],
  [Word, ProbeWord, OptionName, AggregateMark, Int, Duration, Size, Text, Ip, Cidr, Mac, Regex],
  [JavaScriptBlock, JavaScriptExpression, CompareOp, BinaryOp, Minus, Slash, Percent, PrefixOp],
  [LeftParen, RightParen, LeftBracket, RightBracket, LeftBrace, RightBrace],
  [Comma, Semicolon, Colon, Equals, Dot, DotDot, Question],
].flat();
