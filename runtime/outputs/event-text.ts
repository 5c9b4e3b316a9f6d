// One event as Retis' text: the header line and its sections, on lines of their own or all on one.
import { structs } from "../../compiler/schema/generated/layout.js";
import { frameCpu, frameSlot, frameTime, sectionAt } from "../events/frame.js";
import { formatPacket } from "../packet/format-packet.js";
import type { TextWriter } from "../packet/text-writer.js";
import type { Names } from "./names.js";
import { ProtocolText } from "./protocol-text.js";
import { writeSkb, writeVlanAcceleration } from "./skb-text.js";
import { writeUtc } from "./time-text.js";

export interface TextStyle {
  readonly singleLine: boolean;
  /** Date and time instead of monotonic nanoseconds. */
  readonly utc: boolean;
  /** Ethernet and VLAN headers. */
  readonly linkLayer: boolean;
}

const task = structs.section_task.members;
const packet = structs.section_packet.members;
const drop = structs.section_drop.members;
const dev = structs.section_dev.members;
const ns = structs.section_ns.members;

export class EventText {
  readonly #names: Names;
  readonly #style: TextStyle;
  readonly #labels: readonly string[];
  readonly #packetStyle: { readonly linkLayer: boolean };
  readonly #protocols: ProtocolText;

  constructor(names: Names, style: TextStyle) {
    this.#names = names;
    this.#style = style;
    this.#labels = names.probes.map((probe) => ` [tp] ${probe.name}`);
    this.#packetStyle = { linkLayer: style.linkLayer };
    this.#protocols = new ProtocolText(names);
  }

  /** Writes the event at `at`, and the sections that `added` names beside those it has by default. */
  write(out: TextWriter, bytes: Buffer, view: DataView, at: number, added: readonly string[]): void {
    this.#header(out, bytes, view, at);
    if (added.includes("stack")) this.#stack(out, view, at);
    this.#packet(out, bytes, view, at);
    this.#place(out, bytes, view, at);
    for (const word of added) this.#added(out, bytes, view, at, word);
    if (this.#style.singleLine) out.char(10);
    else out.ascii("\n\n");
  }

  /** `{time} ({cpu}) [{comm}] {pid}/{tid} [tp] {symbol} drop (reason R)` */
  #header(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    this.#who(out, bytes, view, at);
    out.ascii(this.#labels[frameSlot(view, at)] ?? "");
    const mark = out.mark();
    out.char(32);
    if (!this.#dropText(out, view, at)) out.rewind(mark);
  }

  #who(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    const time = frameTime(view, at);
    if (this.#style.utc) writeUtc(out, time + this.#names.clockOffset);
    else out.decBig(time);
    out.ascii(" (");
    out.dec(frameCpu(view, at));
    out.char(41);
    const who = sectionAt(this.#names.layout, view, at, "task");
    if (who < 0) return;
    out.ascii(" [");
    writeCString(out, bytes, who + task.comm.offset, task.comm.size);
    out.ascii("] ");
    const pid = view.getInt32(who + task.pid.offset, true);
    const tid = view.getInt32(who + task.tid.offset, true);
    out.dec(pid);
    if (tid !== pid) {
      out.char(47);
      out.dec(tid);
    }
  }

  #dropText(out: TextWriter, view: DataView, at: number): boolean {
    const why = sectionAt(this.#names.layout, view, at, "drop");
    if (why < 0) return false;
    out.ascii("drop (reason ");
    if (view.getUint32(why + drop.has_reason.offset, true) === 0) out.ascii("NOT_SPECIFIED");
    else out.ascii(this.#names.enums.reasons.text(view.getUint32(why + drop.reason.offset, true)));
    out.char(41);
    return true;
  }

  #stack(out: TextWriter, view: DataView, at: number): void {
    const section = sectionAt(this.#names.layout, view, at, "stack");
    if (section < 0) return;
    if (this.#style.singleLine) {
      out.char(32);
      this.#names.stacks.writeLine(out, view, section);
    } else this.#names.stacks.writeIndented(out, view, section);
  }

  #separate(out: TextWriter): void {
    if (this.#style.singleLine) out.char(32);
    else out.ascii("\n  ");
  }

  #packet(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    const mark = out.mark();
    this.#separate(out);
    if (!this.#packetText(out, bytes, view, at)) out.rewind(mark);
  }

  #packetText(out: TextWriter, bytes: Buffer, view: DataView, at: number): boolean {
    const section = sectionAt(this.#names.layout, view, at, "packet");
    if (section < 0) return false;
    const captured = view.getUint16(section + packet.captured.offset, true);
    const start = view.getUint16(section + packet.start.offset, true);
    if (start === 0 || captured === 0) return false;
    const length = view.getUint32(section + packet.len.offset, true);
    const first = at + this.#names.layout.bytes;
    formatPacket(out, bytes, first, first + captured, length, start === 1 ? "l2" : "l3", this.#packetStyle);
    return true;
  }

  /** `ns 0x{cookie}/{inum} if {ifindex} ({name}) rxif {rx}` on one line. */
  #place(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    const mark = out.mark();
    this.#separate(out);
    const space = this.#placeText(out, bytes, view, at, "ns");
    const middle = out.mark();
    if (space) out.char(32);
    if (this.#placeText(out, bytes, view, at, "dev")) return;
    out.rewind(space ? middle : mark);
  }

  #placeText(out: TextWriter, bytes: Buffer, view: DataView, at: number, which: "ns" | "dev"): boolean {
    const section = sectionAt(this.#names.layout, view, at, which);
    if (section < 0) return false;
    if (which === "ns") {
      out.ascii("ns ");
      if (view.getUint32(section + ns.has_cookie.offset, true) !== 0) {
        out.ascii("0x");
        out.hexBig(view.getBigUint64(section + ns.cookie.offset, true));
        out.char(47);
      }
      out.dec(view.getUint32(section + ns.inum.offset, true));
      return true;
    }
    out.ascii("if ");
    out.dec(view.getUint32(section + dev.ifindex.offset, true));
    out.ascii(" (");
    writeCString(out, bytes, section + dev.name.offset, dev.name.size);
    out.char(41);
    const rx = view.getUint32(section + dev.rx_ifindex.offset, true);
    if (rx !== 0) {
      out.ascii(" rxif ");
      out.dec(rx);
    }
    return true;
  }

  /** Sections that are printed only where they are asked for. */
  #added(out: TextWriter, bytes: Buffer, view: DataView, at: number, word: string): void {
    if (word === "stack") return;
    const mark = out.mark();
    this.#separate(out);
    if (!this.writeSection(out, bytes, view, at, word)) out.rewind(mark);
  }

  /** The text of one section, on one line; false: the event does not have it, and nothing was written. */
  writeSection(out: TextWriter, bytes: Buffer, view: DataView, at: number, word: string): boolean {
    switch (word) {
      case "skb": {
        const section = sectionAt(this.#names.layout, view, at, "skb");
        if (section < 0) return false;
        if (this.#style.linkLayer) writeVlanAcceleration(out, view, section);
        writeSkb(out, view, section);
        return true;
      }
      case "packet":
        return this.#packetText(out, bytes, view, at);
      case "ns":
      case "dev":
        return this.#placeText(out, bytes, view, at, word);
      case "drop":
      case "skb-drop":
        return this.#dropText(out, view, at);
      case "common":
        this.#who(out, bytes, view, at);
        return true;
      case "kernel":
        out.ascii(this.#labels[frameSlot(view, at)]?.slice(1) ?? "");
        return true;
      default:
        return this.#protocols.write(out, { bytes, view, length: 0 }, at, word);
    }
  }
}

/** Up to the NUL, at most `size` bytes. */
export function writeCString(out: TextWriter, bytes: Buffer, at: number, size: number): void {
  let end = at;
  let printable = true;
  for (; end < at + size && bytes[end] !== 0; end++)
    if ((bytes[end] ?? 0) < 32 || bytes[end] === 127) printable = false;
  if (printable) out.bytes(bytes, at, end);
  // Names of tasks and devices are chosen by others: no control character of theirs reaches a terminal.
  else
    for (let index = at; index < end; index++)
      out.char((bytes[index] ?? 0) < 32 || bytes[index] === 127 ? 63 : (bytes[index] ?? 0));
}
