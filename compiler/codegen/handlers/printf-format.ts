// The format language of `printf`, as C's: text -> pieces. `%d %i %u %x %X %o %s %c %f %e %g %%` with flags, width and
// precision; length modifiers (`%lu`, `%llx`) are read over, since values know their size.

export interface Conversion {
  readonly type: "d" | "u" | "x" | "X" | "o" | "s" | "c" | "f" | "e" | "g";
  readonly minus: boolean;
  readonly plus: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly alternate: boolean;
  readonly width: number;
  /** -1: not given. */
  readonly precision: number;
}

export type FormatPiece = string | Conversion;

export interface FormatProblem {
  readonly message: string;
  /** Offset in the format. */
  readonly start: number;
  readonly end: number;
}

/** Wider fields only fill memory. */
const WIDEST = 1000;

const SPECIFIER = /%([-+ #0]*)(\d*)(?:\.(\d*))?(?:hh|h|ll|l|j|z|t)?(.?)/gsu;
const TYPES = new Map<string, Conversion["type"]>(
  (["d", "u", "x", "X", "o", "s", "c", "f", "e", "g"] as const).map((type) => [type, type]),
);
TYPES.set("i", "d");

export function parseFormat(format: string): readonly FormatPiece[] | FormatProblem {
  const pieces: FormatPiece[] = [];
  let end = 0;
  const text = (piece: string): void => {
    const last = pieces.at(-1);
    if (piece === "") return;
    if (typeof last === "string") pieces[pieces.length - 1] = last + piece;
    else pieces.push(piece);
  };
  for (const match of format.matchAll(SPECIFIER)) {
    const [whole, flags = "", width = "", precision, letter = ""] = match;
    const problem = (message: string): FormatProblem => ({
      message,
      start: match.index,
      end: match.index + whole.length,
    });
    text(format.slice(end, match.index));
    end = match.index + whole.length;
    if (letter === "%" && whole === "%%") {
      text("%");
      continue;
    }
    const type = TYPES.get(letter);
    if (type === undefined) {
      return problem(
        letter === "" ? "the format ends within a conversion" : `no conversion is called \`${whole}\``,
      );
    }
    if (Number(width) > WIDEST || Number(precision ?? 0) > WIDEST)
      return problem(`wider than ${WIDEST} characters`);
    pieces.push({
      type,
      minus: flags.includes("-"),
      plus: flags.includes("+"),
      space: flags.includes(" "),
      zero: flags.includes("0"),
      alternate: flags.includes("#"),
      width: Number(width),
      precision: precision === undefined ? -1 : Number(precision),
    });
  }
  text(format.slice(end));
  return pieces;
}

export const isProblem = (parsed: readonly FormatPiece[] | FormatProblem): parsed is FormatProblem =>
  !Array.isArray(parsed);

/** A number, BigInt, text, …, undefined for absent, as the conversion writes it. */
export function convert(conversion: Conversion, value: unknown): string {
  if (value === undefined || value === null) return pad(conversion, "", "-", false);
  switch (conversion.type) {
    case "s": {
      const text = String(value);
      return pad(
        conversion,
        "",
        conversion.precision < 0 ? text : text.slice(0, conversion.precision),
        false,
      );
    }
    case "c":
      return pad(
        conversion,
        "",
        typeof value === "string" ? (Array.from(value)[0] ?? "") : character(value),
        false,
      );
    case "d":
    case "u":
    case "x":
    case "X":
    case "o":
      return integer(conversion, value);
    case "f":
    case "e":
    case "g":
      return real(conversion, Number(value));
  }
}

function character(value: unknown): string {
  const code = Number(value);
  return Number.isInteger(code) && code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}

function integer(conversion: Conversion, value: unknown): string {
  let whole: bigint;
  if (typeof value === "bigint") whole = value;
  else {
    const number = Math.trunc(Number(value));
    if (!Number.isFinite(number))
      return pad(conversion, "", typeof value === "string" ? value : String(number), false);
    whole = BigInt(number);
  }
  const base = conversion.type === "o" ? 8 : conversion.type === "x" || conversion.type === "X" ? 16 : 10;
  // C has no negative hexadecimal: two's complement of 64 bits.
  if (conversion.type !== "d") whole = BigInt.asUintN(64, whole);
  const negative = whole < 0n;
  let digits = (negative ? -whole : whole).toString(base);
  // As in C: no digits at all for a zero that asks for none.
  if (conversion.precision === 0 && whole === 0n) digits = "";
  if (conversion.type === "X") digits = digits.toUpperCase();
  if (conversion.precision > digits.length) digits = digits.padStart(conversion.precision, "0");
  let sign = negative
    ? "-"
    : conversion.type !== "d"
      ? ""
      : conversion.plus
        ? "+"
        : conversion.space
          ? " "
          : "";
  if (conversion.alternate && base === 16 && whole !== 0n) sign = conversion.type === "X" ? "0X" : "0x";
  if (conversion.alternate && base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
  return pad(conversion, sign, digits, conversion.precision < 0);
}

function real(conversion: Conversion, value: number): string {
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? "-" : conversion.plus ? "+" : conversion.space ? " " : "";
  const size = Math.abs(value);
  if (!Number.isFinite(size)) return pad(conversion, sign, Number.isNaN(size) ? "nan" : "inf", false);
  const precision = Math.min(conversion.precision < 0 ? 6 : conversion.precision, 100);
  let digits: string;
  if (conversion.type === "f") digits = size.toFixed(precision);
  else if (conversion.type === "e") digits = exponent(size.toExponential(precision));
  else digits = general(size, Math.max(precision, 1), conversion.alternate);
  return pad(conversion, sign, digits, true);
}

/** At least two digits of exponent, as C writes them. */
const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, "e$10$2");

function general(size: number, precision: number, alternate: boolean): string {
  const power = size === 0 ? 0 : Number(size.toExponential(precision - 1).split("e")[1]);
  const scientific = power < -4 || power >= precision;
  const text = scientific
    ? size.toExponential(precision - 1)
    : size.toFixed(Math.min(precision - 1 - power, 100));
  const [mantissa = "", tail] = text.split("e");
  const short = alternate || !mantissa.includes(".") ? mantissa : mantissa.replace(/\.?0+$/, "");
  return tail === undefined ? short : exponent(`${short}e${tail}`);
}

function pad(conversion: Conversion, sign: string, body: string, zeros: boolean): string {
  const missing = conversion.width - sign.length - body.length;
  if (missing <= 0) return sign + body;
  if (conversion.minus) return sign + body + " ".repeat(missing);
  if (conversion.zero && zeros) return sign + "0".repeat(missing) + body;
  return " ".repeat(missing) + sign + body;
}
