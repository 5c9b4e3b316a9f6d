// Records of handlers -> text and JSON: numbers and the tables of the module that say what they mean. Nothing is made
// of a record that nobody writes.
import {
  type Argument,
  BIGINT_MARK,
  convert,
  type HandlerModule,
  isProblem,
  type Piece,
  parseFormat,
  type RecordFormat,
  TAG,
} from "../../compiler/codegen/handlers/index.js";
import type { HostValue, HostValues } from "./host-values.js";
import type { Chunk } from "./protocol.js";

/** What text is written to: TextWriter has it. */
export interface TextSink {
  char(code: number): void;
  ascii(text: string): void;
  utf8(text: string): void;
  dec(value: number): void;
  dec64(high: number, low: number): void;
  ipv4(source: Uint8Array, offset: number): void;
  ipv6(source: Uint8Array, offset: number): void;
}

const QUOTE = 0x22;
const COLON = 0x3a;

export class EmissionReader {
  readonly #module: HandlerModule;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #selection: Uint32Array;
  readonly #host: HostValues;
  readonly #chunks: readonly Chunk[];
  #chunk = -1;
  #numbers: Float64Array = new Float64Array(0);
  #text = "";
  #at = 0;
  /** Where the record's own numbers begin. */
  #body = 0;
  #format: RecordFormat | null = null;

  /** The batch and the selection that the records are of; none for those of timed blocks. */
  constructor(
    module: HandlerModule,
    chunks: readonly Chunk[],
    bytes: Uint8Array,
    selection: Uint32Array,
    host: HostValues,
  ) {
    this.#module = module;
    this.#chunks = chunks;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#selection = selection;
    this.#host = host;
    this.#find();
  }

  /** What the next record is; null: there is none. */
  get format(): RecordFormat | null {
    return this.#format;
  }

  /** Index of the record's item in the selection; -1 for timed blocks. */
  get item(): number {
    return this.#numbers[this.#at] ?? -1;
  }

  get handler(): number {
    return this.#numbers[this.#at + 1] ?? -1;
  }

  /** Writes the record's line, without its end, or its JSON object, and goes on. */
  write(out: TextSink): void {
    const format = this.#format;
    this.#at = this.#body;
    switch (format?.kind) {
      case "line":
      case "text":
        for (const piece of format.pieces) this.#piece(piece, out);
        break;
      case "emit":
        format.columns.forEach(({ key, argument }, index) => {
          out.ascii(index === 0 ? "{" : ",");
          out.utf8(JSON.stringify(key));
          out.char(COLON);
          this.#json(argument, out);
        });
        out.ascii(format.columns.length === 0 ? "{}" : "}");
        break;
      case "values":
        for (let i = 0, count = this.#next(); i < count; i++) {
          if (i > 0) out.char(0x20);
          this.#valueText("-", out);
        }
        break;
      case "printf":
        this.#printf(out);
        break;
      case "json":
        out.utf8(withBigInts(this.#string()));
        break;
      default:
        break;
    }
    this.#find();
  }

  /** Goes on without writing. */
  skip(): void {
    this.write(NOWHERE);
  }

  #find(): void {
    while (this.#at >= this.#numbers.length) {
      const chunk = this.#chunks[++this.#chunk];
      if (chunk === undefined) {
        this.#format = null;
        this.#numbers = new Float64Array(0);
        this.#at = 0;
        return;
      }
      this.#numbers = chunk.numbers;
      this.#text = chunk.text;
      this.#at = 0;
    }
    this.#format = this.#module.formats[this.#numbers[this.#at + 2] ?? -1] ?? null;
    this.#body = this.#at + 3;
  }

  #next(): number {
    return this.#numbers[this.#at++] ?? Number.NaN;
  }

  #string(): string {
    const start = this.#next();
    return this.#text.slice(start, start + this.#next());
  }

  /** The frame of the record's event. */
  get #frame(): number {
    return this.#selection[(this.#numbers[this.#body - 3] ?? 0) * 2] ?? 0;
  }

  #piece(piece: Piece, out: TextSink): void {
    if (piece.kind === "text") out.utf8(piece.text);
    else if (piece.conversion !== null) {
      const numeric = piece.conversion.type !== "s" && piece.conversion.type !== "c";
      out.utf8(harmless(convert(piece.conversion, this.#value(piece.argument, numeric))));
    } else this.#argumentText(piece.argument, piece.missing, out);
  }

  #argumentText(argument: Argument, missing: string, out: TextSink): void {
    switch (argument.kind) {
      case "number": {
        const value = this.#next();
        if (Number.isNaN(value)) out.ascii(missing);
        else numberText(value, out);
        return;
      }
      case "address": {
        const place = this.#next();
        if (Number.isNaN(place)) out.ascii(missing);
        else if (place >= 0) out.ipv4(this.#bytes, place);
        else out.ipv6(this.#bytes, -1 - place);
        return;
      }
      case "u64": {
        const high = this.#next();
        const low = this.#next();
        if (Number.isNaN(high)) out.ascii(missing);
        else out.dec64(high, low);
        return;
      }
      case "value":
        this.#valueText(missing, out);
        return;
      case "host": {
        const value = this.#value(argument, false);
        if (Array.isArray(value)) for (const line of value) out.utf8(`\n    ${harmless(line)}`);
        else out.utf8(value === undefined ? missing : harmless(String(value)));
        return;
      }
      default: {
        const value = this.#value(argument, false);
        out.utf8(value === undefined ? missing : harmless(String(value)));
      }
    }
  }

  /** A value with its tag, as text. */
  #valueText(missing: string, out: TextSink): void {
    const tag = this.#next();
    if (tag === TAG.number) numberText(this.#next(), out);
    else if (tag === TAG.string || tag === TAG.bigint) out.utf8(harmless(this.#string()));
    else if (tag === TAG.json) out.utf8(withBigInts(this.#string()));
    else out.ascii(tag === TAG.undefined ? missing : wordOf(tag));
  }

  #json(argument: Argument, out: TextSink): void {
    if (argument.kind === "value") {
      this.#valueJson(out);
      return;
    }
    if (argument.kind !== "address") {
      jsonText(this.#value(argument, false), out);
      return;
    }
    const place = this.#next();
    if (Number.isNaN(place)) {
      out.ascii("null");
      return;
    }
    out.char(QUOTE);
    if (place >= 0) out.ipv4(this.#bytes, place);
    else out.ipv6(this.#bytes, -1 - place);
    out.char(QUOTE);
  }

  #valueJson(out: TextSink): void {
    const tag = this.#next();
    if (tag === TAG.number) jsonText(this.#next(), out);
    else if (tag === TAG.string) jsonText(this.#string(), out);
    else if (tag === TAG.bigint || tag === TAG.json) out.utf8(withBigInts(this.#string()));
    else out.ascii(wordOf(tag));
  }

  /** The argument as a handler would have it; of an enum the number where a number is wanted. */
  #value(argument: Argument, numeric: boolean): HostValue | boolean | null {
    if (argument.kind === "value") return this.#tagged();
    const first = this.#next();
    if (Number.isNaN(first)) {
      if (argument.kind === "u64" || argument.kind === "s64") this.#next();
      return undefined;
    }
    switch (argument.kind) {
      case "number":
        return first;
      case "boolean":
        return first !== 0;
      case "enum":
        return numeric ? first : (argument.names.get(first) ?? first);
      case "flags": {
        if (numeric) return first;
        return argument.bits.flatMap(([name, bit]) => ((first & bit) === 0 ? [] : [name])).join("|") || "0";
      }
      case "ipv4":
        return [24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join(".");
      case "address":
        return addressText(this.#bytes, first);
      case "mac":
        return first
          .toString(16)
          .padStart(12, "0")
          .replace(/..(?!$)/g, "$&:");
      case "u64":
        return (BigInt(first) << 32n) | BigInt(this.#next());
      case "s64":
        return BigInt.asIntN(64, (BigInt(first) << 32n) | BigInt(this.#next()));
      case "string":
        return this.#cString(first, argument.size);
      case "host":
        return this.#host.read(argument.field, this.#bytes, this.#frame);
    }
  }

  #tagged(): HostValue | boolean | null {
    const tag = this.#next();
    switch (tag) {
      case TAG.number:
        return this.#next();
      case TAG.string:
        return this.#string();
      case TAG.bigint:
        return BigInt(this.#string());
      case TAG.json:
        return withBigInts(this.#string());
      case TAG.undefined:
        return undefined;
      default:
        return tag === TAG.true || tag === TAG.false ? tag === TAG.true : null;
    }
  }

  #printf(out: TextSink): void {
    const count = this.#next();
    const parsed = parseFormat(this.#string());
    const values = Array.from({ length: count }, () => this.#tagged());
    if (isProblem(parsed)) {
      out.utf8(`printf: ${parsed.message}`);
      return;
    }
    let index = 0;
    for (const piece of parsed) {
      out.utf8(harmless(typeof piece === "string" ? piece : convert(piece, values[index++])));
    }
  }

  #cString(at: number, size: number): string {
    let end = at;
    while (end < at + size && end < this.#bytes.length && this.#bytes[end] !== 0) end++;
    return Buffer.from(this.#view.buffer, this.#view.byteOffset + at, end - at).toString("utf8");
  }
}

/**
 * Text that others chose (names of tasks and devices, and what a script made of them) has no control characters but
 * line breaks and tabs: they would tell a terminal what to do. What stands in the script itself stays as it is.
 */
const harmless = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\uFFFD");

/** What needs no number of its own; `undefined` is null in JSON. */
const wordOf = (tag: number): string => (tag === TAG.true ? "true" : tag === TAG.false ? "false" : "null");

function numberText(value: number, out: TextSink): void {
  if (Number.isSafeInteger(value)) out.dec(value);
  else out.ascii(String(value));
}

function jsonText(value: HostValue | boolean | null, out: TextSink): void {
  if (typeof value === "number" && Number.isSafeInteger(value)) out.dec(value);
  else if (typeof value === "bigint") out.ascii(String(value));
  else out.utf8(value === undefined ? "null" : JSON.stringify(value));
}

const BIGINTS = new RegExp(`"${BIGINT_MARK}(-?\\d+)${BIGINT_MARK}"`, "g");

const withBigInts = (json: string): string =>
  json.includes(BIGINT_MARK) ? json.replace(BIGINTS, "$1") : json;

/** Only for conversions of `printf`. */
function addressText(bytes: Uint8Array, place: number): string {
  if (place >= 0) return bytes.subarray(place, place + 4).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => {
    const at = -1 - place + 2 * i;
    return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  });
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${bytes.subarray(11 - place, 15 - place).join(".")}`;
  }
  const runs = [
    ...groups
      .map((group) => (group === 0 ? "0" : "1"))
      .join("")
      .matchAll(/00+/g),
  ];
  const longest = runs.reduce<RegExpMatchArray | null>(
    (best, run) => (run[0].length > (best?.[0].length ?? 0) ? run : best),
    null,
  );
  const text = (some: readonly number[]): string => some.map((group) => group.toString(16)).join(":");
  if (longest === null) return text(groups);
  const from = longest.index ?? 0;
  return `${text(groups.slice(0, from))}::${text(groups.slice(from + longest[0].length))}`;
}

const NOWHERE: TextSink = {
  char() {},
  ascii() {},
  utf8() {},
  dec() {},
  dec64() {},
  ipv4() {},
  ipv6() {},
};
