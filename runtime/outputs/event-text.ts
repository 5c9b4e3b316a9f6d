// One event as Retis' text: the header line and its sections, on lines of their own or all on one.
import { basename } from "node:path";
import type { ProbeNameKind } from "../../compiler/plan/probe-name.js";
import { FRAME_NO_CPU, structs } from "../../compiler/schema/generated/layout.js";
import {
  frameCpu,
  frameFlags,
  framePresent,
  frameSlot,
  frameTime,
  frameTimeHigh,
  frameTimeLow,
} from "../events/frame.js";
import { type SectionPlaces, sectionPlaces } from "../events/section-place.js";
import { formatPacket } from "../packet/format-packet.js";
import { type Literal, literal, literalOf } from "../packet/literal.js";
import type { TextWriter } from "../packet/text-writer.js";
import { writeCt } from "./ct-text.js";
import { detraceText, flowText, startupLines } from "./extra-text.js";
import type { Names, Strings } from "./names.js";
import { writeNft } from "./nft-text.js";
import { writeOvs } from "./ovs-text.js";
import { writePacketId } from "./packet-id.js";
import { PacketMemo } from "./packet-memo.js";
import { ProtocolText } from "./protocol-text.js";
import { readExtra } from "./read-extra.js";
import {
  headerMemo,
  type Indentation,
  indentation,
  namesPackets,
  packetMemo,
  rememberedCt,
  rememberedNft,
} from "./section-memos.js";
import { ALWAYS_SHOWN, type Shown, STORED } from "./shown-sections.js";
import { shownText, writeCString } from "./shown-text.js";
import { writeSkb } from "./skb-text.js";
import type { TextMemo } from "./text-memo.js";
import { type TimeForm, TimeText } from "./time-text.js";

export interface TextStyle {
  readonly singleLine: boolean;
  readonly time: TimeForm;
  /** Ethernet and VLAN headers. */
  readonly linkLayer: boolean;
}

const task = structs.section_task.members;
const packet = structs.section_packet.members;
const drop = structs.section_drop.members;
const dev = structs.section_dev.members;
const ns = structs.section_ns.members;
const user = structs.section_user.members;

/** Kinds of probes as the header line shows them. */
const KINDS: Readonly<Record<ProbeNameKind, string>> = { tp: "tp", kprobe: "k", kretprobe: "kr", usdt: "u" };

const arrow = Buffer.from("  \u21b3 ");
/** What stands before the events of a series but the first. */
const UNDER = literalOf(arrow, 0, arrow.length);

export class EventText {
  readonly #names: Names;
  readonly #style: TextStyle;
  readonly #time: TimeText;
  readonly #labels: string[] = [];
  readonly #packetStyle: { readonly linkLayer: boolean };
  readonly #protocols: ProtocolText;
  readonly #sections: SectionPlaces;
  /** Texts of the source as they are shown. */
  readonly #strings: Strings;
  readonly #headers: TextMemo;
  /** Between the header and the drop reason stands which packet it is. */
  readonly #namesPackets: boolean;
  readonly #bytes = new PacketMemo();
  readonly #packets: TextMemo;
  readonly #series: TextMemo;
  readonly #end: Literal;
  readonly #outer: Indentation;
  /** Of events that stand under the first of their series. */
  readonly #inner: Indentation;
  #indent: Indentation;

  constructor(names: Names, style: TextStyle) {
    this.#names = names;
    this.#style = style;
    this.#time = new TimeText(style.time, names.clockOffset);
    this.#packetStyle = { linkLayer: style.linkLayer };
    this.#protocols = new ProtocolText(names);
    this.#sections = sectionPlaces(names.layout);
    this.#strings = { text: (id) => shownText(names.strings.text(id)) };
    this.#headers = headerMemo(names.layout);
    this.#namesPackets = namesPackets(names.layout);
    this.#packets = packetMemo(names.layout, "tracking");
    this.#series = packetMemo(names.layout, "series");
    this.#end = literal(style.singleLine ? "\n" : "\n\n");
    this.#outer = indentation(names.layout, 0, style.singleLine);
    this.#inner = indentation(names.layout, 4, style.singleLine);
    this.#indent = this.#outer;
  }

  /** Writes the event at `at`, and the sections that `shown` names beside those it has by default. */
  write(out: TextWriter, bytes: Buffer, view: DataView, at: number, shown: Shown): void {
    this.#event(out, bytes, view, at, shown);
    out.literal(this.#end);
  }

  /** Events of one packet: the first as it is, the others under it; `endSeries()` after the last. */
  writeInSeries(out: TextWriter, bytes: Buffer, view: DataView, at: number, first: boolean): void {
    if (!first) {
      out.literal(UNDER);
      this.#indent = this.#inner;
    }
    this.#event(out, bytes, view, at, "all");
    this.#indent = this.#outer;
    out.char(10);
  }

  endSeries(out: TextWriter): void {
    out.char(10);
  }

  #event(out: TextWriter, bytes: Buffer, view: DataView, at: number, shown: Shown): void {
    this.#writeTime(out, view, at);
    this.#header(out, bytes, view, at);
    const all = typeof shown === "string";
    if (all || (shown.length > 0 && shown.includes("stack"))) this.#stack(out, view, at);
    this.#packet(out, bytes, view, at);
    this.#place(out, bytes, view, at);
    if (all) {
      const present = framePresent(view, at);
      for (const { word, bit } of STORED) if ((present & bit) !== 0) this.#added(out, bytes, view, at, word);
    } else for (const word of shown) this.#added(out, bytes, view, at, word);
  }

  #writeTime(out: TextWriter, view: DataView, at: number): void {
    if (this.#style.time === "ns") out.dec64(frameTimeHigh(view, at), frameTimeLow(view, at));
    else this.#time.write(out, frameTime(view, at));
  }

  /** `{time}` and then: ` ({cpu}) [{comm}] {pid}/{tid} [tp] {symbol} #{packet} (skb {address}) drop (reason R)` */
  #header(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    if (!this.#headers.write(out, view, at)) {
      const mark = out.mark();
      this.#who(out, bytes, view, at);
      out.ascii(this.#label(view, at));
      if (!this.#namesPackets) this.#reason(out, view, at);
      this.#headers.keep(out, mark, view, at);
    }
    if (!this.#namesPackets) return;
    this.#tracking(out, view, at);
    this.#reason(out, view, at);
  }

  #reason(out: TextWriter, view: DataView, at: number): void {
    if (this.#sections.drop.at(view, at) < 0) return;
    out.char(32);
    this.#dropText(out, view, at);
  }

  /** Empty for an event that was made by no probe. */
  #label(view: DataView, at: number): string {
    const slot = frameSlot(view, at);
    const known = this.#labels[slot];
    if (known !== undefined) return known;
    const probe = this.#names.probes[slot];
    if (probe === undefined) return "";
    let label = ` [${KINDS[probe.kind]}] ${shownText(probe.name)}`;
    const place = this.#sections.user.at(view, at);
    // The same symbol in two programs is two probes, each with its slot.
    if (place >= 0)
      label += ` (${basename(this.#strings.text(view.getUint32(place + user.path.offset, true)))})`;
    this.#labels[slot] = label;
    return label;
  }

  /** `#{id} (skb {address})`, and where the event stands in a series. */
  #tracking(out: TextWriter, view: DataView, at: number): void {
    const series = this.#sections.series.at(view, at);
    const own = series >= 0 ? series : this.#sections.tracking.at(view, at);
    if (own < 0) return;
    const memo = series >= 0 ? this.#series : this.#packets;
    if (!memo.write(out, view, at)) {
      const mark = out.mark();
      writePacketId(out, view, own);
      memo.keep(out, mark, view, at);
    }
    if (series < 0) return;
    out.ascii(" n ");
    out.dec(view.getUint32(series + structs.section_series.members.index.offset, true));
  }

  #who(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    if ((frameFlags(view, at) & FRAME_NO_CPU) === 0) {
      out.ascii(" (");
      out.dec(frameCpu(view, at));
      out.char(41);
    }
    const who = this.#sections.task.at(view, at);
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
    const why = this.#sections.drop.at(view, at);
    if (why < 0) return false;
    out.ascii("drop (reason ");
    if (view.getUint32(why + drop.has_reason.offset, true) === 0) out.ascii("NOT_SPECIFIED");
    else out.utf8(shownText(this.#names.enums.reasons.text(view.getUint32(why + drop.reason.offset, true))));
    out.char(41);
    return true;
  }

  #stack(out: TextWriter, view: DataView, at: number): void {
    const section = this.#sections.stack.at(view, at);
    if (section < 0) return;
    const frames = this.#names.stacks.frames(view, section);
    out.literal(this.#indent.stacks.text(frames));
  }

  #packet(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    const mark = out.mark();
    out.literal(this.#indent.separator);
    if (!this.#packetText(out, bytes, view, at)) out.rewind(mark);
  }

  #packetText(out: TextWriter, bytes: Buffer, view: DataView, at: number): boolean {
    const section = this.#sections.packet.at(view, at);
    if (section < 0) return false;
    const captured = view.getUint16(section + packet.captured.offset, true);
    const start = view.getUint16(section + packet.start.offset, true);
    if (start === 0 || captured === 0) return false;
    const length = view.getUint32(section + packet.len.offset, true);
    const first = at + this.#names.layout.bytes;
    // A live script sees most packets once.
    const memo = this.#namesPackets ? this.#bytes : null;
    if (memo?.write(out, view, first, captured, length, start) === true) return true;
    const mark = out.mark();
    formatPacket(out, bytes, first, first + captured, length, start === 1 ? "l2" : "l3", this.#packetStyle);
    memo?.keep(out, mark, view, first, captured, length, start);
    return true;
  }

  /** `ns 0x{cookie}/{inum} if {ifindex} ({name}) rxif {rx}` on one line. */
  #place(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    const { places } = this.#indent;
    if (places.write(out, view, at)) return;
    const mark = out.mark();
    this.#newPlace(out, bytes, view, at);
    places.keep(out, mark, view, at);
  }

  #newPlace(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    const mark = out.mark();
    out.ascii(this.#indent.gap);
    const space = this.#placeText(out, bytes, view, at, "ns");
    const middle = out.mark();
    if (space) out.char(32);
    if (this.#placeText(out, bytes, view, at, "dev")) return;
    out.rewind(space ? middle : mark);
  }

  #placeText(out: TextWriter, bytes: Buffer, view: DataView, at: number, which: "ns" | "dev"): boolean {
    const section = this.#sections[which].at(view, at);
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
    if (ALWAYS_SHOWN.has(word)) return;
    const mark = out.mark();
    out.ascii(this.#indent.gap);
    if (!this.writeSection(out, bytes, view, at, word)) out.rewind(mark);
  }

  /** The text of one section, on one line; false: the event does not have it, and nothing was written. */
  writeSection(out: TextWriter, bytes: Buffer, view: DataView, at: number, word: string): boolean {
    switch (word) {
      case "skb": {
        const section = this.#sections.skb.at(view, at);
        return section >= 0 && this.#skb(out, view, at, section);
      }
      case "ct":
        return this.#ct(out, bytes, view, at);
      case "nft":
        return this.#nft(out, view, at);
      case "ovs":
        return this.#ovs(out, bytes, view, at);
      case "startup":
      case "ovs-detrace":
        return this.#extra(out, view, at, word);
      case "packet":
        return this.#packetText(out, bytes, view, at);
      case "ns":
      case "dev":
        return this.#placeText(out, bytes, view, at, word);
      case "drop":
      case "skb-drop":
        return this.#dropText(out, view, at);
      case "common":
        this.#writeTime(out, view, at);
        this.#who(out, bytes, view, at);
        return true;
      case "kernel":
        out.ascii(this.#labels[frameSlot(view, at)]?.slice(1) ?? "");
        return true;
      default:
        return this.#protocols.write(out, { bytes, view, length: 0 }, at, word);
    }
  }

  #skb(out: TextWriter, view: DataView, at: number, section: number): boolean {
    const { skb } = this.#indent;
    if (skb.write(out, view, at)) return true;
    const mark = out.mark();
    if (!writeSkb(out, view, section, this.#style.linkLayer)) return false;
    skb.keep(out, mark, view, at);
    return true;
  }

  #ct(out: TextWriter, bytes: Buffer, view: DataView, at: number): boolean {
    const section = this.#sections.ct.at(view, at);
    if (section < 0) return false;
    const { ct, gap } = this.#indent;
    const known = rememberedCt(view, section);
    if (known && ct.write(out, view, at)) return true;
    const mark = out.mark();
    writeCt(out, bytes, view, section, this.#strings, gap);
    if (known) ct.keep(out, mark, view, at);
    return true;
  }

  #nft(out: TextWriter, view: DataView, at: number): boolean {
    const section = this.#sections.nft.at(view, at);
    if (section < 0) return false;
    const { nft } = this.#indent;
    const known = rememberedNft(view, section);
    if (known && nft.write(out, view, at)) return true;
    const mark = out.mark();
    writeNft(out, view, section, this.#strings);
    if (known) nft.keep(out, mark, view, at);
    return true;
  }

  #ovs(out: TextWriter, bytes: Buffer, view: DataView, at: number): boolean {
    const section = this.#sections.ovs.at(view, at);
    if (section < 0) return false;
    writeOvs(out, bytes, view, section, this.#strings);
    const extra = this.#sections.extra.at(view, at);
    const flow = extra < 0 ? null : readExtra(view, extra, this.#names.strings).flow;
    if (flow === null) return true;
    const { gap, deeper } = this.#indent;
    out.utf8(flowText(flow, gap, deeper, this.#style.singleLine));
    return true;
  }

  #extra(out: TextWriter, view: DataView, at: number, word: "startup" | "ovs-detrace"): boolean {
    const section = this.#sections.extra.at(view, at);
    if (section < 0) return false;
    const { startup, detrace } = readExtra(view, section, this.#names.strings);
    if (word === "startup" && startup !== null) {
      out.utf8(startupLines(startup).join(this.#indent.gap));
      return true;
    }
    if (word !== "ovs-detrace" || detrace === null) return false;
    out.utf8(detraceText(detrace, this.#indent.gap, this.#indent.deeper, this.#style.singleLine));
    return true;
  }
}
