// Writers of objects: members of compiler/schema/event -> closures that write them in order, joined with what the event's
// section `extra` has for the same object.

import type { Form, Item, Member, Tagged } from "../../compiler/schema/event/index.js";
import { SECTION_BITS } from "../../compiler/schema/section-bits.js";
import { framePresent } from "../events/frame.js";
import type { TextWriter } from "../packet/text-writer.js";
import { splitObject } from "./json-span.js";
import { type JsonValues, reader, type TestFrame, type WriteValue } from "./json-values.js";
import type { Names } from "./names.js";

/** Members of an object that stand in `extra`, by key, as JSON. */
export type Extra = ReadonlyMap<string, string>;

/** Writes the object with its braces; `extra` is null for nearly all events. */
export type WriteObject = (
  out: TextWriter,
  bytes: Buffer,
  view: DataView,
  at: number,
  base: number,
  extra: Extra | null,
) => void;

/** `full`: Retis' keys and ours; `retis`: Retis' alone. */
export type JsonForm = "full" | "retis";

interface MemberWriter {
  readonly key: string;
  readonly first: string;
  readonly next: string;
  readonly present: TestFrame | null;
  readonly value: WriteValue;
  /** Null: one value, which `extra` replaces. */
  readonly object: WriteObject | null;
}

/** Of a tag's value: the members that follow it. */
type Members = (view: DataView, at: number, base: number) => readonly MemberWriter[];

export class JsonObjects {
  readonly #names: Names;
  readonly #values: JsonValues;
  readonly #form: JsonForm;

  constructor(names: Names, values: JsonValues, form: JsonForm) {
    this.#names = names;
    this.#values = values;
    this.#form = form;
  }

  object(items: readonly Item[]): WriteObject {
    const members = this.#members(items);
    return (out, bytes, view, at, base, extra) => {
      let prefix = 123;
      for (const member of members(view, at, base)) {
        if (extra?.has(member.key) === true) {
          this.#overridden(out, bytes, view, at, base, extra.get(member.key) ?? "null", member, prefix);
          prefix = 44;
          continue;
        }
        if (member.present !== null && !member.present(view, at, base)) continue;
        out.ascii(prefix === 123 ? member.first : member.next);
        prefix = 44;
        member.value(out, bytes, view, at, base);
      }
      if (extra !== null) prefix = this.#unknown(out, members(view, at, base), extra, prefix);
      if (prefix === 123) out.char(123);
      out.char(125);
    };
  }

  /** A member that `extra` has: whole, or as additions to an object of the frame. */
  #overridden(
    out: TextWriter,
    bytes: Buffer,
    view: DataView,
    at: number,
    base: number,
    json: string,
    member: MemberWriter,
    prefix: number,
  ): void {
    out.ascii(prefix === 123 ? member.first : member.next);
    const there = member.present === null || member.present(view, at, base);
    if (member.object !== null && there) member.object(out, bytes, view, at, base, splitObject(json));
    else out.utf8(json);
  }

  #unknown(out: TextWriter, members: readonly MemberWriter[], extra: Extra, before: number): number {
    let prefix = before;
    for (const [key, json] of extra) {
      if (members.some((member) => member.key === key)) continue;
      out.char(prefix);
      prefix = 44;
      out.utf8(JSON.stringify(key));
      out.char(58);
      out.utf8(json);
    }
    return prefix;
  }

  #members(items: readonly Item[]): Members {
    const tagged = items.find((item) => item.kind === "tagged");
    if (tagged === undefined) {
      const plain = this.#plain(items);
      return () => plain;
    }
    return this.#tagged(items, tagged);
  }

  #plain(items: readonly Item[]): readonly MemberWriter[] {
    return items.flatMap((item) =>
      item.kind === "member" && (this.#form === "full" || item.origin === "retis")
        ? [this.#member(item)]
        : [],
    );
  }

  /** The members of each case are put together once, when it is first seen. */
  #tagged(items: readonly Item[], tagged: Tagged): Members {
    const before = this.#plain(items.slice(0, items.indexOf(tagged)));
    const after = this.#plain(items.slice(items.indexOf(tagged) + 1));
    const tag = this.#member(tagged.tag);
    const cases = new Map(
      Object.entries(tagged.cases).map(([name, members]) => [name, this.#members(members)] as const),
    );
    const nameOf = this.#tagName(tagged.tag.form);
    const whole = new Map<string, readonly MemberWriter[]>();
    return (view, at, base) => {
      const name = nameOf(view, at, base);
      const members = cases.get(name);
      if (members === undefined) return [...before, tag, ...after];
      const inner = members(view, at, base);
      const key = `${name} ${inner.map((member) => member.key).join(" ")}`;
      let known = whole.get(key);
      if (known === undefined) {
        known = [...before, tag, ...inner, ...after];
        whole.set(key, known);
      }
      return known;
    };
  }

  #tagName(form: Form): (view: DataView, at: number, base: number) => string {
    if (form.kind === "names") {
      const read = reader(form.at);
      const names = new Map(Object.entries(form.values).map(([name, value]) => [value, name]));
      return (view, at, base) => names.get(read(view, at, base)) ?? "";
    }
    if (form.kind !== "interned") return () => "";
    const read = reader(form.at);
    return (view, at, base) => this.#names.strings.text(read(view, at, base));
  }

  #member(member: Member): MemberWriter {
    const { form } = member;
    const object = this.#objectOf(form);
    const value = object === null ? this.#valueOf(form) : withoutExtra(object);
    return {
      key: member.key,
      first: `{${JSON.stringify(member.key)}:`,
      next: `,${JSON.stringify(member.key)}:`,
      present: this.#values.presence(member.presence, form),
      value,
      object,
    };
  }

  #objectOf(form: Form): WriteObject | null {
    if (form.kind === "choice") return this.#choice(form);
    if (form.kind !== "object") return null;
    const write = this.object(form.members);
    if (form.section === null) return write;
    // An object that is a section of its own.
    const offset = this.#names.layout.offsets[form.section];
    return (out, bytes, view, at, _base, extra) => write(out, bytes, view, at, at + (offset ?? 0), extra);
  }

  #valueOf(form: Form): WriteValue {
    switch (form.kind) {
      case "object":
      case "choice":
      case "text-only":
        return (out) => out.ascii("null");
      case "stack": {
        // The stack is a section of the frame, and a member in JSON.
        const write = this.#values.leaf(form);
        const offset = this.#names.layout.offsets.stack ?? 0;
        return (out, bytes, view, at) => write(out, bytes, view, at, at + offset);
      }
      default:
        return this.#values.leaf(form);
    }
  }

  #choice(form: Extract<Form, { readonly kind: "choice" }>): WriteObject {
    const read = reader(form.at);
    const options = new Map(
      form.options.map(
        ({ key, value, members }) =>
          [value, { key: JSON.stringify(key), name: key, write: this.object(members) }] as const,
      ),
    );
    return (out, bytes, view, at, base, extra) => {
      const chosen = options.get(read(view, at, base));
      if (chosen === undefined) {
        out.ascii("{}");
        return;
      }
      out.char(123);
      out.ascii(chosen.key);
      out.char(58);
      const inner = extra?.get(chosen.name);
      chosen.write(out, bytes, view, at, base, inner === undefined ? null : splitObject(inner));
      for (const [key, json] of extra ?? [])
        if (key !== chosen.name) out.utf8(`,${JSON.stringify(key)}:${json}`);
      out.char(125);
    };
  }

  /** Whether the frame has a section. */
  sectionPresent(section: keyof typeof SECTION_BITS): TestFrame {
    if (this.#names.layout.offsets[section] === undefined) return () => false;
    const bit = SECTION_BITS[section];
    return (view, at) => (framePresent(view, at) & bit) !== 0;
  }
}

const withoutExtra =
  (write: WriteObject): WriteValue =>
  (out, bytes, view, at, base) =>
    write(out, bytes, view, at, base, null);
