// What Open vSwitch did with the packet; which members there are depends on `event_type`, and on `action`.
import * as layout from "../generated/layout.js";
import type { EventSection, Item } from "./form.js";
import {
  address,
  hasBit,
  interned,
  member,
  names,
  object,
  optional,
  s32,
  u8,
  u16,
  u32,
  u64,
  within,
} from "./place.js";

const ovs = within("ovs");
const has = ovs("has");

const cmd = member("cmd", u8(ovs("cmd")), "OVS_PACKET_CMD_*: 0 unspecified, 1 miss, 2 action, 3 execute");
const port = member("port", u32(ovs("port")), "port of the datapath");
const ret = member("ret", s32(ovs("ret")), "0, or an error number below 0");
const upcallTime = member("upcall_ts", u64(ovs("upcall_ts")), "when the upcall began: CLOCK_MONOTONIC, ns");
const upcallCpu = member("upcall_cpu", u32(ovs("upcall_cpu")), "CPU of the upcall");
const queue = member("queue_id", u32(ovs("queue_id")), "what joins upcall and answer");
const batchTime = member("batch_ts", u64(ovs("batch_ts")), "when its batch began: CLOCK_MONOTONIC, ns");
const batchIndex = member("batch_idx", u8(ovs("batch_idx")), "place in the batch");

const bound = (key: string, which: "min" | "max", kind: "addr" | "port", mask: number) =>
  optional(
    key,
    kind === "addr" ? address(ovs(`nat_${which}_addr`), ovs("nat_family")) : u16(ovs(`nat_${which}_port`)),
    hasBit(has, mask),
    "where none is given",
    `${which === "min" ? "lowest" : "highest"} ${kind === "addr" ? "address" : "port"} to translate to`,
  );

const nat = optional(
  "nat",
  object(
    optional(
      "dir",
      names(ovs("nat_dir"), { src: 1, dst: 2 }),
      { kind: "nonzero" },
      "where none is given",
      "what is translated",
    ),
    bound("min_addr", "min", "addr", layout.OVS_HAS_NAT_MIN_ADDR),
    bound("max_addr", "max", "addr", layout.OVS_HAS_NAT_MAX_ADDR),
    bound("min_port", "min", "port", layout.OVS_HAS_NAT_MIN_PORT),
    bound("max_port", "max", "port", layout.OVS_HAS_NAT_MAX_PORT),
  ),
  hasBit(has, layout.OVS_HAS_NAT),
  "without address translation",
  "address translation",
);

const flows = hasBit(has, layout.OVS_HAS_FLOWS);

const action: Item = {
  kind: "tagged",
  tag: member("action", interned(ovs("action")), "action that was executed"),
  cases: {
    output: [port],
    recirc: [member("id", u32(ovs("recirc")), "recirculation id that it leads to")],
    ct: [
      member("flags", u32(ovs("ct_flags")), "OVS_CT_* bits"),
      member("zone_id", u16(ovs("ct_zone")), "conntrack zone"),
      nat,
    ],
    drop: [member("reason", u32(ovs("drop_reason")), "reason that the flow gives")],
  },
};

const events = {
  upcall: layout.OVS_UPCALL,
  upcall_enqueue: layout.OVS_UPCALL_ENQUEUE,
  upcall_return: layout.OVS_UPCALL_RETURN,
  recv_upcall: layout.OVS_RECV_UPCALL,
  flow_operation: layout.OVS_FLOW_OPERATION,
  action_execute: layout.OVS_ACTION_EXECUTE,
  flow_lookup: layout.OVS_FLOW_LOOKUP,
};

export const ovsEvents: Readonly<Record<string, number>> = events;

const cases: Readonly<Record<keyof typeof events, readonly Item[]>> = {
  upcall: [cmd, port, member("cpu", u32(ovs("cpu")), "CPU of the upcall")],
  upcall_enqueue: [ret, cmd, port, upcallTime, upcallCpu, queue],
  upcall_return: [upcallTime, upcallCpu, ret],
  recv_upcall: [
    member("type", u32(ovs("type")), "type of the upcall"),
    member("pkt_size", u32(ovs("pkt_size")), "bytes of the packet"),
    member("key_size", u64(ovs("key_size")), "bytes of the flow key"),
    queue,
    batchTime,
    batchIndex,
  ],
  flow_operation: [
    member("op_type", names(ovs("operation"), { exec: 0, put: 1 }), "what is done to the flow"),
    queue,
    batchTime,
    batchIndex,
  ],
  action_execute: [
    action,
    optional(
      "recirc_id",
      u32(ovs("recirc_id")),
      hasBit(has, layout.OVS_HAS_RECIRC_ID),
      "where it was not known",
      "recirculation id that it runs in",
    ),
    optional(
      "queue_id",
      u32(ovs("queue_id")),
      hasBit(has, layout.OVS_HAS_QUEUE),
      "unless user space sent the packet back",
      "what joins upcall and answer",
    ),
  ],
  flow_lookup: [
    member("flow", u64(ovs("flow")), "address of the flow; 0: none matched"),
    member("sf_acts", u64(ovs("sf_acts")), "address of its actions"),
    member("ufid", { kind: "words", at: ovs("ufid"), count: 4 }, "unique id of the flow"),
    member("n_mask_hit", u32(ovs("n_mask_hit")), "masks that were tried"),
    member("n_cache_hit", u32(ovs("n_cache_hit")), "hits of the mask cache"),
    optional("dpflow", { kind: "empty", of: "text" }, flows, "in older files", "flow of the datapath"),
    optional(
      "ofpflows",
      { kind: "empty", of: "texts" },
      flows,
      "in older files",
      "OpenFlow rules that it was made of",
    ),
  ],
};

export const ovsSection: EventSection = {
  key: "ovs",
  doc: "What Open vSwitch did",
  origin: "retis",
  where: { kind: "section", section: "ovs" },
  members: [
    { kind: "tagged", tag: member("event_type", names(ovs("event"), events), "what happened"), cases },
  ],
};
