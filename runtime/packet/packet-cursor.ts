// Owns the place where the formatter stands in a packet: bounds, the layer to come, and the two endings of an incomplete text.
// Layers return what comes next instead of calling it: nested tunnels of a hostile packet then cost no stack.
import { type Literal, literal } from "./literal.js";
import { etherTypeName, ipProtocolName } from "./names.js";
import type { TextWriter } from "./text-writer.js";

/** What stands at the cursor once a layer is written; plain numbers, as this runs once per header of every event. */
export const DONE = 0;
/** An Ethernet header. */
export const ETHERNET = 1;
/** The payload of EtherType `cursor.etherType`. */
export const ETHERTYPE = 2;
/** An IPv4 header. */
export const IPV4 = 3;
/** An IPv6 header. */
export const IPV6 = 4;
/** The payload of IP protocol `cursor.protocol`. */
export const IP_PROTOCOL = 5;

export type NextLayer =
  | typeof DONE
  | typeof ETHERNET
  | typeof ETHERTYPE
  | typeof IPV4
  | typeof IPV6
  | typeof IP_PROTOCOL;

/** Readers take offsets from `at` and must be preceded by `has`: the bytes behind `end` belong to another event. */
export class PacketCursor {
  etherType = 0;
  protocol = 0;
  /** What the IP headers say about the length from `at` on; more than is there when the capture is cut. */
  payloadLength = 0;
  data: Uint8Array = new Uint8Array(0);
  /** The same bytes, for numbers. */
  view = new DataView(this.data.buffer);
  at = 0;
  end = 0;
  linkLayer = false;

  /** To the start of a packet, of which nothing is known yet: one cursor serves them all. */
  moveTo(data: Uint8Array, start: number, end: number, linkLayer: boolean): void {
    this.etherType = 0;
    this.protocol = 0;
    this.payloadLength = 0;
    if (data !== this.data) {
      this.data = data;
      this.view = new DataView(data.buffer, data.byteOffset, data.length);
    }
    this.at = start;
    this.end = end;
    this.linkLayer = linkLayer;
  }

  has(count: number): boolean {
    return this.at + count <= this.end;
  }

  u8(offset: number): number {
    return this.data[this.at + offset]!;
  }

  u16(offset: number): number {
    return this.view.getUint16(this.at + offset);
  }

  u24(offset: number): number {
    return (this.u8(offset) << 16) | this.u16(offset + 1);
  }

  u32(offset: number): number {
    return this.view.getUint32(this.at + offset);
  }
}

/** Ends the text where bytes of a known header are missing. */
export function truncated(out: TextWriter): typeof DONE {
  out.ascii("... (truncated or incomplete packet)");
  return DONE;
}

export function unsupportedEtherType(out: TextWriter, etherType: number): typeof DONE {
  out.ascii("... (ethertype 0x");
  out.hexPadded(etherType, 4);
  return endUnsupported(out);
}

export function unsupportedProtocol(out: TextWriter, protocol: number): typeof DONE {
  out.ascii("... (protocol 0x");
  out.hex(protocol);
  return endUnsupported(out);
}

export function unsupportedNumber(out: TextWriter, what: string, number: number): typeof DONE {
  out.ascii("... (");
  out.ascii(what);
  out.char(0x20);
  out.dec(number);
  return endUnsupported(out);
}

function endUnsupported(out: TextWriter): typeof DONE {
  out.ascii(" not supported, use 'retis pcap')");
  return DONE;
}

/** ` ethertype IPv4 (0x0800)`, with `label` in place of the first word. */
export function writeEtherType(out: TextWriter, label: string, etherType: number): void {
  out.ascii(label);
  const name = etherTypeName(etherType);
  if (name !== undefined) {
    out.char(0x20);
    out.ascii(name);
  }
  out.ascii(" (0x");
  out.hexPadded(etherType, 4);
  out.char(0x29);
}

/** By protocol: made when first seen. */
const PROTOCOL_TEXTS: Literal[] = [];

/** ` proto TCP (6)`. */
export function writeProtocol(out: TextWriter, protocol: number): void {
  PROTOCOL_TEXTS[protocol] ??= literal(protocolText(protocol));
  out.literal(PROTOCOL_TEXTS[protocol]);
}

function protocolText(protocol: number): string {
  const name = ipProtocolName(protocol);
  return ` proto ${name === undefined ? "" : `${name} `}(${protocol})`;
}
