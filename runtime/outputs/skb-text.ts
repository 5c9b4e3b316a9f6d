// The skb section as Retis' text (metadata, references, GSO).
import { SKB_HAS_DATA_REF, SKB_HAS_META, structs } from "../../compiler/schema/generated/layout.js";
import { etherTypeName } from "../packet/names.js";
import type { TextWriter } from "../packet/text-writer.js";

const skb = structs.section_skb.members;

/** CHECKSUM_* of include/linux/skbuff.h. */
const CHECKSUM = { none: 0, unnecessary: 1, complete: 2, partial: 3 } as const;

/**
 * `skb [csum none len 84 priority 0 users 1 dataref 1][ gso […]]`, and the accelerated VLAN tag before it where link
 * layers are shown. False: there was nothing to show, and nothing was written.
 */
export function writeSkb(out: TextWriter, view: DataView, at: number, linkLayer: boolean): boolean {
  const u8 = (member: { readonly offset: number }): number => view.getUint8(at + member.offset);
  const u16 = (member: { readonly offset: number }): number => view.getUint16(at + member.offset, true);
  const u32 = (member: { readonly offset: number }): number => view.getUint32(at + member.offset, true);
  const has = u32(skb.has);
  const vlan = linkLayer && u8(skb.vlan_present) !== 0;
  const gso = u16(skb.gso_size) !== 0;
  if (vlan) writeVlanAcceleration(out, u16(skb.vlan_proto), u16(skb.vlan_tci));
  if (has === 0 && !gso) return vlan;
  if (vlan) out.char(32);
  out.ascii("skb [");
  if ((has & SKB_HAS_META) !== 0) {
    out.ascii("csum ");
    out.ascii(checksumText(u8(skb.ip_summed), u8(skb.csum_level), u32(skb.csum)));
    const hash = u32(skb.hash);
    if (hash !== 0) {
      out.ascii(" hash 0x");
      out.hex(hash);
    }
    labelled(out, " len ", u32(skb.len));
    const dataLength = u32(skb.data_len);
    if (dataLength !== 0) labelled(out, " data_len ", dataLength);
    labelled(out, " priority ", u32(skb.priority));
    if ((has & SKB_HAS_DATA_REF) !== 0) out.char(32);
  }
  if ((has & SKB_HAS_DATA_REF) !== 0) {
    if (u8(skb.nohdr) !== 0) out.ascii("nohdr ");
    if (u8(skb.cloned) !== 0) out.ascii("cloned ");
    const fclone = u8(skb.fclone);
    if (fclone !== 0) {
      labelled(out, "fclone ", fclone);
      out.char(32);
    }
    labelled(out, "users ", u32(skb.users));
    // SKB_DATAREF_SHIFT: the upper half counts payload-only references; Retis shows the lowest byte.
    labelled(out, " dataref ", u32(skb.dataref) & 0xff);
  }
  out.char(93);
  if (gso)
    writeGso(
      out,
      u32(skb.gso_type),
      u8(skb.gso_flags),
      u32(skb.nr_frags),
      u16(skb.gso_segs),
      u16(skb.gso_size),
    );
  return true;
}

function labelled(out: TextWriter, label: string, value: number): void {
  out.ascii(label);
  out.dec(value);
}

/** `vlan_accel (ethertype 802.1Q (0x8100) vlan 123 p 0[ DEI])`: the tag that was taken out of the packet. */
function writeVlanAcceleration(out: TextWriter, protocol: number, tci: number): void {
  out.ascii(`vlan_accel (ethertype ${etherTypeName(protocol) ?? "unknown"} (0x${protocol.toString(16)})`);
  out.ascii(` vlan ${tci & 0xfff} p ${tci >>> 13}${(tci & 0x1000) !== 0 ? " DEI" : ""})`);
}

function checksumText(summed: number, level: number, checksum: number): string {
  switch (summed) {
    case CHECKSUM.none:
      return "none";
    case CHECKSUM.unnecessary:
      return `unnecessary (level ${level})`;
    case CHECKSUM.complete:
      return `complete (0x${checksum.toString(16)})`;
    case CHECKSUM.partial:
      return `partial (start ${checksum & 0xffff} off ${checksum >>> 16})`;
    default:
      return `unknown (${summed})`;
  }
}

function writeGso(
  out: TextWriter,
  type: number,
  flags: number,
  frags: number,
  segments: number,
  size: number,
): void {
  out.ascii(` gso [type 0x${type.toString(16)} `);
  if (flags !== 0) out.ascii(`flags 0x${flags.toString(16)} `);
  if (frags !== 0) out.ascii(`frags ${frags} `);
  if (segments !== 0) out.ascii(`segs ${segments} `);
  out.ascii(`size ${size}]`);
}
