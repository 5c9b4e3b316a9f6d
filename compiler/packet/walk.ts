// Finds the headers of a packet: bytes -> which layers there are, and where. The same walk as the kernel's
// (struct layers of bpf/sections/packet.h), so that a packet of a file gets the verdict that it got when it was live.
import {
  LAYER_ARP,
  LAYER_ARP_ETH_IPV4,
  LAYER_ETH,
  LAYER_FRAGMENT,
  LAYER_ICMP,
  LAYER_ICMPV6,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_L4_PROTO,
  LAYER_SCTP,
  LAYER_TCP,
  LAYER_UDP,
  LAYER_VLAN,
  START_L2,
  type START_L3,
  START_NONE,
} from "../schema/generated/layout.js";

/** `enum start`: where the first byte is. */
export type StartKind = typeof START_NONE | typeof START_L2 | typeof START_L3;

/** `struct layers`, with `present` as LAYER_* bits. */
export interface Layers {
  present: number;
  l3: number;
  l4: number;
  vlan_tci: number;
  vlan_proto: number;
  protocol: number;
  l4_proto: number;
}

/** What the socket buffer knows beside the bytes. */
export interface PacketMeta {
  /** skb->protocol in host order; 0: not known. */
  readonly protocol: number;
  /** A tag that hardware took out of the packet. */
  readonly vlan: { readonly proto: number; readonly tci: number } | null;
}

/** Numbers of the IEEE EtherType registry. */
const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd, bridge: 0x88a8, qinq: 0x9100 };
/** Numbers of the IANA protocol registry. */
const PROTO = { icmp: 1, tcp: 6, udp: 17, fragment: 44, ah: 51, icmpv6: 58, sctp: 132 };
/** Tags in the packet that are walked; a third is left as protocol. */
const MAX_TAGS = 2;
const MAX_EXTENSIONS = 8;

export const emptyLayers = (): Layers => ({
  present: 0,
  l3: 0,
  l4: 0,
  vlan_tci: 0,
  vlan_proto: 0,
  protocol: 0,
  l4_proto: 0,
});

/** `length` bytes of the packet begin at `at`: what a predicate may see, at most WINDOW of them. */
export function walkHeaders(
  bytes: Uint8Array,
  at: number,
  length: number,
  start: StartKind,
  meta: PacketMeta,
): Layers {
  const layers = emptyLayers();
  walkHeadersInto(layers, bytes, at, length, start, meta);
  return layers;
}

/** The same into an object that the caller keeps: for sources that walk every packet of a file. */
export function walkHeadersInto(
  layers: Layers,
  bytes: Uint8Array,
  at: number,
  length: number,
  start: StartKind,
  meta: PacketMeta,
): void {
  layers.present = 0;
  layers.l3 = 0;
  layers.l4 = 0;
  layers.vlan_tci = 0;
  layers.vlan_proto = 0;
  layers.protocol = 0;
  layers.l4_proto = 0;
  // Where the packet begins nobody knows, there is no packet to have a tag.
  if (start === START_NONE) return;
  if (meta.vlan !== null) {
    layers.present = LAYER_VLAN;
    layers.vlan_proto = meta.vlan.proto;
    layers.vlan_tci = meta.vlan.tci;
  }
  if (start === START_L2) {
    if (length < 14) return;
    walkLinkLayer(layers, bytes, at, length);
  } else layers.protocol = networkProtocol(bytes, at, length, meta.protocol);
  walkNetworkLayer(layers, bytes, at, length);
}

function walkLinkLayer(layers: Layers, bytes: Uint8Array, at: number, length: number): void {
  layers.present |= LAYER_ETH;
  let protocol = be16(bytes, at + 12);
  let offset = 14;
  for (let tag = 0; tag < MAX_TAGS && isTag(protocol) && offset + 4 <= length; tag += 1) {
    if ((layers.present & LAYER_VLAN) === 0) {
      layers.present |= LAYER_VLAN;
      layers.vlan_proto = protocol;
      layers.vlan_tci = be16(bytes, at + offset);
    }
    protocol = be16(bytes, at + offset + 2);
    offset += 4;
  }
  layers.protocol = protocol;
  layers.l3 = offset;
}

const isTag = (protocol: number): boolean =>
  protocol === ETHERTYPE.vlan || protocol === ETHERTYPE.bridge || protocol === ETHERTYPE.qinq;

/** Without a MAC header: what the socket buffer says, else the version that the first byte claims. */
function networkProtocol(bytes: Uint8Array, at: number, length: number, known: number): number {
  if (known === ETHERTYPE.ipv4 || known === ETHERTYPE.ipv6 || known === ETHERTYPE.arp) return known;
  if (length < 1) return 0;
  const version = byte(bytes, at) >> 4;
  return version === 4 ? ETHERTYPE.ipv4 : version === 6 ? ETHERTYPE.ipv6 : 0;
}

function walkNetworkLayer(layers: Layers, bytes: Uint8Array, at: number, length: number): void {
  const offset = layers.l3;
  if (offset >= length) return;
  const version = byte(bytes, at + offset) >> 4;
  if (layers.protocol === ETHERTYPE.arp) walkArp(layers, bytes, at, length);
  else if (layers.protocol === ETHERTYPE.ipv4 && version === 4) walkIpv4(layers, bytes, at, length);
  else if (layers.protocol === ETHERTYPE.ipv6 && version === 6) walkIpv6(layers, bytes, at, length);
}

/** RFC 826: Ethernet (1) and IPv4, whose addresses have 6 and 4 bytes. */
function walkArp(layers: Layers, bytes: Uint8Array, at: number, length: number): void {
  layers.present |= LAYER_ARP;
  const arp = at + layers.l3;
  if (
    layers.l3 + 8 <= length &&
    be16(bytes, arp) === 1 &&
    be16(bytes, arp + 2) === ETHERTYPE.ipv4 &&
    byte(bytes, arp + 4) === 6 &&
    byte(bytes, arp + 5) === 4
  )
    layers.present |= LAYER_ARP_ETH_IPV4;
}

function walkIpv4(layers: Layers, bytes: Uint8Array, at: number, length: number): void {
  const offset = layers.l3;
  layers.present |= LAYER_IPV4;
  if (offset + 8 <= length && (be16(bytes, at + offset + 6) & 0x1fff) !== 0) layers.present |= LAYER_FRAGMENT;
  if (offset + 10 > length) return;
  layers.present |= LAYER_L4_PROTO;
  layers.l4_proto = byte(bytes, at + offset + 9);
  const headerLength = (byte(bytes, at + offset) & 15) * 4;
  if (headerLength < 20 || (layers.present & LAYER_FRAGMENT) !== 0) return;
  layers.l4 = offset + headerLength;
  if (layers.l4 < length) layers.present |= transportLayer(layers.l4_proto, PROTO.icmp, LAYER_ICMP);
}

/** RFC 8200 section 4: extension headers up to the transport header. */
function walkIpv6(layers: Layers, bytes: Uint8Array, at: number, length: number): void {
  layers.present |= LAYER_IPV6;
  if (layers.l3 + 7 > length) return;
  let next = byte(bytes, at + layers.l3 + 6);
  let offset = layers.l3 + 40;
  for (let walked = 0; isExtension(next); walked += 1) {
    if (walked === MAX_EXTENSIONS) return;
    if (next === PROTO.fragment) {
      if (offset + 4 > length) return;
      const later = (be16(bytes, at + offset + 2) & 0xfff8) !== 0;
      next = byte(bytes, at + offset);
      offset += 8;
      if (!later) continue;
      layers.present |= LAYER_FRAGMENT | LAYER_L4_PROTO;
      layers.l4_proto = next;
      return;
    }
    if (offset + 2 > length) return;
    // The authentication header counts 32-bit words, less 2 (RFC 4302 section 2.2); the others 64-bit words, less 1.
    const units = byte(bytes, at + offset + 1);
    const size = next === PROTO.ah ? (units + 2) * 4 : (units + 1) * 8;
    next = byte(bytes, at + offset);
    offset += size;
  }
  layers.present |= LAYER_L4_PROTO;
  layers.l4_proto = next;
  layers.l4 = offset;
  if (offset < length) layers.present |= transportLayer(next, PROTO.icmpv6, LAYER_ICMPV6);
}

/** Hop-by-hop, routing, fragment, authentication, destination options, mobility, HIP, shim6. */
function isExtension(next: number): boolean {
  switch (next) {
    case 0:
    case 43:
    case PROTO.fragment:
    case PROTO.ah:
    case 60:
    case 135:
    case 139:
    case 140:
      return true;
    default:
      return false;
  }
}

function transportLayer(proto: number, icmp: number, icmpLayer: number): number {
  switch (proto) {
    case PROTO.tcp:
      return LAYER_TCP;
    case PROTO.udp:
      return LAYER_UDP;
    case PROTO.sctp:
      return LAYER_SCTP;
    default:
      return proto === icmp ? icmpLayer : 0;
  }
}

const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;
const be16 = (bytes: Uint8Array, at: number): number => (byte(bytes, at) << 8) | byte(bytes, at + 1);
