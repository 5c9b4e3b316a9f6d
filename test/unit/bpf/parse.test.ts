// The kernel's header walk says of every packet what the walk in TypeScript says, in each way to read the window; and
// the window begins where F-3.4 of the original puts it.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { walkHeaders } from "../../../compiler/packet/walk.js";
import {
  HEADERS,
  STACK_READS_ANY,
  STACK_READS_FIXED,
  STACK_READS_INITIALIZED,
  START_L2,
  START_L3,
  START_NONE,
  structs,
  WINDOW,
} from "../../../compiler/schema/generated/layout.js";
import { cannotLoad } from "../addon/fixture.js";
import { DATA, type HitNumbers, MadeUpHits } from "./made-up-hit.js";
import { Random } from "./random.js";
import { randomPacket } from "./random-packet.js";

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

const NOT_SET = 0xffff;
const ETHERNET = { has_dev: 1, ifindex: 3, dev_type: 1 } as const;

/** What decide() saw: slot 0 and 1 return the halves of the layers, 2 the start, 3 the lengths, 4 bytes behind HEADERS. */
const DECIDE = `
  const u64 __attribute__((may_alias)) *layers = (const void *)&window->layers;
  switch (slot) {
  case 0: return layers[0];
  case 1: return layers[1];
  case 2: return window->start;
  case 3: return (u64)window->packet_len << 32 | window->len;
  case 4: return *(const u64 __attribute__((may_alias)) *)(window->bytes + HEADERS);
  }
  return 0;`;

const open: MadeUpHits[] = [];
after(() => {
  for (const hits of open) hits.close();
});

function load(window: number, stackReads: number): MadeUpHits {
  const hits = new MadeUpHits(DECIDE, Array(5).fill({ window }), stackReads);
  open.push(hits);
  return hits;
}

function layersOf(hits: MadeUpHits, packet: Uint8Array, numbers: HitNumbers): Record<string, number> {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(hits.run(0, packet, numbers), 0);
  bytes.writeBigUInt64LE(hits.run(1, packet, numbers), 8);
  const named: Record<string, number> = {};
  for (const [name, { offset, size }] of Object.entries(structs.layers.members))
    if (name !== "reserved") named[name] = bytes.readUIntLE(offset, size);
  return named;
}

for (const [name, stackReads] of Object.entries({
  STACK_READS_ANY,
  STACK_READS_INITIALIZED,
  STACK_READS_FIXED,
}))
  for (const window of [1, HEADERS, WINDOW])
    test(`the walk agrees with its twin: ${name}, window ${window}`, { skip: cannotLoad }, () => {
      const hits = load(window, stackReads);
      const random = new Random(seed);
      for (let round = 0; round < 1500; round += 1) {
        const start = random.below(4) === 0 ? START_L3 : START_L2;
        const packet = randomPacket(random, start);
        const vlan = random.below(5) === 0 ? { proto: 0x8100, tci: random.below(65536) } : null;
        const protocol = random.pick([0, 0x0800, 0x86dd, 0x0806, 0x8847]);
        // Bytes in fragments are not there for anybody.
        const linear = random.below(3) === 0 ? random.below(packet.length + 1) : packet.length;
        const expected = walkHeaders(packet, 0, Math.min(linear, WINDOW), start, { protocol, vlan });
        const actual = layersOf(hits, packet, {
          ...ETHERNET,
          protocol,
          data_len: packet.length - linear,
          mac_header: start === START_L2 ? DATA : NOT_SET,
          network_header: start === START_L2 ? DATA + 14 : DATA,
          mac_len: start === START_L2 ? 14 : 0,
          has_vlan: vlan === null ? 0 : 1,
          vlan_proto: vlan?.proto ?? 0,
          vlan_tci: vlan?.tci ?? 0,
        });
        assert.deepEqual(
          actual,
          { ...expected },
          `seed ${seed} round ${round} start ${start} linear ${linear} ${Buffer.from(packet).toString("hex")}`,
        );
      }
    });

/** A packet whose network layer is given, with bytes that say where they are. */
function numbered(ethertype: number, network: readonly number[]): Uint8Array {
  const packet = Uint8Array.from({ length: 160 }, (_, index) => index);
  packet.set([ethertype >> 8, ethertype & 255, ...network], 12);
  return packet;
}

test("a transport header that options move behind the first bytes is read too", { skip: cannotLoad }, () => {
  const hits = load(HEADERS, STACK_READS_ANY);
  const numbers = { ...ETHERNET, mac_header: DATA, network_header: DATA + 14 };
  const bytes = Buffer.from(Array.from({ length: 8 }, (_, index) => HEADERS + index)).readBigUInt64LE();
  const seen = (ethertype: number, network: readonly number[]): bigint =>
    hits.run(4, numbered(ethertype, network), numbers);
  const ipv4 = (words: number): readonly number[] => [0x40 | words, 0, 0, 0, 0, 0, 0, 0, 64, 6];
  const ipv6 = (next: number): readonly number[] => [0x60, 0, 0, 0, 0, 0, next, 64];
  assert.equal(seen(0x0800, ipv4(15)), bytes, "IPv4 with 40 bytes of options");
  assert.equal(seen(0x86dd, ipv6(60)), bytes, "IPv6 with destination options");
});

const TUN = 65534;
const LOOPBACK = 772;
/** mac_header, network_header (relative to DATA), mac_len, device type -> start. */
const starts: readonly (readonly [string, number, number, number, number | null, number])[] = [
  ["both set, apart", 0, 14, 14, 1, START_L2],
  ["both set, apart, mac_len not yet known", 0, 14, 0, 1, START_L2],
  ["the same place, with a link layer", 0, 0, 14, 1, START_L2],
  ["the same place, without a link layer", 0, 0, 0, 1, START_L3],
  ["MAC header not set", NOT_SET, 0, 0, 1, START_L3],
  ["neither set", NOT_SET, NOT_SET, 0, 1, START_NONE],
  ["no device", 0, 14, 14, null, START_L2],
  ["loopback", 0, 14, 14, LOOPBACK, START_L2],
  ["a device without Ethernet headers", 0, 14, 14, TUN, START_L3],
  ["a device without Ethernet headers, network header not set", 0, NOT_SET, 14, TUN, START_NONE],
  ["a device that cannot be read", 0, 14, 14, 0, START_L2],
];

test("the window begins at the MAC header, else at the network header", { skip: cannotLoad }, () => {
  const hits = load(HEADERS, STACK_READS_FIXED);
  const place = (header: number): number => (header === NOT_SET ? NOT_SET : DATA + header);
  for (const [name, mac, network, macLength, type, expected] of starts) {
    const numbers: HitNumbers = {
      mac_header: place(mac),
      network_header: place(network),
      mac_len: macLength,
      has_dev: type === null ? 0 : 1,
      dev_type: type ?? 0,
    };
    assert.equal(Number(hits.run(2, new Uint8Array(100), numbers)), expected, name);
  }
  const never = { mac_header: NOT_SET, network_header: 0 };
  assert.equal(Number(hits.run(2, new Uint8Array(100), never)), START_NONE, "network header never set");
});

test("lengths count from the window's first byte, wherever skb->data is", { skip: cannotLoad }, () => {
  const hits = load(HEADERS, STACK_READS_FIXED);
  const lengths = (numbers: HitNumbers): readonly number[] => {
    const both = hits.run(3, new Uint8Array(400), {
      ...ETHERNET,
      mac_header: DATA,
      network_header: DATA + 14,
      ...numbers,
    });
    return [Number(both >> 32n), Number(both & 0xffffffffn)];
  };
  assert.deepEqual(lengths({ len: 400 }), [400, WINDOW], "at the MAC header");
  assert.deepEqual(lengths({ data: DATA + 14, len: 60 }), [74, 74], "at the network header");
  assert.deepEqual(lengths({ data: DATA + 14, len: 60, data_len: 50 }), [74, 24], "50 bytes in fragments");
  assert.deepEqual(lengths({ len: 20, data_len: 20 }), [20, 0], "all in fragments");
  assert.deepEqual(lengths({ data: DATA - 14, len: 100 }), [86, 86], "before the MAC header");
});
