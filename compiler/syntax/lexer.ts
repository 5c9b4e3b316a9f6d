// Cuts one item of a script into tokens, up to where the next item begins. It knows enough of the grammar to tell
// a keyword from a name, a set from JavaScript and an attach point from an expression (LANGUAGE §1).
import type { TokenType } from "chevrotain";
import * as habits from "../source/catalog/habits.js";
import * as say from "../source/catalog/syntax.js";
import type { Diagnostic, Source, Span } from "../source/diagnostic.js";
import { type LexicalProblem, skipBlanks } from "./blanks.js";
import { beginsItem, interrupts, resumeAfter } from "./item-boundary.js";
import type { JavaScriptSyntax } from "./javascript.js";
import { type Lexeme, readColonAddress, readNumber, readRegex, readText } from "./lexemes.js";
import { maxNesting } from "./nesting.js";
import { scanJavaScriptBlock } from "./scan-javascript.js";
import * as t from "./tokens.js";
import { actionWords, itemWords, keywords, modifierWords, operatorTokens, operatorWords } from "./words.js";

export interface LexedItem {
  readonly tokens: t.Token[];
  readonly problems: readonly LexicalProblem[];
  /** Where the next item begins, or the end of the text. */
  readonly end: number;
}

/** What can come next. */
type Position =
  | "item"
  /** The name of a declaration. */
  | "name"
  /** A value: any word is a name. */
  | "operand"
  /** After `.`: any word is a name. */
  | "member"
  /** After a value or between parts: words are keywords. */
  | "after"
  /** After `print`: words that begin something else are keywords, others are values. */
  | "print"
  /** An attach point. */
  | "attach"
  /** After `let NAME =`. */
  | "javascript";

/** A token that was read, and what can come after it. */
interface Read {
  readonly type: TokenType;
  readonly end: number;
  readonly next: Position;
}

const wordPattern = /[A-Za-z_]\w*(?:-[A-Za-z]\w*)*/y;
const plainWordPattern = /[A-Za-z_]\w*/y;
/** A quoted path may stand inside: `usdt:"/usr/sbin/x":provider:name`. */
const probeWordPattern = /[\w.:*?]+(?:"[^"\n]*"[\w.:*?]*)?/y;
const operatorPattern = /&&|\|\||==|!=|<=|>=|<<|>>|\.\.|[-|^&<>+*/%!~()[\]{},;:=.?]/y;
/** A word with letters beyond ASCII. */
const foreignWordPattern = /\w*(?=\P{ASCII})[\p{L}\p{M}][\p{L}\p{M}\w]*/uy;
/** What word processors and shells make of quotes. */
const curlyPattern = /[“”„‘’«`][^“”„‘’»`\n]*[“”‘’»`]/y;
const positionalPattern = /\$[\w#]*/y;

/** Lexes the item that begins at or after `start`. */
export function lexItem(source: Source, start: number, javascript: JavaScriptSyntax): LexedItem {
  return new ItemLexer(source, start, javascript).run();
}

class ItemLexer {
  private readonly text: string;
  private readonly tokens: t.Token[] = [];
  private readonly problems: LexicalProblem[] = [];
  private position: Position = "item";
  /** In a list of attach points, where `,` and `||` lead to another one. */
  private inAttach = false;
  private depth = 0;
  private item: TokenType | null = null;

  constructor(
    private readonly source: Source,
    private at: number,
    private readonly javascript: JavaScriptSyntax,
  ) {
    this.text = source.text;
  }

  run(): LexedItem {
    for (;;) {
      this.at = skipBlanks(this.source, this.at, this.firstOffset(), (problem) =>
        this.problems.push(problem),
      );
      if (this.at >= this.text.length || this.nextItemBegins()) break;
      const read = this.position === "javascript" ? this.readExpression() : this.readToken();
      if (read !== null) this.add(read);
    }
    return { tokens: this.tokens, problems: this.problems, end: this.at };
  }

  private nextItemBegins(): boolean {
    if (this.tokens.length === 0) return false;
    // No two words stand side by side in brackets: these were never closed.
    if (this.depth > 0) return interrupts(this.text, this.at);
    return (this.position === "after" || this.position === "print") && beginsItem(this.text, this.at);
  }

  private add({ type, end, next }: Read): void {
    const { at } = this;
    if (next === "attach") this.inAttach = true;
    else if (type !== t.ProbeWord && type !== t.OptionName) this.inAttach = false;
    this.tokens.push({
      image: this.text.slice(at, end),
      startOffset: at,
      endOffset: end - 1,
      tokenType: type,
      tokenTypeIdx: type.tokenTypeIdx ?? 0,
    });
    this.at = end;
    this.position = next;
  }

  // ---- by first character ----------------------------------------------------------------------------------------

  /** Null: what stood here was skipped. */
  private readToken(): Read | null {
    const { source, text, at, position } = this;
    const character = text[at] ?? "";
    if (position === "attach") {
      const probe = this.match(probeWordPattern);
      if (probe !== null) return { type: t.ProbeWord, end: at + probe.length, next: "after" };
    }
    if (/[0-9A-Fa-f:]/.test(character) && position !== "member" && position !== "name") {
      const address = readColonAddress(source, at);
      if (address !== null) return this.accept(address);
    }
    if (/[A-Za-z_]/.test(character)) return this.readWord();
    if (/\d/.test(character)) return this.accept(readNumber(source, at));
    if (character === '"' || character === "'") return this.accept(readText(source, at));
    if (character === "$") return this.readOptionName();
    if (character === "@")
      return { type: t.AggregateMark, end: at + 1 + this.wordLength(at + 1), next: "after" };
    if (character === "{" && !this.opensSet()) return this.readBlock();
    if (character === "/" && this.previous === t.Matches) return this.accept(readRegex(source, at));
    return this.readOperator();
  }

  private accept({ type, end, problem, derails = false }: Lexeme): Read {
    if (problem !== undefined) this.report(problem, derails);
    return { type, end, next: "after" };
  }

  // ---- words -----------------------------------------------------------------------------------------------------

  private readWord(): Read {
    const foreign = this.match(foreignWordPattern);
    if (foreign !== null) return this.readForeignWord(foreign);
    const word = this.match(wordPattern) ?? "";
    const end = this.at + word.length;
    switch (this.position) {
      case "item": {
        this.item = itemWords.get(word) ?? null;
        return { type: this.item ?? t.Word, end, next: this.afterItemWord() };
      }
      case "operand":
        return this.operandWord(word, end);
      case "print": {
        const begins = word === "where" || modifierWords.has(word) || actionWords.has(word);
        return begins ? this.keyword(word, end) : this.operandWord(word, end);
      }
      case "after":
        return this.keyword(word, end);
      default:
        return { type: t.Word, end, next: "after" };
    }
  }

  /** One mistake, however many of its letters are foreign. */
  private readForeignWord(word: string): Read {
    const end = this.at + word.length;
    this.report(say.unknownCharacter(this.span(this.at, end), word), true);
    return { type: t.Word, end, next: "after" };
  }

  private afterItemWord(): Position {
    switch (this.item) {
      case t.On:
        return "attach";
      case null:
      case t.Begin:
      case t.End:
        return "after";
      case t.Use:
      case t.Every:
      case t.Follow:
        return "operand";
      default:
        return "name";
    }
  }

  private keyword(word: string, end: number): Read {
    const type = keywords.get(word) ?? t.Word;
    switch (type) {
      case t.At:
        // `at` lists attach points after `follow` only.
        return this.item === t.Follow ? { type, end, next: "attach" } : { type: t.Word, end, next: "after" };
      case t.Print:
        return { type, end, next: "print" };
      case t.Not:
      case t.Clear:
      case t.Remember:
      case t.Save:
      case t.Stop:
      case t.AggregateWord:
      case t.Word:
        return { type, end, next: "after" };
      default:
        return { type, end, next: "operand" };
    }
  }

  private operandWord(word: string, end: number): Read {
    const operator = operatorWords.get(word);
    if (operator !== undefined && !(word === "any" && this.text[end] === ".")) {
      return { type: operator, end, next: "operand" };
    }
    const following = this.characterAfter(end);
    if (following === "(") {
      if (word === "stack") return { type: t.Stack, end, next: "after" };
      if (word === "since") return { type: t.Since, end, next: "after" };
      if (word === "cast") return { type: t.Cast, end, next: "after" };
    }
    if (following === '"' && word === "pcap") return { type: t.Pcap, end, next: "operand" };
    return { type: t.Word, end, next: "after" };
  }

  private readOptionName(): Read {
    const { at } = this;
    const length = this.wordLength(at + 1);
    if (length > 0) return { type: t.OptionName, end: at + 1 + length, next: "after" };
    const text = this.match(positionalPattern) ?? "$";
    const end = at + text.length;
    this.report(habits.positional(this.span(at, end), text), false);
    return { type: t.OptionName, end, next: "after" };
  }

  // ---- operators -------------------------------------------------------------------------------------------------

  private readOperator(): Read | null {
    const operator = this.match(operatorPattern) ?? "";
    const type = operatorTokens.get(operator);
    if (type === undefined) return this.skipUnknown();
    const end = this.at + operator.length;
    switch (type) {
      case t.LeftParen:
        this.depth += 1;
        return { type, end, next: this.previous === t.Since ? "attach" : "operand" };
      case t.LeftBracket:
      case t.LeftBrace:
        this.depth += 1;
        return { type, end, next: "operand" };
      case t.RightParen:
      case t.RightBracket:
      case t.RightBrace:
        this.depth = Math.max(0, this.depth - 1);
        return { type, end, next: "after" };
      case t.Comma:
      case t.Or:
        return { type, end, next: this.inAttach ? "attach" : "operand" };
      case t.Equals:
        return { type, end, next: this.afterEquals() };
      case t.Dot:
        return { type, end, next: "member" };
      case t.Question:
        return { type, end, next: "after" };
      case t.Semicolon:
        // One before the first item is nobody's.
        if (this.tokens.length > 0) return { type, end, next: "after" };
        this.at = end;
        return null;
      case t.Percent:
        // `50%` is a value where only values stand.
        return { type, end, next: this.isValueItem() ? "after" : "operand" };
      default:
        return { type, end, next: "operand" };
    }
  }

  private afterEquals(): Position {
    if (this.item === t.Probe) return "attach";
    if (this.item === t.Let && this.tokens.length === 2) return "javascript";
    return this.isValueItem() || this.item === t.Filter || this.item === t.Follow ? "operand" : "after";
  }

  private isValueItem(): boolean {
    return this.item === t.Option || this.item === t.Set_;
  }

  private skipUnknown(): Read | null {
    const { at } = this;
    const quoted = this.match(curlyPattern);
    if (quoted !== null) {
      this.report(say.unknownCharacter(this.span(at, at + 1), quoted[0] ?? ""), false);
      return { type: t.Text, end: at + quoted.length, next: "after" };
    }
    const foreign = this.match(foreignWordPattern);
    if (foreign !== null) return this.readForeignWord(foreign);
    const end = at + String.fromCodePoint(this.text.codePointAt(at) ?? 0).length;
    this.report(say.unknownCharacter(this.span(at, end), this.text.slice(at, end)), true);
    this.at = end;
    if (this.position === "item") this.position = "after";
    return null;
  }

  // ---- braces and JavaScript -------------------------------------------------------------------------------------

  /** `{` is a set after `in has any contains :` and after the `=` of `option` and `set`. */
  private opensSet(): boolean {
    const { previous } = this;
    if (previous === t.MembershipWord || previous === t.Colon) return true;
    return previous === t.Equals && this.isValueItem();
  }

  private readBlock(): Read {
    const { at } = this;
    const extent = scanJavaScriptBlock(this.text, at, maxNesting);
    if (extent.unclosed !== null) {
      const { what, offset } = extent.unclosed;
      this.report(say.unclosedJavaScript(this.span(offset, offset + 1), what), true);
    }
    const end = extent.end ?? resumeAfter(this.source, at + 1, this.firstOffset());
    if (extent.tooDeep !== null && extent.tooDeep < end) {
      this.report(say.javascriptNesting(this.span(extent.tooDeep, extent.tooDeep + 1), maxNesting), false);
    } else if (extent.end !== null) {
      const problem = this.javascript.checkBody(this.text.slice(at + 1, end - 1));
      if (problem !== null) {
        const place = this.span(at + 1 + problem.start, at + 1 + problem.end);
        const isMap = this.text[place.start] === "@";
        this.report(isMap ? habits.mapInJavaScript(place) : say.javascript(place, problem.message), false);
      }
    }
    return { type: t.JavaScriptBlock, end, next: "after" };
  }

  private readExpression(): Read | null {
    const { at } = this;
    if (this.text[at] === ";") {
      this.position = "after";
      return null;
    }
    const read = this.javascript.readExpression(this.text, at);
    if (!("message" in read)) return { type: t.JavaScriptExpression, end: read.end, next: "after" };
    const end = resumeAfter(this.source, at, this.firstOffset());
    if (read.start < end) this.report(say.javascript(this.span(read.start, read.end), read.message), true);
    else {
      // The expression ran into the next item: what is missing is missing before it.
      const stop = at + this.text.slice(at, end).trimEnd().length;
      this.report(say.javascript(this.span(stop, stop), "unexpected end of the expression"), true);
    }
    return { type: t.JavaScriptExpression, end, next: "after" };
  }

  // ---- shared ----------------------------------------------------------------------------------------------------

  private get previous(): TokenType | undefined {
    return this.tokens.at(-1)?.tokenType;
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0] ?? null;
  }

  private wordLength(at: number): number {
    plainWordPattern.lastIndex = at;
    return plainWordPattern.exec(this.text)?.[0].length ?? 0;
  }

  /** The first character after blanks, newlines among them. */
  private characterAfter(offset: number): string {
    return /\S/.exec(this.text.slice(offset, offset + 100))?.[0] ?? "";
  }

  private firstOffset(): number {
    return this.tokens[0]?.startOffset ?? this.at;
  }

  private span(start: number, end: number): Span {
    return { source: this.source, start, end: Math.min(end, this.text.length) };
  }

  private report(diagnostic: Diagnostic, derails: boolean): void {
    this.problems.push({ diagnostic, derails });
  }
}
