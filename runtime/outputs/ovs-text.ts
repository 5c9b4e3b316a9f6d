// The Open vSwitch section as Retis' text: one line that depends on what happened.
import {
  OVS_ACTION_EXECUTE,
  OVS_FLOW_LOOKUP,
  OVS_FLOW_OPERATION,
  OVS_HAS_NAT,
  OVS_HAS_NAT_MAX_ADDR,
  OVS_HAS_NAT_MAX_PORT,
  OVS_HAS_NAT_MIN_ADDR,
  OVS_HAS_NAT_MIN_PORT,
  OVS_HAS_QUEUE,
  OVS_RECV_UPCALL,
  OVS_UPCALL,
  OVS_UPCALL_ENQUEUE,
  OVS_UPCALL_RETURN,
  structs,
} from "../../compiler/schema/generated/layout.js";
import type { TextWriter } from "../packet/text-writer.js";
import type { Strings } from "./names.js";

const ovs = structs.section_ovs.members;

/** enum ovs_packet_cmd of the kernel; one that it does not have shows nothing. */
const COMMANDS = [" (unspec)", " (miss)", " (action)", " (exec)"] as const;

/** Flags of the ct action that the text names, in its order; bits as Retis stores them. */
const CT_FLAGS: readonly (readonly [number, string])[] = [
  [1 << 0, "commit"],
  [1 << 1, "force"],
  [1 << 10, "persistent"],
  [1 << 9, "hash"],
  [1 << 11, "random"],
];
/** The range of NAT has addresses, ports. */
const CT_NAT_ADDRESSES = 1 << 7;
const CT_NAT_PORTS = 1 << 8;

type Member = { readonly offset: number };

export function writeOvs(out: TextWriter, bytes: Buffer, view: DataView, at: number, strings: Strings): void {
  const u32 = (member: Member): number => view.getUint32(at + member.offset, true);
  const u64 = (member: Member): bigint => view.getBigUint64(at + member.offset, true);
  const command = COMMANDS[u32(ovs.cmd)] ?? "";
  const ret = view.getInt32(at + ovs.ret.offset, true);
  switch (u32(ovs.event)) {
    case OVS_UPCALL:
      out.ascii(`upcall${command} port ${u32(ovs.port)} cpu ${u32(ovs.cpu)}`);
      return;
    case OVS_UPCALL_ENQUEUE:
      out.ascii(
        `upcall_enqueue${command} (${u32(ovs.upcall_cpu)}/${u64(ovs.upcall_ts)}) q ${u32(ovs.queue_id)} ret ${ret}`,
      );
      return;
    case OVS_UPCALL_RETURN:
      out.ascii(`upcall_ret (${u32(ovs.upcall_cpu)}/${u64(ovs.upcall_ts)}) ret ${ret}`);
      return;
    case OVS_RECV_UPCALL:
      out.ascii(`upcall_recv q ${u32(ovs.queue_id)} pkt_size ${u32(ovs.pkt_size)}`);
      return;
    case OVS_FLOW_OPERATION:
      out.ascii(
        `flow_${u32(ovs.operation) === 1 ? "put" : "exec"} q ${u32(ovs.queue_id)} ts ${u64(ovs.batch_ts)} (${u32(ovs.batch_idx)})`,
      );
      return;
    case OVS_ACTION_EXECUTE:
      writeAction(out, bytes, view, at, strings);
      return;
    case OVS_FLOW_LOOKUP:
      if (u64(ovs.flow) === 0n) {
        out.ascii(`flow miss mask ${u32(ovs.n_mask_hit)} cache ${u32(ovs.n_cache_hit)}`);
        return;
      }
      out.ascii(
        `flow hit ufid ${ufidText(view, at + ovs.ufid.offset)} mask ${u32(ovs.n_mask_hit)} cache ${u32(ovs.n_cache_hit)}`,
      );
      out.ascii(` flow ${u64(ovs.flow).toString(16)} sf_acts ${u64(ovs.sf_acts).toString(16)}`);
      return;
  }
}

function writeAction(out: TextWriter, bytes: Buffer, view: DataView, at: number, strings: Strings): void {
  const u32 = (member: Member): number => view.getUint32(at + member.offset, true);
  const recirc = u32(ovs.recirc_id);
  if (recirc !== 0) out.ascii(`[recirc_id 0x${recirc.toString(16)}] `);
  out.ascii("exec ");
  const id = u32(ovs.action);
  const action = id === 0 ? "unspec" : strings.text(id);
  switch (action) {
    case "output":
      out.ascii(`oport ${u32(ovs.port)}`);
      break;
    case "recirc":
      out.ascii(`recirc 0x${u32(ovs.recirc).toString(16)}`);
      break;
    case "drop":
      out.ascii(`drop ${u32(ovs.drop_reason)}`);
      break;
    case "ct":
      writeCtAction(out, bytes, view, at);
      break;
    case "set":
      out.ascii("tunnel_set");
      break;
    default:
      out.utf8(action);
  }
  if ((u32(ovs.has) & OVS_HAS_QUEUE) !== 0) out.ascii(` q ${u32(ovs.queue_id)}`);
}

/** `ct zone Z[ nat[(src|dst[=A[-B]][:P[-Q]])]][ commit,force,…]` */
function writeCtAction(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
  const has = view.getUint32(at + ovs.has.offset, true);
  const flags = view.getUint32(at + ovs.ct_flags.offset, true);
  out.ascii(`ct zone ${view.getUint16(at + ovs.ct_zone.offset, true)}`);
  if ((has & OVS_HAS_NAT) !== 0) {
    out.ascii(" nat");
    const direction = view.getUint8(at + ovs.nat_dir.offset);
    if (direction !== 0) {
      out.ascii(direction === 1 ? "(src" : "(dst");
      writeNatRange(out, bytes, view, at, has);
      out.char(41);
    }
  }
  const names = CT_FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  if (names.length > 0) out.ascii(` ${names.join(",")}`);
}

/** One address or port where both ends of the range are the same. */
function writeNatRange(out: TextWriter, bytes: Buffer, view: DataView, at: number, has: number): void {
  const flags = view.getUint32(at + ovs.ct_flags.offset, true);
  const both = (min: number, max: number): boolean => (has & min) !== 0 && (has & max) !== 0;
  if ((flags & CT_NAT_ADDRESSES) !== 0 && both(OVS_HAS_NAT_MIN_ADDR, OVS_HAS_NAT_MAX_ADDR)) {
    const size = view.getUint8(at + ovs.nat_family.offset) === 6 ? 16 : 4;
    const address = (member: Member): void => {
      if (size === 16) out.ipv6(bytes, at + member.offset);
      else out.ipv4(bytes, at + member.offset);
    };
    const [min, max] = [at + ovs.nat_min_addr.offset, at + ovs.nat_max_addr.offset];
    out.char(61);
    address(ovs.nat_min_addr);
    if (bytes.compare(bytes, min, min + size, max, max + size) !== 0) {
      out.char(45);
      address(ovs.nat_max_addr);
    }
  }
  if ((flags & CT_NAT_PORTS) !== 0 && both(OVS_HAS_NAT_MIN_PORT, OVS_HAS_NAT_MAX_PORT)) {
    const min = view.getUint16(at + ovs.nat_min_port.offset, true);
    const max = view.getUint16(at + ovs.nat_max_port.offset, true);
    out.ascii(min === max ? `:${min}` : `:${min}-${max}`);
  }
}

/** UUID-like: `177746cc-5e95-4c23-8d40-96d5bee7c6eb`. */
function ufidText(view: DataView, at: number): string {
  return ufidOf([0, 4, 8, 12].map((offset) => view.getUint32(at + offset, true)));
}

export function ufidOf(words: readonly number[]): string {
  const hex = words.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
