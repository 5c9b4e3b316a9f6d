// Owns the text of a TCP header (RFC 9293) and its options (IANA "TCP Option Kind Numbers").
import { type Literal, literal } from "./literal.js";
import { DONE, type NextLayer, type PacketCursor, readU32, truncated } from "./packet-cursor.js";
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

const ACKNOWLEDGEMENT = literal(" ack ");
const WINDOW = literal(" win ");
const OPTIONS = literal(" [");
const VALUE = literal(" val ");
const ECHO = literal(" ecr ");
/** By the low nine bits of the flags, and by option kind: made when first seen. */
const FLAG_TEXTS: Literal[] = [];
const OPTION_TEXTS: Literal[] = [];

export function formatTcp(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(TCP_HEADER)) return truncated(out);
  const headerLength = (cursor.u8(12) >> 4) * 4;
  const flags = cursor.u8(13);

  out.literal(flagsText(((cursor.u8(12) & 1) << 8) | flags));
  const sequence = cursor.u32(4);
  out.dec(sequence);
  const segmentLength = cursor.payloadLength - headerLength;
  if (segmentLength > 0) {
    out.char(0x3a);
    out.dec((sequence + segmentLength) >>> 0);
  }
  if ((flags & 0x10) !== 0) {
    out.literal(ACKNOWLEDGEMENT);
    out.dec(cursor.u32(8));
  }
  out.literal(WINDOW);
  out.dec(cursor.u16(14));
  if (headerLength > TCP_HEADER) {
    out.literal(OPTIONS);
    writeOptions(out, cursor.data, cursor.at + TCP_HEADER, Math.min(cursor.at + headerLength, cursor.end));
    out.char(0x5d);
  }
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
function writeOptions(out: TextWriter, data: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; ) {
    const kind = data[at]!;
    out.literal(optionText(at > start ? 256 + kind : kind));
    // An end of list does not end the walk: what stands behind it was on the wire, too.
    if (kind === KIND_END || kind === KIND_NOP) {
      at += 1;
      continue;
    }
    // A length below two cannot be skipped by: take it for two.
    const length = at + 1 < end ? Math.max(data[at + 1]!, 2) : 2;
    const value = at + 2;
    at += length;
    writeOptionValue(out, kind, length - 2, data, value, Math.min(at, end));
  }
}

function writeOptionValue(
  out: TextWriter,
  kind: number,
  length: number,
  data: Uint8Array,
  at: number,
  end: number,
): void {
  const available = end - at;
  switch (kind) {
    case KIND_MSS:
      if (available < 2) return;
      out.char(0x20);
      out.dec((data[at]! << 8) | data[at + 1]!);
      return;
    case KIND_WINDOW_SCALE:
      if (available < 1) return;
      out.char(0x20);
      out.dec(data[at]!);
      return;
    case KIND_TIMESTAMPS:
      if (available < 8) return;
      out.literal(VALUE);
      out.dec(readU32(data, at));
      out.literal(ECHO);
      out.dec(readU32(data, at + 4));
      return;
    case KIND_SACK:
      writeSack(out, length, data, at, end);
      return;
    case KIND_ECHO:
    case KIND_ECHO_REPLY:
    case KIND_CC:
    case KIND_CC_NEW:
    case KIND_CC_ECHO:
      if (available < 4) return;
      out.char(0x20);
      out.dec(readU32(data, at));
      return;
    case KIND_FAST_OPEN:
      writeFastOpen(out, length, data, at, end);
      return;
    default:
      return;
  }
}

function writeSack(out: TextWriter, length: number, data: Uint8Array, at: number, end: number): void {
  if (length % 8 !== 0) {
    out.ascii(" invalid");
    return;
  }
  out.char(0x20);
  out.dec(length / 8);
  out.char(0x20);
  for (let block = at; block + 8 <= end; block += 8) {
    out.char(0x7b);
    out.dec(readU32(data, block));
    out.char(0x3a);
    out.dec(readU32(data, block + 4));
    out.char(0x7d);
  }
}

/** RFC 7413: an empty option asks for a cookie. Each byte carries its own 0x; bytes that were cut are `??`. */
function writeFastOpen(out: TextWriter, length: number, data: Uint8Array, at: number, end: number): void {
  if (length === 0) {
    out.ascii(" cookiereq");
    return;
  }
  out.ascii(" cookie ");
  for (let i = at; i < at + length; i++) {
    if (i < end) {
      out.ascii("0x");
      out.hexPadded(data[i]!, 2);
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
