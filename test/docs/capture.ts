// The capture that the documents read: a refused connection, a question to a name server, and a connection over IPv6.
import { bytes, ethernet, ipv4, ipv6, tcp, u32, udp } from "../unit/packet/build-packet.js";

const SYN = 2;
const RESET = 4;

const packets: readonly Buffer[] = [
  ethernet(0x0800, ipv4(6, tcp(SYN, Buffer.alloc(0)))),
  ethernet(0x0800, ipv4(6, tcp(RESET, Buffer.alloc(0)))),
  ethernet(0x0800, ipv4(17, udp(53, Buffer.from("question")))),
  ethernet(0x86dd, ipv6(6, tcp(SYN, Buffer.alloc(0)))),
];

/** 2026-01-02 03:04:05 UTC. */
const BEGAN = 1_767_323_045;
const ETHERNET = 1;

/** Big-endian, microseconds: draft-ietf-opsawg-pcap. A packet each millisecond. */
export const samplePcap = (): Buffer =>
  bytes(
    "a1b2c3d4 0002 0004 00000000 00000000",
    u32(65_535),
    u32(ETHERNET),
    ...packets.flatMap((packet, index) => [
      u32(BEGAN),
      u32(1000 * index),
      u32(packet.length),
      u32(packet.length),
      packet,
    ]),
  );
