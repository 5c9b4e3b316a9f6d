// Frames that no socket would send: a description such as `vlan 5 udp 10.77.0.1:53 > 10.77.0.2:53 bad-checksum` in,
// the bytes from the Ethernet header on, in hexadecimal, out.
import { isIPv6 } from "node:net";

/** What may follow in a description, in any order; words without a value are `true`. */
interface Description {
  readonly protocol: "tcp" | "udp" | "icmp" | "icmpv6" | "arp" | "type";
  readonly source: string;
  readonly destination: string;
  readonly values: ReadonlyMap<string, string>;
}

const values = new Set(["vlan", "pcp", "ttl", "size", "flags", "op", "fragment", "id", "tos", "seq"]);
const switches = new Set(["bad-checksum", "bad-header-checksum", "df", "more-fragments", "broadcast"]);
const protocols = new Set(["tcp", "udp", "icmp", "icmpv6", "arp", "type"]);

const describe = (text: string): Description => {
  const words = text.trim().split(/\s+/);
  const found = new Map<string, string>();
  let subject: Omit<Description, "values"> | null = null;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (switches.has(word)) found.set(word, "true");
    else if (values.has(word)) found.set(word, words.shift() ?? "");
    else if (protocols.has(word)) {
      const source = words.shift() ?? "";
      const pair = words[0] === ">";
      if (pair) words.shift();
      subject = {
        protocol: word as Description["protocol"],
        source,
        destination: pair ? (words.shift() ?? "") : "",
      };
    } else throw new Error(`frame: what is \`${word}\` in \`${text}\`?`);
  }
  if (subject === null) throw new Error(`frame: no protocol in \`${text}\``);
  return { ...subject, values: found };
};

const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];

const checksum = (bytes: readonly number[]): number => {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
};

const addressBytes = (address: string): number[] => {
  if (!isIPv6(address)) return address.split(".").map(Number);
  const [before = "", after] = address.split("::");
  const groups = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const [head, tail] = [groups(before), groups(after ?? "")];
  const gap = after === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<number>(gap).fill(0), ...tail].flatMap(u16);
};

/** `10.77.0.1:53`, `[fd00:77::1]:53`, or an address alone. */
const endpoint = (text: string): { readonly address: string; readonly port: number } => {
  const match = /^\[(.*)\]:(\d+)$/.exec(text) ?? /^([\d.]+):(\d+)$/.exec(text);
  return match === null ? { address: text, port: 0 } : { address: match[1] ?? "", port: Number(match[2]) };
};

const tcpFlags = "FSRPAUEC";
const protocolNumbers = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58 } as const;
type Layered = keyof typeof protocolNumbers;

/** A transport header and its payload, with a zero checksum, and where the checksum goes. */
const transport = (
  protocol: Layered,
  from: number,
  to: number,
  of: Description["values"],
): [number[], number] => {
  const payload = (size: number): number[] => Array<number>(Math.max(size, 0)).fill(0x2e);
  const size = Number(of.get("size") ?? 8);
  switch (protocol) {
    case "udp":
      return [[...u16(from), ...u16(to), ...u16(8 + size), 0, 0, ...payload(size)], 6];
    case "tcp": {
      const flags = [...(of.get("flags") ?? "S")].reduce(
        (bits, flag) => bits | (1 << tcpFlags.indexOf(flag)),
        0,
      );
      const sequence = u32(Number(of.get("seq") ?? 1));
      const data = of.has("size") ? payload(size) : [];
      return [
        [...u16(from), ...u16(to), ...sequence, 0, 0, 0, 0, 0x50, flags, ...u16(1024), 0, 0, 0, 0, ...data],
        16,
      ];
    }
    case "icmp":
      return [[8, 0, 0, 0, ...u16(1), ...u16(1), ...payload(size)], 2];
    case "icmpv6":
      return [[128, 0, 0, 0, ...u16(1), ...u16(1), ...payload(size)], 2];
  }
};

const ipPacket = (
  protocol: Layered,
  { source, destination, values: of }: Description,
): [number, number[]] => {
  const [from, to] = [endpoint(source), endpoint(destination)];
  const [saddr, daddr] = [addressBytes(from.address), addressBytes(to.address)];
  const [segment, at] = transport(protocol, from.port, to.port, of);
  const pseudo =
    protocol === "icmp"
      ? []
      : [...saddr, ...daddr, ...u32(segment.length), ...u32(protocolNumbers[protocol])];
  const sum = checksum([...pseudo, ...segment]) ^ (of.has("bad-checksum") ? 0x5a5a : 0);
  segment.splice(at, 2, ...u16(sum));
  const ttl = Number(of.get("ttl") ?? 64);
  if (saddr.length === 16) {
    return [
      0x86dd,
      [0x60, 0, 0, 0, ...u16(segment.length), protocolNumbers[protocol], ttl, ...saddr, ...daddr, ...segment],
    ];
  }
  const fragment = Number(of.get("fragment") ?? 0) / 8;
  const offset = fragment | (of.has("df") ? 0x4000 : 0) | (of.has("more-fragments") ? 0x2000 : 0);
  const head = [
    0x45,
    Number(of.get("tos") ?? 0),
    ...u16(20 + segment.length),
    ...u16(Number(of.get("id") ?? 1)),
    ...u16(offset),
  ];
  const header = [...head, ttl, protocolNumbers[protocol], 0, 0, ...saddr, ...daddr];
  header.splice(10, 2, ...u16(checksum(header) ^ (of.has("bad-header-checksum") ? 0x5a5a : 0)));
  return [0x0800, [...header, ...segment]];
};

/** From MAC 1 to MAC 2 of the topologies, as Ethernet address bytes. */
const mac = (host: number): number[] => [2, 0, 0, 0, 0x77, host];

const arpPacket = ({ source, destination, values: of }: Description): number[] => [
  ...u16(1),
  ...u16(0x0800),
  6,
  4,
  ...u16(Number(of.get("op") ?? 1)),
  ...mac(1),
  ...addressBytes(source),
  ...Array<number>(6).fill(0),
  ...addressBytes(destination),
];

const network = (of: Description): [number, number[]] => {
  switch (of.protocol) {
    case "arp":
      return [0x0806, arpPacket(of)];
    case "type":
      return [Number(of.source), Array<number>(46).fill(0x2e)];
    default:
      return ipPacket(of.protocol, of);
  }
};

export const frameHex = (text: string): string => {
  const description = describe(text);
  const [type, packet] = network(description);
  const vlan = description.values.get("vlan");
  const pcp = Number(description.values.get("pcp") ?? 0);
  const tag = vlan === undefined ? [] : [...u16(0x8100), ...u16((pcp << 13) | Number(vlan))];
  const to = description.values.has("broadcast") ? Array<number>(6).fill(255) : mac(2);
  const frame = [...to, ...mac(1), ...tag, ...u16(type), ...packet];
  return Buffer.from(frame).toString("hex");
};
