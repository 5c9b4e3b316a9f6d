// Events -> pcapng: one interface for each device and namespace, nanoseconds, and beside each packet the event it was
// part of: as a comment to read, and as JSON for Retis' Wireshark plugin and for reading the file back.
import { structs } from "../../../compiler/schema/generated/layout.js";
import { type Batch, frameSlot, frameTime, sectionAt } from "../../events/frame.js";
import { EventJson } from "../../outputs/event-json.js";
import { EventText } from "../../outputs/event-text.js";
import type { Names } from "../../outputs/names.js";
import { TextWriter } from "../../packet/text-writer.js";
import {
  BLOCK,
  BYTE_ORDER_MAGIC,
  DIRECTION_INBOUND,
  DIRECTION_OUTBOUND,
  OPTION,
  RETIS_ENTERPRISE,
} from "./format.js";
import { LINKTYPE_ETHERNET, LINKTYPE_RAW } from "./link-types.js";

const packet = structs.section_packet.members;
const dev = structs.section_dev.members;
const ns = structs.section_ns.members;

/** struct section_packet's `start`. */
const START_NONE = 0;
const START_L2 = 1;

/** Probes that tell which way a packet goes: epb_flags. */
const DIRECTIONS: Readonly<Record<string, number>> = {
  "net:netif_receive_skb": DIRECTION_INBOUND,
  "net:netif_rx": DIRECTION_INBOUND,
  "net:napi_gro_receive_entry": DIRECTION_INBOUND,
  "net:net_dev_queue": DIRECTION_OUTBOUND,
  "net:net_dev_start_xmit": DIRECTION_OUTBOUND,
};

export interface PcapngOptions {
  /** `retis 0.1.0` */
  readonly application: string;
  /** JSON Schema of events, for Retis' Wireshark plugin; null: none is written. */
  readonly schema: string | null;
}

export class PcapngWriter {
  /** Events without packet bytes, which a capture cannot hold. */
  skipped = 0;
  written = 0;
  readonly #names: Names;
  readonly #json: EventJson;
  readonly #text: EventText;
  readonly #scratch = new TextWriter(4096);
  readonly #interfaces = new Map<string, number>();
  #out = Buffer.allocUnsafe(1 << 20);
  #length = 0;

  constructor(names: Names, options: PcapngOptions) {
    this.#names = names;
    this.#json = new EventJson(names);
    this.#text = new EventText(names, { singleLine: false, time: "ns", linkLayer: false });
    this.#section(options);
  }

  /** The bytes so far; they are reused after the next call of anything else. */
  take(): Buffer {
    const bytes = this.#out.subarray(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  /** Writes the event at `at`; false: it has no packet. */
  write(batch: Batch, at: number): boolean {
    const { bytes, view } = batch;
    const section = sectionAt(this.#names.layout, view, at, "packet");
    const captured = section < 0 ? 0 : view.getUint16(section + packet.captured.offset, true);
    const start = section < 0 ? START_NONE : view.getUint16(section + packet.start.offset, true);
    if (captured === 0 || start === START_NONE) {
      this.skipped++;
      return false;
    }
    const from = this.#interface(batch, at, start === START_L2 ? LINKTYPE_ETHERNET : LINKTYPE_RAW);
    // What a damaged file says of times may be beyond what a capture can hold.
    const time = BigInt.asUintN(64, frameTime(view, at) + this.#names.clockOffset);
    const first = at + this.#names.layout.bytes;
    const block = this.#begin(BLOCK.enhancedPacket);
    this.#u32(from);
    this.#u32(Number(time >> 32n));
    this.#u32(Number(time & 0xffff_ffffn));
    this.#u32(captured);
    this.#u32(view.getUint32(section + packet.len.offset, true));
    this.#padded(bytes.subarray(first, first + captured));
    const direction = DIRECTIONS[this.#names.probes[frameSlot(view, at)]?.name ?? ""];
    if (direction !== undefined) {
      this.#u16(OPTION.packetFlags);
      this.#u16(4);
      this.#u32(direction);
    }
    this.#option(OPTION.comment, this.#comment(batch, at));
    this.#event(batch, at);
    this.#u32(OPTION.end);
    this.#end(block);
    this.written++;
    return true;
  }

  #comment(batch: Batch, at: number): Buffer {
    this.#scratch.reset();
    this.#text.write(this.#scratch, batch.bytes, batch.view, at, "all");
    return trimmed(this.#scratch.take());
  }

  /** The event less its packet, under Retis' enterprise number. */
  #event(batch: Batch, at: number): void {
    this.#scratch.reset();
    this.#json.write(this.#scratch, batch.bytes, batch.view, at);
    const text = trimmed(this.#scratch.take()).toString("utf8");
    const json = Buffer.from(text.replace(/,"packet":\{[^}]*\}/, ""));
    const value = Buffer.allocUnsafe(4 + json.length);
    value.writeUInt32LE(RETIS_ENTERPRISE, 0);
    json.copy(value, 4);
    this.#option(OPTION.customText, value);
  }

  #interface(batch: Batch, at: number, linkType: number): number {
    const { bytes, view } = batch;
    const device = sectionAt(this.#names.layout, view, at, "dev");
    const space = sectionAt(this.#names.layout, view, at, "ns");
    const name = device < 0 ? null : cString(bytes, device + dev.name.offset, dev.name.size);
    const ifindex = device < 0 ? 0 : view.getUint32(device + dev.ifindex.offset, true);
    const inum = space < 0 ? null : view.getUint32(space + ns.inum.offset, true);
    const key = `${name} ${ifindex} ${inum} ${linkType}`;
    const known = this.#interfaces.get(key);
    if (known !== undefined) return known;
    const id = this.#interfaces.size;
    this.#interfaces.set(key, id);
    const block = this.#begin(BLOCK.interface);
    this.#u16(linkType);
    this.#u16(0);
    this.#u32(0);
    if (name !== null) this.#option(OPTION.interfaceName, Buffer.from(name));
    const place = inum === null ? "namespace unknown" : `namespace ${inum}`;
    this.#option(
      OPTION.interfaceDescription,
      Buffer.from(`${name === null ? "no device" : `ifindex ${ifindex}`}, ${place}`),
    );
    this.#option(OPTION.interfaceResolution, Buffer.from([9]));
    this.#u32(OPTION.end);
    this.#end(block);
    return id;
  }

  #section({ application, schema }: PcapngOptions): void {
    const block = this.#begin(BLOCK.section);
    this.#u32(BYTE_ORDER_MAGIC);
    this.#u16(1);
    this.#u16(0);
    // The section's length is not known: it is written as it comes.
    this.#u32(0xffff_ffff);
    this.#u32(0xffff_ffff);
    this.#option(OPTION.os, Buffer.from("Linux"));
    this.#option(OPTION.application, Buffer.from(application));
    this.#u32(OPTION.end);
    this.#end(block);
    if (schema === null) return;
    const custom = this.#begin(BLOCK.custom);
    this.#u32(RETIS_ENTERPRISE);
    this.#padded(Buffer.from(schema));
    this.#end(custom);
  }

  // ---- bytes -------------------------------------------------------------------------------------------------------

  /** Returns where the block begins; its length is filled in at the end. */
  #begin(type: number): number {
    const at = this.#length;
    this.#u32(type);
    this.#u32(0);
    return at;
  }

  #end(block: number): void {
    const length = this.#length + 4 - block;
    this.#u32(length);
    this.#out.writeUInt32LE(length, block + 4);
  }

  #option(code: number, value: Buffer): void {
    // A length has 16 bits: a comment that is longer is cut.
    const fitting = value.length > 0xffff ? value.subarray(0, 0xffff) : value;
    this.#u16(code);
    this.#u16(fitting.length);
    this.#padded(fitting);
  }

  #padded(bytes: Uint8Array): void {
    this.#room(bytes.length + 4);
    this.#out.set(bytes, this.#length);
    this.#length += bytes.length;
    while (this.#length % 4 !== 0) this.#out[this.#length++] = 0;
  }

  #u16(value: number): void {
    this.#room(2);
    this.#length = this.#out.writeUInt16LE(value, this.#length);
  }

  #u32(value: number): void {
    this.#room(4);
    this.#length = this.#out.writeUInt32LE(value, this.#length);
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#out.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#out.length * 2, this.#length + bytes));
    this.#out.copy(larger, 0, 0, this.#length);
    this.#out = larger;
  }
}

/** Without the newlines that end an event. */
function trimmed(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 10) end--;
  return bytes.subarray(0, end);
}

function cString(bytes: Buffer, at: number, size: number): string {
  let end = at;
  while (end < at + size && bytes[end] !== 0) end++;
  return bytes.toString("utf8", at, end);
}
