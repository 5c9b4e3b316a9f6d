// Every field of the schema on random packets: what a handler sees and what its records say, against the closures that
// read the same fields for `print` without a handler.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { START_L2, START_L3, START_NONE } from "../../../compiler/schema/generated/layout.js";
import { fields } from "../../../compiler/schema/index.js";
import type { Batch } from "../../../runtime/events/frame.js";
import type { Symbols } from "../../../runtime/kernel/kallsyms.js";
import { EnumNames } from "../../../runtime/outputs/enum-names.js";
import { readField } from "../../../runtime/outputs/field-value.js";
import { LiveStacks } from "../../../runtime/outputs/live-stacks.js";
import type { Names } from "../../../runtime/outputs/names.js";
import type { HostValues } from "../../../runtime/sandbox/sandbox.js";
import {
  arp,
  FULL_LAYOUT,
  type MadeFrame,
  makeBatch,
  makeFrame,
  selectAll,
  tcp4,
  udp6,
} from "../handlers/made-frames.js";
import { KERNEL, makePlan } from "../handlers/made-plan.js";
import { Running } from "./running.js";

/** Which name an address has does not matter here, only that both sides are told the same. */
const symbols: Symbols = { name: (high, low) => `symbol_${high}+0x${low.toString(16)}` };
const names: Names = {
  layout: FULL_LAYOUT,
  probes: makePlan({}).probes,
  enums: new EnumNames(KERNEL),
  stacks: new LiveStacks(symbols),
  strings: { text: () => "" },
  symbols,
  clockOffset: 0n,
};

const all = [...fields.values()];
const readers = new Map(all.map((field) => [field.name, readField(field, names)]));

const batchOf = (bytes: Uint8Array): Batch => ({
  bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  length: bytes.byteLength,
});

const host: HostValues = {
  read: (field, bytes, frame) => {
    const value = readers.get(field.name)?.(batchOf(bytes), frame);
    return typeof value === "boolean" ? Number(value) : value;
  },
};

/** Packets of every kind, some bytes of which are changed. */
const packet = fc
  .tuple(
    fc.constantFrom(
      tcp4({ payload: 20 }),
      tcp4({ flags: 0xff, ttl: 1 }),
      tcp4().subarray(14),
      udp6("20010db8000000000000000000000001", "00000000000000000000ffff0a000001", 53, 5353),
      udp6("80000000000000000000000000000000", "7ff80000000000000000000000000001", 1, 2),
      arp(),
      arp().subarray(0, 20),
    ),
    fc.array(fc.tuple(fc.integer({ min: 0, max: 79 }), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
    fc.constantFrom(1, 6, 17, 58, 132),
    fc.integer({ min: 0, max: 90 }),
    fc.constantFrom(START_L2, START_L3, START_NONE),
  )
  .map(([bytes, changes, protocol, window, start]) => {
    const copy = bytes.slice();
    if (changes.length % 2 === 0 && copy.length > 23) copy[23] = protocol;
    for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
    return { bytes: copy, window: Math.min(window + 20, copy.length), start };
  });

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const comm = fc.oneof(
  fc.string({ maxLength: 15 }).map((text) => text.replaceAll("\0", "")),
  fc.constantFrom("swapper/0", "ünï"),
);

const frame: fc.Arbitrary<MadeFrame> = fc.record(
  {
    slot: fc.constant(0),
    cpu: fc.integer({ min: 0, max: 1000 }),
    time: u64,
    packet,
    stack: fc.array(u64, { maxLength: 5 }),
    sections: fc.record(
      {
        task: fc.record({ pid: u32, tid: u32, comm, context: fc.integer({ min: 0, max: 6 }) }),
        drop: fc.record({
          reason: fc.integer({ min: 0, max: 6 }),
          has_reason: fc.integer({ min: 0, max: 1 }),
          location: u64,
        }),
        dev: fc.record({ ifindex: u32, rx_ifindex: u32, name: comm }),
        ns: fc.record({ cookie: u64, inum: u32, has_cookie: fc.integer({ min: 0, max: 1 }) }),
        skb: fc.record({
          address: u64,
          len: u32,
          hash: u32,
          mark: u32,
          protocol: fc.integer({ min: 0, max: 0xffff }),
          vlan_present: fc.integer({ min: 0, max: 1 }),
          vlan_tci: fc.integer({ min: 0, max: 0xffff }),
          pkt_type: fc.integer({ min: 0, max: 9 }),
          gso_size: fc.integer({ min: 0, max: 2 }),
        }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ["slot", "cpu", "time", "sections"] },
);

/** As JSON lines have it; names of unknown numbers are numbers to a handler, text to a table. */
const comparable = (value: unknown): string => {
  if (value === undefined || value === null) return "absent";
  return Array.isArray(value) ? value.join("\n") : String(value);
};

test(`all ${all.length} fields on random frames`, async () => {
  const seed = Date.now() & 0x7fff_ffff;
  console.log(`seed ${seed}`);
  const frames = fc.sample(frame, { seed, numRuns: 2000 });
  const value = (path: string): string => `emit({ ${JSON.stringify(path)}: (0, ${path}) })`;
  const inRecord = (path: string): string => `emit({ ${JSON.stringify(path)}: ${path} })`;
  const running = await Running.start(
    { on: [all.map(({ name }) => inRecord(name)).join("; "), all.map(({ name }) => value(name)).join("; ")] },
    host,
  );
  for (let from = 0; from < frames.length; from += 100) {
    const batch = makeBatch(frames.slice(from, from + 100).map((one) => makeFrame(one)));
    const text = await running.onBatch(batch, selectAll(batch, [0, 1]));
    const lines = text.split("\n");
    let line = 0;
    for (const offset of batch.offsets) {
      for (const way of ["record", "value"]) {
        for (const { name } of all) {
          const json = lines[line++] ?? "";
          // BigInts are digits: JSON.parse would round them.
          const seen = JSON.parse(json.replace(/:(-?\d{16,})\}$/, ':"$1"}')) as Record<string, unknown>;
          const expected = readers.get(name)?.(batchOf(batch.bytes), offset);
          assert.equal(
            comparable(seen[name]),
            comparable(expected),
            `${name} as ${way} of ${Buffer.from(batch.bytes.subarray(offset, offset + 400)).toString("hex")}`,
          );
        }
      }
    }
  }
  assert.deepEqual(running.faults, []);
  await running.stop();
});
