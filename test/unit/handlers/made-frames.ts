// Frames as the kernel would write them, made by hand: for tests of what reads frames.
import { type StartKind, walkHeaders } from "../../../compiler/packet/walk.js";
import { layOutFrame } from "../../../compiler/plan/lay-out-frame.js";
import type { FrameLayout } from "../../../compiler/plan/plan.js";
import { START_L2, structs } from "../../../compiler/schema/generated/layout.js";
import { COLLECTED_SECTIONS, SECTION_BITS } from "../../../compiler/schema/section-bits.js";
import type { SectionName } from "../../../compiler/schema/value.js";

export type Members = Readonly<Record<string, number | bigint | string>>;

export interface MadePacket {
  readonly bytes: Uint8Array;
  readonly start?: StartKind;
  readonly len?: number;
  readonly window?: number;
}

export interface MadeFrame {
  readonly slot?: number;
  readonly cpu?: number;
  readonly time?: bigint;
  readonly packet?: MadePacket;
  readonly stack?: readonly bigint[];
  readonly sections?: Readonly<Partial<Record<Exclude<SectionName, "packet" | "stack">, Members>>>;
}

/** Every section, 256 bytes of the packet. */
export const FULL_LAYOUT: FrameLayout = layOutFrame(new Set(COLLECTED_SECTIONS), 256);

interface Member {
  readonly offset: number;
  readonly size: number;
}

const aligned = (size: number): number => (size + 7) & ~7;

function setMembers(view: DataView, at: number, struct: keyof typeof structs, members: Members): void {
  const known: Readonly<Record<string, Member>> = structs[struct].members;
  for (const [name, value] of Object.entries(members)) {
    const member = known[name];
    if (member === undefined) throw new Error(`${struct} has no member ${name}`);
    const { offset, size } = member;
    if (typeof value === "string") {
      const text = Buffer.from(value).subarray(0, size - 1);
      new Uint8Array(view.buffer).set(text, at + offset);
    } else if (size === 8) view.setBigUint64(at + offset, BigInt.asUintN(64, BigInt(value)), true);
    else if (size === 4) view.setUint32(at + offset, Number(value) >>> 0, true);
    else if (size === 2) view.setUint16(at + offset, Number(value), true);
    else view.setUint8(at + offset, Number(value));
  }
}

export function makeFrame(made: MadeFrame, layout: FrameLayout = FULL_LAYOUT): Uint8Array {
  const captured = Math.min(made.packet?.bytes.length ?? 0, layout.snap);
  const size = aligned(layout.bytes + captured);
  // What the kernel does not write holds what was there before.
  const bytes = new Uint8Array(size).fill(0xa5);
  const view = new DataView(bytes.buffer);
  bytes.fill(0, 0, structs.frame.size);
  let present = 0;
  const begin = (section: SectionName): number | null => {
    const at = layout.offsets[section];
    if (at === undefined) return null;
    present |= SECTION_BITS[section];
    bytes.fill(0, at, at + structs[`section_${section}`].size);
    return at;
  };
  for (const [name, members] of Object.entries(made.sections ?? {})) {
    const section = name as Exclude<SectionName, "packet" | "stack">;
    const at = begin(section);
    if (at !== null) setMembers(view, at, `section_${section}`, members);
  }
  if (made.packet !== undefined) {
    const at = begin("packet");
    if (at !== null) {
      const { bytes: packet, start = START_L2 } = made.packet;
      const window = made.packet.window ?? Math.min(packet.length, 256);
      const len = made.packet.len ?? packet.length;
      setMembers(view, at, "section_packet", { len, captured, window, start });
      const layers = walkHeaders(packet, 0, window, start, { protocol: 0, vlan: null });
      setMembers(view, at + structs.section_packet.members.layers.offset, "layers", { ...layers });
      bytes.set(packet.subarray(0, captured), layout.bytes);
    }
  }
  if (made.stack !== undefined) {
    const at = begin("stack");
    if (at !== null) {
      view.setUint32(at, made.stack.length, true);
      made.stack.forEach((address, i) => {
        view.setBigUint64(at + 8 + 8 * i, address, true);
      });
    }
  }
  setMembers(view, 0, "frame", {
    size,
    slot: made.slot ?? 0,
    cpu: made.cpu ?? 0,
    time: made.time ?? 0n,
    present,
  });
  return bytes;
}

export interface MadeBatch {
  readonly bytes: Uint8Array;
  readonly length: number;
  /** Where each frame begins. */
  readonly offsets: readonly number[];
}

/** Frames back to back in shared memory, as the drain hands them over. */
export function makeBatch(frames: readonly Uint8Array[]): MadeBatch {
  const length = frames.reduce((sum, frame) => sum + frame.length, 0);
  const bytes = new Uint8Array(new SharedArrayBuffer(Math.max(8, length)));
  const offsets: number[] = [];
  let at = 0;
  for (const frame of frames) {
    offsets.push(at);
    bytes.set(frame, at);
    at += frame.length;
  }
  return { bytes, length, offsets };
}

/** Every frame with every one of the clauses. */
export function selectAll(batch: MadeBatch, clauses: readonly number[] = [0]): Uint32Array {
  return Uint32Array.from(batch.offsets.flatMap((offset) => clauses.flatMap((clause) => [offset, clause])));
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s+/g, ""), "hex"));

export interface TcpParts {
  readonly saddr?: string;
  readonly daddr?: string;
  readonly sport?: number;
  readonly dport?: number;
  readonly flags?: number;
  readonly ttl?: number;
  readonly payload?: number;
}

/** Ethernet, IPv4, TCP without options. */
export function tcp4(parts: TcpParts = {}): Uint8Array {
  const payload = parts.payload ?? 0;
  const packet = new Uint8Array(54 + payload);
  const view = new DataView(packet.buffer);
  packet.set(hex("02aabbccddee 021122334455 0800 4500"));
  view.setUint16(16, 40 + payload);
  view.setUint16(18, 0x1234);
  view.setUint16(20, 0x4000);
  view.setUint8(22, parts.ttl ?? 64);
  view.setUint8(23, 6);
  packet.set((parts.saddr ?? "10.0.0.1").split(".").map(Number), 26);
  packet.set((parts.daddr ?? "192.168.1.200").split(".").map(Number), 30);
  view.setUint16(34, parts.sport ?? 40000);
  view.setUint16(36, parts.dport ?? 80);
  view.setUint32(38, 0xfedcba98);
  view.setUint32(42, 7);
  view.setUint8(46, 0x50);
  view.setUint8(47, parts.flags ?? 0x02);
  view.setUint16(48, 65535);
  return packet;
}

/** Ethernet, IPv6, UDP; addresses as 32 hexadecimal digits. */
export function udp6(saddr: string, daddr: string, sport: number, dport: number): Uint8Array {
  const packet = new Uint8Array(62);
  const view = new DataView(packet.buffer);
  packet.set(hex("02aabbccddee 021122334455 86dd 60000000 0008 11 40"));
  packet.set(hex(saddr), 22);
  packet.set(hex(daddr), 38);
  view.setUint16(54, sport);
  view.setUint16(56, dport);
  view.setUint16(58, 8);
  return packet;
}

/** Ethernet and ARP. */
export const arp = (): Uint8Array =>
  hex("ffffffffffff 021122334455 0806 0001 0800 06 04 0001 021122334455 0a000001 000000000000 0a000002");
