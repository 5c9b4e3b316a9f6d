// What a frame holds of a hit: only what its clauses want, in the smallest size class, and all hits counted once.
import assert from "node:assert/strict";
import test from "node:test";
import {
  FRAME_TRUNCATED,
  SECTION_DEV,
  SECTION_NS,
  SECTION_PACKET,
  SECTION_SKB,
  SECTION_TASK,
  STACK_READS_FIXED,
  START_L2,
  structs,
} from "../../../compiler/schema/generated/layout.js";
import { addon, cannotLoad, sharedBuffers } from "../addon/fixture.js";
import { CLASSES, DATA, MadeUpHits, OFFSETS, SNAP } from "./made-up-hit.js";

const bit = (section: number): number => 1 << section;
const ALL = bit(SECTION_TASK) | bit(SECTION_PACKET) | bit(SECTION_SKB) | bit(SECTION_DEV) | bit(SECTION_NS);
const HEADERS = { mac_header: DATA, network_header: DATA + 14, mac_len: 14 } as const;
const FIXED = OFFSETS.at(-1) ?? 0;

type Numbers = Readonly<Record<string, number>>;
type StructName = "frame" | "section_task" | "section_packet" | "section_skb" | "section_dev" | "section_ns";

/** The members of a struct that are numbers. */
function decode(name: StructName, bytes: Buffer, at: number): Numbers {
  const numbers: Record<string, number> = {};
  for (const [member, shape] of Object.entries(structs[name].members)) {
    if (!("signed" in shape)) continue;
    const place = at + shape.offset;
    numbers[member] =
      shape.size === 8 ? Number(bytes.readBigUInt64LE(place)) : bytes.readUIntLE(place, shape.size);
  }
  return numbers;
}

async function frames(hits: MadeUpHits, run: () => void): Promise<Buffer[]> {
  const buffers = sharedBuffers(2, 1 << 16);
  const found: Buffer[] = [];
  const drain = new (addon().Drain)(hits.object, "events", buffers, (index, bytes) => {
    const batch = Buffer.from(buffers[index]?.subarray(0, bytes) ?? []);
    for (let at = 0; at < bytes; at += batch.readUInt32LE(at))
      found.push(batch.subarray(at, at + batch.readUInt32LE(at)));
    drain.release(index);
  });
  run();
  await drain.stop();
  return found;
}

const section = (name: Exclude<StructName, "frame">, index: number, frame: Buffer): Numbers =>
  decode(name, frame, OFFSETS[index] ?? 0);

test("a frame holds the socket buffer, its device and its namespace", { skip: cannotLoad }, async () => {
  const hits = new MadeUpHits("return 1;", [{ window: 0, sections: ALL }], STACK_READS_FIXED);
  const packet = Uint8Array.from({ length: 100 }, (_, index) => index);
  const numbers = {
    data_len: 7,
    hash: 0xdeadbeef,
    mark: 0x12345678,
    priority: 6,
    csum: 0xabcd,
    protocol: 0x0800,
    queue_mapping: 3,
    pkt_type: 5,
    ip_summed: 2,
    csum_level: 3,
    cloned: 1,
    nohdr: 0,
    fclone: 2,
    users: 4,
    dataref: 0x10001,
    gso_size: 1448,
    gso_segs: 9,
    gso_type: 1,
    nr_frags: 2,
  };
  const device = { has_dev: 1, ifindex: 7, dev_type: 1, inum: 4_026_531_840, skb_iif: 2 };
  const [frame] = await frames(hits, () => {
    hits.run(0, packet, { ...HEADERS, ...numbers, ...device });
  });
  hits.close();
  assert.ok(frame);
  assert.equal(decode("frame", frame, 0)["present"], ALL);
  const skb = section("section_skb", SECTION_SKB, frame);
  for (const [name, value] of Object.entries({ ...numbers, len: 100, vlan_present: 0 }))
    assert.equal(skb[name], value, name);
  const dev = section("section_dev", SECTION_DEV, frame);
  assert.deepEqual([dev["ifindex"], dev["rx_ifindex"]], [7, 2]);
  assert.equal(section("section_ns", SECTION_NS, frame)["inum"], 4_026_531_840);
  assert.equal(section("section_task", SECTION_TASK, frame)["pid"], process.pid);
});

test("a frame carries linear bytes up to the snap length", { skip: cannotLoad }, async () => {
  const hits = new MadeUpHits("return 1;", [{ window: 0, sections: bit(SECTION_PACKET) }], STACK_READS_FIXED);
  const cases = [
    [14, 0],
    [64, 0],
    [65, 0],
    [128, 60],
    [SNAP, 0],
    [SNAP + 1, 0],
    [1500, 0],
  ] as const;
  const packets = cases.map(([length]) => Uint8Array.from({ length }, (_, index) => index * 7));
  const found = await frames(hits, () => {
    cases.forEach(([, fragments], index) => {
      hits.run(0, packets[index] ?? new Uint8Array(), { ...HEADERS, data_len: fragments });
    });
  });
  hits.close();
  assert.equal(found.length, cases.length);
  cases.forEach(([length, fragments], index) => {
    const frame = found[index] ?? Buffer.alloc(0);
    const packet = section("section_packet", SECTION_PACKET, frame);
    const linear = length - fragments;
    const captured = Math.min(linear, SNAP);
    assert.equal(packet["len"], length);
    assert.equal(packet["captured"], captured);
    assert.equal(packet["window"], Math.min(linear, 256));
    assert.equal(packet["start"], START_L2);
    assert.deepEqual(
      frame.subarray(FIXED, FIXED + captured),
      Buffer.from(packets[index] ?? []).subarray(0, captured),
    );
    const room = CLASSES.find((size) => captured <= size) ?? 0;
    assert.equal(frame.length, (FIXED + room + 7) & ~7);
    const truncated = length > Math.min(linear, 256) ? FRAME_TRUNCATED : 0;
    assert.equal(decode("frame", frame, 0)["flags"], truncated);
  });
});

test("each hit is counted once, and what is not there is not present", { skip: cannotLoad }, async () => {
  // decide() takes packets of more than 50 bytes, and hits without a packet.
  const decide = "return window->skb && window->len <= 50 ? 0 : 1ULL << 63;";
  const hits = new MadeUpHits(decide, [{ window: 1, sections: ALL }], STACK_READS_FIXED);
  const counters = new BigUint64Array(hits.object.mmapMap("counters"));
  const sum = (member: "rejected" | "ring_full" | "submitted" | "lost"): number => {
    const { size, members } = structs.counters;
    const at = member === "lost" ? members.lost.offset : structs.slot_counters.members[member].offset;
    let total = 0n;
    for (let cpu = 0; (cpu + 1) * size <= counters.byteLength; cpu += 1)
      total += counters[(cpu * size + at) / 8] ?? 0n;
    return Number(total);
  };
  const [bare, whole] = await frames(hits, () => {
    for (let round = 0; round < 5; round += 1) assert.equal(hits.run(0, new Uint8Array(50), HEADERS), 0n);
    assert.equal(hits.run(0, new Uint8Array(), { ...HEADERS, has_skb: 0 }), 1n << 63n);
    assert.equal(hits.run(0, new Uint8Array(51), { ...HEADERS, has_dev: 1, ifindex: 1, inum: 1 }), 1n << 63n);
  });
  assert.ok(bare && whole);
  assert.equal(decode("frame", bare, 0)["present"], bit(SECTION_TASK));
  assert.equal(decode("frame", whole, 0)["present"], ALL);
  assert.deepEqual([sum("rejected"), sum("submitted"), sum("ring_full")], [5, 2, 0]);

  // Nobody drains: 64 KiB hold so many frames, each with a header of 8 bytes, and no more.
  const fits = Math.floor((1 << 16) / (bare.length + 8));
  const bareHit = (): bigint => hits.run(0, new Uint8Array(), { ...HEADERS, has_skb: 0 });
  for (let round = 0; round < fits + 10; round += 1) bareHit();
  assert.equal(sum("submitted") - 2 + sum("ring_full"), fits + 10);
  assert.ok(sum("ring_full") >= 10);
  assert.equal(sum("lost"), sum("ring_full"));

  // The next frame tells what its CPU lost.
  await frames(hits, () => {});
  const [next] = await frames(hits, bareHit);
  assert.ok(next);
  const { cpu, lost } = decode("frame", next, 0);
  const { size, members } = structs.counters;
  assert.equal(BigInt(lost ?? -1), counters[((cpu ?? 0) * size + members.lost.offset) / 8]);
  hits.close();
});
