// Finds the headers of stored packets, which files do not tell, as the kernel side does for live ones.
import { emptyLayers, walkHeadersInto } from "../../../compiler/packet/walk.js";
import type { FrameLayout } from "../../../compiler/plan/plan.js";
import {
  FRAME_TRUNCATED,
  SKB_HAS_MORE,
  START_L2,
  START_L3,
  structs,
} from "../../../compiler/schema/generated/layout.js";
import { frameSize, sectionAt } from "../../events/frame.js";

const header = structs.frame.members;
const packet = structs.section_packet.members;
const skb = structs.section_skb.members;
const at = structs.layers.members;

const noMeta = { protocol: 0, vlan: null };

export class LayerFinder {
  readonly #layout: FrameLayout;
  readonly #found = emptyLayers();

  constructor(layout: FrameLayout) {
    this.#layout = layout;
  }

  /** Fills in `layers` of every packet, and whether it has bytes beyond the window. */
  fill(bytes: Buffer, view: DataView, length: number): void {
    for (let frame = 0; frame < length; frame += frameSize(view, frame)) this.#frame(bytes, view, frame);
  }

  #frame(bytes: Buffer, view: DataView, frame: number): void {
    const section = sectionAt(this.#layout, view, frame, "packet");
    if (section < 0) return;
    const window = view.getUint16(section + packet.window.offset, true);
    const start = view.getUint16(section + packet.start.offset, true) === START_L3 ? START_L3 : START_L2;
    const found = this.#found;
    walkHeadersInto(found, bytes, frame + this.#layout.bytes, window, start, this.#meta(view, frame));
    const layers = section + packet.layers.offset;
    view.setUint32(layers + at.present.offset, found.present, true);
    view.setUint16(layers + at.l3.offset, found.l3, true);
    view.setUint16(layers + at.l4.offset, found.l4, true);
    view.setUint16(layers + at.vlan_tci.offset, found.vlan_tci, true);
    view.setUint16(layers + at.vlan_proto.offset, found.vlan_proto, true);
    view.setUint16(layers + at.protocol.offset, found.protocol, true);
    view.setUint8(layers + at.l4_proto.offset, found.l4_proto);
    if (view.getUint32(section + packet.len.offset, true) > window) {
      const flags = frame + header.flags.offset;
      view.setUint16(flags, view.getUint16(flags, true) | FRAME_TRUNCATED, true);
    }
  }

  /** What the socket buffer knew beside the bytes. */
  #meta(view: DataView, frame: number): Parameters<typeof walkHeadersInto>[5] {
    const section = sectionAt(this.#layout, view, frame, "skb");
    if (section < 0) return noMeta;
    const vlan = view.getUint8(section + skb.vlan_present.offset) !== 0;
    const known = (view.getUint32(section + skb.has.offset, true) & SKB_HAS_MORE) !== 0;
    if (!vlan && !known) return noMeta;
    return {
      protocol: known ? view.getUint16(section + skb.protocol.offset, true) : 0,
      vlan: vlan
        ? {
            proto: view.getUint16(section + skb.vlan_proto.offset, true),
            tci: view.getUint16(section + skb.vlan_tci.offset, true),
          }
        : null,
    };
  }
}
