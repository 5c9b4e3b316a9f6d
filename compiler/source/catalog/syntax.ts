// What stage 2 says about script text that it cannot read: characters, literals, brackets, what was expected where.
// Habits of other tools have their own sentences in habits.ts. Codes are stable and never reused.
import type { Diagnostic, Note, Span } from "../diagnostic.js";

const error = (
  code: string,
  span: Span,
  message: string,
  help?: string,
  notes: readonly Note[] = [],
): Diagnostic => ({ code, severity: "error", span, message, notes, ...(help === undefined ? {} : { help }) });

// ---- characters and literals ---------------------------------------------------------------------------------------

/** What people paste from word processors, and what was meant. */
const lookalikes: ReadonlyMap<string, string> = new Map([
  ["\u201c", '"'],
  ["\u201d", '"'],
  ["\u201e", '"'],
  ["\u2018", '"'],
  ["\u2019", '"'],
  ["\u00ab", '"'],
  ["\u00bb", '"'],
  ["\u2013", "-"],
  ["\u2014", "-"],
  ["\u2212", "-"],
  ["\u2026", ".."],
  ["\u2260", "!="],
  ["\u2264", "<="],
  ["\u2265", ">="],
  ["\u00d7", "*"],
  ["`", '"'],
]);

/** A character that no token begins with. */
export const unknownCharacter = (span: Span, text: string): Diagnostic => {
  const meant = lookalikes.get(text);
  const code = (text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const shown =
    text === "`"
      ? "a backquote"
      : /^[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(text)
        ? `\`${text}\``
        : `the character U+${code}`;
  const foreign = /[\p{L}\p{M}]/u.test(text);
  return error(
    "E0101",
    span,
    foreign ? `${shown} is not a name: names are ASCII` : `${shown} has no meaning here`,
    meant === undefined ? undefined : `write \`${meant}\``,
    foreign ? [{ text: "other alphabets may stand in strings and comments" }] : [],
  );
};

/** A string whose line ends before its quote. */
export const unclosedText = (span: Span): Diagnostic =>
  error("E0102", span, "this string is never closed", 'end it with `"` on the same line', [
    { text: "a string ends on its own line; `\\n` in it is a line break" },
  ]);

/** A backslash before something that has no meaning. */
export const badEscape = (span: Span, text: string): Diagnostic =>
  error("E0103", span, `\`${text}\` is no escape`, "write `\\\\` for a backslash", [
    { text: 'known are \\n \\t \\r \\0 \\" \\\\ \\/ \\xHH \\uHHHH \\u{HHHHHH}' },
  ]);

/** A block comment without an end. */
export const unclosedComment = (span: Span): Diagnostic =>
  error("E0104", span, "this comment is never closed", "end it with `*/`");

/** `1.5` */
export const fraction = (span: Span): Diagnostic =>
  error("E0105", span, "numbers have no fractions", "use a smaller unit: `1500ms` for 1.5s", [
    { text: "the kernel computes in integers" },
  ]);

/** `0644` */
export const leadingZero = (span: Span, digits: string): Diagnostic => {
  const plain = digits.replace(/^0+(?=\d)/, "");
  const octal = /^[0-7]+$/.test(plain) ? `, or \`0o${plain}\` if octal was meant` : "";
  return error("E0106", span, "a number does not begin with 0", `write \`${plain}\`${octal}`);
};

/** A number past 64 bits. */
export const tooLarge = (span: Span): Diagnostic =>
  error(
    "E0107",
    span,
    "this number does not fit in 64 bits",
    "write one below 2^64; a duration or size below 2^63",
  );

/** `10x`, `2kb` */
export const unknownUnit = (
  span: Span,
  digits: string,
  unit: string,
  units: readonly string[],
): Diagnostic => {
  const meant = /^[uµμ]/.test(unit)
    ? "us"
    : units.find((known) => known.toLowerCase() === unit.toLowerCase());
  return error(
    "E0108",
    span,
    `\`${unit}\` is no unit`,
    meant === undefined ? "leave it out, or choose one of those" : `did you mean \`${digits}${meant}\`?`,
    [{ text: `durations are in ns us ms s m min h d, sizes in B KB MB GB TB (1000) KiB MiB GiB TiB (1024)` }],
  );
};

/** `10.0.0.256`, `10.0.0.0/33`, `fd00:::1` */
export const badAddress = (span: Span, text: string, what: string): Diagnostic => {
  const example = what.includes("IPv4")
    ? "`10.0.0.1`, `10.0.0.0/8`"
    : "`fd00::1`, `fd00::/8`, `02:42:ac:11:00:02`";
  return error("E0109", span, `\`${text}\` is not ${what}`, `write it like ${example}`, [
    {
      text: what.includes("IPv4")
        ? "four numbers from 0 to 255 without leading zeros; a prefix length from 0 to 32"
        : "eight groups of hexadecimal digits, one run of zeros as `::`, a prefix length from 0 to 128; a MAC address has six pairs",
    },
  ]);
};

/** `10.0.0.0/33` */
export const badPrefix = (span: Span, prefix: string): Diagnostic =>
  error(
    "E0109",
    span,
    `\`${prefix}\` is no prefix length`,
    "write `/0` to `/32` for IPv4, `/0` to `/128` for IPv6",
  );

/** `matches /abc` */
export const unclosedRegex = (span: Span): Diagnostic =>
  error("E0110", span, "this regular expression is never closed", "end it with `/` on the same line");

/** A regular expression that JavaScript refuses. */
export const badRegex = (span: Span, reason: string): Diagnostic =>
  error(
    "E0111",
    span,
    `this regular expression is wrong: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`,
    "escape with `\\` what is meant literally",
    [{ text: "regular expressions are JavaScript's" }],
  );

/** `/x/g` */
export const regexFlag = (span: Span, flag: string): Diagnostic =>
  error("E0112", span, `a regular expression has no flag \`${flag}\` here`, "leave it out", [
    { text: "`matches` tests one value once; flags with a meaning are i m s u" },
  ]);

// ---- brackets and JavaScript ---------------------------------------------------------------------------------------

/** A `(`, `[` or `{` of a set without its partner; `found` is where that was noticed. */
export const unclosedBracket = (
  span: Span,
  open: string,
  close: string,
  found: Span,
  what: string,
): Diagnostic =>
  error("E0113", span, `this \`${open}\` is never closed`, undefined, [
    { text: `\`${close}\` is missing before ${what}`, span: found },
  ]);

/** A `)`, `]` or `}` that nothing opened. */
export const unopenedBracket = (span: Span, close: string): Diagnostic =>
  error("E0114", span, `nothing opened this \`${close}\``, "remove it");

/** JavaScript that runs to the end of the text. */
export const unclosedJavaScript = (span: Span, what: "block" | "template" | "comment"): Diagnostic => {
  switch (what) {
    case "block":
      return error("E0115", span, "this `{` is never closed", "end the JavaScript block with `}`");
    case "template":
      return error("E0115", span, "this template string is never closed", "end it with a backquote");
    case "comment":
      return error("E0115", span, "this comment is never closed", "end it with `*/`");
  }
};

/** JavaScript with a syntax error in it. */
export const javascript = (span: Span, reason: string): Diagnostic =>
  error("E0116", span, `error in the JavaScript: ${reason}`, undefined, [
    {
      text: "handlers and `let` values are ES2023; operators such as `and`, `in {…}` and `10ms` exist outside only",
    },
  ]);

/** Brackets, prefixes or a chain of operators beyond the limit. */
export const nesting = (span: Span, limit: number): Diagnostic =>
  error("E0117", span, `this is nested more than ${limit} levels deep`, "split it with `filter NAME = …`");

/** Brackets of JavaScript beyond the limit. */
export const javascriptNesting = (span: Span, limit: number): Diagnostic =>
  error("E0117", span, `this JavaScript is nested more than ${limit} levels deep`, "split it with variables");

// ---- what was expected ---------------------------------------------------------------------------------------------

/** The general case: `expected a probe after `on`, found `{``. */
export const expected = (span: Span, what: string, after: string, found: string, help: string): Diagnostic =>
  error("E0120", span, `expected ${what}${after}, found ${found}`, help);

/** A word where a keyword belongs, near to one. */
export const unknownWord = (span: Span, word: string, near: string): Diagnostic =>
  error("E0121", span, `\`${word}\` has no meaning here`, `did you mean \`${near}\`?`);

/** Something that is no item where an item belongs. */
export const notAnItem = (
  span: Span,
  found: string,
  words: readonly string[],
  near: string | null,
): Diagnostic =>
  error(
    "E0122",
    span,
    `a script cannot have ${found} here`,
    near === null ? undefined : `did you mean \`${near}\`?`,
    [{ text: `a script is made of ${words.join(", ")}` }],
  );

/** An action that stands outside `on`, `every`, `begin` and `end`. */
export const looseAction = (span: Span, action: string): Diagnostic =>
  error("E0123", span, `\`${action}\` needs an event`, `write \`on drop ${action}\``, [
    { text: "actions follow `on PROBE`, `every DURATION`, `begin` or `end`" },
  ]);

/** `option my-port`: a name that `$my-port` could not read. */
export const hyphenatedName = (span: Span, name: string): Diagnostic =>
  error(
    "E0124",
    span,
    `\`${name}\` cannot be a name here: \`-\` is not part of it`,
    `write \`${name.replaceAll("-", "_")}\``,
  );

/** `filter where = …` */
export const grammarWord = (span: Span, name: string, kind: string): Diagnostic =>
  error(
    "E0125",
    span,
    `a ${kind} cannot be called \`${name}\`: that is a word of the language`,
    "choose another name",
  );

/** `sample 1/10 by port` */
export const sampleBy = (span: Span, found: string): Diagnostic =>
  error(
    "E0126",
    span,
    `a sample cannot be taken by \`${found}\``,
    "test what is true for a part: `where ip.id % 100 == 0`",
    [{ text: "`sample` is not in this version yet; it will take packets, or conversations (`by flow`)" }],
  );

/** `limit 10/sec` */
export const limitUnit = (span: Span, found: string): Diagnostic => {
  const meant = /^s/i.test(found) ? "s" : /^m/i.test(found) ? "min" : /^h/i.test(found) ? "h" : null;
  return error(
    "E0127",
    span,
    `a limit cannot be per \`${found}\``,
    "count in a JavaScript block: `{ if (n++ < 10) print() }` with `let n = 0`",
    [
      {
        text: `a limit is per \`s\`, \`min\` or \`h\`, and not in this version yet${meant === null ? "" : ` (\`/${meant}\`)`}`,
      },
    ],
  );
};

/** `kprob:tcp:x`: three parts, the first of which is no kind of probe. */
export const unknownProbeKind = (
  span: Span,
  kind: string,
  kinds: readonly string[],
  near: string | null,
): Diagnostic =>
  error(
    "E0128",
    span,
    `\`${kind}\` is no kind of probe`,
    near === null ? undefined : `did you mean \`${near}\`?`,
    [{ text: `the kinds are ${kinds.join(", ")}` }],
  );

/** `kprobe:` without a function. */
export const emptyTarget = (span: Span, kind: string): Diagnostic =>
  error("E0129", span, `\`${kind}:\` needs a target`, `write what to attach to: \`${kind}:NAME\``);
