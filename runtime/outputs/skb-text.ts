// The skb section as Retis' text (metadata, references, GSO).
import { structs } from "../../compiler/schema/generated/layout.js";
import { etherTypeName } from "../packet/names.js";
import type { TextWriter } from "../packet/text-writer.js";

const skb = structs.section_skb.members;

/** CHECKSUM_* of include/linux/skbuff.h. */
const CHECKSUM = { none: 0, unnecessary: 1, complete: 2, partial: 3 } as const;

/** `vlan_accel (ethertype 802.1Q (0x8100) vlan 123 p 0[ DEI]) `, when the tag was taken out of the packet. */
export function writeVlanAcceleration(out: TextWriter, view: DataView, at: number): void {
  if (view.getUint8(at + skb.vlan_present.offset) === 0) return;
  const protocol = view.getUint16(at + skb.vlan_proto.offset, true);
  const tci = view.getUint16(at + skb.vlan_tci.offset, true);
  out.ascii(`vlan_accel (ethertype ${etherTypeName(protocol) ?? "unknown"} (0x${protocol.toString(16)})`);
  out.ascii(` vlan ${tci & 0xfff} p ${tci >>> 13}${(tci & 0x1000) !== 0 ? " DEI" : ""}) `);
}

/** `skb [csum none len 84 priority 0 users 1 dataref 1][ gso […]]` */
export function writeSkb(out: TextWriter, view: DataView, at: number): void {
  const u8 = (member: { readonly offset: number }): number => view.getUint8(at + member.offset);
  const u16 = (member: { readonly offset: number }): number => view.getUint16(at + member.offset, true);
  const u32 = (member: { readonly offset: number }): number => view.getUint32(at + member.offset, true);
  out.ascii("skb [csum ");
  out.ascii(checksumText(u8(skb.ip_summed), u8(skb.csum_level), u32(skb.csum)));
  const hash = u32(skb.hash);
  if (hash !== 0) {
    out.ascii(" hash 0x");
    out.hex(hash);
  }
  out.ascii(" len ");
  out.dec(u32(skb.len));
  const dataLength = u32(skb.data_len);
  if (dataLength !== 0) {
    out.ascii(" data_len ");
    out.dec(dataLength);
  }
  out.ascii(" priority ");
  out.dec(u32(skb.priority));
  if (u8(skb.nohdr) !== 0) out.ascii(" nohdr");
  if (u8(skb.cloned) !== 0) out.ascii(" cloned");
  const fclone = u8(skb.fclone);
  if (fclone !== 0) {
    out.ascii(" fclone ");
    out.dec(fclone);
  }
  out.ascii(" users ");
  out.dec(u32(skb.users));
  out.ascii(" dataref ");
  // SKB_DATAREF_SHIFT: the upper half counts payload-only references; Retis shows the lowest byte.
  out.dec(u32(skb.dataref) & 0xff);
  out.char(93);
  if (u16(skb.gso_size) !== 0)
    writeGso(
      out,
      u32(skb.gso_type),
      u8(skb.gso_flags),
      u32(skb.nr_frags),
      u16(skb.gso_segs),
      u16(skb.gso_size),
    );
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
