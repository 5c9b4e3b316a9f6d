// Makes frames in user space, one after the other in a buffer: for sources that have no kernel behind them.

import {
  emptyLayers,
  type Layers,
  type PacketMeta,
  type StartKind,
  walkHeadersInto,
} from "../../compiler/packet/walk.js";
import type { FrameLayout } from "../../compiler/plan/plan.js";
import { FRAME_TRUNCATED, structs, WINDOW } from "../../compiler/schema/generated/layout.js";
import { SECTION_BITS } from "../../compiler/schema/section-bits.js";
import type { SectionName } from "../../compiler/schema/value.js";
import type { Batch } from "./frame.js";

const header = structs.frame.members;
const packet = structs.section_packet.members;
const layersAt = structs.layers.members;

/** A section's `captured` has 16 bits. */
export const MAX_CAPTURED = 0xffff;

export class FrameWriter {
  readonly #layout: FrameLayout;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #layers: Layers = emptyLayers();
  /** Where the frame under way begins, and how many packet bytes it has. */
  #at = 0;
  #captured = 0;
  #present = 0;

  constructor(layout: FrameLayout, capacity: number) {
    this.#layout = layout;
    const memory = new SharedArrayBuffer(capacity);
    this.#bytes = Buffer.from(memory);
    this.#view = new DataView(memory);
  }

  /** Whether a frame with so many packet bytes still fits. */
  hasRoom(captured: number): boolean {
    return this.#at + this.#layout.bytes + captured + 8 <= this.#bytes.length;
  }

  get length(): number {
    return this.#at;
  }

  /** The frames so far; the memory is reused after `reset`. */
  batch(): Batch {
    return { bytes: this.#bytes, view: this.#view, length: this.#at };
  }

  reset(): void {
    this.#at = 0;
  }

  /** Begins a frame; `time` in ns. */
  begin(slot: number, time: bigint, flags: number): void {
    this.#bytes.fill(0, this.#at, this.#at + this.#layout.bytes);
    this.#view.setUint16(this.#at + header.slot.offset, slot, true);
    this.#view.setUint16(this.#at + header.flags.offset, flags, true);
    this.#view.setBigUint64(this.#at + header.time.offset, time, true);
    this.#captured = 0;
    this.#present = 0;
  }

  /** Where the section's struct begins in the buffer; it is zero, and the frame has it from now on. */
  section(name: SectionName): number {
    const offset = this.#layout.offsets[name];
    if (offset === undefined) throw new Error(`the layout has no section ${name}`);
    this.#present |= SECTION_BITS[name];
    return this.#at + offset;
  }

  get view(): DataView {
    return this.#view;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** The packet: at most MAX_CAPTURED of `data`, which is `length` bytes long on the wire. */
  packet(data: Uint8Array, length: number, start: StartKind, meta: PacketMeta): void {
    const section = this.section("packet");
    const captured = Math.min(data.length, MAX_CAPTURED);
    const first = this.#at + this.#layout.bytes;
    this.#bytes.set(captured === data.length ? data : data.subarray(0, captured), first);
    const window = Math.min(captured, WINDOW);
    walkHeadersInto(this.#layers, this.#bytes, first, window, start, meta);
    const view = this.#view;
    view.setUint32(section + packet.len.offset, length, true);
    view.setUint16(section + packet.captured.offset, captured, true);
    view.setUint16(section + packet.window.offset, window, true);
    view.setUint16(section + packet.start.offset, start, true);
    this.#writeLayers(section + packet.layers.offset);
    if (length > window) {
      const flags = this.#at + header.flags.offset;
      view.setUint16(flags, view.getUint16(flags, true) | FRAME_TRUNCATED, true);
    }
    this.#captured = captured;
  }

  #writeLayers(at: number): void {
    const layers = this.#layers;
    const view = this.#view;
    view.setUint32(at + layersAt.present.offset, layers.present, true);
    view.setUint16(at + layersAt.l3.offset, layers.l3, true);
    view.setUint16(at + layersAt.l4.offset, layers.l4, true);
    view.setUint16(at + layersAt.vlan_tci.offset, layers.vlan_tci, true);
    view.setUint16(at + layersAt.vlan_proto.offset, layers.vlan_proto, true);
    view.setUint16(at + layersAt.protocol.offset, layers.protocol, true);
    view.setUint8(at + layersAt.l4_proto.offset, layers.l4_proto);
  }

  /** Text of a C string member, cut to its size. */
  text(at: number, size: number, value: string): void {
    this.#bytes.write(value, at, Math.max(0, size - 1), "utf8");
  }

  end(): void {
    const size = (this.#layout.bytes + this.#captured + 7) & ~7;
    this.#view.setUint32(this.#at + header.size.offset, size, true);
    this.#view.setUint32(this.#at + header.present.offset, this.#present, true);
    this.#at += size;
  }
}
