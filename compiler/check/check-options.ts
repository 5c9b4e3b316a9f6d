// `option port: port = 80` and what the command line gave -> the value of each option in this run.
import * as catalog from "../source/catalog/check.js";
import type { Source, Span } from "../source/diagnostic.js";
import { nearest } from "../source/nearest.js";
import type { Literal, OptionDecl, SetElement } from "../syntax/ast.js";
import { parseCidr, parseDuration, parseInt64, parseIp, parseMac, parseSize } from "../syntax/literals.js";
import type { CheckedOption, OptionValue } from "./checked.js";
import type { Report } from "./collect-declarations.js";

type Single = Exclude<OptionValue, { kind: "set-literal" }>;

interface OptionBase {
  /** Continues "… is not". */
  readonly expected: string;
  readonly example: string;
  /** Of text from the command line; null: not of this type. */
  parse(text: string, span: Span): Single | null;
  /** Of a literal in the script; null: not of this type. */
  accept(literal: Literal): Single | null;
}

const int = (value: bigint, span: Span): Single => ({ kind: "int", value, span });

function parseInteger(text: string): bigint | null {
  const [, sign = "", digits = ""] = /^(-?)(0x[0-9A-Fa-f]+|0b[01]+|0o[0-7]+|\d+)$/.exec(text) ?? [];
  if (digits === "") return null;
  const value = parseInt64(digits);
  if (value === null) return null;
  return sign === "" ? value : -value;
}

const isPort = (value: bigint): boolean => value >= 0n && value <= 65_535n;

/** `fd00::1` as a prefix of its whole length, so that one address can stand where a range is asked for. */
const wholeAddress = (version: 4 | 6, value: bigint, text: string, span: Span): Single => ({
  kind: "cidr",
  version,
  value,
  prefix: version === 4 ? 32 : 128,
  text,
  span,
});

const bases: ReadonlyMap<string, OptionBase> = new Map<string, OptionBase>([
  [
    "int",
    {
      expected: "a number",
      example: "80",
      parse: (text, span) => {
        const value = parseInteger(text);
        return value === null ? null : int(value, span);
      },
      accept: (literal) => (literal.kind === "int" ? literal : null),
    },
  ],
  [
    "port",
    {
      expected: "a port between 0 and 65535",
      example: "443",
      parse: (text, span) => {
        const value = parseInteger(text);
        return value === null || !isPort(value) ? null : int(value, span);
      },
      accept: (literal) => (literal.kind === "int" && isPort(literal.value) ? literal : null),
    },
  ],
  [
    "bool",
    {
      expected: "true or false",
      example: "true",
      parse: (text, span) =>
        text === "true" || text === "false"
          ? { kind: "name", text, span }
          : text === ""
            ? { kind: "name", text: "true", span }
            : null,
      accept: (literal) =>
        literal.kind === "name" && (literal.text === "true" || literal.text === "false") ? literal : null,
    },
  ],
  [
    "string",
    {
      expected: "a string",
      example: '"text"',
      parse: (text, span) => ({ kind: "string", value: text, span }),
      accept: (literal) => (literal.kind === "string" ? literal : null),
    },
  ],
  [
    "duration",
    {
      expected: "a duration with its unit",
      example: "10ms",
      parse: (text, span) => {
        const nanoseconds = parseDuration(text);
        return nanoseconds === null ? null : { kind: "duration", nanoseconds, text, span };
      },
      accept: (literal) => (literal.kind === "duration" ? literal : null),
    },
  ],
  [
    "size",
    {
      expected: "a size",
      example: "2KB",
      parse: (text, span) => {
        const bytes = /^\d+$/.test(text) ? parseInt64(text) : parseSize(text);
        return bytes === null ? null : { kind: "size", bytes, text, span };
      },
      accept: (literal) => {
        if (literal.kind === "size") return literal;
        if (literal.kind !== "int" || literal.value < 0n) return null;
        return { kind: "size", bytes: literal.value, text: String(literal.value), span: literal.span };
      },
    },
  ],
  [
    "ip",
    {
      expected: "an IP address",
      example: "10.0.0.1",
      parse: (text, span) => {
        const address = parseIp(text);
        return address === null ? null : { kind: "ip", ...address, text, span };
      },
      accept: (literal) => (literal.kind === "ip" ? literal : null),
    },
  ],
  [
    "cidr",
    {
      expected: "an IP network",
      example: "10.0.0.0/8",
      parse: (text, span) => {
        const network = parseCidr(text);
        if (network !== null) return { kind: "cidr", ...network, text, span };
        const address = parseIp(text);
        return address === null ? null : wholeAddress(address.version, address.value, text, span);
      },
      accept: (literal) => {
        if (literal.kind === "cidr") return literal;
        if (literal.kind !== "ip") return null;
        return wholeAddress(literal.version, literal.value, literal.text, literal.span);
      },
    },
  ],
  [
    "mac",
    {
      expected: "a MAC address",
      example: "02:00:00:00:00:01",
      parse: (text, span) => {
        const value = parseMac(text);
        return value === null ? null : { kind: "mac", value, text, span };
      },
      accept: (literal) => (literal.kind === "mac" ? literal : null),
    },
  ],
  [
    "probe",
    {
      expected: "a probe",
      example: "drop",
      parse: (text, span) => (/^[A-Za-z0-9_.:*?]+$/.test(text) ? { kind: "name", text, span } : null),
      accept: (literal) =>
        literal.kind === "name"
          ? literal
          : literal.kind === "string"
            ? { kind: "name", text: literal.value, span: literal.span }
            : null,
    },
  ],
]);

export const optionTypes: readonly string[] = [...bases.keys()];

/** `--max-len` of `max_len`. */
export const optionFlag = (name: string): string => `--${name.replaceAll("_", "-")}`;

/** All options with their values. `given` is text by name, with `-` or `_`. */
export function checkOptions(
  declared: Iterable<OptionDecl>,
  given: ReadonlyMap<string, string>,
  report: Report,
): readonly CheckedOption[] {
  const rest = new Map([...given].map(([name, text]) => [name.replaceAll("-", "_"), text]));
  const options: CheckedOption[] = [];
  for (const option of declared) {
    const name = option.name.text;
    options.push(checkOption(option, rest.get(name) ?? null, report));
    rest.delete(name);
  }
  const flags = options.map((option) => optionFlag(option.name));
  for (const [name, text] of rest) {
    const flag = optionFlag(name);
    report(catalog.unknownGivenOption(givenSpan(flag, text), flag, nearest(flag, flags), flags));
  }
  return options;
}

function checkOption(option: OptionDecl, given: string | null, report: Report): CheckedOption {
  const { type } = option;
  const base = bases.get(type.base.text);
  const inner = type.set ? `{${type.base.text}}` : type.base.text;
  const checked = {
    name: option.name.text,
    type: `${inner}${type.optional ? "?" : ""}`,
    description: option.description,
    required: option.default === null && !type.optional,
    span: option.span,
  };
  if (base === undefined) {
    const near = nearest(type.base.text, optionTypes);
    report(catalog.unknownOptionType(type.base.span, type.base.text, near, optionTypes));
    return { ...checked, value: null };
  }
  const fallback = option.default === null ? null : acceptDefault(option, option.default, base, report);
  if (given === null) {
    if (checked.required)
      report(catalog.optionRequired(option.name.span, checked.name, optionFlag(checked.name), checked.type));
    return { ...checked, value: fallback };
  }
  return { ...checked, value: parseGiven(option, given, base, report) };
}

function acceptDefault(
  option: OptionDecl,
  literal: Literal,
  base: OptionBase,
  report: Report,
): OptionValue | null {
  const wrong = (at: Literal): null => {
    report(catalog.wrongOptionValue(at.span, "this default", base.expected, base.example, option.type.span));
    return null;
  };
  if (!option.type.set) return base.accept(literal) ?? wrong(literal);
  if (literal.kind !== "set-literal") {
    const one = base.accept(literal);
    if (one === null) return wrong(literal);
    return { kind: "set-literal", elements: [{ from: one, to: null, span: one.span }], span: literal.span };
  }
  const elements: SetElement[] = [];
  for (const element of literal.elements) {
    const from = base.accept(asLiteral(element.from) ?? literal);
    const to = element.to === null ? null : base.accept(asLiteral(element.to) ?? literal);
    if (from === null || (element.to !== null && to === null)) {
      report(
        catalog.wrongOptionValue(element.span, "this element", base.expected, base.example, option.type.span),
      );
      return null;
    }
    elements.push({ from, to, span: element.span });
  }
  return { kind: "set-literal", elements, span: literal.span };
}

/** An element of a set is written as an expression: a word is a path there. */
function asLiteral(expr: SetElement["from"]): Literal | null {
  switch (expr.kind) {
    case "int":
    case "percent":
    case "duration":
    case "size":
    case "string":
    case "ip":
    case "cidr":
    case "mac":
      return expr;
    case "path":
      return expr.tail.length === 0 ? { kind: "name", text: expr.head.text, span: expr.span } : null;
    default:
      return null;
  }
}

/** Text of the command line has no place in a file: it is shown as its flag. */
function givenSpan(flag: string, text: string): Span {
  const source: Source = { name: flag, text, given: true };
  return { source, start: 0, end: text.length };
}

function parseGiven(option: OptionDecl, text: string, base: OptionBase, report: Report): OptionValue | null {
  const flag = optionFlag(option.name.text);
  const span = givenSpan(flag, text);
  const wrong = (part: string): null => {
    report(
      catalog.wrongOptionValue(span, `\`${part}\``, base.expected, `${flag} ${base.example}`, option.span),
    );
    return null;
  };
  if (!option.type.set) return base.parse(text, span) ?? wrong(text);
  const elements: SetElement[] = [];
  const inside = text.trim().replace(/^\{(.*)\}$/, "$1");
  for (const part of inside.split(",").map((one) => one.trim())) {
    const [first = "", last] = part.split("..");
    const from = first === "" ? null : base.parse(first, span);
    const to = last === undefined ? null : base.parse(last, span);
    if (from === null || (last !== undefined && to === null)) return wrong(part);
    elements.push({ from, to, span });
  }
  return { kind: "set-literal", elements, span };
}
