// Owns the text of a TCP header (RFC 9293) and its options (IANA "TCP Option Kind Numbers").
import { type Literal, literal } from "./literal.js";
import { DONE, type NextLayer, type PacketCursor, truncated } from "./packet-cursor.js";
import { putField, putLiteral } from "./put.js";
import type { TextWriter } from "./text-writer.js";

const TCP_HEADER = 20;

const KIND_END = 0;
const KIND_NOP = 1;
const KIND_MSS = 2;
const KIND_WINDOW_SCALE = 3;
const KIND_SACK = 5;
const KIND_ECHO = 6;
const KIND_ECHO_REPLY = 7;
const KIND_TIMESTAMPS = 8;
const KIND_CC = 11;
const KIND_CC_NEW = 12;
const KIND_CC_ECHO = 13;
const KIND_FAST_OPEN = 34;

const UP_TO = literal(":");
const ACKNOWLEDGEMENT = literal(" ack ");
const WINDOW = literal(" win ");
const OPTIONS = literal(" [");
const ECHO = literal(" ecr ");
/** For each byte of an option: `echoreply` has two. */
const MOST_TEXT = 8;
/** By option kind: how many bytes the numbers take that it consists of; 0: it is no number. */
const NUMBER_BYTES = new Uint8Array(256);
NUMBER_BYTES[KIND_MSS] = 2;
NUMBER_BYTES[KIND_WINDOW_SCALE] = 1;
NUMBER_BYTES[KIND_TIMESTAMPS] = 8;
for (const kind of [KIND_ECHO, KIND_ECHO_REPLY, KIND_CC, KIND_CC_NEW, KIND_CC_ECHO]) NUMBER_BYTES[kind] = 4;
/** By the low nine bits of the flags, and by option kind: made when first seen. */
const FLAG_TEXTS: Literal[] = [];
const OPTION_TEXTS: Literal[] = [];
const NUMBERED_TEXTS: Literal[] = [];

export function formatTcp(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(TCP_HEADER)) return truncated(out);
  const { view: packet, at } = cursor;
  const bits = packet.getUint16(at + 12);
  const headerLength = (bits >> 12) * 4;

  const view = out.room();
  const sequence = packet.getInt32(at + 4);
  let to = putField(view, out.length, flagsText(bits & 0x1ff), sequence);
  const segmentLength = cursor.payloadLength - headerLength;
  if (segmentLength > 0) to = putField(view, to, UP_TO, (sequence + segmentLength) | 0);
  if ((bits & 0x10) !== 0) to = putField(view, to, ACKNOWLEDGEMENT, packet.getInt32(at + 8));
  to = putField(view, to, WINDOW, packet.getUint16(at + 14));
  out.end(to);
  if (headerLength > TCP_HEADER)
    writeOptions(out, packet, at + TCP_HEADER, Math.min(at + headerLength, cursor.end));
  return DONE;
}

/** FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, and accurate ECN (RFC 7560) from the octet before. */
const FLAG_LETTERS = "FSRP.UEWe";

/** The flags, up to the sequence number that follows. */
function flagsText(flags: number): Literal {
  FLAG_TEXTS[flags] ??= literal(
    ` flags [${[...FLAG_LETTERS].filter((_, bit) => ((flags >> bit) & 1) === 1).join("")}] seq `,
  );
  return FLAG_TEXTS[flags];
}

/** An option that goes beyond `end` shows its name and the values that are whole. */
function writeOptions(out: TextWriter, packet: DataView, start: number, end: number): void {
  let view = out.room(MOST_TEXT * (end - start));
  let to = putLiteral(view, out.length, OPTIONS);
  for (let at = start; at < end; ) {
    const kind = packet.getUint8(at);
    const name = at > start ? 256 + kind : kind;
    // An end of list does not end the walk: what stands behind it was on the wire, too.
    if (kind === KIND_END || kind === KIND_NOP) {
      to = putLiteral(view, to, optionText(name));
      at += 1;
      continue;
    }
    // A length below two cannot be skipped by: take it for two.
    const length = at + 1 < end ? atLeastTwo(packet.getUint8(at + 1)) : 2;
    const value = at + 2;
    at += length;
    const stop = at < end ? at : end;
    const needed = NUMBER_BYTES[kind]!;
    if (needed > 0 && stop - value >= needed) {
      to = putField(view, to, numberedText(name), readNumber(packet, value, needed));
      if (kind === KIND_TIMESTAMPS) to = putField(view, to, ECHO, packet.getInt32(value + 4));
      continue;
    }
    to = putLiteral(view, to, optionText(name));
    if (kind !== KIND_SACK && kind !== KIND_FAST_OPEN) continue;
    out.end(to);
    if (kind === KIND_SACK) writeSack(out, length - 2, packet, value, stop);
    else writeFastOpen(out, length - 2, packet, value, stop);
    view = out.room(MOST_TEXT * (end - stop));
    to = out.length;
  }
  view.setUint8(to, 0x5d);
  out.end(to + 1);
}

const atLeastTwo = (length: number): number => (length < 2 ? 2 : length);

function readNumber(packet: DataView, at: number, bytes: number): number {
  if (bytes === 1) return packet.getUint8(at);
  return bytes === 2 ? packet.getUint16(at) : packet.getInt32(at);
}

function writeSack(out: TextWriter, length: number, packet: DataView, at: number, end: number): void {
  if (length % 8 !== 0) {
    out.ascii(" invalid");
    return;
  }
  out.char(0x20);
  out.dec(length / 8);
  out.char(0x20);
  for (let block = at; block + 8 <= end; block += 8) {
    out.char(0x7b);
    out.dec(packet.getUint32(block));
    out.char(0x3a);
    out.dec(packet.getUint32(block + 4));
    out.char(0x7d);
  }
}

/** RFC 7413: an empty option asks for a cookie. Each byte carries its own 0x; bytes that were cut are `??`. */
function writeFastOpen(out: TextWriter, length: number, packet: DataView, at: number, end: number): void {
  if (length === 0) {
    out.ascii(" cookiereq");
    return;
  }
  out.ascii(" cookie ");
  for (let i = at; i < at + length; i++) {
    if (i < end) {
      out.ascii("0x");
      out.hexPadded(packet.getUint8(i), 2);
    } else {
      out.ascii("??");
    }
  }
}

/** From 256 on: as it follows another one. */
function optionText(kind: number): Literal {
  OPTION_TEXTS[kind] ??= literal(`${kind < 256 ? "" : ","}${optionName(kind & 255)}`);
  return OPTION_TEXTS[kind];
}

/** The same up to the number that follows. */
function numberedText(name: number): Literal {
  NUMBERED_TEXTS[name] ??= literal(
    `${name < 256 ? "" : ","}${optionName(name & 255)}${(name & 255) === KIND_TIMESTAMPS ? " val " : " "}`,
  );
  return NUMBERED_TEXTS[name];
}

function optionName(kind: number): string {
  switch (kind) {
    case KIND_END:
      return "eol";
    case KIND_NOP:
      return "nop";
    case KIND_MSS:
      return "mss";
    case KIND_WINDOW_SCALE:
      return "wscale";
    case 4:
      return "sackOK";
    case KIND_SACK:
      return "sack";
    case KIND_ECHO:
      return "echo";
    case KIND_ECHO_REPLY:
      return "echoreply";
    case KIND_TIMESTAMPS:
      return "TS";
    case KIND_CC:
      return "cc";
    case KIND_CC_NEW:
      return "ccnew";
    case KIND_CC_ECHO:
      return "ccecho";
    case 19:
      return "md5";
    case 20:
      return "scps";
    case 28:
      return "uto";
    case 29:
      return "tcp-ao";
    case 30:
      return "mptcp";
    case KIND_FAST_OPEN:
      return "tfo";
    case 254:
      return "exp";
    default:
      return "?";
  }
}
