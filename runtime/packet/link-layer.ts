// Owns the text of Ethernet, VLAN tags and MACsec, and the choice of what an EtherType leads to.
// Only `linkLayer` shows these headers; without it they are walked silently.
import { formatArp } from "./arp.js";
import {
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_MACSEC,
  ETHERTYPE_PROVIDER_BRIDGE,
  ETHERTYPE_QINQ,
  ETHERTYPE_VLAN,
  etherTypeName,
} from "./names.js";
import {
  DONE,
  ETHERTYPE,
  IPV4,
  IPV6,
  type NextLayer,
  type PacketCursor,
  truncated,
  unsupportedEtherType,
  writeEtherType,
} from "./packet-cursor.js";
import type { TextWriter } from "./text-writer.js";

const ETHERNET_HEADER = 14;
const VLAN_HEADER = 4;
const MACSEC_HEADER = 6;
const MACSEC_SCI = 8;

// TCI bits of the first MACsec octet, IEEE 802.1AE clause 9.5; the two lowest bits are the association number.
const MACSEC_END_STATION = 0x40;
const MACSEC_SCI_PRESENT = 0x20;
const MACSEC_SINGLE_COPY_BROADCAST = 0x10;
const MACSEC_ENCRYPTED = 0x08;
const MACSEC_CHANGED = 0x04;

export function formatEthernet(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(ETHERNET_HEADER)) return truncated(out);
  const etherType = cursor.u16(12);
  // Captures are not only Ethernet: without a familiar type these bytes are hardly addresses, so none are shown.
  if (etherTypeName(etherType) === undefined) return unsupportedEtherType(out, etherType);
  if (cursor.linkLayer) {
    out.mac(cursor.data, cursor.at + 6);
    out.ascii(" > ");
    out.mac(cursor.data, cursor.at);
    writeEtherType(out, " ethertype", etherType);
  }
  cursor.at += ETHERNET_HEADER;
  cursor.etherType = etherType;
  return ETHERTYPE;
}

export function formatEtherType(out: TextWriter, cursor: PacketCursor): NextLayer {
  while (isVlan(cursor.etherType)) {
    if (!cursor.has(VLAN_HEADER)) return truncated(out);
    const tag = cursor.u16(0);
    cursor.etherType = cursor.u16(2);
    cursor.at += VLAN_HEADER;
    if (cursor.linkLayer) {
      out.ascii(" vlan ");
      out.dec(tag & 0x0fff);
      out.ascii(" p ");
      out.dec(tag >> 13);
      if ((tag & 0x1000) !== 0) out.ascii(" DEI");
      writeEtherType(out, " ethertype", cursor.etherType);
    }
  }
  // The link layer stands in front of what follows.
  if (cursor.linkLayer) out.char(0x20);
  switch (cursor.etherType) {
    case ETHERTYPE_IPV4:
      return IPV4;
    case ETHERTYPE_IPV6:
      return IPV6;
    case ETHERTYPE_ARP:
      return formatArp(out, cursor);
    case ETHERTYPE_MACSEC:
      return formatMacsec(out, cursor);
    default:
      return unsupportedEtherType(out, cursor.etherType);
  }
}

function isVlan(etherType: number): boolean {
  return (
    etherType === ETHERTYPE_VLAN || etherType === ETHERTYPE_PROVIDER_BRIDGE || etherType === ETHERTYPE_QINQ
  );
}

function formatMacsec(out: TextWriter, cursor: PacketCursor): NextLayer {
  if (!cursor.has(MACSEC_HEADER)) return truncated(out);
  const tci = cursor.u8(0);
  const sciLength = (tci & MACSEC_SCI_PRESENT) !== 0 ? MACSEC_SCI : 0;
  if (cursor.linkLayer) writeMacsecHeader(out, cursor, tci, sciLength);
  if ((tci & (MACSEC_ENCRYPTED | MACSEC_CHANGED)) !== 0) {
    // Nothing behind can be read; without the link layer, say at least what it is.
    if (!cursor.linkLayer) out.ascii("802.1AE MACsec frame");
    return DONE;
  }
  cursor.at += MACSEC_HEADER + sciLength;
  if (!cursor.has(2)) return truncated(out);
  cursor.etherType = cursor.u16(0);
  cursor.at += 2;
  return ETHERTYPE;
}

function writeMacsecHeader(out: TextWriter, cursor: PacketCursor, tci: number, sciLength: number): void {
  out.ascii("an ");
  out.dec(tci & 0x03);
  out.ascii(" pn ");
  out.dec(cursor.u32(2));
  out.ascii(" flags [");
  if ((tci & MACSEC_ENCRYPTED) !== 0) out.char(0x45);
  if ((tci & MACSEC_CHANGED) !== 0) out.char(0x43);
  if ((tci & MACSEC_END_STATION) !== 0) out.char(0x53);
  if ((tci & MACSEC_SINGLE_COPY_BROADCAST) !== 0) out.char(0x42);
  if ((tci & MACSEC_SCI_PRESENT) !== 0) out.char(0x49);
  out.char(0x5d);
  const shortLength = cursor.u8(1) & 0x3f;
  if (shortLength > 0) {
    out.ascii(" sl ");
    out.dec(shortLength);
  }
  if (sciLength > 0) {
    out.ascii(" sci 0x");
    const start = cursor.at + MACSEC_HEADER;
    out.hexBytes(cursor.data, start, Math.min(start + sciLength, cursor.end));
  }
}
