// A hit as both verdicts of user space take it: the frame that the kernel would have sent, and the reference's view.

import { readFileSync } from "node:fs";
import { layOutFrame } from "../../compiler/plan/lay-out-frame.js";
import type { FrameLayout, PlannedProbe } from "../../compiler/plan/plan.js";
import * as generated from "../../compiler/schema/generated/layout.js";
import { COLLECTED_SECTIONS, SECTION_BITS } from "../../compiler/schema/section-bits.js";
import {
  cookieMember,
  deviceOf,
  hasReason,
  layersOf,
  namespaceOf,
  sharedOf,
  startOf,
  visible,
} from "./memory.js";
import type { PacketCase } from "./packets.js";
import { type Hit, parsePacket } from "./reference.js";
import type { Arguments, Slot } from "./world.js";

const { structs } = generated;
const WINDOW = 256;

/** Every section is collected, whatever the predicate needs. */
export const everything = layOutFrame(
  new Set(COLLECTED_SECTIONS.filter((section) => section !== "stack")),
  WINDOW,
);

export const FRAME_SIZE = everything.bytes + WINDOW;

/** The task that test runs happen in. */
const TASK = { pid: process.pid, tid: process.pid, comm: readFileSync("/proc/self/comm", "utf8").trim() };
const hasCookie = cookieMember !== null;

/** What each section of a hit holds; null: the hit does not have it. */
function sectionsOf(
  packet: PacketCase,
  slot: Slot,
  args: Arguments,
): Readonly<Record<"task" | "skb" | "drop" | "dev" | "ns", Readonly<Record<string, bigint>> | null>> {
  const { metadata } = packet;
  const device = deviceOf(packet);
  const namespace = namespaceOf(packet);
  return {
    task: {
      pid: BigInt(TASK.pid),
      tid: BigInt(TASK.tid),
      context: BigInt(metadata.priority % 5),
    },
    skb: {
      len: BigInt(packet.bytes.length + packet.fragmentBytes),
      data_len: BigInt(packet.fragmentBytes),
      hash: BigInt(metadata.hash),
      mark: BigInt(metadata.mark),
      priority: BigInt(metadata.priority),
      csum: BigInt(metadata.csum),
      protocol: BigInt(packet.protocol),
      queue_mapping: BigInt(metadata.queue_mapping),
      pkt_type: BigInt(metadata.pkt_type),
      ip_summed: BigInt(metadata.ip_summed),
      csum_level: BigInt(metadata.csum_level),
      nohdr: BigInt(metadata.nohdr),
      cloned: BigInt(metadata.cloned),
      fclone: BigInt(metadata.fclone),
      users: BigInt(metadata.users),
      ...shared(packet),
    },
    drop:
      slot === 1
        ? { reason: BigInt(args.reason), location: args.location, has_reason: hasReason ? 1n : 0n }
        : null,
    dev: device === null ? null : { ifindex: BigInt(device.ifindex), rx_ifindex: BigInt(metadata.skb_iif) },
    ns:
      namespace === null
        ? null
        : {
            inum: BigInt(namespace.inum),
            cookie: hasCookie ? namespace.cookie : 0n,
            has_cookie: hasCookie ? 1n : 0n,
          },
  };
}

/** What the kernel's verdict cannot reach: only frames have it. */
function shared(packet: PacketCase): Readonly<Record<string, bigint>> {
  const { "dataref.counter": dataref, flags, ...rest } = sharedOf(packet);
  const { vlan } = packet;
  return {
    ...rest,
    dataref: dataref!,
    gso_flags: flags!,
    vlan_present: vlan === null ? 0n : 1n,
    vlan_proto: BigInt(vlan?.proto ?? 0),
    vlan_tci: BigInt(vlan?.tci ?? 0),
  };
}

/** Members that tell nothing while another of their section is 0. */
const CONDITIONAL: readonly (readonly [members: readonly string[], condition: string])[] = [
  [["skb.gso_size", "skb.gso_segs", "skb.gso_type", "skb.gso_flags"], "skb.gso_size"],
  [["skb.vlan_proto", "skb.vlan_tci"], "skb.vlan_present"],
  [["ns.cookie"], "ns.has_cookie"],
  [["drop.reason"], "drop.has_reason"],
  [["task.context"], "task.context"],
];

export function hitOf(packet: PacketCase, slot: Slot, args: Arguments, probe: PlannedProbe): Hit {
  const numbers = new Map<string, bigint>();
  const sections = new Set<string>();
  if (packet.start !== "none") sections.add("packet");
  for (const [section, members] of Object.entries(sectionsOf(packet, slot, args))) {
    if (members === null) continue;
    sections.add(section);
    for (const [member, value] of Object.entries(members)) numbers.set(`${section}.${member}`, value);
  }
  for (const [members, condition] of CONDITIONAL)
    if (numbers.get(condition) === 0n) for (const member of members) numbers.delete(member);
  const strings = new Map([["task.comm", TASK.comm]]);
  const device = deviceOf(packet);
  if (device !== null) strings.set("dev.name", device.name);
  return {
    packet,
    parsed: parsePacket(packet),
    probe: { name: probe.name, type: probe.kind },
    numbers,
    strings,
    sections,
  };
}

interface Place {
  readonly offset: number;
  readonly size: number;
}

const writeNumber = (frame: Buffer, at: number, { offset, size }: Place, value: bigint): void => {
  for (let byte = 0; byte < size; byte += 1)
    frame[at + offset + byte] = Number((value >> BigInt(8 * byte)) & 255n);
};

/** The frame's bytes; garbage stands wherever nothing was collected, as in a ring that is reused. */
export function writeFrame(
  frame: Buffer,
  packet: PacketCase,
  slot: Slot,
  args: Arguments,
  layout: FrameLayout = everything,
): void {
  frame.fill(0xa5);
  let present = 0;
  const header = structs.frame.members;
  writeNumber(frame, 0, header.slot, BigInt(slot));
  for (const [name, members] of Object.entries(sectionsOf(packet, slot, args))) {
    if (members === null || !(name in layout.offsets)) continue;
    const section = name as "task" | "skb" | "drop" | "dev" | "ns";
    present |= SECTION_BITS[section];
    const places: Readonly<Record<string, Place>> = structs[`section_${section}`].members;
    for (const [member, value] of Object.entries(members))
      writeNumber(frame, layout.offsets[section]!, places[member]!, value);
  }
  writeName(frame, layout.offsets.task, structs.section_task.members.comm.offset, TASK.comm);
  writeName(
    frame,
    layout.offsets.dev,
    structs.section_dev.members.name.offset,
    deviceOf(packet)?.name ?? null,
  );
  if (packet.start !== "none" && layout.offsets.packet !== undefined) {
    present |= SECTION_BITS.packet;
    writePacket(frame, packet, layout.offsets.packet, layout.bytes);
  }
  writeNumber(frame, 0, header.present, BigInt(present));
}

function writeName(frame: Buffer, section: number | undefined, offset: number, name: string | null): void {
  if (section === undefined || name === null) return;
  frame.fill(0, section + offset, section + offset + 16);
  frame.write(name, section + offset, "latin1");
}

function writePacket(frame: Buffer, packet: PacketCase, at: number, bytes: number): void {
  const members = structs.section_packet.members;
  const window = visible(packet);
  writeNumber(frame, at, members.len, BigInt(packet.bytes.length + packet.fragmentBytes));
  writeNumber(frame, at, members.captured, BigInt(window));
  writeNumber(frame, at, members.window, BigInt(window));
  writeNumber(frame, at, members.start, BigInt(startOf(packet)));
  for (const [name, value] of Object.entries(layersOf(packet))) {
    const place = structs.layers.members[name as keyof typeof structs.layers.members];
    writeNumber(frame, at + members.layers.offset, place, BigInt(value));
  }
  frame.set(packet.bytes.subarray(0, window), bytes);
}
