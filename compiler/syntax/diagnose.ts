// Turns the place where the grammar stopped into a sentence of ours: what was expected, what was found, what to write.
import * as habits from "../source/catalog/habits.js";
import * as say from "../source/catalog/syntax.js";
import type { Diagnostic } from "../source/diagnostic.js";
import { nearest } from "../source/nearest.js";
import { ownSpelling, timerPeriod } from "./attach-point.js";
import { closers, type Failure, partnerOf, valueEnds, valueLeads } from "./failure.js";
import { recogniseHabit } from "./recognise-habits.js";
import * as t from "./tokens.js";
import { actionWords, itemWords, keywords, modifierWords, operatorWords } from "./words.js";

export function diagnose(failure: Failure): Diagnostic {
  return (
    (failure.at === 0 ? notAnItem(failure) : null) ??
    recogniseHabit(failure) ??
    bracket(failure) ??
    keywordAsValue(failure) ??
    misspelt(failure) ??
    unexpected(failure)
  );
}

// ---- where an item should begin ------------------------------------------------------------------------------------

/** What other languages call the items. */
const itemSynonyms: ReadonlyMap<string, string> = new Map([
  ["import", "use"],
  ["include", "use"],
  ["param", "option"],
  ["config", "set"],
  ["define", "filter"],
  ["macro", "filter"],
  ["var", "let"],
  ["const", "let"],
  ["interval", "every"],
  ["trace", "on"],
  ["when", "on"],
]);

const statementPattern = /^(?:if|for|while|function|return|printf|emit)$/;

function notAnItem(failure: Failure): Diagnostic | null {
  const { token, tokens, span, source } = failure;
  if (token === undefined || itemWords.get(token.image) === token.tokenType) return null;
  const word = token.image;
  const next = tokens[1]?.tokenType;
  if (closers.has(token.tokenType)) return say.unopenedBracket(span, word);
  if (token.tokenType === t.JavaScriptBlock) return say.looseAction(failure.spanOf(token), "{ … }");
  if (token.tokenType === t.AggregateMark) return say.looseAction(span, "count()");
  if (token.tokenType !== t.Word) return say.notAnItem(span, found(failure), [...itemWords.keys()], null);
  if (word === "BEGIN" || word === "END") return habits.capitals(span, word);
  if (actionWords.has(word)) return say.looseAction(span, word);
  const probe = /[\w.:*?]+/y;
  probe.lastIndex = token.startOffset;
  const written = probe.exec(source.text)?.[0] ?? word;
  const period = timerPeriod(written);
  if (period !== null) return habits.interval({ ...span, end: span.start + written.length }, period);
  if (written.includes(":"))
    return habits.missingOn({ ...span, end: span.start + written.length }, ownSpelling(written));
  if (statementPattern.test(word)) return habits.statementNeedsBraces(span, word);
  const near = itemSynonyms.get(word) ?? nearest(word, itemWords.keys());
  const looksLikeProbe =
    next === t.Where || next === t.JavaScriptBlock || (next !== undefined && isAction(tokens[1]));
  if (near === null && (looksLikeProbe || next === undefined)) return habits.missingOn(span, word);
  return say.notAnItem(span, found(failure), [...itemWords.keys()], near);
}

const isAction = (token: t.Token | undefined): boolean =>
  token !== undefined && (actionWords.get(token.image) === token.tokenType || modifierWords.has(token.image));

// ---- brackets ------------------------------------------------------------------------------------------------------

function bracket(failure: Failure): Diagnostic | null {
  const { token, tokens } = failure;
  const { open } = failure;
  const index = open.at(-1);
  const opener = index === undefined ? undefined : tokens[index];
  if (opener === undefined) {
    const stray = token !== undefined && closers.has(token.tokenType);
    return stray ? say.unopenedBracket(failure.span, token.image) : null;
  }
  const partner = partnerOf(opener);
  // In a bracket a value may be missing too; only what cannot stand in one shows that the bracket's end is missing.
  const outside =
    token === undefined ||
    token.tokenType === t.JavaScriptBlock ||
    token.tokenType === t.Semicolon ||
    (closers.has(token.tokenType) && token.image !== partner) ||
    (token.tokenType !== t.Word &&
      keywords.get(token.image) === token.tokenType &&
      !operatorWords.has(token.image));
  if (!outside || !valueEnds.has(failure.previous?.tokenType)) return null;
  return say.unclosedBracket(failure.spanOf(opener), opener.image, partner, failure.span, found(failure));
}

// ---- words ---------------------------------------------------------------------------------------------------------

/** `where print stack`: where a value belongs any word is one, but this one was hardly meant so. */
function keywordAsValue(failure: Failure): Diagnostic | null {
  const { token, previous, beforePrevious } = failure;
  if (previous?.tokenType !== t.Word || beforePrevious === undefined) return null;
  if (!valueLeads.has(beforePrevious.tokenType) || token?.tokenType === t.Dot) return null;
  const isKeyword = actionWords.has(previous.image) || modifierWords.has(previous.image);
  if (!isKeyword) return null;
  const { what, help } = valueAfter(beforePrevious, failure.item);
  return say.expected(
    failure.spanOf(previous),
    what,
    ` after \`${beforePrevious.image}\``,
    `\`${previous.image}\``,
    help,
  );
}

/** What other languages call the words of a clause. */
const wordSynonyms: ReadonlyMap<string, string> = new Map([
  ["if", "where"],
  ["when", "where"],
  ["filter", "where"],
  ["log", "print"],
  ["echo", "print"],
  ["show", "print"],
  ["exit", "stop"],
  ["quit", "stop"],
  ["is", "=="],
  ["eq", "=="],
  ["ne", "!="],
  ["lt", "<"],
  ["gt", ">"],
  ["le", "<="],
  ["ge", ">="],
  ["like", "matches"],
  ["xor", "^"],
  ["group", "by"],
  ["first", "limit"],
]);

const takesKeyword = (rule: string): boolean => {
  const needs = ruleNeeds.get(rule);
  return needs === undefined || needs === anAction;
};

/** A word where a keyword belongs, when it is near to one that could stand there. */
function misspelt(failure: Failure): Diagnostic | null {
  const { token, item, previous, tokens, at } = failure;
  if (token?.tokenType !== t.Word || failure.wanted !== "" || !takesKeyword(failure.rule)) return null;
  if (valueLeads.has(previous?.tokenType)) return null;
  // Two letters are near to everything, and a word with a field after it is a section.
  if (token.image.length < 3 || tokens[at + 1]?.tokenType === t.Dot) return null;
  const candidates: string[] = [];
  const isClause = item === t.On || item === t.Every || item === t.Begin || item === t.End;
  if (isClause) candidates.push(...actionWords.keys());
  if (item === t.On && !failure.hasAction) candidates.push("where", ...modifierWords.keys());
  if (failure.has(t.Limit)) candidates.push("per");
  if (failure.has(t.AggregateWord, t.Sample)) candidates.push("by");
  if (previous?.tokenType === t.AggregateMark) candidates.push("top");
  if (item === t.Follow) candidates.push("at");
  if (valueEnds.has(previous?.tokenType)) candidates.push(...operatorWords.keys());
  if (failure.hasAction || !isClause) candidates.push(...itemWords.keys());
  const near = wordSynonyms.get(token.image) ?? nearest(token.image, candidates);
  return near === null ? null : say.unknownWord(failure.span, token.image, near);
}

// ---- the general case ----------------------------------------------------------------------------------------------

interface Need {
  readonly what: string;
  readonly help: string;
}

const anAction: Need = { what: "an action", help: "add one, such as `print`" };
const aProbe: Need = { what: "a probe", help: "such as `drop`, `rx` or `kprobe:tcp_v4_rcv`" };
const aNumber: Need = { what: "a number", help: "write one, or an `$option`" };

/** What each rule needs that had to choose and could not. */
const ruleNeeds: ReadonlyMap<string, Need> = new Map([
  ["attachPoint", aProbe],
  ["attach", aProbe],
  ["attachList", aProbe],
  ["pattern", { what: "a regular expression or a string", help: 'write `/…/` or a glob such as `"veth*"`' }],
  [
    "literal",
    { what: "a value", help: "a number, a duration, a size, an address, a string, a name or `{…}`" },
  ],
  ["optionType", { what: "a type", help: "one of int bool string duration size port ip cidr mac probe" }],
  ["amount", aNumber],
  ["every", { what: "a duration", help: "write it with its unit: `5s`" }],
  ["action", anAction],
  ["actions", anAction],
]);

/** The form of the items that have one, for what is missing in them. */
const itemForms: ReadonlyMap<unknown, string> = new Map([
  [t.Use, '`use "FILE"`'],
  [t.Option, '`option NAME: TYPE = VALUE "TEXT"`'],
  [t.Set_, "`set NAME = VALUE`"],
  [t.Probe, "`probe NAME = ATTACH-POINT`"],
  [t.Filter, "`filter NAME = CONDITION`"],
  [t.Let, "`let NAME = VALUE`"],
]);

/** What is said of the one type of token that the grammar wanted. */
const tokenNeeds: ReadonlyMap<string, Need> = new Map([
  ["Word", { what: "a name", help: "names are letters, digits and `_`" }],
  ["Text", { what: "a string", help: "write it between double quotes" }],
  ["Equals", { what: "`=`", help: "add `=`" }],
  ["Colon", { what: "`:`", help: "add `:` and a type" }],
  ["LeftParen", { what: "`(`", help: "add `(`" }],
  ["RightParen", { what: "`)`", help: "add `)`" }],
  ["RightBracket", { what: "`]`", help: "add `]`" }],
  ["RightBrace", { what: "`,` or `}`", help: "separate with `,`, end with `}`" }],
  ["Comma", { what: "`,`", help: "write `cast(EXPRESSION, TYPE)`" }],
  ["Slash", { what: "`/`", help: "write `sample 1/100`" }],
  ["Int", { what: "a number", help: "write a number" }],
  ["AggregateMark", { what: "`@` or `@name`", help: "name an aggregate: `clear @`" }],
  ["AggregateWord", { what: "an aggregate", help: "such as `count()` or `sum(packet.len)`" }],
  ["JavaScriptExpression", { what: "a JavaScript expression", help: "write a value, or leave out the `=`" }],
]);

function unexpected(failure: Failure): Diagnostic {
  const { what, help } = need(failure);
  return say.expected(failure.span, what, after(failure), found(failure), help);
}

function need(failure: Failure): Need {
  const { rule, wanted, previous, token, item } = failure;
  const single = tokenNeeds.get(wanted);
  const form = itemForms.get(item);
  if (single !== undefined) return form === undefined ? single : { ...single, help: `the form is ${form}` };
  if (rule === "" || rule === "item" || rule === "entry") return itemEnd(failure);
  const needed = ruleNeeds.get(rule);
  if (needed !== anAction) return needed ?? (previous === undefined ? aValue : valueAfter(previous, item));
  if (token?.tokenType === t.Word && !keywords.has(token.image) && !valueEnds.has(previous?.tokenType)) {
    return { ...anAction, help: `did you mean \`print ${token.image}\`?` };
  }
  const mayGoOn = token !== undefined && valueEnds.has(previous?.tokenType) && !keywords.has(token.image);
  return mayGoOn ? { what: "an operator or an action", help: "such as `==`, or `print`" } : anAction;
}

/** The item is complete: what may follow. */
function itemEnd({ item, previous, token }: Failure): Need {
  const afterValue = valueEnds.has(previous?.tokenType);
  if (previous?.tokenType === t.Print) return aValue;
  if (item === t.On || item === t.Every || item === t.Begin || item === t.End) {
    const help = token?.tokenType === t.Word && afterValue ? "separate values with `,`" : "remove it";
    return { what: afterValue ? "`,`, an operator or an action" : "an action or the next item", help };
  }
  const mayGoOn = afterValue && (item === t.Filter || item === t.Follow);
  return { what: mayGoOn ? "an operator or the next item" : "the next item", help: "remove it" };
}

const aValue: Need = { what: "a value", help: "such as a field, a number or an address" };

function valueAfter({ tokenType }: t.Token, item: unknown): Need {
  const condition: Need = { what: "a condition", help: "such as `tcp.dport == 80`" };
  if (tokenType === t.Where || tokenType === t.Follow) return condition;
  if (tokenType === t.Equals && item === t.Filter) return condition;
  if (tokenType === t.By || tokenType === t.Per) return { what: "a key", help: "such as `ip.saddr`" };
  if (tokenType === t.Comma) return { what: "a value", help: "add one, or remove the comma" };
  return aValue;
}

const longest = 30;
const shortened = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;

/** The whole path where one ends: `ip.saddr` rather than `saddr`. */
function after(failure: Failure): string {
  const { tokens, at, previous } = failure;
  if (previous === undefined) return "";
  if (previous.tokenType === t.JavaScriptBlock) return " after the JavaScript block";
  let first = at - 1;
  while (tokens[first]?.tokenType === t.Word && tokens[first - 1]?.tokenType === t.Dot) first -= 2;
  return ` after \`${shortened(failure.text(tokens[first], previous))}\``;
}

function found({ token, end, source }: Failure): string {
  if (token === undefined) return end < source.text.length ? "the next item" : "the end of the script";
  if (token.tokenType === t.JavaScriptBlock) return "a JavaScript block";
  return `\`${shortened(token.image)}\``;
}
