// Reads of a frame's packet: the window that the kernel's verdict saw, with the same bounds.
import { START_NONE, structs } from "../../schema/generated/layout.js";
import type { HeaderLoad, Layer, LayersLoad } from "../../schema/value.js";
import { layerBits } from "../layer-bits.js";
import type { FrameNumber, FramePlan, FrameTest } from "./frame.js";
import { hasSection } from "./frame.js";

const packet = structs.section_packet.members;
const layers = structs.layers.members;

/** Where the plan put the packet; null: it is not collected. */
export interface PacketPlace {
  /** `present` of struct layers. */
  readonly layers: number;
  readonly l3: number;
  readonly l4: number;
  readonly window: number;
  readonly captured: number;
  readonly start: number;
  readonly length: number;
  /** The packet's first byte. */
  readonly bytes: number;
}

export function placePacket(plan: FramePlan): PacketPlace | null {
  const section = plan.layout.offsets.packet;
  if (section === undefined) return null;
  const walked = section + packet.layers.offset;
  return {
    layers: walked + layers.present.offset,
    l3: walked + layers.l3.offset,
    l4: walked + layers.l4.offset,
    window: section + packet.window.offset,
    captured: section + packet.captured.offset,
    start: section + packet.start.offset,
    length: section + packet.len.offset,
    bytes: plan.layout.bytes,
  };
}

const never: FrameTest = () => false;
const absent: FrameNumber = () => Number.NaN;
const inFrame = hasSection("packet");

/** One of the layers was found. */
export function layerTest(anyOf: readonly Layer[], plan: FramePlan): FrameTest {
  const place = placePacket(plan);
  if (place === null) return never;
  const mask = layerBits(anyOf);
  return (view, at) => inFrame(view, at) && (view.getUint32(at + place.layers, true) & mask) !== 0;
}

/** The frame has a packet: it knew where its first byte is. */
export function packetTest(plan: FramePlan): FrameTest {
  const place = placePacket(plan);
  if (place === null) return never;
  return (view, at) => inFrame(view, at) && view.getUint16(at + place.start, true) !== START_NONE;
}

export function packetLength(plan: FramePlan): FrameNumber {
  const place = placePacket(plan);
  if (place === null) return absent;
  const there = packetTest(plan);
  return (view, at) => (there(view, at) ? view.getUint32(at + place.length, true) : Number.NaN);
}

export function layersNumber(load: LayersLoad, plan: FramePlan): FrameNumber {
  const place = placePacket(plan);
  if (place === null) return absent;
  const found = layerTest([load.layer], plan);
  const { size } = layers[load.member];
  const offset = place.layers - layers.present.offset + layers[load.member].offset;
  return size === 1
    ? (view, at) => (found(view, at) ? view.getUint8(at + offset) : Number.NaN)
    : (view, at) => (found(view, at) ? view.getUint16(at + offset, true) : Number.NaN);
}

/** How many bytes may be looked at: what predicates saw, as far as the frame carries it. */
export const visible = (view: DataView, at: number, place: PacketPlace): number =>
  Math.min(view.getUint16(at + place.window, true), view.getUint16(at + place.captured, true));

/** Where the load's bytes are in the view; -1: absent. */
export function headerPosition(load: HeaderLoad, plan: FramePlan): FrameNumber {
  const place = placePacket(plan);
  if (place === null) return () => -1;
  const mask = layerBits([load.layer]);
  const { offset, size } = load;
  const base = load.base === "start" ? -1 : place[load.base];
  return (view, at) => {
    if (!inFrame(view, at) || (view.getUint32(at + place.layers, true) & mask) === 0) return -1;
    const start = (base < 0 ? 0 : view.getUint16(at + base, true)) + offset;
    return start + size <= visible(view, at, place) ? at + place.bytes + start : -1;
  };
}

/** Headers of up to 6 bytes, which a double holds. */
export function headerNumber(load: HeaderLoad, plan: FramePlan): FrameNumber {
  const position = headerPosition(load, plan);
  const read = bigEndian(load.size);
  return (view, at) => {
    const found = position(view, at);
    return found < 0 ? Number.NaN : read(view, found);
  };
}

function bigEndian(size: HeaderLoad["size"]): (view: DataView, at: number) => number {
  switch (size) {
    case 1:
      return (view, at) => view.getUint8(at);
    case 2:
      return (view, at) => view.getUint16(at);
    case 3:
      return (view, at) => view.getUint16(at) * 256 + view.getUint8(at + 2);
    case 4:
      return (view, at) => view.getUint32(at);
    case 6:
      return (view, at) => view.getUint32(at) * 65_536 + view.getUint16(at + 4);
    case 8:
      return (view, at) => Number(view.getBigUint64(at));
  }
}
