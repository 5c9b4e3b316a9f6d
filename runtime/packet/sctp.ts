// Owns the text of an SCTP packet (RFC 9260): the verification tag, then one bracket per chunk.
import { DONE, type NextLayer, type PacketCursor, truncated } from "./packet-cursor.js";
import type { TextWriter } from "./text-writer.js";

const SCTP_HEADER = 12;
const CHUNK_HEADER = 4;

/** Values that are shown: 16 bytes of INIT and INIT ACK, 12 of DATA and SACK. */
const INIT_LENGTH = 16;
const DATA_LENGTH = 12;
const SACK_LENGTH = 12;

const CHUNK_DATA = 0;
const CHUNK_INIT = 1;
const CHUNK_INIT_ACK = 2;
const CHUNK_SACK = 3;

/** Chunks shown by name alone. */
const CHUNK_NAMES: readonly (string | undefined)[] = [
  undefined,
  undefined,
  undefined,
  undefined,
  "HEARTBEAT",
  "HEARTBEAT_ACK",
  "ABORT",
  "SHUTDOWN",
  "SHUTDOWN_ACK",
  "ERROR",
  "COOKIE_ECHO",
  "COOKIE_ACK",
  "ECNE",
  "CWR",
  "SHUTDOWN_COMPLETE",
];

export function formatSctp(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(SCTP_HEADER)) return truncated(out);
  out.ascii(" vtag 0x");
  out.hex(cursor.u32(4));
  cursor.at += SCTP_HEADER;
  // What the chunks leave of the announced length: some means that chunks are missing from the capture.
  let missing = Math.max(cursor.payloadLength - SCTP_HEADER, 0);
  while (cursor.has(CHUNK_HEADER)) {
    const type = cursor.u8(0);
    const flags = cursor.u8(1);
    const announced = padded(cursor.u16(2));
    cursor.at += CHUNK_HEADER;
    // A length below four is wrong: the chunk is then its header alone.
    const next = cursor.at + Math.max(announced - CHUNK_HEADER, 0);
    if (!formatChunk(out, cursor, type, flags, Math.min(next, cursor.end) - cursor.at)) return truncated(out);
    cursor.at = next;
    missing = Math.max(missing - announced, 0);
  }
  return missing === 0 ? DONE : truncated(out);
}

/** Chunks are padded to four bytes, which their length does not count (RFC 9260 section 3.2). */
function padded(length: number): number {
  return (length + 3) & ~3;
}

/** False if the `available` bytes do not hold the values to show. */
function formatChunk(
  out: TextWriter,
  cursor: PacketCursor,
  type: number,
  flags: number,
  available: number,
): boolean {
  switch (type) {
    case CHUNK_INIT:
      if (available < INIT_LENGTH) return false;
      writeInit(out, cursor, " [INIT");
      return true;
    case CHUNK_INIT_ACK:
      if (available < INIT_LENGTH) return false;
      writeInit(out, cursor, " [INIT_ACK");
      return true;
    case CHUNK_DATA:
      if (available < DATA_LENGTH) return false;
      writeData(out, cursor, flags);
      return true;
    case CHUNK_SACK:
      if (available < SACK_LENGTH) return false;
      writeSack(out, cursor);
      return true;
    default: {
      const name = CHUNK_NAMES[type];
      out.ascii(" [");
      if (name !== undefined) {
        out.ascii(name);
      } else {
        out.ascii("UNKNOWN:");
        out.dec(type);
      }
      out.char(0x5d);
      return true;
    }
  }
}

function writeInit(out: TextWriter, cursor: PacketCursor, opening: string): void {
  out.ascii(opening);
  out.ascii(" init_tag 0x");
  out.hex(cursor.u32(0));
  out.ascii(" rwnd ");
  out.dec(cursor.u32(4));
  out.ascii(" OS ");
  out.dec(cursor.u16(8));
  out.ascii(" MIS ");
  out.dec(cursor.u16(10));
  out.ascii(" init_TSN ");
  out.dec(cursor.u32(12));
  out.char(0x5d);
}

function writeData(out: TextWriter, cursor: PacketCursor, flags: number): void {
  out.ascii(" [DATA");
  if ((flags & 0x07) !== 0) {
    out.ascii(" (");
    if ((flags & 0x04) !== 0) out.char(0x55);
    if ((flags & 0x02) !== 0) out.char(0x42);
    if ((flags & 0x01) !== 0) out.char(0x45);
    out.char(0x29);
  }
  out.ascii(" TSN ");
  out.dec(cursor.u32(0));
  out.ascii(" SID ");
  out.dec(cursor.u16(4));
  out.ascii(" SSEQ ");
  out.dec(cursor.u16(6));
  out.ascii(" PPID 0x");
  out.hex(cursor.u32(8));
  out.char(0x5d);
}

function writeSack(out: TextWriter, cursor: PacketCursor): void {
  out.ascii(" [SACK cum_ack ");
  out.dec(cursor.u32(0));
  out.ascii(" a_rwnd ");
  out.dec(cursor.u32(4));
  out.ascii(" #gap_acks ");
  out.dec(cursor.u16(8));
  out.ascii(" #dup_tsns ");
  out.dec(cursor.u16(10));
  out.char(0x5d);
}
