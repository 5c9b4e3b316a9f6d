// Kernel memory for tests: a socket buffer, devices, sockets and namespaces as this kernel has them, at places that
// test/differential/world.bpf.h gives room for.
import type { KernelFacts, Member } from "../../compiler/kernel-facts.js";
import { walkHeaders } from "../../compiler/packet/walk.js";
import * as generated from "../../compiler/schema/generated/layout.js";
import { runningKernel } from "../../runtime/kernel/facts.js";
import { addon } from "../unit/addon/fixture.js";
import type { PacketCase } from "./packets.js";

const { structs } = generated;

export const kernel: KernelFacts = runningKernel(addon());

const cookie = kernel.member("sk_buff", ["dev", "nd_net", "net", "net_cookie"])?.member;
/** Before 5.12 (3d368ab87cf6) it is not a plain number, and absent. */
export const cookieMember: Member | null = cookie?.kind === "integer" ? cookie : null;

/** Since 5.17 (c504e5c2f964) the drop tracepoint tells why. */
export const hasReason =
  kernel
    .tracepoint("skb:kfree_skb")
    ?.parameters.some(({ typeName }) => typeName === "enum skb_drop_reason") === true;

// Where things lie in struct world, whose first member is its own address.
const SELF = 8;
export const SKB = SELF;
const WINDOW = SKB + 256;
const HEAD = WINDOW + structs.window.size;
const HEADROOM = 32;
/** Of the buffer, at whose end struct skb_shared_info lies. */
const BUFFER = 512;
const SHARED_INFO = 320;
const OBJECTS = 2048;
const DEVICE_SIZE = 1536;
const NETS = 8200;
const NET_SIZE = 8192;
const SOCKETS = NETS + 2 * NET_SIZE;

export interface Device {
  readonly ifindex: number;
  readonly name: string;
  /** ARPHRD_*: 1 is Ethernet. */
  readonly type: number;
  readonly inum: number;
  readonly cookie: bigint;
}

const DEVICES: readonly Device[] = [
  { ifindex: 2, name: "eth0", type: 1, inum: 4026531840, cookie: 1n },
  { ifindex: 1, name: "lo", type: 772, inum: 4026532001, cookie: 0x1_0000_0002n },
  { ifindex: 17, name: "veth0123456789a", type: 1, inum: 4026531840, cookie: 1n },
  // Raw IP: no Ethernet header, whatever mac_header says.
  { ifindex: 9, name: "tun0", type: 65_534, inum: 4026532001, cookie: 0x1_0000_0002n },
];
const TUNNEL = 3;

/** What the socket's namespace is. */
const SOCKET_NET = { inum: 4026532001, cookie: 0x1_0000_0002n };

/** A device of type TUNNEL stands in for one that a packet without a MAC header is on. */
export function deviceOf(packet: PacketCase): Device | null {
  const { device } = packet.metadata;
  if (device === null) return null;
  return DEVICES[device === 2 && packet.start === "l3" ? TUNNEL : device]!;
}

export function namespaceOf(packet: PacketCase): { readonly inum: number; readonly cookie: bigint } | null {
  return deviceOf(packet) ?? (packet.metadata.socket === null ? null : SOCKET_NET);
}

function memberOf(...path: readonly string[]): Member {
  const found = kernel.member("sk_buff", path);
  if (found === null) throw new Error(`this kernel's sk_buff has no ${path.join(".")}`);
  return found.member;
}

function writeMember(memory: Buffer, at: number, member: Member, value: bigint): void {
  const place = at + member.offset;
  const width = member.bitSize === 0 ? member.size * 8 : member.bitSize;
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(member.bitOffset);
  let unit = 0n;
  for (let byte = member.size - 1; byte >= 0; byte -= 1) unit = (unit << 8n) | BigInt(memory[place + byte]!);
  unit = (unit & ~mask) | ((value << BigInt(member.bitOffset)) & mask);
  for (let byte = 0; byte < member.size; byte += 1)
    memory[place + byte] = Number((unit >> BigInt(8 * byte)) & 255n);
}

const swapped = (value: number): bigint => BigInt(((value & 255) << 8) | (value >> 8));

export const startOf = (packet: PacketCase): 0 | 1 | 2 =>
  packet.start === "none"
    ? generated.START_NONE
    : packet.start === "l2"
      ? generated.START_L2
      : generated.START_L3;

/** What the kernel's own walk has to find (test/differential/whole-program.test.ts compares). */
export const layersOf = (
  packet: PacketCase,
): Readonly<Record<keyof typeof structs.layers.members, number>> => ({
  ...walkHeaders(packet.bytes, 0, visible(packet), startOf(packet), packet),
  reserved: 0,
});

export const visible = (packet: PacketCase): number =>
  packet.start === "none" ? 0 : Math.min(packet.bytes.length, generated.WINDOW);

/** The made-up struct sk_buff, its window, and its buffer: what one run's memory begins with. */
export function memoryOf(packet: PacketCase, self: bigint): Buffer {
  const image = Buffer.alloc(HEAD - SKB + BUFFER + SHARED_INFO);
  image.set(packet.bytes, HEAD - SKB + HEADROOM);
  const set = (value: bigint | number, ...path: readonly string[]): void =>
    writeMember(image, 0, memberOf(...path), BigInt(value));
  const { metadata, start } = packet;
  const head = self + BigInt(HEAD);
  set(head, "head");
  set(head + BigInt(HEADROOM), "data");
  set(BUFFER, "end");
  set(packet.bytes.length + packet.fragmentBytes, "len");
  set(packet.fragmentBytes, "data_len");
  set(start === "l2" ? HEADROOM : 0xffff, "mac_header");
  set(start === "l2" ? HEADROOM + 14 : start === "l3" ? HEADROOM : 0, "network_header");
  set(start === "l2" ? 14 : 0, "mac_len");
  set(swapped(packet.protocol), "protocol");
  if (packet.vlan !== null) {
    set(swapped(packet.vlan.proto), "vlan_proto");
    set(packet.vlan.tci, "vlan_tci");
    if (kernel.member("sk_buff", ["vlan_present"]) !== null) set(1, "vlan_present");
  }
  const { device, socket, users, ...numbers } = metadata;
  for (const [name, value] of Object.entries(numbers)) set(value, name);
  set(users, "users", "refs", "counter");
  const index = device === 2 && start === "l3" ? TUNNEL : device;
  if (index !== null) set(self + BigInt(OBJECTS + index * DEVICE_SIZE), "dev");
  if (socket !== null) set(self + BigInt(SOCKETS), "sk");
  const shared = sharedOf(packet);
  const info = HEAD - SKB + BUFFER;
  for (const [path, value] of Object.entries(shared)) {
    const found = kernel.member("skb_shared_info", path.split("."));
    if (found !== null) writeMember(image, info, found.member, value);
  }
  writeWindow(image.subarray(WINDOW - SKB), packet);
  return image;
}

/** struct window without its pointers; garbage behind the packet's bytes, as a read of whole stretches leaves. */
function writeWindow(window: Buffer, packet: PacketCase): void {
  const { members } = structs.window;
  const length = visible(packet);
  window.writeUInt32LE(length, members.len.offset);
  window.writeUInt32LE(
    packet.start === "none" ? 0 : packet.bytes.length + packet.fragmentBytes,
    members.packet_len.offset,
  );
  window.writeUInt32LE(startOf(packet), members.start.offset);
  for (const [name, value] of Object.entries(layersOf(packet))) {
    const { offset, size } = structs.layers.members[name as keyof typeof structs.layers.members];
    window.writeUIntLE(value, members.layers.offset + offset, size);
  }
  window.fill(0x50, members.bytes.offset, members.bytes.offset + generated.WINDOW);
  window.set(packet.bytes.subarray(0, length), members.bytes.offset);
}

/** Devices, sockets and namespaces: the same for all packets. */
export function layOutObjects(memory: Buffer, self: bigint): void {
  const net = (inum: number): number => NETS + (inum === SOCKET_NET.inum ? NET_SIZE : 0);
  const inside = (
    ...path: readonly string[]
  ): { readonly steps: readonly number[]; readonly member: Member } => {
    const found = kernel.member("sk_buff", path);
    if (found === null) throw new Error(`this kernel has no ${path.join(".")}`);
    return { steps: found.pointers, member: found.member };
  };
  const ifindex = inside("dev", "ifindex");
  const name = inside("dev", "name");
  const deviceNet = inside("dev", "nd_net", "net", "ns", "inum");
  const deviceType = inside("dev", "type");
  const socketNet = inside("sk", "__sk_common", "skc_net", "net", "ns", "inum");
  DEVICES.forEach((device, index) => {
    const at = OBJECTS + index * DEVICE_SIZE;
    writeMember(memory, at, ifindex.member, BigInt(device.ifindex));
    writeMember(memory, at, deviceType.member, BigInt(device.type));
    memory.write(device.name, at + name.member.offset, "latin1");
    memory.writeBigUInt64LE(self + BigInt(net(device.inum)), at + deviceNet.steps[1]!);
    writeMember(memory, net(device.inum), deviceNet.member, BigInt(device.inum));
    if (cookieMember !== null) writeMember(memory, net(device.inum), cookieMember, device.cookie);
  });
  memory.writeBigUInt64LE(self + BigInt(net(SOCKET_NET.inum)), SOCKETS + socketNet.steps[1]!);
}

/** struct skb_shared_info, by path. */
export function sharedOf({ metadata }: PacketCase): Readonly<Record<string, bigint>> {
  const gso = metadata.hash % 3 === 0;
  return {
    "dataref.counter": BigInt(1 + (metadata.hash % 2)),
    nr_frags: BigInt(metadata.hash % 18),
    gso_size: gso ? 1448n : 0n,
    gso_segs: gso ? 3n : 0n,
    gso_type: BigInt(metadata.hash % 17),
    flags: BigInt(metadata.hash % 5),
  };
}
