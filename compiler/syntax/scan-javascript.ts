// Finds where a `{ … }` of JavaScript ends, by JavaScript's own tokens: strings, templates, comments, regular expressions.
// Decides extent only; whether what is inside is right JavaScript is javascript.ts' question.

export interface BlockExtent {
  /** The offset after the closing brace; null when the text ends before. */
  readonly end: number | null;
  /** What was still open at the end of the text, innermost first found: a template, a comment or the block itself. */
  readonly unclosed: { readonly what: "block" | "template" | "comment"; readonly offset: number } | null;
  /** The bracket at which nesting went past the limit. */
  readonly tooDeep: number | null;
}

interface Bracket {
  readonly open: "{" | "(" | "[" | "${";
  readonly offset: number;
  /** Whether a `/` directly after the closing bracket opens a regular expression. */
  readonly regexAfter: boolean;
}

/** Words after which an operand comes, so that `/` opens a regular expression (ECMA-262 section 12, goal symbols). */
const operandWords: ReadonlySet<string> = new Set(
  "await case delete do else extends in instanceof new of return throw typeof void yield".split(" "),
);
/** Words whose parentheses are followed by a statement, so by a regular expression rather than a division. */
const headWords: ReadonlySet<string> = new Set(["if", "while", "for", "with"]);

const wordPattern = /[\p{ID_Continue}$\u200c\u200d]+/uy;
const numberPattern = /\d[\w.]*/y;
const regexPattern = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/\w*/y;

/** `open` is the offset of the opening brace. */
export function scanJavaScriptBlock(text: string, open: number, limit: number): BlockExtent {
  const brackets: Bracket[] = [];
  let tooDeep: number | null = null;
  let at = open;
  /** The previous token leaves an operand to be expected. */
  let operand = true;
  let previous = "";

  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  const push = (bracket: Bracket): void => {
    brackets.push(bracket);
    if (brackets.length > limit && tooDeep === null) tooDeep = bracket.offset;
  };
  /** Reads template text from `at` up to its end or to `${`; null when the text ends first. */
  const template = (start: number): boolean => {
    while (at < text.length) {
      const character = text[at];
      if (character === "\\") at += 2;
      else if (character === "`") {
        at += 1;
        operand = false;
        previous = "`";
        return true;
      } else if (character === "$" && text[at + 1] === "{") {
        push({ open: "${", offset: start, regexAfter: false });
        at += 2;
        operand = true;
        previous = "{";
        return true;
      } else at += 1;
    }
    return false;
  };

  while (at < text.length) {
    const character = text[at] ?? "";
    const next = text[at + 1];
    if (/\s/.test(character)) {
      at += 1;
      continue;
    }
    if (character === "/" && next === "/") {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
      continue;
    }
    if (character === "/" && next === "*") {
      const end = text.indexOf("*/", at + 2);
      if (end < 0) return { end: null, unclosed: { what: "comment", offset: at }, tooDeep };
      at = end + 2;
      continue;
    }
    if (character === '"' || character === "'") {
      at += 1;
      // A line's end ends a string that is not closed; the parser proper complains.
      while (at < text.length && text[at] !== character && text[at] !== "\n") at += text[at] === "\\" ? 2 : 1;
      if (text[at] === character) at += 1;
      operand = false;
      previous = character;
      continue;
    }
    if (character === "`") {
      const start = at;
      at += 1;
      if (!template(start)) return { end: null, unclosed: { what: "template", offset: start }, tooDeep };
      continue;
    }
    const number = match(numberPattern);
    if (number !== null) {
      at += number.length;
      operand = false;
      previous = "0";
      continue;
    }
    const word = match(wordPattern);
    if (word !== null) {
      at += word.length;
      operand = previous !== "." && operandWords.has(word);
      previous = previous === "." ? "member" : word;
      continue;
    }
    switch (character) {
      case "(":
      case "[":
        push({ open: character, offset: at, regexAfter: character === "(" && headWords.has(previous) });
        operand = true;
        break;
      case "{":
        // After `=`, `(`, `,`, `return` … an object literal; else a block, after which a statement may begin.
        push({ open: "{", offset: at, regexAfter: !operand || /^(?:|[;{})]|=>|do|else)$/.test(previous) });
        operand = true;
        break;
      case ")":
      case "]": {
        const top = brackets.at(-1);
        const closes = top?.open === (character === ")" ? "(" : "[");
        if (closes) brackets.pop();
        operand = closes && top?.regexAfter === true;
        break;
      }
      case "}": {
        // A brace closes over parentheses that were forgotten.
        let top = brackets.pop();
        while (top !== undefined && top.open !== "{" && top.open !== "${") top = brackets.pop();
        at += 1;
        if (top === undefined || brackets.length === 0) return { end: at, unclosed: null, tooDeep };
        if (top.open === "${") {
          if (!template(top.offset))
            return { end: null, unclosed: { what: "template", offset: top.offset }, tooDeep };
        } else {
          operand = top.regexAfter;
          previous = "}";
        }
        continue;
      }
      case "/": {
        const regex = operand ? match(regexPattern) : null;
        if (regex !== null) {
          at += regex.length;
          operand = false;
          previous = "/x/";
          continue;
        }
        operand = true;
        break;
      }
      case "+":
      case "-":
        // `x++ / 2` divides: a doubled sign leaves things as they are.
        if (next === character) at += 1;
        else operand = true;
        break;
      case "=":
        operand = true;
        if (next === ">") {
          at += 2;
          previous = "=>";
          continue;
        }
        break;
      default:
        operand = true;
    }
    at += 1;
    previous = character;
  }
  const innermost = brackets.findLast((bracket) => bracket.open !== "(" && bracket.open !== "[");
  const what = innermost?.open === "${" ? "template" : "block";
  return {
    end: null,
    unclosed: { what, offset: what === "block" ? open : (innermost?.offset ?? open) },
    tooDeep,
  };
}
