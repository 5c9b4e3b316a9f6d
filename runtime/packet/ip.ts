// Owns the text of the IPv4 (RFC 791) and IPv6 (RFC 8200) headers with options and extension headers.
// The ports of the layer above are part of it: they stand behind the addresses.
import { type Literal, literal } from "./literal.js";
import {
  extensionHeaderName,
  PROTOCOL_FRAGMENT,
  PROTOCOL_NO_NEXT_HEADER,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from "./names.js";
import {
  DONE,
  IP_PROTOCOL,
  type NextLayer,
  type PacketCursor,
  truncated,
  writeProtocol,
} from "./packet-cursor.js";
import { putField, putIpv4, putLiteral } from "./put.js";
import type { TextWriter } from "./text-writer.js";

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;

const PORT = literal(".");
const TO = literal(" > ");
const TTL = literal(" ttl ");
const ID = literal(" id ");
const OFFSET = literal(" off ");
const LENGTH = literal(" len ");
const LABEL = literal(" label 0x");
/** By the three flags of the fragment field: reserved, do not fragment, more fragments. */
const FLAG_WORDS = Array.from({ length: 8 }, (_, bits) => {
  const words = ["+", "DF", "rsvd"].filter((_, bit) => ((bits >> bit) & 1) === 1);
  return words.length === 0 ? "" : ` [${words.join(",")}]`;
});
const FRAGMENT_FLAGS = FLAG_WORDS.map(literal);
/** The same of a packet that is no later fragment, up to the length that follows. */
const WHOLE = FLAG_WORDS.map((words) => literal(` off 0${words} len `));
/** By the octet: made when first seen. */
const SERVICE_TEXTS: Literal[] = [];

const OPTION_END = 0;
const OPTION_NOP = 1;

export function formatIpv4(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(IPV4_HEADER)) return truncated(out);
  const { data, view: packet, at, end } = cursor;
  const headerLength = (data[at]! & 0x0f) * 4;
  const totalLength = packet.getUint16(at + 2);
  const protocol = data[at + 9]!;
  const fragment = packet.getUint16(at + 6);

  const payload = at + (headerLength > IPV4_HEADER ? headerLength : IPV4_HEADER);
  const payloadLength = totalLength > headerLength ? totalLength - headerLength : 0;
  // Bytes past the total length are padding of the link. A length not filled in yet leaves nothing to show of the payload.
  const payloadEnd = payload + payloadLength < end ? payload + payloadLength : end;
  const ports = hasPorts(protocol, payloadEnd - payload);

  const view = out.room();
  let to = putIpv4(view, out.length, packet.getInt32(at + 12), ports ? packet.getUint16(payload) : -1);
  to = putLiteral(view, to, TO);
  to = putIpv4(view, to, packet.getInt32(at + 16), ports ? packet.getUint16(payload + 2) : -1);
  to = putField(view, to, serviceText(data[at + 1]!), data[at + 8]!);
  to = putField(view, to, ID, packet.getUint16(at + 4));
  const flags = fragment >> 13;
  const moved = (fragment & 0x1fff) * 8;
  if (moved === 0 && totalLength > 0) {
    to = putField(view, to, WHOLE[flags]!, totalLength);
  } else {
    to = putField(view, to, OFFSET, moved);
    to = putLiteral(view, to, FRAGMENT_FLAGS[flags]!);
    if (totalLength > 0) to = putField(view, to, LENGTH, totalLength);
  }
  out.end(to);
  if (headerLength > IPV4_HEADER) writeOptions(out, data, at + IPV4_HEADER, Math.min(payload, end));
  writeProtocol(out, protocol);

  cursor.at = payload;
  cursor.end = payloadEnd;
  cursor.protocol = protocol;
  cursor.payloadLength = payloadLength;
  return IP_PROTOCOL;
}

export function formatIpv6(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(IPV6_HEADER)) return truncated(out);
  const { data, view: packet, at } = cursor;
  const payloadLength = cursor.u16(4);
  const nextHeader = data[at + 6]!;
  const payload = at + IPV6_HEADER;
  const payloadEnd = Math.min(payload + payloadLength, cursor.end);
  const ports = hasPorts(nextHeader, payloadEnd - payload);

  out.ipv6(data, at + 8);
  if (ports) out.field(PORT, packet.getUint16(payload));
  out.literal(TO);
  out.ipv6(data, at + 24);
  if (ports) out.field(PORT, packet.getUint16(payload + 2));
  out.ascii(ECN_WORDS[(data[at + 1]! >> 4) & 3]!);
  out.field(TTL, data[at + 7]!);
  out.literal(LABEL);
  out.hex(cursor.u24(1) & 0x0fffff);
  if (payloadLength > 0) out.field(LENGTH, payloadLength);

  cursor.at = payload;
  cursor.end = payloadEnd;
  cursor.protocol = nextHeader;
  cursor.payloadLength = payloadLength;
  skipExtensionHeaders(out, cursor);
  if (cursor.protocol === PROTOCOL_NO_NEXT_HEADER) return DONE;
  writeProtocol(out, cursor.protocol);
  // An extension header that could not be skipped was cut.
  if (extensionHeaderName(cursor.protocol) !== undefined) return truncated(out);
  return IP_PROTOCOL;
}

/** Walks to the first header that is none of the extension headers, listing those on the way. */
function skipExtensionHeaders(out: TextWriter, cursor: PacketCursor): void {
  let name = extensionHeaderName(cursor.protocol);
  if (name === undefined || !cursor.has(2)) return;
  out.ascii(" exts [");
  for (let first = true; name !== undefined && cursor.has(2); first = false) {
    if (!first) out.char(0x2c);
    out.ascii(name);
    // The fragment header has eight bytes and a reserved octet where the others have their length (RFC 8200 section 4.5).
    const length = cursor.protocol === PROTOCOL_FRAGMENT ? 8 : 8 + cursor.u8(1) * 8;
    cursor.protocol = cursor.u8(0);
    cursor.at += length;
    cursor.payloadLength = Math.max(cursor.payloadLength - length, 0);
    name = extensionHeaderName(cursor.protocol);
  }
  out.char(0x5d);
}

/** Ports are shown when the whole header of their protocol is there. */
function hasPorts(protocol: number, available: number): boolean {
  switch (protocol) {
    case PROTOCOL_TCP:
      return available >= 20;
    case PROTOCOL_UDP:
      return available >= 8;
    case PROTOCOL_SCTP:
      return available >= 12;
    default:
      return false;
  }
}

/** Type of service with its congestion bits, up to the time to live that follows. */
function serviceText(octet: number): Literal {
  SERVICE_TEXTS[octet] ??= literal(` tos 0x${octet.toString(16)}${ECN_WORDS[octet & 3]} ttl `);
  return SERVICE_TEXTS[octet];
}

/** RFC 3168 section 5, from the two lowest bits. */
const ECN_WORDS = ["", " ECT(1)", " ECT(0)", " CE"] as const;

/**
 * Lists the option numbers, without class and copied flag, spelt as Retis files spell them: `Ipv4OptionNumber(20)`. An end of list
 * counts as an option only behind another one: alone it is padding.
 */
function writeOptions(out: TextWriter, data: Uint8Array, start: number, end: number): void {
  let separator = " opts [";
  for (let at = start; at < end; ) {
    const number = data[at]! & 0x1f;
    if (number === OPTION_END && at === start) return;
    out.ascii(separator);
    out.ascii("Ipv4OptionNumber(");
    out.dec(number);
    out.char(0x29);
    separator = ",";
    if (number === OPTION_END) break;
    // A length below two cannot be skipped by: take it for two.
    if (number === OPTION_NOP) at += 1;
    else at += at + 1 < end ? Math.max(data[at + 1]!, 2) : 2;
  }
  if (separator === ",") out.char(0x5d);
}
