// A second opinion, as simple as can be: a predicate over a packet, in BigInt throughout and with a parser of its own.
// It shares nothing with the generators but the types that describe a predicate.
import type { Test } from "../../compiler/plan/predicate.js";
import type { Layer, Load, StringLoad, Value } from "../../compiler/schema/value.js";
import type { PacketCase } from "./packets.js";

export interface ParsedPacket {
  /** What predicates see. */
  readonly window: Uint8Array;
  readonly layers: ReadonlySet<Layer>;
  readonly l3: number;
  readonly l4: number;
  readonly protocol: number;
  readonly l4Proto: number;
  readonly vlan: { readonly proto: number; readonly tci: number } | null;
}

const WINDOW = 256;

export function parsePacket(packet: PacketCase): ParsedPacket {
  const window = packet.start === "none" ? new Uint8Array(0) : packet.bytes.slice(0, WINDOW);
  const layers = new Set<Layer>();
  const has = (end: number): boolean => end <= window.length;
  const u8 = (at: number): number => window[at]!;
  const u16 = (at: number): number => u8(at) * 256 + u8(at + 1);
  let vlan = packet.start === "none" ? null : packet.vlan;
  let protocol = 0;
  let l3 = 0;
  let l4 = 0;
  let l4Proto = 0;
  if (vlan !== null) layers.add("VLAN");
  const done = (): ParsedPacket => ({ window, layers, l3, l4, protocol, l4Proto, vlan });

  if (packet.start === "none") return done();
  if (packet.start === "l2") {
    if (!has(14)) return done();
    layers.add("ETH");
    protocol = u16(12);
    l3 = 14;
    for (let tags = 0; tags < 2; tags += 1) {
      if (![0x8100, 0x88a8, 0x9100].includes(protocol) || !has(l3 + 4)) break;
      vlan ??= { proto: protocol, tci: u16(l3) };
      layers.add("VLAN");
      protocol = u16(l3 + 2);
      l3 += 4;
    }
  } else if ([0x0800, 0x86dd, 0x0806].includes(packet.protocol)) protocol = packet.protocol;
  else if (has(1)) protocol = u8(0) >> 4 === 4 ? 0x0800 : u8(0) >> 4 === 6 ? 0x86dd : 0;
  if (!has(l3 + 1)) return done();

  const transport = (next: number, version: 4 | 6): void => {
    if (!has(l4 + 1)) return;
    if (next === 6) layers.add("TCP");
    if (next === 17) layers.add("UDP");
    if (next === 132) layers.add("SCTP");
    if (next === 1 && version === 4) layers.add("ICMP");
    if (next === 58 && version === 6) layers.add("ICMPV6");
  };
  if (protocol === 0x0806) {
    layers.add("ARP");
    if (has(l3 + 8) && u16(l3) === 1 && u16(l3 + 2) === 0x0800 && u8(l3 + 4) === 6 && u8(l3 + 5) === 4)
      layers.add("ARP_ETH_IPV4");
  } else if (protocol === 0x0800 && u8(l3) >> 4 === 4) {
    layers.add("IPV4");
    if (has(l3 + 8) && u16(l3 + 6) % 8192 !== 0) layers.add("FRAGMENT");
    if (has(l3 + 10)) {
      layers.add("L4_PROTO");
      l4Proto = u8(l3 + 9);
      const size = (u8(l3) % 16) * 4;
      if (size >= 20 && !layers.has("FRAGMENT")) {
        l4 = l3 + size;
        transport(l4Proto, 4);
      }
    }
  } else if (protocol === 0x86dd && u8(l3) >> 4 === 6) {
    layers.add("IPV6");
    if (!has(l3 + 7)) return done();
    let next = u8(l3 + 6);
    let at = l3 + 40;
    for (let extensions = 0; [0, 43, 44, 51, 60, 135, 139, 140].includes(next); extensions += 1) {
      if (extensions === 8 || !has(at + (next === 44 ? 4 : 2))) return done();
      const after = u8(at);
      if (next === 44) {
        if (u16(at + 2) >= 8) {
          layers.add("FRAGMENT").add("L4_PROTO");
          l4Proto = after;
          return done();
        }
        at += 8;
      } else if (next === 51) at += (u8(at + 1) + 2) * 4;
      else at += (u8(at + 1) + 1) * 8;
      next = after;
    }
    layers.add("L4_PROTO");
    l4Proto = next;
    l4 = at;
    transport(next, 6);
  }
  return done();
}

/** Everything that a predicate may ask about one hit. */
export interface Hit {
  readonly packet: PacketCase;
  readonly parsed: ParsedPacket;
  readonly probe: { readonly name: string; readonly type: string };
  /** By `section.member` of the frame; absent ones are not in it. */
  readonly numbers: ReadonlyMap<string, bigint>;
  readonly strings: ReadonlyMap<string, string>;
  readonly sections: ReadonlySet<string>;
}

const wrap = (bits: bigint, signed: boolean): bigint =>
  signed ? BigInt.asIntN(64, bits) : BigInt.asUintN(64, bits);

/** Null: absent. */
export function evaluate(value: Value, hit: Hit): bigint | null {
  switch (value.kind) {
    case "constant":
      return wrap(value.value, value.signed);
    case "load": {
      const bits = loadOf(value.load, hit);
      return bits === null ? null : wrap(bits, value.signed);
    }
    case "complement":
    case "negate": {
      const bits = evaluate(value.operand, hit);
      return bits === null ? null : wrap(value.kind === "negate" ? -bits : ~bits, value.signed);
    }
    case "first":
      for (const one of value.values) {
        const bits = evaluate(one, hit);
        if (bits !== null) return wrap(bits, value.signed);
      }
      return null;
    case "guarded": {
      const guard = evaluate(value.guard, hit);
      if (guard === null) return null;
      const accepted = value.accepts === "nonzero" ? guard !== 0n : value.accepts.includes(guard);
      const bits = accepted ? evaluate(value.value, hit) : null;
      return bits === null ? null : wrap(bits, value.signed);
    }
    case "arithmetic": {
      const left = evaluate(value.left, hit);
      const right = evaluate(value.right, hit);
      if (left === null || right === null) return null;
      const [a, b] = [wrap(left, value.signed), wrap(right, value.signed)];
      switch (value.op) {
        case "+":
          return wrap(a + b, value.signed);
        case "-":
          return wrap(a - b, value.signed);
        case "*":
          return wrap(a * b, value.signed);
        case "/":
          return b === 0n ? null : wrap(a / b, value.signed);
        case "%":
          return b === 0n ? null : wrap(a % b, value.signed);
        case "<<":
          return wrap(a << BigInt.asUintN(6, b), value.signed);
        case ">>":
          return wrap(a >> BigInt.asUintN(6, b), value.signed);
        case "&":
          return wrap(a & b, value.signed);
        case "|":
          return wrap(a | b, value.signed);
        case "^":
          return wrap(a ^ b, value.signed);
      }
      break;
    }
    case "computed":
      return computed(value.name, hit);
  }
  throw new Error("unknown value");
}

function loadOf(load: Load, { packet, parsed, numbers }: Hit): bigint | null {
  switch (load.kind) {
    case "header": {
      if (!parsed.layers.has(load.layer)) return null;
      const base = load.base === "start" ? 0 : load.base === "l3" ? parsed.l3 : parsed.l4;
      const bytes = parsed.window.slice(base + load.offset, base + load.offset + load.size);
      return bytes.length < load.size ? null : bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
    }
    case "layers": {
      if (!parsed.layers.has(load.layer)) return null;
      const members = {
        l3: parsed.l3,
        l4: parsed.l4,
        protocol: parsed.protocol,
        l4_proto: parsed.l4Proto,
        vlan_tci: parsed.vlan?.tci ?? 0,
        vlan_proto: parsed.vlan?.proto ?? 0,
      };
      return BigInt(members[load.member]);
    }
    case "packet":
      return packet.start === "none" ? null : BigInt(packet.bytes.length + packet.fragmentBytes);
    default:
      return numbers.get(`${load.frame.section}.${load.frame.member}`) ?? null;
  }
}

function computed(name: string, { parsed }: Hit): bigint | null {
  const { window, layers, l4 } = parsed;
  const number = (at: number, size: number): bigint =>
    window.slice(at, at + size).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  if (name.startsWith("tcp.opt.")) {
    if (!layers.has("TCP") || l4 + 20 > window.length) return null;
    const options = window.slice(l4 + 20, l4 + (window[l4 + 12]! >> 4) * 4);
    let at = 0;
    while (at < options.length && options[at] !== 0) {
      if (options[at] === 1) {
        at += 1;
        continue;
      }
      const length = options[at + 1] ?? 0;
      if (length < 2 || at + length > options.length) return null;
      const value = l4 + 20 + at + 2;
      if (name === "tcp.opt.mss" && options[at] === 2 && length === 4) return number(value, 2);
      if (name === "tcp.opt.wscale" && options[at] === 3 && length === 3) return number(value, 1);
      if (name === "tcp.opt.tsval" && options[at] === 8 && length === 10) return number(value, 4);
      if (name === "tcp.opt.tsecr" && options[at] === 8 && length === 10) return number(value + 4, 4);
      at += length;
    }
    return null;
  }
  const chunk = chunks(parsed)?.find(({ type }) => type === 0);
  if (chunk === undefined) return null;
  const places: Record<string, readonly [number, number]> = {
    "sctp.data.tsn": [4, 4],
    "sctp.data.sid": [8, 2],
    "sctp.data.ssn": [10, 2],
    "sctp.data.ppid": [12, 4],
  };
  const [offset, size] = places[name]!;
  return chunk.at + offset + size > window.length ? null : number(chunk.at + offset, size);
}

function chunks({ window, layers, l4 }: ParsedPacket): readonly { type: number; at: number }[] | null {
  if (!layers.has("SCTP")) return null;
  const found: { type: number; at: number }[] = [];
  for (let at = l4 + 12; at + 4 <= window.length; ) {
    const length = window[at + 2]! * 256 + window[at + 3]!;
    if (length < 4) break;
    found.push({ type: window[at]!, at });
    at += length + ((4 - (length % 4)) % 4);
  }
  return found;
}

export function holds(test: Test, hit: Hit): boolean {
  switch (test.kind) {
    case "constant":
      return test.value;
    case "and":
      return test.tests.every((part) => holds(part, hit));
    case "or":
      return test.tests.some((part) => holds(part, hit));
    case "not":
      return !holds(test.test, hit);
    case "compare": {
      const left = evaluate(test.left, hit);
      const right = evaluate(test.right, hit);
      if (left === null || right === null) return false;
      const results = {
        "==": left === right,
        "!=": left !== right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
      };
      return results[test.op];
    }
    case "ranges": {
      const value = evaluate(test.value, hit);
      if (value === null) return false;
      return test.ranges.some(({ from, to }) => from <= value && value <= to) !== test.negated;
    }
    case "layer":
      return test.anyOf.some((layer) => hit.parsed.layers.has(layer));
    case "section":
      return hit.sections.has(test.section);
    case "string": {
      const text = stringOf(test.load, hit);
      return text !== null && (text === test.text) !== test.negated;
    }
    case "glob": {
      const text = stringOf(test.load, hit);
      return text !== null && globRegex(test.pattern).test(text);
    }
    case "probe": {
      const text = hit.probe[test.what];
      return test.glob ? globRegex(test.text).test(text) : test.text === text;
    }
    case "set-has": {
      const found = chunks(hit.parsed);
      if (found === null) return false;
      const types = new Set(found.map(({ type }) => BigInt(type)));
      const members = new Set(test.members);
      const all = [...members].every((member) => types.has(member));
      if (test.mode === "has") return all;
      if (test.mode === "any") return [...members].some((member) => types.has(member));
      return (all && types.size === members.size) === (test.mode === "equal");
    }
    case "regex":
      throw new Error("not generated");
  }
}

export const stringOf = (load: StringLoad, hit: Hit): string | null =>
  hit.strings.get(`${load.frame.section}.${load.frame.member}`) ?? null;

export const globRegex = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\/]/g, "\\$&")
      .replace(/\*+/g, ".*")
      .replace(/\?/g, ".")}$`,
    "s",
  );
