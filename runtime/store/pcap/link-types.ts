// Link types of captures (the tcpdump group's list): where the packet begins in a record, and what is known of it.

import type { StartKind } from "../../../compiler/packet/walk.js";
import { START_L2, START_L3 } from "../../../compiler/schema/generated/layout.js";

export const LINKTYPE_ETHERNET = 1;
export const LINKTYPE_RAW = 101;

/** Which way a packet went; null: the capture does not say. */
export type Direction = "rx" | "tx" | null;

export interface LinkPacket {
  readonly start: StartKind;
  /** Bytes of link header before the packet. */
  readonly skip: number;
  /** EtherType; 0: told by the IP version. */
  readonly protocol: number;
  readonly direction: Direction;
}

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;

/** PACKET_OUTGOING of linux/if_packet.h: Linux cooked captures carry it. */
const PACKET_OUTGOING = 4;

/** The record of one packet; null: a link type that has no IP or Ethernet in it that we know of. */
export function linkPacket(linkType: number, data: Buffer): LinkPacket | null {
  const raw = (skip: number, protocol: number, direction: Direction = null): LinkPacket => ({
    start: START_L3,
    skip,
    protocol,
    direction,
  });
  switch (linkType) {
    case LINKTYPE_ETHERNET:
      return { start: START_L2, skip: 0, protocol: 0, direction: null };
    // RAW under its three numbers, and the two of one family.
    case LINKTYPE_RAW:
    case 12:
    case 14:
      return raw(0, 0);
    case 228:
      return raw(0, ETHERTYPE_IPV4);
    case 229:
      return raw(0, ETHERTYPE_IPV6);
    // NULL and LOOP: the address family of the host that captured, in its byte order; the IP version says as much.
    case 0:
    case 108:
      return raw(4, 0);
    // LINUX_SLL: packet type at 0, protocol at 14.
    case 113:
      return data.length < 16 ? null : raw(16, data.readUInt16BE(14), cookedDirection(data.readUInt16BE(0)));
    // LINUX_SLL2: protocol at 0, packet type at 10.
    case 276:
      return data.length < 20 ? null : raw(20, data.readUInt16BE(0), cookedDirection(data.readUInt8(10)));
    default:
      return null;
  }
}

const cookedDirection = (type: number): Direction => (type === PACKET_OUTGOING ? "tx" : "rx");
