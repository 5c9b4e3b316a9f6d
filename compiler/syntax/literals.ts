// The spellings of literals: their patterns for the lexer, and from a literal's text to its value. Null: not a value.

/** Nanoseconds of each unit of time. */
export const durationUnits: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["min", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
  ["d", 86_400_000_000_000n],
]);

/** Bytes of each unit of size. */
export const sizeUnits: ReadonlyMap<string, bigint> = new Map([
  ["B", 1n],
  ["KB", 1_000n],
  ["MB", 1_000_000n],
  ["GB", 1_000_000_000n],
  ["TB", 1_000_000_000_000n],
  ["KiB", 1n << 10n],
  ["MiB", 1n << 20n],
  ["GiB", 1n << 30n],
  ["TiB", 1n << 40n],
]);

/** The largest value that a field can hold; no literal is larger. */
const largest = (1n << 64n) - 1n;

export function parseInt64(text: string): bigint | null {
  const value = BigInt(text);
  return value <= largest ? value : null;
}

const unitPattern = /^(\d+)([A-Za-z]+)$/;

function withUnit(text: string, units: ReadonlyMap<string, bigint>): bigint | null {
  const [, digits, unit] = unitPattern.exec(text) ?? [];
  const factor = unit === undefined ? undefined : units.get(unit);
  if (digits === undefined || factor === undefined) return null;
  const value = BigInt(digits) * factor;
  // Signed 64-bit nanoseconds and bytes, as the kernel counts both.
  return value <= largest >> 1n ? value : null;
}

export const parseDuration = (text: string): bigint | null => withUnit(text, durationUnits);
export const parseSize = (text: string): bigint | null => withUnit(text, sizeUnits);

export function parseIpv4(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    // A leading zero is octal to some tools and decimal to others (RFC 6943 section 3.1.1): neither is accepted.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

/** RFC 4291 section 2.2, all three forms. */
export function parseIpv6(text: string): bigint | null {
  let rest = text;
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (embedded !== null) {
    const [, head = "", tail = ""] = embedded;
    const value = parseIpv4(tail);
    if (value === null) return null;
    rest = `${head}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  }
  const halves = rest.split("::");
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const [before = [], after = []] = groups;
  const given = before.length + after.length;
  if (halves.length === 2 ? given > 7 : given !== 8) return null;
  let value = 0n;
  for (const group of [...before, ...Array<string>(8 - given).fill("0"), ...after]) {
    if (!/^[0-9A-Fa-f]{1,4}$/.test(group)) return null;
    value = (value << 16n) | BigInt(`0x${group}`);
  }
  return value;
}

export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

export function parseIp(text: string): Address | null {
  const version = text.includes(":") ? 6 : 4;
  const value = version === 6 ? parseIpv6(text) : parseIpv4(text);
  return value === null ? null : { version, value };
}

export function parseCidr(text: string): (Address & { readonly prefix: number }) | null {
  const [address = "", bits = ""] = text.split("/");
  const ip = parseIp(address);
  const prefix = Number(bits);
  if (ip === null || !/^(0|[1-9]\d*)$/.test(bits) || prefix > (ip.version === 4 ? 32 : 128)) return null;
  return { ...ip, prefix };
}

export function parseMac(text: string): bigint | null {
  return /^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$/.test(text) ? BigInt(`0x${text.replaceAll(":", "")}`) : null;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["0", "\0"],
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
]);

/** Every escape of a string's inside, known or not. */
const escapePattern = /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|([\s\S]?))/g;

/** The value of a string literal, quotes included in `text`. */
export function parseText(text: string): string {
  return text
    .slice(1, -1)
    .replace(escapePattern, (whole, x?: string, u?: string, wide?: string, simple?: string) => {
      const hex = x ?? u ?? wide;
      if (hex !== undefined) {
        const code = Number.parseInt(hex, 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      }
      return escapes.get(simple ?? "") ?? whole;
    });
}

/** Where the first escape that means nothing stands in `text`, and how long it is. */
export function findBadEscape(text: string): { readonly offset: number; readonly length: number } | null {
  for (const match of text.matchAll(escapePattern)) {
    const [whole, x, u, wide, simple = ""] = match;
    const known =
      wide !== undefined
        ? Number.parseInt(wide, 16) <= 0x10ffff
        : x !== undefined || u !== undefined || escapes.has(simple);
    if (!known) return { offset: match.index, length: whole.length };
  }
  return null;
}

/** A string literal that means `value`. */
export function quoteText(value: string): string {
  const inside = value.replace(/["\\\p{Cc}]/gu, (character) => {
    for (const [letter, meaning] of escapes)
      if (meaning === character && letter !== "/") return `\\${letter}`;
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return `"${inside}"`;
}

/** `/source/flags` apart. */
export function splitRegex(text: string): { readonly source: string; readonly flags: string } {
  const end = text.lastIndexOf("/");
  return { source: text.slice(1, end), flags: text.slice(end + 1) };
}
