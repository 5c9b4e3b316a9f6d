// All wording of the checker about names and types in expressions (E02xx, W02xx).
import type { Diagnostic, Note, Span } from "../diagnostic.js";
import { didYouMean } from "./check.js";

const error = (
  code: string,
  span: Span,
  message: string,
  help: string | null,
  ...notes: readonly Note[]
): Diagnostic => ({ code, severity: "error", span, message, notes, ...(help === null ? {} : { help }) });

const warning = (
  code: string,
  span: Span,
  message: string,
  help: string | null,
  ...notes: readonly Note[]
): Diagnostic => ({ ...error(code, span, message, help, ...notes), severity: "warning" });

const list = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");

// ---- names ---------------------------------------------------------------------------------------------------------

export const unknownName = (span: Span, name: string, near: string | null): Diagnostic =>
  error("E0202", span, `there is no field \`${name}\``, didYouMean(near) ?? "`retis help fields` lists them");

export const unknownField = (
  span: Span,
  word: string,
  field: string,
  near: string | null,
  known: readonly string[],
): Diagnostic =>
  error(
    "E0203",
    span,
    `\`${word}\` has no field \`${field}\``,
    didYouMean(near) ?? (known.length === 0 ? "it is a value of its own" : `its fields are ${list(known)}`),
  );

export const variableInTest = (span: Span, name: string, declared: Span): Diagnostic =>
  error(
    "E0202",
    span,
    `\`${name}\` is a variable of JavaScript`,
    "test it in a JavaScript block: `{ if (…) … }`",
    {
      text: "the kernel decides `where`, and has no JavaScript",
    },
    { text: "declared here", span: declared },
  );

export const filterMember = (span: Span, name: string): Diagnostic =>
  error("E0203", span, `\`${name}\` is a filter and has no fields`, `write \`${name}\` alone`);

export const indexedName = (span: Span, name: string): Diagnostic =>
  error(
    "E0203",
    span,
    `\`${name}\` has no elements to index`,
    "name a field: `retis help fields` lists them",
  );

/** `tcp.ack`: a number in nft and scapy, a flag to most readers. */
export const ambiguousAck = (span: Span): Diagnostic =>
  error(
    "E0233",
    span,
    "`tcp.ack` may mean two things",
    "write `tcp.flags.ack` for the flag, `tcp.ack_seq` for the number",
  );

// ---- values where they do not fit ----------------------------------------------------------------------------------

export const eitherMisplaced = (span: Span, name: string, sides: readonly [string, string]): Diagnostic =>
  error(
    "E0221",
    span,
    `\`${name}\` means some side, and here is one value needed`,
    `name one side: \`${sides[0]}\` or \`${sides[1]}\``,
    {
      text: "it can stand next to == != < <= > >= in matches only",
    },
  );

export const notATest = (span: Span, name: string, what: string, help: string): Diagnostic =>
  error("E0222", span, `\`${name}\` is ${what}, not a test`, help);

export const alwaysGiven = (span: Span, name: string): Diagnostic =>
  error(
    "E0222",
    span,
    `\`$${name}\` always has a value`,
    `compare it with a field; only an optional option (\`?\`) can be tested alone`,
  );

export const notAValue = (span: Span, name: string, fields: readonly string[]): Diagnostic =>
  error(
    "E0222",
    span,
    `\`${name}\` is a section, not a value`,
    fields.length === 0 ? "name a field" : `name one of its fields: ${list(fields.slice(0, 4))}`,
  );

export const incomparable = (
  span: Span,
  left: string,
  leftType: string,
  right: string,
  rightType: string,
  help: string,
): Diagnostic =>
  error("E0223", span, `\`${left}\` is ${leftType}, \`${right}\` is ${rightType}`, help, {
    text: "the two cannot be compared",
  });

export const noOrder = (span: Span, name: string, what: string): Diagnostic =>
  error("E0224", span, `\`${name}\` is ${what}, and has no order`, "compare with `==`, `!=` or `in { … }`");

export const wholeSet = (span: Span, op: string, isFlags: boolean): Diagnostic =>
  error(
    "E0230",
    span,
    "a set cannot be compared as a whole",
    isFlags
      ? "join flags with `|`: `tcp.flags == syn|ack`"
      : `write \`${op === "!=" ? "not in" : "in"}\` instead of \`${op}\``,
  );

export const needsSet = (span: Span, text: string): Diagnostic =>
  error("E0230", span, "`in` takes a set or a network", `write \`in {${text}}\`, or \`==\` for one value`);

export const emptyRange = (span: Span): Diagnostic =>
  error("E0230", span, "this range is empty", "write the smaller end first: `1..10`");

export const noRange = (span: Span, what: string): Diagnostic =>
  error("E0230", span, `${what} has no order, so there is no range of them`, "list the values: `{a, b}`");

export const needsFlags = (span: Span, op: string, name: string, what: string): Diagnostic =>
  error("E0231", span, `\`${op}\` asks a set of flags, and \`${name}\` is ${what}`, "use `==` or `in { … }`");

export const needsText = (span: Span, name: string, what: string, instead: string | null): Diagnostic =>
  error(
    "E0231",
    span,
    `\`contains\` looks into strings, and \`${name}\` is ${what}`,
    `write \`${name} ${instead ?? "=="} …\``.replace("/…/ …", "/…/"),
  );

export const needsTextPattern = (span: Span): Diagnostic =>
  error("E0231", span, "`contains` takes a string", 'write for example `comm contains "nginx"`');

export const cannotMatch = (span: Span, name: string, what: string): Diagnostic =>
  error(
    "E0232",
    span,
    `\`matches\` cannot be asked of \`${name}\`, which is ${what}`,
    "compare it with `==` or `in`",
  );

export const patternNotText = (span: Span, name: string): Diagnostic =>
  error(
    "E0232",
    span,
    `\`$${name}\` is not a string, and so no pattern`,
    `declare it as \`option ${name}: string\``,
  );

// ---- names opposite a type -----------------------------------------------------------------------------------------

export const unknownMember = (
  span: Span,
  name: string,
  what: string,
  near: string | null,
  known: readonly string[],
): Diagnostic =>
  error(
    "E0225",
    span,
    `\`${name}\` is not ${article(what)} ${what}`,
    didYouMean(near) ??
      (known.length > 0 && known.length <= 24
        ? `there are ${list(known)}`
        : "`retis help fields` shows where to find the names"),
  );

/** `an ICMP type`, `a flag` */
const article = (what: string): string => (/^[AEIOaeio]|^SCTP/.test(what) ? "an" : "a");

export const foreignMember = (span: Span, name: string, what: string, release: string): Diagnostic =>
  warning(
    "W0225",
    span,
    `this kernel has no ${what} \`${name}\``,
    "nothing to do, if the script is for other kernels too",
    {
      text: `other kernels have; on ${release} it never matches`,
    },
  );

export const unquoted = (span: Span, word: string): Diagnostic =>
  error("E0234", span, `\`${word}\` is not a name; strings have quotes`, `write \`"${word}"\``);

export const quoted = (span: Span, value: string, what: string): Diagnostic =>
  error("E0234", span, `this is a string, not ${what}`, `write \`${value}\` without quotes`);

export const serviceName = (span: Span, word: string, port: number): Diagnostic =>
  error("E0202", span, `ports have no names: \`${word}\``, `write \`${port}\``, {
    text: "a script means the same on every machine, whatever its /etc/services says",
  });

export const hostName = (span: Span, word: string): Diagnostic =>
  error(
    "E0202",
    span,
    `\`${word}\` is not an address`,
    "write the address in numbers: `10.0.0.1`, `fd00::1`",
    {
      text: "names of hosts are not looked up",
    },
  );

// ---- constants -----------------------------------------------------------------------------------------------------

export const outOfRange = (span: Span, name: string, value: bigint, from: bigint, to: bigint): Diagnostic =>
  error("E0226", span, `\`${name}\` is never ${value}`, `write a number from ${from} to ${to}`);

/** `result` null: one or the other, for every packet. */
export const constantTest = (span: Span, result: boolean | null): Diagnostic =>
  warning(
    "W0226",
    span,
    `this is ${result === null ? "the same for every packet" : result ? "always true" : "never true"}`,
    "compare a field: `tcp.dport == 80`",
    {
      text: "both sides stand in the script",
    },
  );

export const alwaysSame = (span: Span, name: string, from: bigint, to: bigint, result: boolean): Diagnostic =>
  warning(
    "W0226",
    span,
    `this is ${result ? "always" : "never"} true of \`${name}\``,
    "remove it, or compare with another number",
    {
      text: `it lies between ${from} and ${to}`,
    },
  );

export const wrongFamily = (span: Span, name: string, family: 4 | 6, other: string | null): Diagnostic =>
  error(
    "E0227",
    span,
    `\`${name}\` is an IPv${family} address, and this is not one`,
    other === null ? `write an IPv${family} address` : `did you mean \`${other}\`?`,
  );

export const mixedRange = (span: Span): Diagnostic =>
  error("E0227", span, "a range has both ends in one family", "write two ranges, one for each family");

export const divisionByZero = (span: Span): Diagnostic =>
  error("E0229", span, "division by zero", "a value divided by zero is absent, so this never has one");

export const wrongOperand = (span: Span, op: string, name: string, what: string, help: string): Diagnostic =>
  error("E0228", span, `\`${op}\` does not compute with \`${name}\`, which is ${what}`, help);

export const wrongUnits = (span: Span, op: string, left: string, right: string): Diagnostic =>
  error(
    "E0228",
    span,
    `${left} \`${op}\` ${right} has no meaning`,
    "durations: add and subtract them, multiply by a number, divide one by another",
  );

export const percentage = (span: Span): Diagnostic =>
  error("E0228", span, "a percentage has no meaning here", "write a number");

// ---- lints ---------------------------------------------------------------------------------------------------------

export const mixedLogic = (span: Span, inner: Span, text: string): Diagnostic =>
  warning(
    "W0235",
    span,
    "`and` binds tighter than `or` here",
    `write parentheses to show it: \`(${text})\``,
    {
      text: "this part is taken first; pcap-filter would go from left to right",
      span: inner,
    },
  );

export const twoBounds = (span: Span, name: string, range: string, before: Span): Diagnostic =>
  warning(
    "W0236",
    span,
    `each bound on \`${name}\` may be met by another side`,
    `write \`${range}\` for one side within both`,
    {
      text: "the other bound",
      span: before,
    },
  );
