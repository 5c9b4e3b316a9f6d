// Events in the order of a file -> the packet that each is of: by its tracking id, and across Open vSwitch's upcalls by
// what joins an upcall to its answer.

import type { FrameLayout } from "../../../compiler/plan/plan.js";
import {
  OVS_ACTION_EXECUTE,
  OVS_FLOW_OPERATION,
  OVS_HAS_QUEUE,
  OVS_RECV_UPCALL,
  OVS_UPCALL,
  OVS_UPCALL_ENQUEUE,
  OVS_UPCALL_RETURN,
  structs,
} from "../../../compiler/schema/generated/layout.js";
import { sectionAt } from "../../events/frame.js";
import { BigUint64List } from "./growing.js";
import { PacketTable } from "./packet-table.js";

/** The event belongs to no packet that anything is known of. */
export const UNTRACKED = 0xffff_ffff;

const header = structs.frame.members;
const tracking = structs.section_tracking.members;
const ovs = structs.section_ovs.members;

/** Events whose upcall is not in the file. */
export interface Unjoined {
  enqueues: number;
  queues: number;
}

export class SeriesTable {
  readonly unjoined: Unjoined = { enqueues: 0, queues: 0 };
  /** Of each series: what its first event says of the packet. */
  readonly timestamps = new BigUint64List();
  readonly heads = new BigUint64List();
  readonly buffers = new BigUint64List();
  readonly #layout: FrameLayout;
  readonly #byPacket = new PacketTable();
  /** By time and CPU of an upcall that has not returned. */
  readonly #byUpcall = new PacketTable();
  readonly #byQueue = new Map<number, number>();

  constructor(layout: FrameLayout) {
    this.#layout = layout;
  }

  /** The series of the next event. */
  seriesOf(view: DataView, at: number): number {
    const section = sectionAt(this.#layout, view, at, "ovs");
    if (section < 0) return this.#plain(view, at);
    switch (view.getUint32(section + ovs.event.offset, true)) {
      case OVS_UPCALL:
        return this.#upcall(view, at, section);
      case OVS_UPCALL_ENQUEUE:
        return this.#enqueue(view, at, section);
      case OVS_UPCALL_RETURN:
        return this.#upcallReturn(view, at, section);
      case OVS_RECV_UPCALL:
      case OVS_FLOW_OPERATION:
        return this.#answer(view, at, section);
      case OVS_ACTION_EXECUTE:
        return this.#action(view, at, section);
      default:
        return this.#plain(view, at);
    }
  }

  get length(): number {
    return this.timestamps.length;
  }

  /** By the packet's own id. */
  #plain(view: DataView, at: number): number {
    const own = sectionAt(this.#layout, view, at, "tracking");
    if (own < 0) return UNTRACKED;
    const known = this.#byPacket.get(...packetOf(view, own));
    return known >= 0 ? known : this.#begin(view, own);
  }

  #begin(view: DataView, own: number): number {
    const series = this.timestamps.length;
    this.timestamps.push(view.getBigUint64(own + tracking.timestamp.offset, true));
    this.heads.push(view.getBigUint64(own + tracking.orig_head.offset, true));
    this.buffers.push(view.getBigUint64(own + tracking.skb.offset, true));
    this.#byPacket.set(...packetOf(view, own), series);
    return series;
  }

  #upcall(view: DataView, at: number, section: number): number {
    const series = this.#plain(view, at);
    const low = view.getUint32(at + header.time.offset, true);
    const high = view.getUint32(at + header.time.offset + 4, true);
    if (series !== UNTRACKED)
      this.#byUpcall.set(low, high, view.getUint32(section + ovs.cpu.offset, true), 0, series);
    return series;
  }

  /** Of a packet that was cut into several, each piece is one. */
  #enqueue(view: DataView, at: number, section: number): number {
    let series = this.#byUpcall.get(...upcallOf(view, section));
    if (series < 0) {
      this.unjoined.enqueues++;
      series = this.#plain(view, at);
    }
    if (series !== UNTRACKED) this.#byQueue.set(view.getUint32(section + ovs.queue_id.offset, true), series);
    return series;
  }

  #upcallReturn(view: DataView, at: number, section: number): number {
    const series = this.#plain(view, at);
    this.#byUpcall.delete(...upcallOf(view, section));
    return series;
  }

  /** What user space does with the packet of an upcall. */
  #answer(view: DataView, at: number, section: number): number {
    const series = this.#byQueue.get(view.getUint32(section + ovs.queue_id.offset, true));
    if (series !== undefined) return series;
    this.unjoined.queues++;
    return this.#plain(view, at);
  }

  /** A packet that user space sent back is a new one to the kernel, and the old one to us. */
  #action(view: DataView, at: number, section: number): number {
    if ((view.getUint32(section + ovs.has.offset, true) & OVS_HAS_QUEUE) === 0) return this.#plain(view, at);
    const series = this.#answer(view, at, section);
    const own = sectionAt(this.#layout, view, at, "tracking");
    if (own >= 0 && series !== UNTRACKED) this.#byPacket.set(...packetOf(view, own), series);
    return series;
  }
}

type Key = [number, number, number, number];

function packetOf(view: DataView, own: number): Key {
  const time = own + tracking.timestamp.offset;
  const head = own + tracking.orig_head.offset;
  return [
    view.getUint32(time, true),
    view.getUint32(time + 4, true),
    view.getUint32(head, true),
    view.getUint32(head + 4, true),
  ];
}

function upcallOf(view: DataView, section: number): Key {
  const time = section + ovs.upcall_ts.offset;
  return [
    view.getUint32(time, true),
    view.getUint32(time + 4, true),
    view.getUint32(section + ovs.upcall_cpu.offset, true),
    0,
  ];
}
