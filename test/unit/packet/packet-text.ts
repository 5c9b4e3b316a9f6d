// Owns how tests ask for the text of a packet: between bytes of other packets, as in a batch, so that reading outside changes the text.
import { formatPacket } from "../../../runtime/packet/format-packet.js";
import { TextWriter } from "../../../runtime/packet/text-writer.js";

const out = new TextWriter();

export function textBetween(
  before: Uint8Array,
  packet: Uint8Array,
  after: Uint8Array,
  startsAt: "l2" | "l3",
  linkLayer: boolean,
): string {
  const batch = Buffer.concat([before, packet, after]);
  const end = before.length + packet.length;
  out.reset();
  formatPacket(out, batch, before.length, end, packet.length, startsAt, { linkLayer });
  return out.take().toString("utf8");
}

const BEFORE = Buffer.alloc(3, 0x45);
const AFTER = Buffer.alloc(80, 0x01);

/** A packet with its MAC header, which is not shown. */
export function text(packet: Uint8Array): string {
  return textBetween(BEFORE, packet, AFTER, "l2", false);
}

/** A packet with its MAC header, which is shown. */
export function linkLayerText(packet: Uint8Array): string {
  return textBetween(BEFORE, packet, AFTER, "l2", true);
}

/** A packet that starts with its IP header. */
export function l3Text(packet: Uint8Array, linkLayer = false): string {
  return textBetween(BEFORE, packet, AFTER, "l3", linkLayer);
}
