// Packets without a link layer as Retis has them: with the Ethernet header that it makes up.
import type { FrameLayout } from "../../compiler/plan/plan.js";
import { structs } from "../../compiler/schema/generated/layout.js";
import type { WriteValue } from "./json-values.js";

const packet = structs.section_packet.members;
const layers = structs.layers.members;

const HEADER = 14;

/** Writes the packet's section. */
export const writeEthernet =
  (layout: FrameLayout): WriteValue =>
  (out, bytes, view, at, base) => {
    const captured = view.getUint16(base + packet.captured.offset, true);
    const whole = Buffer.alloc(HEADER + captured);
    const first = at + layout.bytes;
    whole.writeUInt16BE(etherType(view, base, bytes[first] ?? 0), HEADER - 2);
    bytes.copy(whole, HEADER, first, first + captured);
    const length = view.getUint32(base + packet.len.offset, true) + HEADER;
    out.ascii(`{"len":${length},"capture_len":${captured + HEADER},"data":"${whole.toString("base64")}"}`);
  };

/** What the kernel said, else what the IP header's version says. */
function etherType(view: DataView, base: number, firstByte: number): number {
  const known = view.getUint16(base + packet.layers.offset + layers.protocol.offset, true);
  if (known !== 0) return known;
  if (firstByte >> 4 === 4) return 0x0800;
  return firstByte >> 4 === 6 ? 0x86dd : 0;
}
