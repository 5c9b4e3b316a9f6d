// Owns the text of UDP and of the tunnels told by its destination port: VXLAN (RFC 7348) and Geneve (RFC 8926).
import { ETHERTYPE_TEB } from "./names.js";
import {
  DONE,
  ETHERNET,
  ETHERTYPE,
  type NextLayer,
  type PacketCursor,
  truncated,
  writeEtherType,
} from "./packet-cursor.js";
import type { TextWriter } from "./text-writer.js";

const UDP_HEADER = 8;
const VXLAN_HEADER = 8;
const GENEVE_HEADER = 8;
const GENEVE_OPTION_HEADER = 4;

const PORT_VXLAN = 4789;
/** Linux' own choice, from before IANA assigned one. */
const PORT_VXLAN_LINUX = 8472;
const PORT_GENEVE = 6081;

const OPTION_CRITICAL = 0x80;
// The hint of Linux' geneve driver about a nested UDP tunnel: drivers/net/geneve.c, struct geneve_opt_gro_hint.
const CLASS_LINUX_NETDEV = 0x0100;
const TYPE_GRO_HINT = 1;
const GRO_HINT_LENGTH = 4;

export function formatUdp(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(UDP_HEADER)) return truncated(out);
  out.ascii(" len ");
  out.dec(Math.max(cursor.u16(4) - UDP_HEADER, 0));
  const port = cursor.u16(2);
  cursor.at += UDP_HEADER;
  switch (port) {
    case PORT_VXLAN:
    case PORT_VXLAN_LINUX:
      return formatVxlan(out, cursor);
    case PORT_GENEVE:
      return formatGeneve(out, cursor);
    default:
      return DONE;
  }
}

function formatVxlan(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(VXLAN_HEADER)) return truncated(out);
  out.ascii((cursor.u8(0) & 0x08) !== 0 ? " vxlan [I] vni 0x" : " vxlan [] vni 0x");
  out.hex(cursor.u24(4));
  out.char(0x20);
  cursor.at += VXLAN_HEADER;
  return ETHERNET;
}

function formatGeneve(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(GENEVE_HEADER)) return truncated(out);
  const optionsLength = (cursor.u8(0) & 0x3f) * 4;
  const flags = cursor.u8(1);
  const protocol = cursor.u16(2);
  out.ascii(" geneve [");
  if ((flags & 0x80) !== 0) out.char(0x4f);
  if ((flags & 0x40) !== 0) out.char(0x43);
  out.ascii("] vni 0x");
  out.hex(cursor.u24(4));
  if (cursor.linkLayer) writeEtherType(out, " proto", protocol);
  cursor.at += GENEVE_HEADER;
  if (optionsLength > 0) {
    out.ascii(" [");
    writeOptions(out, cursor.data, cursor.at, Math.min(cursor.at + optionsLength, cursor.end));
    out.char(0x5d);
  }
  out.char(0x20);
  cursor.at += optionsLength;
  if (protocol === ETHERTYPE_TEB) return ETHERNET;
  cursor.etherType = protocol;
  return ETHERTYPE;
}

function writeOptions(out: TextWriter, data: Uint8Array, start: number, end: number): void {
  for (let at = start; at + GENEVE_OPTION_HEADER <= end; ) {
    if (at > start) out.char(0x2c);
    const optionClass = (data[at]! << 8) | data[at + 1]!;
    const type = data[at + 2]!;
    const length = (data[at + 3]! & 0x1f) * 4;
    out.ascii("class 0x");
    out.hex(optionClass);
    out.ascii(" type 0x");
    out.hex(type);
    if ((type & OPTION_CRITICAL) !== 0) out.ascii("(C)");
    out.ascii(" len ");
    out.dec(length);
    const value = at + GENEVE_OPTION_HEADER;
    at = value + length;
    if (
      optionClass === CLASS_LINUX_NETDEV &&
      type === TYPE_GRO_HINT &&
      Math.min(at, end) - value >= GRO_HINT_LENGTH
    ) {
      writeGroHint(out, data, value);
    }
  }
}

function writeGroHint(out: TextWriter, data: Uint8Array, at: number): void {
  const flags = data[at]!;
  out.ascii(" (proto ");
  out.dec(flags & 0x03);
  out.ascii((flags & 0x04) !== 0 ? " v6 nh " : " v4 nh ");
  out.dec(data[at + 1]!);
  out.ascii(" tp ");
  out.dec(data[at + 2]!);
  out.ascii(" hlen ");
  out.dec(data[at + 3]!);
  out.char(0x29);
}
