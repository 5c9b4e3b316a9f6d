// Owns the packet line of event text: walks the headers of raw packet bytes and writes them in Retis' format.
// Total: any bytes give a text; what cannot be shown ends it with `... (..)`.
import { assertNever } from "../../compiler/source/assert-never.js";
import { formatIpv4, formatIpv6 } from "./ip.js";
import { formatIpProtocol } from "./ip-protocol.js";
import { formatEthernet, formatEtherType } from "./link-layer.js";
import {
  DONE,
  ETHERNET,
  ETHERTYPE,
  IP_PROTOCOL,
  IPV4,
  IPV6,
  type NextLayer,
  PacketCursor,
  truncated,
  unsupportedNumber,
} from "./packet-cursor.js";
import type { TextWriter } from "./text-writer.js";

export interface PacketTextOptions {
  /** Show Ethernet, VLAN and MACsec headers. */
  readonly linkLayer: boolean;
}

const cursor = new PacketCursor();

/**
 * Writes the packet of `data[start..end)`. A packet that starts at L3 has no MAC header: its IP version tells the protocol, and
 * `linkLayer` has nothing to show of it but the frames inside tunnels. `wireLength`, the length before the capture was cut, has no
 * place in this text: lengths shown are those of the headers.
 */
export function formatPacket(
  out: TextWriter,
  data: Uint8Array,
  start: number,
  end: number,
  _wireLength: number,
  startsAt: "l2" | "l3",
  options: PacketTextOptions,
): void {
  cursor.moveTo(data, start, end < data.length ? end : data.length, options.linkLayer);
  let next: NextLayer = startsAt === "l2" ? ETHERNET : ipVersion(out, cursor);
  while (next !== DONE) {
    switch (next) {
      case ETHERNET:
        next = formatEthernet(out, cursor);
        break;
      case ETHERTYPE:
        next = formatEtherType(out, cursor);
        break;
      case IPV4:
        next = formatIpv4(out, cursor);
        break;
      case IPV6:
        next = formatIpv6(out, cursor);
        break;
      case IP_PROTOCOL:
        next = formatIpProtocol(out, cursor);
        break;
      default:
        assertNever(next);
    }
  }
}

function ipVersion(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(1)) return truncated(out);
  const version = cursor.u8(0) >> 4;
  if (version === 4) return IPV4;
  if (version === 6) return IPV6;
  return unsupportedNumber(out, "IP version", version);
}
