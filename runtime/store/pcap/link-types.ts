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
  /** An Ethernet header that stands in for them; null: none does. */
  readonly ethernet: Buffer | null;
  /** EtherType; 0: told by the IP version. */
  readonly protocol: number;
  readonly direction: Direction;
}

const ETHERNET_HEADER = 14;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;

/** Lengths of IEEE 802.3 are below. */
const ETHERTYPE_MIN = 0x0600;
/** Of linux/if_ether.h: instead of an EtherType, where the frame had its length. */
const ETH_P_802_3 = 1;
const ETH_P_802_2 = 4;

/** Of linux/if_packet.h: Linux cooked captures carry it. */
const PACKET_BROADCAST = 1;
const PACKET_OUTGOING = 4;

/** Of linux/if_arp.h, those whose protocols are EtherTypes. */
const ARPHRD_ETHER = 1;
const ARPHRD_LOOPBACK = 772;

/** What a Linux cooked header says of the device that the packet was on. */
interface Cooked {
  readonly skip: number;
  readonly protocol: number;
  readonly packetType: number;
  readonly hardware: number;
  /** Address of the sender, in so many of the eight bytes at `address`. */
  readonly address: number;
  readonly addressLength: number;
}

/** The record of one packet; null: a link type that has no IP or Ethernet in it that we know of. */
export function linkPacket(linkType: number, data: Buffer): LinkPacket | null {
  const raw = (skip: number, protocol: number, direction: Direction = null): LinkPacket => ({
    start: START_L3,
    skip,
    ethernet: null,
    protocol,
    direction,
  });
  switch (linkType) {
    case LINKTYPE_ETHERNET:
      return { start: START_L2, skip: 0, ethernet: null, protocol: 0, direction: null };
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
    // LINUX_SLL
    case 113:
      if (data.length < 16) return raw(data.length, 0);
      return cooked(data, {
        skip: 16,
        packetType: data.readUInt16BE(0),
        hardware: data.readUInt16BE(2),
        addressLength: data.readUInt16BE(4),
        address: 6,
        protocol: data.readUInt16BE(14),
      });
    // LINUX_SLL2
    case 276:
      if (data.length < 20) return raw(data.length, 0);
      return cooked(data, {
        skip: 20,
        protocol: data.readUInt16BE(0),
        hardware: data.readUInt16BE(8),
        packetType: data.readUInt8(10),
        addressLength: data.readUInt8(11),
        address: 12,
      });
    default:
      return null;
  }
}

/**
 * IP tells by itself what it is. Of others (ARP, tagged frames) only the link layer says so: they get back the Ethernet header
 * that the capture has cut to sender and type. Where it went is not known, unless it was to everyone.
 */
function cooked(data: Buffer, header: Cooked): LinkPacket {
  const { skip, protocol, packetType, hardware, address, addressLength } = header;
  const direction = packetType === PACKET_OUTGOING ? "tx" : "rx";
  const isIp = protocol === ETHERTYPE_IPV4 || protocol === ETHERTYPE_IPV6;
  const isEthernet = hardware === ARPHRD_ETHER || hardware === ARPHRD_LOOPBACK;
  const isLength = protocol === ETH_P_802_3 || protocol === ETH_P_802_2;
  if (isIp || !isEthernet || (protocol < ETHERTYPE_MIN && !isLength))
    return { start: START_L3, skip, ethernet: null, protocol, direction };
  const ethernet = Buffer.alloc(ETHERNET_HEADER);
  if (packetType === PACKET_BROADCAST) ethernet.fill(0xff, 0, 6);
  if (addressLength === 6) data.copy(ethernet, 6, address, address + 6);
  ethernet.writeUInt16BE(isLength ? Math.min(data.length - skip, ETHERTYPE_MIN - 1) : protocol, 12);
  return { start: START_L2, skip, ethernet, protocol: 0, direction };
}
