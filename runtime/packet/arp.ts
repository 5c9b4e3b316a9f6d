// Owns the text of ARP and reverse ARP (RFC 826, RFC 903) for IPv4 over Ethernet.
import { DONE, type NextLayer, type PacketCursor, truncated, unsupportedNumber } from "./packet-cursor.js";
import type { TextWriter } from "./text-writer.js";

const ARP_LENGTH = 28;
const OPERATION = 6;
const SENDER_HARDWARE = 8;
const SENDER_PROTOCOL = 14;
const TARGET_HARDWARE = 18;
const TARGET_PROTOCOL = 24;

export function formatArp(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(ARP_LENGTH)) return truncated(out);
  const { data, at } = cursor;
  const operation = cursor.u16(OPERATION);
  switch (operation) {
    case 1:
      out.ascii("request who-has ");
      out.ipv4(data, at + TARGET_PROTOCOL);
      if (cursor.u24(TARGET_HARDWARE) !== 0 || cursor.u24(TARGET_HARDWARE + 3) !== 0) {
        out.ascii(" (");
        out.mac(data, at + TARGET_HARDWARE);
        out.char(0x29);
      }
      out.ascii(" tell ");
      out.ipv4(data, at + SENDER_PROTOCOL);
      return DONE;
    case 2:
      out.ascii("reply ");
      out.ipv4(data, at + SENDER_PROTOCOL);
      out.ascii(" is-at ");
      out.mac(data, at + SENDER_HARDWARE);
      return DONE;
    case 3:
      out.ascii("reverse request who-is ");
      out.mac(data, at + TARGET_HARDWARE);
      out.ascii(" tell ");
      out.mac(data, at + SENDER_HARDWARE);
      return DONE;
    case 4:
      out.ascii("reverse reply ");
      out.mac(data, at + TARGET_HARDWARE);
      out.ascii(" at ");
      out.ipv4(data, at + TARGET_PROTOCOL);
      return DONE;
    default:
      return unsupportedNumber(out, "ARP operation", operation);
  }
}
