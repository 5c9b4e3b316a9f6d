// Random packets that reach every branch of the header walk: mostly plausible, some cut short, some broken.
import { START_L2, type START_L3 } from "../../../compiler/schema/generated/layout.js";
import type { Random } from "./random.js";

export function randomPacket(random: Random, start: typeof START_L2 | typeof START_L3): Uint8Array {
  const protocol = random.pick(NETWORK);
  const link = start === START_L2 ? linkLayer(random, protocol) : [];
  // Now and then what follows is not what was announced.
  const network = networkLayer(random, random.below(8) === 0 ? random.pick(NETWORK) : protocol);
  // Often the packet ends right behind the last header.
  const packet = [...link, ...network, ...random.bytes(random.pick([0, 0, 1, 20, random.below(40)]))];
  if (packet.length > 0 && random.below(6) === 0) packet[random.below(packet.length)] = random.below(256);
  return Uint8Array.from(random.below(4) === 0 ? packet.slice(0, random.below(packet.length + 1)) : packet);
}

const TAGS = [0x8100, 0x88a8, 0x9100] as const;
const NETWORK = [0x0800, 0x86dd, 0x0806, 0x8847, 0] as const;

function linkLayer(random: Random, protocol: number): number[] {
  const bytes = random.bytes(12);
  for (let tags = random.pick([0, 0, 1, 2, 3]); tags > 0; tags -= 1)
    bytes.push(...be16(random.pick(TAGS)), ...random.bytes(2));
  return [...bytes, ...be16(protocol)];
}

function networkLayer(random: Random, protocol: number): number[] {
  switch (protocol) {
    case 0x0800:
      return ipv4(random);
    case 0x86dd:
      return ipv6(random);
    case 0x0806:
      return arp(random);
    default:
      return random.bytes(random.below(60));
  }
}

const TRANSPORT = [6, 17, 1, 58, 132, 59, 47] as const;

function ipv4(random: Random): number[] {
  const words = random.pick([5, 5, 5, 6, 15, 4, 0]);
  const fragment = random.pick([0, 0, 0x4000, 0x2000, 0x2005, 0x1fff]);
  const header = [0x40 | words, ...random.bytes(5), ...be16(fragment), 64, random.pick(TRANSPORT)];
  return [...header, ...random.bytes(Math.max(0, words * 4 - 10))];
}

function arp(random: Random): number[] {
  const kind = [...be16(random.pick([1, 1, 6])), ...be16(random.pick([0x0800, 0x0800, 0x86dd]))];
  return [...kind, random.pick([6, 6, 8]), random.pick([4, 4, 16]), ...random.bytes(22)];
}

const EXTENSIONS = [0, 43, 44, 51, 60, 135, 139, 140] as const;

function ipv6(random: Random): number[] {
  const count = random.pick([0, 0, 1, 2, 3, 8, 9]);
  const chain = Array.from({ length: count }, () => random.pick(EXTENSIONS));
  const last = random.pick(TRANSPORT);
  const next = (index: number): number => chain[index] ?? last;
  const headers = chain.flatMap((kind, index) => extension(random, kind, next(index + 1)));
  return [0x60, ...random.bytes(5), next(0), 64, ...random.bytes(32), ...headers];
}

function extension(random: Random, kind: number, next: number): number[] {
  if (kind === 44) return [next, 0, ...be16(random.pick([0, 1, 7, 8, 0xfff8])), ...random.bytes(4)];
  const units = random.pick([0, 0, 1, 2, 200]);
  const size = kind === 51 ? (units + 2) * 4 : (units + 1) * 8;
  // A length that leads far out of the window has no bytes to go with it.
  return [next, units, ...random.bytes(Math.min(size, 64) - 2)];
}

const be16 = (value: number): number[] => [value >> 8, value & 255];
