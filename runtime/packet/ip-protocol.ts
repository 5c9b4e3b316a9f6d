// Owns the choice of what an IP protocol number leads to, and the text of the short ones: ICMP, ICMPv6, AH (RFC 4302), ESP (RFC 4303).
import {
  PROTOCOL_AH,
  PROTOCOL_ESP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
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
  unsupportedProtocol,
  writeProtocol,
} from "./packet-cursor.js";
import { formatSctp } from "./sctp.js";
import { formatTcp } from "./tcp.js";
import type { TextWriter } from "./text-writer.js";
import { formatUdp } from "./udp.js";

const ICMP_HEADER = 4;
const AH_HEADER = 12;
const ESP_HEADER = 8;

export function formatIpProtocol(out: TextWriter, cursor: PacketCursor): NextLayer {
  switch (cursor.protocol) {
    case PROTOCOL_TCP:
      return formatTcp(out, cursor);
    case PROTOCOL_UDP:
      return formatUdp(out, cursor);
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      return formatIcmp(out, cursor);
    case PROTOCOL_SCTP:
      return formatSctp(out, cursor);
    case PROTOCOL_AH:
      return formatAh(out, cursor);
    case PROTOCOL_ESP:
      return formatEsp(out, cursor);
    default:
      return unsupportedProtocol(out, cursor.protocol);
  }
}

function formatIcmp(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(ICMP_HEADER)) return truncated(out);
  out.ascii(" type ");
  out.dec(cursor.u8(0));
  out.ascii(" code ");
  out.dec(cursor.u8(1));
  return DONE;
}

function formatAh(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(AH_HEADER)) return truncated(out);
  const words = cursor.u8(1);
  const icv = cursor.at + AH_HEADER;
  const icvLength = Math.max(words - 1, 0) * 4;
  out.ascii(" spi 0x");
  out.hexPadded(cursor.u32(4), 8);
  out.ascii(" seq 0x");
  out.hex(cursor.u32(8));
  out.ascii(" icv 0x");
  out.hexBytes(cursor.data, icv, Math.min(icv + icvLength, cursor.end));
  cursor.protocol = cursor.u8(0);
  writeProtocol(out, cursor.protocol);
  cursor.at = icv + icvLength;
  // The length field counts four-byte words less two.
  cursor.payloadLength = Math.max(cursor.payloadLength - (words + 2) * 4, 0);
  return IP_PROTOCOL;
}

/** What follows is encrypted: the text ends here. */
function formatEsp(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(ESP_HEADER)) return truncated(out);
  out.ascii(" spi 0x");
  out.hexPadded(cursor.u32(0), 8);
  out.ascii(" seq 0x");
  out.hex(cursor.u32(4));
  return DONE;
}
