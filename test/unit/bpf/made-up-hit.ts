// The chain of the kernel side on packets that a test makes up: bpf/probes/test.bpf.c linked with a decide() in C.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { structs } from "../../../compiler/schema/generated/layout.js";
import type { BpfObject } from "../../../runtime/addon/addon.js";
import { addon, compile } from "../addon/fixture.js";

const repository = join(dirname(fileURLToPath(import.meta.url)), "../../../..");
const members = structs.test_hit.members;

/** Members of struct test_hit that are numbers. */
export type HitNumbers = { readonly [Name in NumberMember]?: number };
type NumberMember = {
  [Name in keyof typeof members]: (typeof members)[Name] extends { readonly signed: false } ? Name : never;
}[keyof typeof members];

export interface SlotOptions {
  /** `slot.window` of bpf/include/plan.h. */
  readonly window: number;
  /** Bits of the sections that every clause wants. */
  readonly sections?: number;
}

/** Where the buffer's data begins, unless a test says otherwise: room for headers before it. */
export const DATA = 64;

export class MadeUpHits {
  readonly object: BpfObject;
  readonly #hit: DataView;

  /** `decide`: the body of decide(struct window *window, u32 slot). */
  constructor(decide: string, slots: readonly SlotOptions[], stackReads: number) {
    const source = `
      #include ${JSON.stringify(join(repository, "bpf/include/window.h"))}
      __attribute__((visibility("hidden"))) u64 decide(struct window *window, u32 slot) { ${decide} }`;
    const object = new (addon().BpfObject)(
      addon().link([readFileSync(join(repository, "dist/bpf/test.bpf.o")), compile(source)]),
    );
    slots.forEach((_, slot) => {
      object.setAutoload(`test_${slot}`, true);
    });
    setVariable(object, "slots", encodeSlots(slots));
    setVariable(object, "layout", encodeLayout());
    setVariable(object, "stack_reads", Buffer.of(stackReads, 0, 0, 0));
    object.setMapSize("events", 1 << 16);
    object.setMapSize("counters", 1024);
    object.load();
    const enabled = object.variable("enabled");
    if (enabled === null) throw new Error("the object has no `enabled`");
    new Uint32Array(object.mmapMap(enabled.section), enabled.offset, 1)[0] = 1;
    this.object = object;
    this.#hit = new DataView(object.mmapMap("hits"));
  }

  /** One hit; what decide() returned. The packet lies at `packetAt` of the buffer. */
  run(slot: number, packet: Uint8Array, numbers: HitNumbers, packetAt = DATA): bigint {
    new Uint8Array(this.#hit.buffer, 0, structs.test_hit.size).fill(0);
    new Uint8Array(this.#hit.buffer).set(packet, members.buffer.offset + packetAt);
    this.#put("has_skb", 1);
    this.#put("data", packetAt);
    this.#put("len", packet.length);
    for (const [name, value] of Object.entries(numbers)) this.#put(name as NumberMember, value);
    this.object.testRun(`test_${slot}`, new BigUint64Array(0));
    return this.#hit.getBigUint64(members.clauses.offset, true);
  }

  setText(name: "dev_name", text: string): void {
    const { offset, size } = members[name];
    new Uint8Array(this.#hit.buffer, offset, size).set(Buffer.from(text));
  }

  close(): void {
    this.object.close();
  }

  #put(name: NumberMember, value: number): void {
    const { offset, size } = members[name];
    switch (size) {
      case 1:
        this.#hit.setUint8(offset, value);
        break;
      case 2:
        this.#hit.setUint16(offset, value, true);
        break;
      case 4:
        this.#hit.setUint32(offset, value, true);
        break;
      case 8:
        this.#hit.setBigUint64(offset, BigInt(value), true);
        break;
    }
  }
}

function setVariable(object: BpfObject, name: string, bytes: Buffer): void {
  const place = object.variable(name);
  if (place === null) throw new Error(`the object has no variable ${name}`);
  object.setData(place.section, place.offset, bytes);
}

function encodeSlots(slots: readonly SlotOptions[]): Buffer {
  const slot = structs.slot.members;
  return Buffer.concat(
    slots.map(({ window, sections = 0 }) => {
      const bytes = Buffer.alloc(structs.slot.size);
      for (let section = 0; section < slot.wants.count; section += 1) {
        if ((sections & (1 << section)) !== 0) bytes.writeBigInt64LE(-1n, slot.wants.offset + section * 8);
      }
      bytes.writeUInt16LE(window, slot.window.offset);
      bytes.writeUInt8(1, slot.vlan.offset);
      bytes.writeInt8(-1, slot.reason.offset);
      bytes.writeInt8(-1, slot.location.offset);
      return bytes;
    }),
  );
}

/** Sections in the order of their bits, packet bytes after them. */
export const OFFSETS = (() => {
  const sections = [
    structs.section_task,
    structs.section_packet,
    structs.section_skb,
    structs.section_drop,
    structs.section_dev,
    structs.section_ns,
    structs.section_stack,
  ];
  const offsets: number[] = [structs.frame.size];
  for (const { size } of sections) offsets.push(((offsets.at(-1) ?? 0) + size + 7) & ~7);
  return offsets;
})();
export const SNAP = 192;
export const CLASSES = [64, 128, SNAP] as const;

function encodeLayout(): Buffer {
  const layout = structs.layout.members;
  const bytes = Buffer.alloc(structs.layout.size);
  for (let section = 0; section < layout.offset.count; section += 1)
    bytes.writeUInt16LE(OFFSETS[section] ?? 0, layout.offset.offset + section * 2);
  bytes.writeUInt16LE(OFFSETS.at(-1) ?? 0, layout.bytes.offset);
  bytes.writeUInt16LE(SNAP, layout.snap.offset);
  CLASSES.forEach((size, index) => {
    bytes.writeUInt16LE(size, layout.class_snap.offset + index * 2);
  });
  return bytes;
}
