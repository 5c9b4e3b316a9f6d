// One event as a line of JSON: Retis' sections and keys, and ours beside them (task.context, location, start, mark, …).
import { FRAME_TRUNCATED, structs } from "../../compiler/schema/generated/layout.js";
import { frameCpu, frameFlags, frameSlot, frameTime, sectionAt } from "../events/frame.js";
import type { TextWriter } from "../packet/text-writer.js";
import type { Names } from "./names.js";

const task = structs.section_task.members;
const packet = structs.section_packet.members;
const skb = structs.section_skb.members;
const drop = structs.section_drop.members;
const dev = structs.section_dev.members;
const ns = structs.section_ns.members;

/** enum task_context (bpf/sections/task.h). */
const CONTEXTS = [undefined, "task", "softirq", "hardirq", "nmi"] as const;

export class EventJson {
  readonly #names: Names;
  readonly #kernels: readonly string[];

  constructor(names: Names) {
    this.#names = names;
    this.#kernels = names.probes.map(
      (probe) => `,"kernel":{"symbol":${JSON.stringify(probe.name)},"probe_type":"raw_tracepoint"`,
    );
  }

  /** Writes the event at `at` and a newline. */
  write(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    this.#common(out, bytes, view, at);
    this.#kernel(out, view, at);
    this.#drop(out, view, at);
    this.#packet(out, bytes, view, at);
    this.#skb(out, view, at);
    this.#place(out, bytes, view, at);
    out.ascii("}\n");
  }

  #common(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    out.ascii('{"common":{"timestamp":');
    out.decBig(frameTime(view, at));
    out.ascii(',"smp_id":');
    out.dec(frameCpu(view, at));
    const who = sectionAt(this.#names.layout, view, at, "task");
    if (who >= 0) {
      out.ascii(',"task":{"pid":');
      out.dec(view.getInt32(who + task.pid.offset, true));
      out.ascii(',"tgid":');
      out.dec(view.getInt32(who + task.tid.offset, true));
      out.ascii(',"comm":');
      out.utf8(jsonString(bytes, who + task.comm.offset, task.comm.size));
      const context = CONTEXTS[view.getUint32(who + task.context.offset, true)];
      if (context !== undefined) out.ascii(`,"context":"${context}"`);
      out.char(125);
    }
    out.char(125);
  }

  #kernel(out: TextWriter, view: DataView, at: number): void {
    out.utf8(this.#kernels[frameSlot(view, at)] ?? ',"kernel":{');
    const section = sectionAt(this.#names.layout, view, at, "stack");
    if (section >= 0) {
      out.ascii(',"stack_trace":');
      out.utf8(JSON.stringify(this.#names.stacks.frames(view, section)));
    }
    out.char(125);
  }

  #drop(out: TextWriter, view: DataView, at: number): void {
    const section = sectionAt(this.#names.layout, view, at, "drop");
    if (section < 0) return;
    const has = view.getUint32(section + drop.has_reason.offset, true) !== 0;
    const text = has
      ? this.#names.enums.reasons.text(view.getUint32(section + drop.reason.offset, true))
      : "NOT_SPECIFIED";
    const slash = text.indexOf("/");
    out.ascii(',"skb-drop":{');
    if (slash !== -1) out.ascii(`"subsys":"${text.slice(0, slash)}",`);
    out.ascii(`"drop_reason":"${text.slice(slash + 1)}"`);
    const place = section + drop.location.offset;
    const high = view.getUint32(place + 4, true);
    const low = view.getUint32(place, true);
    if (high !== 0 || low !== 0)
      out.utf8(`,"location":${JSON.stringify(this.#names.symbols.name(high, low))}`);
    out.char(125);
  }

  #packet(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    const section = sectionAt(this.#names.layout, view, at, "packet");
    if (section < 0) return;
    const captured = view.getUint16(section + packet.captured.offset, true);
    const start = view.getUint16(section + packet.start.offset, true);
    if (start === 0) return;
    const first = at + this.#names.layout.bytes;
    out.ascii(',"packet":{"len":');
    out.dec(view.getUint32(section + packet.len.offset, true));
    out.ascii(',"capture_len":');
    out.dec(captured);
    out.ascii(`,"start":"${start === 1 ? "l2" : "l3"}"`);
    if ((frameFlags(view, at) & FRAME_TRUNCATED) !== 0) out.ascii(',"truncated":true');
    out.ascii(',"data":"');
    out.ascii(bytes.toString("base64", first, first + captured));
    out.ascii('"}');
  }

  #skb(out: TextWriter, view: DataView, at: number): void {
    const section = sectionAt(this.#names.layout, view, at, "skb");
    if (section < 0) return;
    const u8 = (member: { readonly offset: number }): number => view.getUint8(section + member.offset);
    const u16 = (member: { readonly offset: number }): number =>
      view.getUint16(section + member.offset, true);
    const u32 = (member: { readonly offset: number }): number =>
      view.getUint32(section + member.offset, true);
    out.ascii(',"skb":{');
    if (u8(skb.vlan_present) !== 0) {
      const tci = u16(skb.vlan_tci);
      out.ascii(
        `"vlan_accel":{"proto":${u16(skb.vlan_proto)},"pcp":${tci >>> 13},"dei":${(tci & 0x1000) !== 0},"vid":${tci & 0xfff}},`,
      );
    }
    out.ascii(
      `"meta":{"len":${u32(skb.len)},"data_len":${u32(skb.data_len)},"hash":${u32(skb.hash)},"ip_summed":${u8(skb.ip_summed)},"csum":${u32(skb.csum)},"csum_level":${u8(skb.csum_level)},"priority":${u32(skb.priority)},"mark":${u32(skb.mark)},"pkt_type":${u8(skb.pkt_type)},"protocol":${u16(skb.protocol)},"queue_mapping":${u16(skb.queue_mapping)}}`,
    );
    out.ascii(
      `,"data_ref":{"nohdr":${u8(skb.nohdr) !== 0},"cloned":${u8(skb.cloned) !== 0},"fclone":${u8(skb.fclone)},"users":${u32(skb.users) & 0xff},"dataref":${u32(skb.dataref) & 0xff}}`,
    );
    if (u16(skb.gso_size) !== 0) {
      out.ascii(
        `,"gso":{"flags":${u8(skb.gso_flags)},"frags":${u32(skb.nr_frags)},"size":${u16(skb.gso_size)},"segs":${u16(skb.gso_segs)},"type":${u32(skb.gso_type)}}`,
      );
    }
    out.char(125);
  }

  #place(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    const space = sectionAt(this.#names.layout, view, at, "ns");
    if (space >= 0) {
      out.ascii(',"netns":{');
      if (view.getUint32(space + ns.has_cookie.offset, true) !== 0) {
        out.ascii('"cookie":');
        out.decBig(view.getBigUint64(space + ns.cookie.offset, true));
        out.char(44);
      }
      out.ascii('"inum":');
      out.dec(view.getUint32(space + ns.inum.offset, true));
      out.char(125);
    }
    const device = sectionAt(this.#names.layout, view, at, "dev");
    if (device >= 0) {
      out.ascii(',"dev":{"name":');
      out.utf8(jsonString(bytes, device + dev.name.offset, dev.name.size));
      out.ascii(',"ifindex":');
      out.dec(view.getUint32(device + dev.ifindex.offset, true));
      const rx = view.getUint32(device + dev.rx_ifindex.offset, true);
      if (rx !== 0) {
        out.ascii(',"rx_ifindex":');
        out.dec(rx);
      }
      out.char(125);
    }
  }
}

/** A NUL-terminated string of the kernel as a JSON string; bytes that are no UTF-8 become U+FFFD. */
function jsonString(bytes: Buffer, at: number, size: number): string {
  let end = at;
  while (end < at + size && bytes[end] !== 0) end++;
  return JSON.stringify(bytes.toString("utf8", at, end));
}
