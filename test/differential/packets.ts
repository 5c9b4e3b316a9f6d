// Random packets: valid headers of every kind, then damaged: bytes flipped, cut short, with metadata around them.
export type Random = () => number;

/** mulberry32: small, and the same everywhere. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A hit's packet: what lies in memory, and what the socket buffer says about it. */
export interface PacketCase {
  /** From the MAC header on, or from the network header where there is none. */
  readonly bytes: Uint8Array;
  readonly start: "none" | "l2" | "l3";
  readonly protocol: number;
  readonly vlan: { readonly proto: number; readonly tci: number } | null;
  /** Bytes in page fragments, which follow the linear ones. */
  readonly fragmentBytes: number;
  readonly metadata: Metadata;
}

/** Members of struct sk_buff by their path. */
export interface Metadata {
  readonly hash: number;
  readonly mark: number;
  readonly priority: number;
  readonly csum: number;
  readonly queue_mapping: number;
  readonly skb_iif: number;
  readonly pkt_type: number;
  readonly ip_summed: number;
  readonly csum_level: number;
  readonly nohdr: number;
  readonly cloned: number;
  readonly fclone: number;
  readonly users: number;
  /** Index of a device of the world; null: none. */
  readonly device: number | null;
  readonly socket: number | null;
}

export const pick = <T>(random: Random, of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
export const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const word = (random: Random): number => below(random, 2 ** 32);

/** Numbers that packets and expressions both take from, so that they meet. */
export const PORTS = [22, 53, 80, 443, 8000, 8080, 4789, 40_000, 65_535, 0];
export const ADDRESSES4 = [0x0a000001, 0x0a0000fe, 0x7f000001, 0xc0a80101, 0xffffffff, 0xe0000001];
export const ADDRESSES6 = [
  0xfd00_0000_0000_0000_0000_0000_0000_0001n,
  0xfe80_0000_0000_0000_0200_00ff_fe00_0001n,
  1n,
  0x2001_0db8_0000_0000_8000_0000_0000_00ffn,
];
export const MACS = [0xffff_ffff_ffff, 0x0200_0000_0001, 0x0200_0000_0002];

class Writer {
  readonly bytes: number[] = [];
  u8(...values: readonly number[]): this {
    for (const value of values) this.bytes.push(value & 255);
    return this;
  }
  u16(...values: readonly number[]): this {
    for (const value of values) this.u8(value >>> 8, value);
    return this;
  }
  u32(...values: readonly number[]): this {
    for (const value of values) this.u16(value >>> 16, value & 0xffff);
    return this;
  }
  wide(value: bigint, size: number): this {
    for (let byte = size - 1; byte >= 0; byte -= 1) this.u8(Number((value >> BigInt(8 * byte)) & 255n));
    return this;
  }
  random(random: Random, count: number): this {
    for (let index = 0; index < count; index += 1) this.u8(below(random, 256));
    return this;
  }
}

export function packetCases(random: Random, count: number): readonly PacketCase[] {
  return Array.from({ length: count }, () => packetCase(random));
}

export function packetCase(random: Random): PacketCase {
  const writer = new Writer();
  const start = pick(random, ["l2", "l2", "l2", "l3", "l3", "none"] as const);
  const protocol = pick(random, [0x0800, 0x0800, 0x0800, 0x86dd, 0x86dd, 0x0806, 0x88cc]);
  if (start === "l2") writeEthernet(writer, random, protocol);
  writeNetwork(writer, random, protocol);
  const bytes = damaged(Uint8Array.from(writer.bytes.slice(0, 420)), random);
  return {
    bytes,
    start,
    protocol: random() < 0.8 ? protocol : pick(random, [0, 0x0800, 0x86dd, 4]),
    vlan: random() < 0.2 ? { proto: pick(random, [0x8100, 0x88a8]), tci: below(random, 65_536) || 1 } : null,
    fragmentBytes: random() < 0.2 ? below(random, 3000) : 0,
    metadata: {
      hash: word(random),
      mark: pick(random, [0, 1, 0x100, word(random)]),
      priority: below(random, 8),
      csum: word(random),
      queue_mapping: below(random, 9),
      skb_iif: below(random, 3),
      pkt_type: below(random, 8),
      ip_summed: below(random, 4),
      csum_level: below(random, 4),
      nohdr: below(random, 2),
      cloned: below(random, 2),
      fclone: below(random, 4),
      users: 1 + below(random, 3),
      device: pick(random, [null, 0, 1, 2]),
      socket: pick(random, [null, null, 0]),
    },
  };
}

function writeEthernet(writer: Writer, random: Random, protocol: number): void {
  const mac = (): number => (random() < 0.7 ? pick(random, MACS) : below(random, 2 ** 48));
  writer.wide(BigInt(mac()), 6).wide(BigInt(mac()), 6);
  const tags = pick(random, [0, 0, 0, 1, 1, 2, 3]);
  for (let tag = 0; tag < tags; tag += 1)
    writer.u16(pick(random, [0x8100, 0x88a8, 0x9100]), pick(random, [100, 4095, below(random, 65_536)]));
  writer.u16(protocol);
}

function writeNetwork(writer: Writer, random: Random, protocol: number): void {
  if (protocol === 0x0800) writeIpv4(writer, random);
  else if (protocol === 0x86dd) writeIpv6(writer, random);
  else if (protocol === 0x0806) writeArp(writer, random);
  else writer.random(random, below(random, 80));
}

const address4 = (random: Random): number => (random() < 0.8 ? pick(random, ADDRESSES4) : word(random));
const address6 = (random: Random): bigint =>
  random() < 0.8
    ? pick(random, ADDRESSES6)
    : BigInt(word(random)) * 0x1_0000_0001_0000_0001n + (BigInt(word(random)) << 64n);

function writeArp(writer: Writer, random: Random): void {
  writer.u16(random() < 0.9 ? 1 : 6, random() < 0.9 ? 0x0800 : 0x86dd).u8(random() < 0.95 ? 6 : 8, 4);
  writer.u16(pick(random, [1, 2, below(random, 65_536)]));
  writer.random(random, 6).u32(address4(random)).random(random, 6).u32(address4(random));
}

function writeIpv4(writer: Writer, random: Random): void {
  const options = random() < 0.25 ? below(random, 11) : 0;
  const fragment = pick(random, [0, 0, 0x4000, 0x4000, 0x2000, 0x2005, below(random, 65_536)]);
  const proto = pick(random, [6, 6, 17, 17, 1, 132, 58, 47, below(random, 256)]);
  const total = pick(random, [40, 60, 1500, below(random, 65_536)]);
  writer.u8(0x40 | (5 + options), below(random, 256)).u16(total, below(random, 65_536), fragment);
  writer.u8(pick(random, [1, 64, 128, 255]), proto).u16(below(random, 65_536));
  writer.u32(address4(random), address4(random)).random(random, options * 4);
  writeTransport(writer, random, proto);
}

const EXTENSIONS = [0, 43, 44, 51, 60, 135, 139, 140];

function writeIpv6(writer: Writer, random: Random): void {
  const proto = pick(random, [6, 6, 17, 17, 58, 132, 1, 59, below(random, 256)]);
  const count = random() < 0.4 ? pick(random, [1, 1, 2, 3, 8, 9]) : 0;
  const chain = Array.from({ length: count }, () => pick(random, EXTENSIONS));
  writer.u32(0x6000_0000 | below(random, 0x1000_0000)).u16(below(random, 1500));
  writer.u8(chain[0] ?? proto, pick(random, [1, 64, 255]));
  writer.wide(address6(random), 16).wide(address6(random), 16);
  chain.forEach((type, index) => {
    const next = chain[index + 1] ?? proto;
    if (type === 44) {
      const offset = random() < 0.7 ? below(random, 8) : below(random, 65_536);
      writer.u8(next, 0).u16(offset).u32(word(random));
    } else if (type === 51) {
      const units = pick(random, [0, 1, 4]);
      writer.u8(next, units).random(random, (units + 2) * 4 - 2);
    } else {
      const units = pick(random, [0, 0, 1, 2]);
      writer.u8(next, units).random(random, (units + 1) * 8 - 2);
    }
  });
  writeTransport(writer, random, proto);
}

function writeTransport(writer: Writer, random: Random, proto: number): void {
  const port = (): number => (random() < 0.85 ? pick(random, PORTS) : below(random, 65_536));
  switch (proto) {
    case 6: {
      const options = writeOptions(random);
      writer.u16(port(), port()).u32(word(random), pick(random, [0, word(random)]));
      writer.u8(
        ((20 + options.length) / 4) << 4,
        pick(random, [2, 0x12, 0x10, 0x18, 4, 0x14, 1, below(random, 256)]),
      );
      writer.u16(
        pick(random, [0, 1, 65_535, below(random, 65_536)]),
        below(random, 65_536),
        below(random, 3),
      );
      writer.u8(...options).random(random, below(random, 100));
      return;
    }
    case 17:
      writer
        .u16(port(), port(), 8 + below(random, 100), below(random, 65_536))
        .random(random, below(random, 60));
      return;
    case 1:
    case 58: {
      const types = proto === 1 ? [0, 3, 5, 8, 11, 13] : [1, 2, 128, 129, 133, 135, 136];
      writer.u8(pick(random, types), below(random, 5)).u16(below(random, 65_536));
      writer.u16(below(random, 4), below(random, 1500)).random(random, below(random, 60));
      return;
    }
    case 132: {
      writer.u16(port(), port()).u32(word(random), word(random));
      for (let chunks = below(random, 4); chunks > 0; chunks -= 1) {
        const type = pick(random, [0, 0, 1, 3, 4, 10, 192]);
        const length = type === 0 ? 16 + below(random, 20) : 4 + below(random, 16);
        writer
          .u8(type, below(random, 256))
          .u16(length)
          .random(random, ((length + 3) & ~3) - 4);
      }
      return;
    }
    default:
      writer.random(random, below(random, 60));
  }
}

function writeOptions(random: Random): readonly number[] {
  const options: number[] = [];
  const add = (...bytes: readonly number[]): void => {
    options.push(...bytes);
  };
  if (random() < 0.5) add(2, 4, 5, 0xb4);
  if (random() < 0.3) add(1);
  if (random() < 0.4) add(3, 3, below(random, 15));
  if (random() < 0.4) add(8, 10, ...Array.from({ length: 8 }, () => below(random, 256)));
  if (random() < 0.1) add(5, below(random, 256));
  if (random() < 0.2) add(0);
  while (options.length % 4 !== 0) add(random() < 0.8 ? 1 : 0);
  return options.slice(0, 40);
}

/** Most stay as they are. */
function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  let result = bytes.slice();
  if (random() < 0.15 && result.length > 0)
    for (let flips = 1 + below(random, 4); flips > 0; flips -= 1)
      result[below(random, Math.min(result.length, 80))] = below(random, 256);
  if (random() < 0.3) result = result.slice(0, below(random, result.length + 1));
  return result;
}
