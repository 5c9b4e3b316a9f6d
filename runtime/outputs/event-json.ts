// One event as a line of JSON, by the sections' definitions: Retis' keys and ours beside them, or Retis' alone, with the
// Ethernet header that Retis makes up where a packet has none.

import { type EventSection, eventSections } from "../../compiler/schema/event/index.js";
import { START_L3, START_NONE, structs } from "../../compiler/schema/generated/layout.js";
import { frameSlot, sectionAt } from "../events/frame.js";
import type { TextWriter } from "../packet/text-writer.js";
import { type Extra, type JsonForm, JsonObjects, type WriteObject } from "./json-objects.js";
import { splitObject } from "./json-span.js";
import { JsonValues, type TestFrame } from "./json-values.js";
import type { Names } from "./names.js";

export type { JsonForm } from "./json-objects.js";

const packet = structs.section_packet.members;
const layers = structs.layers.members;
const extraMember = structs.section_extra.members.json;

/** Bytes of an Ethernet header. */
const ETHERNET = 14;

interface SectionWriter {
  readonly key: string;
  readonly next: string;
  readonly offset: number;
  readonly present: TestFrame;
  readonly write: WriteObject;
}

export class EventJson {
  readonly #names: Names;
  readonly #sections: readonly SectionWriter[];

  constructor(names: Names, form: JsonForm = "full") {
    this.#names = names;
    const objects = new JsonObjects(names, new JsonValues(names), form);
    this.#sections = eventSections.flatMap((section) => {
      const writer = sectionWriter(section, names, objects);
      if (writer === null) return [];
      return [section.key === "packet" ? packetWriter(writer, names, form) : writer];
    });
  }

  /** Writes the event at `at` and a newline. */
  write(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    this.writeObject(out, bytes, view, at);
    out.char(10);
  }

  /** Writes the event at `at` alone. */
  writeObject(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    const extra = this.#extra(view, at);
    let prefix = "{";
    for (const section of this.#sections) {
      const added = extra?.get(section.key);
      const there = section.present(view, at, at + section.offset);
      if (!there && added === undefined) continue;
      out.ascii(prefix);
      out.ascii(section.next);
      prefix = ",";
      if (!there) out.utf8(added ?? "");
      else
        section.write(
          out,
          bytes,
          view,
          at,
          at + section.offset,
          added === undefined ? null : splitObject(added),
        );
    }
    if (extra !== null) this.#others(out, extra, prefix);
    out.char(125);
  }

  /** Sections that have no struct, or that this version does not know. */
  #others(out: TextWriter, extra: Extra, before: string): void {
    let prefix = before;
    for (const [key, json] of extra) {
      if (this.#sections.some((section) => section.key === key)) continue;
      out.ascii(prefix);
      prefix = ",";
      out.utf8(JSON.stringify(key));
      out.char(58);
      out.utf8(json);
    }
  }

  #extra(view: DataView, at: number): Extra | null {
    const section = sectionAt(this.#names.layout, view, at, "extra");
    if (section < 0) return null;
    return splitObject(this.#names.strings.text(view.getUint32(section + extraMember.offset, true)));
  }
}

/** Null: no frame of this layout has the section. */
function sectionWriter(section: EventSection, names: Names, objects: JsonObjects): SectionWriter | null {
  const parts = {
    key: section.key,
    next: `${JSON.stringify(section.key)}:`,
    write: objects.object(section.members),
  };
  switch (section.where.kind) {
    case "frame":
      return { ...parts, offset: 0, present: () => true };
    case "probe":
      return {
        ...parts,
        offset: 0,
        present: (view, at) => {
          const probe = names.probes[frameSlot(view, at)];
          return probe !== undefined && probe.kind !== "usdt";
        },
      };
    case "section": {
      const offset = names.layout.offsets[section.where.section];
      if (offset === undefined) return null;
      return { ...parts, offset, present: objects.sectionPresent(section.where.section) };
    }
    case "extra":
      return { ...parts, offset: 0, present: () => false };
  }
}

/** A packet of which nothing was found has no section; one without a link layer gets a made-up header for Retis. */
function packetWriter(writer: SectionWriter, names: Names, form: JsonForm): SectionWriter {
  const start = (view: DataView, base: number): number => view.getUint16(base + packet.start.offset, true);
  const present: TestFrame = (view, at, base) =>
    writer.present(view, at, base) && start(view, base) !== START_NONE;
  if (form === "full") return { ...writer, present };
  const write: WriteObject = (out, bytes, view, at, base, extra) => {
    if (start(view, base) !== START_L3) {
      writer.write(out, bytes, view, at, base, extra);
      return;
    }
    const captured = view.getUint16(base + packet.captured.offset, true);
    const whole = Buffer.alloc(ETHERNET + captured);
    const first = at + names.layout.bytes;
    whole.writeUInt16BE(etherType(view, base, bytes[first] ?? 0), ETHERNET - 2);
    bytes.copy(whole, ETHERNET, first, first + captured);
    const length = view.getUint32(base + packet.len.offset, true) + ETHERNET;
    out.ascii(`{"len":${length},"capture_len":${captured + ETHERNET},"data":"${whole.toString("base64")}"}`);
  };
  return { ...writer, present, write };
}

/** What the kernel said, else what the IP header's version says. */
function etherType(view: DataView, base: number, firstByte: number): number {
  const known = view.getUint16(base + packet.layers.offset + layers.protocol.offset, true);
  if (known !== 0) return known;
  if (firstByte >> 4 === 4) return 0x0800;
  return firstByte >> 4 === 6 ? 0x86dd : 0;
}
