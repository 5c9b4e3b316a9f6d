// Recognises, where the grammar stopped, what users of other tools would have written there. One small test a habit.
import * as habits from "../source/catalog/habits.js";
import type { Diagnostic } from "../source/diagnostic.js";
import { type Failure, valueEnds } from "./failure.js";
import { pcapSyntax } from "./pcap-habit.js";
import * as t from "./tokens.js";
import { actionWords, modifierWords } from "./words.js";

type Habit = (failure: Failure) => Diagnostic | null;

/** The first habit that explains the failure; null when none does. */
export function recogniseHabit(failure: Failure): Diagnostic | null {
  for (const habit of all) {
    const diagnostic = habit(failure);
    if (diagnostic !== null) return diagnostic;
  }
  return null;
}

/** Functions that exist in handlers, here or in bpftrace's scripts. */
const handlerFunctions: ReadonlySet<string> = new Set(["printf", "emit", "elapsed", "maps"]);
const statements: ReadonlySet<string> = new Set(
  "if else for while do switch return throw try var const function".split(" "),
);

const isValueContext = ({ item }: Failure): boolean =>
  item === t.On ||
  item === t.Filter ||
  item === t.Follow ||
  item === t.Every ||
  item === t.End ||
  item === t.Begin;

const slashPredicate: Habit = (failure) => {
  const { token, previous, at, tokens } = failure;
  if (token?.tokenType !== t.Slash || failure.hasAction) return null;
  if (previous?.tokenType !== t.ProbeWord && previous?.tokenType !== t.OptionName) return null;
  const close = tokens.findIndex(({ tokenType }, index) => index > at && tokenType === t.Slash);
  const predicate = close < 0 ? "" : failure.text(tokens[at + 1], tokens[close - 1]);
  return habits.slashPredicate(failure.span, predicate !== "" && predicate.length <= 45 ? predicate : null);
};

const comparedRegex: Habit = (failure) => {
  const { token, previous } = failure;
  if (token?.tokenType !== t.Slash || previous?.tokenType !== t.CompareOp) return null;
  return habits.tildeMatch(failure.spanOf(previous), previous.image);
};

const tilde: Habit = (failure) => {
  const { token, tokens, at, previous } = failure;
  const next = tokens[at + 1];
  if (token === undefined || !valueEnds.has(previous?.tokenType)) return null;
  if (token.tokenType === t.PrefixOp && token.image === "~") return habits.tildeMatch(failure.span, "~");
  const joined = token.tokenType === t.Equals || token.image === "!";
  if (!joined || next?.image !== "~" || next.startOffset !== token.endOffset + 1) return null;
  return habits.tildeMatch(failure.spanOf(token, next), `${token.image}~`);
};

const mapHabits: Habit = (failure) => {
  const { token, previous, beforePrevious, tokens, at } = failure;
  // `@x = 5`
  if (previous?.tokenType === t.Equals && beforePrevious?.tokenType === t.AggregateMark) {
    return token === undefined || token.tokenType === t.AggregateWord
      ? null
      : habits.mapAssignment(failure.spanOf(beforePrevious, previous));
  }
  if (token === undefined || previous?.tokenType !== t.AggregateMark) return null;
  // `@x++`, `@x += 1`
  if (token.tokenType === t.BinaryOp || token.tokenType === t.Minus) {
    return habits.mapAssignment(failure.spanOf(previous, token));
  }
  // `@x[k] = count()`
  if (token.tokenType !== t.LeftBracket) return null;
  const close = failure.closerOf(at);
  const after = close === undefined ? tokens.length : tokens.indexOf(close) + 1;
  const word = tokens[after + 1];
  if (tokens[after]?.tokenType !== t.Equals || word === undefined || close === undefined) {
    return habits.mapKey(failure.spanOf(token, close ?? token));
  }
  if (word.tokenType !== t.AggregateWord) return habits.mapAssignment(failure.spanOf(previous, close));
  const key = failure.text(tokens[at + 1], tokens[after - 2]);
  return habits.mapCount(failure.spanOf(token, close), key);
};

const printParentheses: Habit = (failure) => {
  const { token, tokens } = failure;
  const paren = failure.open.at(-1);
  if (token?.tokenType !== t.Comma || paren === undefined) return null;
  const [print, open, first] = tokens.slice(paren - 1);
  if (print?.tokenType !== t.Print || open?.tokenType !== t.LeftParen) return null;
  const close = failure.closerOf(paren);
  const last = close === undefined ? tokens.at(-1) : tokens[tokens.indexOf(close) - 1];
  return habits.printParentheses(failure.spanOf(open), failure.text(first, last));
};

const emptyCall: Habit = (failure) => {
  const { token, previous, beforePrevious: name } = failure;
  if (token?.tokenType !== t.RightParen || previous?.tokenType !== t.LeftParen || name === undefined)
    return null;
  if (name.tokenType !== t.Stack && name.tokenType !== t.Print) return null;
  return habits.emptyCall(failure.spanOf(previous, token), name.image);
};

const bracesMissing: Habit = (failure) => {
  const { token, tokens, at, previous } = failure;
  if (token?.tokenType !== t.Word || previous === undefined) return null;
  if (statements.has(token.image)) return habits.statementNeedsBraces(failure.span, token.image);
  const isCall = tokens[at + 1]?.tokenType === t.LeftParen;
  if (!isCall) return null;
  if (token.image === "exit") return habits.exitCall(failure.span);
  return handlerFunctions.has(token.image) ? habits.actionNeedsBraces(failure.span, token.image) : null;
};

const noFunction: Habit = (failure) => {
  const { token, previous } = failure;
  if (token?.tokenType !== t.LeftParen || previous?.tokenType !== t.Word) return null;
  return habits.noFunction(failure.spanOf(previous), previous.image);
};

const modifierAfterAction: Habit = (failure) => {
  const { token, item } = failure;
  if (token === undefined || item !== t.On) return null;
  const isWhere = token.tokenType === t.Where;
  if (!isWhere && token.tokenType !== t.Sample && token.tokenType !== t.Limit) return null;
  if (failure.hasAction) return habits.modifierAfterAction(failure.span, token.image);
  if (isWhere && failure.has(t.Where)) return habits.secondWhere(failure.span);
  return isWhere && failure.has(t.Sample, t.Limit) ? habits.whereAfterModifier(failure.span) : null;
};

const samplePercent: Habit = (failure) => {
  const { token, previous, beforePrevious } = failure;
  if (token?.tokenType !== t.Percent || previous?.tokenType !== t.Int) return null;
  if (beforePrevious?.tokenType !== t.Sample) return null;
  return habits.samplePercent(failure.spanOf(previous, token), BigInt(previous.image));
};

const limitDuration: Habit = (failure) => {
  const { token, previous } = failure;
  if (token?.tokenType !== t.Duration || previous?.tokenType !== t.Limit) return null;
  const [, count = "", unit = ""] = /^(\d+)(.*)$/.exec(token.image) ?? [];
  return habits.limitDuration(failure.span, count, unit === "m" ? "min" : unit);
};

const ternary: Habit = (failure) =>
  failure.token?.tokenType === t.Question && isValueContext(failure) ? habits.ternary(failure.span) : null;

const cCast: Habit = (failure) => {
  const { token, previous, beforePrevious, tokens, at } = failure;
  if (token === undefined || previous === undefined) return null;
  // `(struct sk_buff *)x` stops at `sk_buff`, `(sk_buff *)x` at the closing parenthesis.
  const isStruct = /^(?:struct|union|enum)$/.test(previous.image) && token.tokenType === t.Word;
  if (isStruct && beforePrevious?.tokenType === t.LeftParen) {
    return habits.cCast(failure.spanOf(previous, token), token.image);
  }
  const type = beforePrevious;
  if (token.tokenType !== t.RightParen || previous.image !== "*" || type?.tokenType !== t.Word) return null;
  return tokens[at - 3]?.tokenType === t.LeftParen
    ? habits.cCast(failure.spanOf(type, previous), type.image)
    : null;
};

const comparisonChain: Habit = (failure) => {
  const { token, previous, tokens, at } = failure;
  const isTest = token?.tokenType === t.CompareOp || token?.tokenType === t.Matches;
  if (!isTest || !valueEnds.has(previous?.tokenType)) return null;
  for (let index = at - 1; index > 0; index--) {
    const type = tokens[index]?.tokenType;
    if (type === t.CompareOp || type === t.Matches || type === t.MembershipWord) {
      return habits.comparisonChain(failure.span);
    }
    if (type === t.And || type === t.Or || type === t.Where || type === t.LeftParen) return null;
  }
  return null;
};

const singleEquals: Habit = (failure) => {
  const { token, previous, tokens, at } = failure;
  if (token?.tokenType !== t.Equals || !valueEnds.has(previous?.tokenType)) return null;
  const set = tokens[at + 1]?.tokenType === t.JavaScriptBlock || tokens[at + 1]?.tokenType === t.LeftBrace;
  return isValueContext(failure) ? habits.singleEquals(failure.span, set ? "in" : "==") : null;
};

const commaBefore: Habit = (failure) => {
  const { previous, beforePrevious: comma } = failure;
  if (previous?.tokenType !== t.ProbeWord || comma?.tokenType !== t.Comma) return null;
  const word = previous.image;
  const isKeyword = word === "where" || actionWords.has(word) || modifierWords.has(word);
  return isKeyword ? habits.commaBefore(failure.spanOf(comma), word) : null;
};

const setOperand: Habit = (failure) => {
  const { token, previous } = failure;
  if (token?.tokenType !== t.JavaScriptBlock || previous?.tokenType !== t.CompareOp) return null;
  return habits.setOperand(failure.spanOf(previous), previous.image);
};

const probeOffset: Habit = (failure) =>
  failure.token?.image === "+" && failure.previous?.tokenType === t.ProbeWord
    ? habits.probeOffset(failure.span)
    : null;

const periodNeedsUnit: Habit = ({ token, previous, span }) =>
  token?.tokenType === t.Int && previous?.tokenType === t.Every
    ? habits.periodNeedsUnit(span, token.image)
    : null;

const oneValue: Habit = ({ token, previous, span }) =>
  token?.tokenType === t.Comma && previous?.tokenType === t.JavaScriptExpression
    ? habits.oneValue(span)
    : null;

const pcapHabit: Habit = (failure) => (isValueContext(failure) ? pcapSyntax(failure) : null);

const increment: Habit = (failure) => {
  const { token, previous } = failure;
  const isPlus = token?.image === "+" && previous?.image === "+";
  return isPlus && isValueContext(failure) ? habits.mapAssignment(failure.spanOf(previous, token)) : null;
};

const all: readonly Habit[] = [
  slashPredicate,
  comparedRegex,
  tilde,
  mapHabits,
  printParentheses,
  emptyCall,
  bracesMissing,
  modifierAfterAction,
  samplePercent,
  limitDuration,
  ternary,
  cCast,
  comparisonChain,
  singleEquals,
  commaBefore,
  setOperand,
  probeOffset,
  periodNeedsUnit,
  oneValue,
  pcapHabit,
  increment,
  noFunction,
];
