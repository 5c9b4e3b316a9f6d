// Writers of single values: a form of compiler/schema/event -> a closure that writes it as JSON from a frame.
import type { Form, Place } from "../../compiler/schema/event/index.js";
import { assertNever } from "../../compiler/source/assert-never.js";
import { frameSlot } from "../events/frame.js";
import { type Literal, literal, literalOf } from "../packet/literal.js";
import type { TextWriter } from "../packet/text-writer.js";
import { writeBase64 } from "./json-base64.js";
import type { Names } from "./names.js";

/** The frame begins at `at`, the section's struct at `base`. */
export type WriteValue = (out: TextWriter, bytes: Buffer, view: DataView, at: number, base: number) => void;

/** Forms that are one value, and no plain number or text of the frame: json-program.ts has steps for those. */
export type LeafForm = Exclude<
  Form,
  { readonly kind: "object" | "choice" | "text-only" | "integer" | "boolean" | "chars" | "names" }
>;

export type ReasonForm = Extract<Form, { readonly kind: "drop-reason" }>;

/** Retis knows three types of kernel probes. */
const PROBE_TYPES = { tp: "raw_tracepoint", kprobe: "kprobe", kretprobe: "kretprobe", usdt: "usdt" } as const;

const EMPTY_TEXT = literal('""');
const EMPTY_LIST = literal("[]");

/** Of any text. */
function utf8Literal(text: string): Literal {
  const bytes = Buffer.from(text, "utf8");
  return literalOf(bytes, 0, bytes.length);
}

/** Texts that are remembered with their quotes. */
const QUOTED_LIMIT = 8192;

export class JsonValues {
  readonly #names: Names;
  readonly #quoted = new Map<string, Literal>();
  readonly #reasons = new Map<number, { readonly subsystem: Literal | null; readonly reason: Literal }>();
  readonly #stacks = new WeakMap<readonly string[], Literal>();

  constructor(names: Names) {
    this.#names = names;
  }

  /** A text as JSON. */
  quote(text: string): Literal {
    const known = this.#quoted.get(text);
    if (known !== undefined) return known;
    const quoted = utf8Literal(JSON.stringify(text));
    if (this.#quoted.size >= QUOTED_LIMIT) this.#quoted.clear();
    this.#quoted.set(text, quoted);
    return quoted;
  }

  leaf(form: LeafForm): WriteValue {
    switch (form.kind) {
      case "interned": {
        const read = reader(form.at);
        return (out, _bytes, view, at, base) =>
          out.literal(this.quote(this.#names.strings.text(read(view, at, base))));
      }
      case "symbol":
        return (out, _bytes, view, _at, base) => {
          const place = base + form.at.offset;
          const name = this.#names.symbols.name(view.getUint32(place + 4, true), view.getUint32(place, true));
          out.literal(this.quote(name));
        };
      case "address":
        return address(form.at, form.family);
      case "words":
        return words(form.at, form.count);
      case "packet-bytes":
        return this.#packetBytes(form.captured);
      case "stack":
        return (out, _bytes, view, _at, base) => out.literal(this.#stack(view, base));
      case "probe":
        return this.#probe(form.what);
      case "drop-reason":
        return (out, _bytes, view, _at, base) => {
          const { subsystem, reason } = this.#reason(form, view, base);
          out.literal(form.what === "reason" ? reason : (subsystem ?? EMPTY_TEXT));
        };
      case "literal": {
        const quoted = this.quote(form.value);
        return (out) => out.literal(quoted);
      }
      case "empty":
        return (out) => out.literal(form.of === "text" ? EMPTY_TEXT : EMPTY_LIST);
      default:
        return assertNever(form);
    }
  }

  /** Whether the drop reason is of a subsystem. */
  hasSubsystem(form: ReasonForm, view: DataView, base: number): boolean {
    return this.#reason(form, view, base).subsystem !== null;
  }

  #reason(form: ReasonForm, view: DataView, base: number) {
    const number =
      view.getUint32(base + form.has.offset, true) === 0 ? -1 : view.getUint32(base + form.at.offset, true);
    let known = this.#reasons.get(number);
    if (known === undefined) {
      const text = number === -1 ? "NOT_SPECIFIED" : this.#names.enums.reasons.text(number);
      const slash = text.indexOf("/");
      known = {
        subsystem: slash === -1 ? null : this.quote(text.slice(0, slash)),
        reason: this.quote(text.slice(slash + 1)),
      };
      this.#reasons.set(number, known);
    }
    return known;
  }

  #stack(view: DataView, base: number): Literal {
    const frames = this.#names.stacks.frames(view, base);
    let json = this.#stacks.get(frames);
    if (json === undefined) {
      json = utf8Literal(JSON.stringify(frames));
      this.#stacks.set(frames, json);
    }
    return json;
  }

  /** By slot: each probe keeps its own. */
  #probe(what: "symbol" | "type"): WriteValue {
    const written: (Literal | undefined)[] = [];
    return (out, _bytes, view, at) => {
      const slot = frameSlot(view, at);
      let text = written[slot];
      if (text === undefined) {
        const probe = this.#names.probes[slot];
        if (probe === undefined) return;
        text = this.quote(what === "symbol" ? probe.name : PROBE_TYPES[probe.kind]);
        written[slot] = text;
      }
      out.literal(text);
    };
  }

  #packetBytes(captured: Place): WriteValue {
    const read = reader(captured);
    return (out, bytes, view, at, base) => {
      const first = at + this.#names.layout.bytes;
      out.char(34);
      writeBase64(out, bytes, first, read(view, at, base));
      out.char(34);
    };
  }
}

type Read = (view: DataView, at: number, base: number) => number;

/** Unsigned, at most 32 bits. */
function reader({ from, offset, size }: Place): Read {
  const inFrame = from === "frame";
  switch (size) {
    case 1:
      return inFrame
        ? (view, at) => view.getUint8(at + offset)
        : (view, _at, base) => view.getUint8(base + offset);
    case 2:
      return inFrame
        ? (view, at) => view.getUint16(at + offset, true)
        : (view, _at, base) => view.getUint16(base + offset, true);
    default:
      return inFrame
        ? (view, at) => view.getUint32(at + offset, true)
        : (view, _at, base) => view.getUint32(base + offset, true);
  }
}

function address(place: Place, family: Place): WriteValue {
  const version = reader(family);
  return (out, bytes, view, at, base) => {
    out.char(34);
    if (version(view, at, base) === 4) out.ipv4(bytes, base + place.offset);
    else out.ipv6(bytes, base + place.offset);
    out.char(34);
  };
}

function words(place: Place, count: number): WriteValue {
  return (out, _bytes, view, _at, base) => {
    for (let index = 0; index < count; index++) {
      out.char(index === 0 ? 91 : 44);
      out.dec(view.getUint32(base + place.offset + index * 4, true));
    }
    out.char(93);
  };
}

/** A NUL-terminated text; bytes that are no UTF-8 become U+FFFD. */
export function writeChars(out: TextWriter, bytes: Buffer, from: number, size: number): void {
  let end = from;
  let plain = true;
  for (; end < from + size; end++) {
    const byte = bytes[end] ?? 0;
    if (byte === 0) break;
    if (byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c) plain = false;
  }
  if (!plain) {
    out.utf8(JSON.stringify(bytes.toString("utf8", from, end)));
    return;
  }
  out.char(34);
  out.bytes(bytes, from, end);
  out.char(34);
}
