// Numbers of the pcap and pcapng formats (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng).

/** pcap: microseconds or nanoseconds, in the byte order of the machine that wrote it. */
export const PCAP_MICROSECONDS = 0xa1b2c3d4;
export const PCAP_NANOSECONDS = 0xa1b23c4d;

export const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  /** Obsolete, still met. */
  packet: 2,
  simplePacket: 3,
  enhancedPacket: 6,
  /** May be copied to another file. */
  custom: 0x0bad,
} as const;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

export const OPTION = {
  end: 0,
  comment: 1,
  hardware: 2,
  os: 3,
  application: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  interfaceResolution: 9,
  interfaceOffset: 14,
  packetFlags: 2,
  /** UTF-8 text of a private enterprise, which may be copied to another file. */
  customText: 2988,
} as const;

/** The enterprise number under which Retis' Wireshark plugin looks for events and their schema. */
export const RETIS_ENTERPRISE = 70_000;

/** Bits 0 and 1 of epb_flags. */
export const DIRECTION_INBOUND = 1;
export const DIRECTION_OUTBOUND = 2;

/** Block and packet lengths beyond this are damage: nothing that captures makes them. */
export const MAX_BLOCK = 16 * 1024 * 1024;
