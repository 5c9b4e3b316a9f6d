// Files of other versions, whose structs are laid out differently: members are found by name, what this version does
// not know is left out, what the other did not know is zero.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import test from "node:test";
import { structs } from "../../../compiler/schema/generated/layout.js";
import { sectionAt } from "../../../runtime/events/frame.js";
import { FILE_MAGIC } from "../../../runtime/store/event-file/block-format.js";
import { notBuilt } from "../addon/fixture.js";
import { block } from "./made-block.js";
import { open, Workshop } from "./made-file.js";

const u = (offset: number, size: number) => ({ offset, size, signed: false });
const s = (offset: number, size: number) => ({ offset, size, signed: true });

/** A later version: a larger header of frames, task rearranged, wider and narrower members, a section more. */
const OTHER = {
  frame: {
    size: 48,
    members: {
      size: u(0, 4),
      slot: u(4, 2),
      flags: u(6, 2),
      cpu: u(8, 4),
      present: u(12, 4),
      temperature: u(16, 8),
      time: u(24, 8),
      clauses: u(32, 8),
      lost: u(40, 2),
    },
  },
  section_task: {
    size: 40,
    members: {
      comm: { offset: 0, size: 20, count: 20, element: { size: 1, signed: true } },
      mood: u(20, 4),
      pid: s(24, 8),
      tid: s(32, 2),
      context: u(36, 4),
    },
  },
  section_weather: { size: 8, members: { rain: u(0, 8) } },
  section_drop: { size: 16, members: { reason: u(0, 4), has_reason: u(4, 1), location: u(8, 8) } },
  section_packet: {
    size: 32,
    members: {
      captured: u(0, 2),
      start: u(2, 2),
      len: u(8, 8),
      layers: { offset: 16, size: 16, struct: "layers" },
    },
  },
  layers: { size: 16, members: { l3: u(0, 2), protocol: u(2, 2), present: u(4, 8) } },
};

const SECTIONS = {
  weather: { bit: 1, offset: 48 },
  drop: { bit: 2, offset: 56 },
  task: { bit: 64, offset: 72 },
  packet: { bit: 4, offset: 112 },
};
const BYTES = 144;

function frameOfOther(): Buffer {
  const packet = Buffer.from("0123456789");
  const frame = Buffer.alloc(BYTES + 16);
  frame.writeUInt32LE(frame.length, 0);
  frame.writeUInt16LE(1, 4);
  frame.writeUInt32LE(3, 8);
  frame.writeUInt32LE(1 | 2 | 4 | 64, 12);
  frame.writeBigUInt64LE(0xffff_ffff_ffffn, 16);
  frame.writeBigUInt64LE(123_456n, 24);
  frame.writeBigUInt64LE(5n, 32);
  frame.writeUInt16LE(7, 40);
  frame.writeBigUInt64LE(99n, 48);
  frame.writeUInt32LE(3, 56);
  frame.writeUInt8(1, 60);
  frame.writeBigUInt64LE(0xffffffff81002042n, 64);
  frame.write("a_name_of_20_letters", 72, "latin1");
  frame.writeBigInt64LE(-5n, 96);
  frame.writeInt16LE(-7, 104);
  frame.writeUInt32LE(2, 108);
  frame.writeUInt16LE(packet.length, 112);
  frame.writeUInt16LE(2, 114);
  frame.writeBigUInt64LE(1500n, 120);
  frame.writeUInt16LE(14, 128);
  frame.writeUInt16LE(0x86dd, 130);
  frame.writeBigUInt64LE(0x21n, 132);
  packet.copy(frame, BYTES);
  return frame;
}

test("a file whose structs are others is read by their members' names", { skip: notBuilt }, async () => {
  const workshop = new Workshop();
  try {
    const header = {
      writer: "retis 9.0",
      run: "1",
      clockOffset: "0",
      novelty: true,
      probes: [
        { kind: "tp", name: "skb:kfree_skb" },
        { kind: "usdt", name: "provider:name" },
      ],
      layout: { bytes: BYTES, snap: 16, sections: SECTIONS },
      structs: OTHER,
    };
    const preamble = Buffer.alloc(16);
    FILE_MAGIC.copy(preamble);
    preamble.writeUInt16LE(1, 8);
    preamble.writeUInt16LE(3, 10);
    const frames = Buffer.concat([frameOfOther(), frameOfOther()]);
    const path = workshop.path("other");
    const payload = Buffer.from(JSON.stringify(header));
    writeFileSync(
      path,
      Buffer.concat([preamble, block({ type: 1, payload, frames: 0 }), block({ type: 2, payload: frames })]),
    );

    const source = await open(path);
    assert.deepEqual(
      source.names.probes.map(({ name }) => name),
      ["skb:kfree_skb", "provider:name"],
    );
    assert.deepEqual(Object.keys(source.names.layout.offsets).sort(), ["drop", "packet", "task"]);
    let seen = 0;
    for await (const batch of source.batches()) {
      const { view, bytes } = batch;
      for (let at = 0; at < batch.length; at += view.getUint32(at, true), seen++) {
        const of = (name: keyof typeof structs, member: string, from: number): bigint => {
          const members: Readonly<Record<string, { offset: number; size: number; signed?: boolean }>> =
            structs[name].members;
          const { offset, size, signed } = members[member]!;
          const value = BigInt(`0x${reversed(bytes.subarray(from + offset, from + offset + size))}`);
          return signed === true ? BigInt.asIntN(size * 8, value) : value;
        };
        assert.equal(of("frame", "slot", at), 1n);
        assert.equal(of("frame", "cpu", at), 3n);
        assert.equal(of("frame", "time", at), 123_456n);
        assert.equal(of("frame", "clauses", at), 5n);
        assert.equal(of("frame", "lost", at), 7n);
        const task = sectionAt(source.names.layout, view, at, "task");
        assert.equal(of("section_task", "pid", task), -5n);
        assert.equal(of("section_task", "tid", task), -7n);
        assert.equal(of("section_task", "context", task), 2n);
        assert.equal(
          bytes.toString("latin1", task + structs.section_task.members.comm.offset).slice(0, 16),
          "a_name_of_20_let",
        );
        const drop = sectionAt(source.names.layout, view, at, "drop");
        assert.equal(of("section_drop", "location", drop), 0xffffffff81002042n);
        assert.equal(of("section_drop", "reason", drop), 3n);
        assert.equal(of("section_drop", "has_reason", drop), 1n);
        const packet = sectionAt(source.names.layout, view, at, "packet");
        assert.equal(of("section_packet", "len", packet), 1500n);
        assert.equal(of("section_packet", "captured", packet), 10n);
        assert.equal(of("section_packet", "window", packet), 0n);
        const layers = packet + structs.section_packet.members.layers.offset;
        assert.equal(of("layers", "l3", layers), 14n);
        assert.equal(of("layers", "protocol", layers), 0x86ddn);
        assert.equal(of("layers", "present", layers), 0x21n);
        const first = at + source.names.layout.bytes;
        assert.equal(bytes.toString("latin1", first, first + 10), "0123456789");
      }
      batch.release();
    }
    assert.equal(seen, 2);
    assert.deepEqual(
      source.problems.map(({ reason }) => reason),
      ["the trace was not ended: its last second may be missing"],
    );
    await source.close();
  } finally {
    workshop.done();
  }
});

const reversed = (bytes: Uint8Array): string => Buffer.from(bytes).reverse().toString("hex");
