// One event as Retis' text: the header line and its sections, on lines of their own or all on one.
import type { FrameLayout, PlannedProbe } from "../../compiler/plan/plan.js";
import { structs } from "../../compiler/schema/generated/layout.js";
import { frameCpu, frameSlot, frameTime, sectionAt } from "../events/frame.js";
import type { Symbols } from "../kernel/kallsyms.js";
import { formatPacket } from "../packet/format-packet.js";
import type { TextWriter } from "../packet/text-writer.js";
import type { DropReasons } from "./drop-reasons.js";
import { writeProtocol } from "./protocol-text.js";
import { writeSkb, writeVlanAcceleration } from "./skb-text.js";
import type { StackText } from "./stack-text.js";
import { writeUtc } from "./time-text.js";

export interface TextStyle {
  readonly singleLine: boolean;
  /** Date and time instead of monotonic nanoseconds. */
  readonly utc: boolean;
  /** Ethernet and VLAN headers. */
  readonly linkLayer: boolean;
}

/** What the numbers in frames stand for. */
export interface Names {
  readonly layout: FrameLayout;
  readonly probes: readonly PlannedProbe[];
  readonly reasons: DropReasons;
  readonly stacks: StackText;
  readonly symbols: Symbols;
  /** CLOCK_REALTIME minus CLOCK_MONOTONIC, ns. */
  readonly clockOffset: bigint;
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

  constructor(names: Names, style: TextStyle) {
    this.#names = names;
    this.#style = style;
    this.#labels = names.probes.map((probe) => ` [tp] ${probe.name}`);
    this.#packetStyle = { linkLayer: style.linkLayer };
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
    const time = frameTime(view, at);
    if (this.#style.utc) writeUtc(out, time + this.#names.clockOffset);
    else out.decBig(time);
    out.ascii(" (");
    out.dec(frameCpu(view, at));
    out.char(41);
    const who = sectionAt(this.#names.layout, view, at, "task");
    if (who >= 0) {
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
    out.ascii(this.#labels[frameSlot(view, at)] ?? "");
    const why = sectionAt(this.#names.layout, view, at, "drop");
    if (why >= 0 && view.getUint32(why + drop.has_reason.offset, true) !== 0) {
      out.ascii(" drop (reason ");
      out.ascii(this.#names.reasons.text(view.getUint32(why + drop.reason.offset, true)));
      out.char(41);
    } else if (why >= 0) out.ascii(" drop (reason NOT_SPECIFIED)");
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
    const section = sectionAt(this.#names.layout, view, at, "packet");
    if (section < 0) return;
    const captured = view.getUint16(section + packet.captured.offset, true);
    const start = view.getUint16(section + packet.start.offset, true);
    if (start === 0 || captured === 0) return;
    const length = view.getUint32(section + packet.len.offset, true);
    const first = at + this.#names.layout.bytes;
    this.#separate(out);
    formatPacket(out, bytes, first, first + captured, length, start === 1 ? "l2" : "l3", this.#packetStyle);
  }

  /** `ns 0x{cookie}/{inum} if {ifindex} ({name}) rxif {rx}` on one line. */
  #place(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    const space = sectionAt(this.#names.layout, view, at, "ns");
    const device = sectionAt(this.#names.layout, view, at, "dev");
    if (space >= 0) {
      this.#separate(out);
      out.ascii("ns ");
      if (view.getUint32(space + ns.has_cookie.offset, true) !== 0) {
        out.ascii("0x");
        out.hexBig(view.getBigUint64(space + ns.cookie.offset, true));
        out.char(47);
      }
      out.dec(view.getUint32(space + ns.inum.offset, true));
    }
    if (device >= 0) {
      if (space >= 0) out.char(32);
      else this.#separate(out);
      out.ascii("if ");
      out.dec(view.getUint32(device + dev.ifindex.offset, true));
      out.ascii(" (");
      writeCString(out, bytes, device + dev.name.offset, dev.name.size);
      out.char(41);
      const rx = view.getUint32(device + dev.rx_ifindex.offset, true);
      if (rx !== 0) {
        out.ascii(" rxif ");
        out.dec(rx);
      }
    }
  }

  /** Sections that are printed only where they are asked for. */
  #added(out: TextWriter, bytes: Buffer, view: DataView, at: number, word: string): void {
    const { layout } = this.#names;
    if (word === "skb") {
      const section = sectionAt(layout, view, at, "skb");
      if (section < 0) return;
      this.#separate(out);
      if (this.#style.linkLayer) writeVlanAcceleration(out, view, section);
      writeSkb(out, view, section);
      return;
    }
    const section = sectionAt(layout, view, at, "packet");
    if (section < 0) return;
    const mark = out.mark();
    this.#separate(out);
    if (!writeProtocol(out, bytes, view, section, at + layout.bytes, word)) out.rewind(mark);
  }
}

/** Up to the NUL, at most `size` bytes. */
export function writeCString(out: TextWriter, bytes: Buffer, at: number, size: number): void {
  let end = at;
  let printable = true;
  for (; end < at + size && bytes[end] !== 0; end++) if ((bytes[end] ?? 0) < 32 || bytes[end] === 127) printable = false;
  if (printable) out.bytes(bytes, at, end);
  // Names of tasks and devices are chosen by others: no control character of theirs reaches a terminal.
  else for (let index = at; index < end; index++) out.char((bytes[index] ?? 0) < 32 || bytes[index] === 127 ? 63 : (bytes[index] ?? 0));
}
