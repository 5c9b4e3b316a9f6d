// The drain: every record that the ring took is delivered once, in order, whatever the consumer does; the
// ring alone loses, and counts.
import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Drain } from "../../../runtime/addon/addon.js";
import type { Producer } from "./fixture.js";
import { addon, cannotLoad, openProducer, recordBytes, runChild, sharedBuffers } from "./fixture.js";

const words = recordBytes / 8;

/** Takes batches apart: each record whole, its number larger than the one before. */
class Consumer {
  readonly buffers: Buffer[];
  readonly held: number[] = [];
  drain: Drain | null = null;
  records = 0;
  largestBatch = 0;
  private last = -1n;

  constructor(
    count: number,
    bytes: number,
    private readonly keep: boolean = false,
  ) {
    this.buffers = sharedBuffers(count, bytes);
  }

  start(producer: Producer): Drain {
    this.drain = new (addon().Drain)(producer.object, "events", this.buffers, (index, bytes, records) => {
      this.take(index, bytes, records);
    });
    return this.drain;
  }

  releaseHeld(): void {
    for (const index of this.held.splice(0)) this.drain?.release(index);
  }

  private take(index: number, bytes: number, records: number): void {
    assert.equal(bytes, records * recordBytes);
    const buffer = this.buffers[index];
    assert.ok(buffer !== undefined);
    const values = new BigUint64Array(buffer.buffer, buffer.byteOffset, bytes / 8);
    for (let at = 0; at < values.length; at += words) {
      const number = values[at + 1] ?? 0n;
      assert.equal(values[at], BigInt(recordBytes));
      assert.ok(number > this.last, "in order, none twice");
      assert.equal(values[at + words - 1], ~number & 0xffff_ffff_ffff_ffffn, "whole to its last word");
      this.last = number;
    }
    this.records += records;
    this.largestBatch = Math.max(this.largestBatch, bytes);
    if (this.keep) this.held.push(index);
    else this.drain?.release(index);
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, "nothing happened in 10 s");
    await sleep(2);
  }
}

test("produced = delivered + lost, when a small ring is overrun", { skip: cannotLoad }, async () => {
  const producer = openProducer(64 * 1024);
  const consumer = new Consumer(4, 32 * 1024);
  const drain = consumer.start(producer);
  for (let burst = 0; burst < 300; burst++) {
    producer.produce(1000);
    if (burst % 10 === 0) await sleep(1);
  }
  await drain.stop();
  const { produced, lost } = producer.counts();
  assert.equal(produced, 300_000);
  assert.ok(lost > 0, "the ring was overrun");
  assert.equal(consumer.records, produced - lost);
  assert.equal(drain.counters().records, consumer.records);
  assert.ok(consumer.largestBatch > 30 * 1024, "batches are filled");
  producer.object.close();
});

test("nothing is lost that fits", { skip: cannotLoad }, async () => {
  const producer = openProducer(8 << 20);
  const consumer = new Consumer(4, 512 * 1024);
  const drain = consumer.start(producer);
  for (let burst = 0; burst < 100; burst++) {
    producer.produce(500);
    await sleep(1);
  }
  await drain.stop();
  assert.deepEqual(producer.counts(), { produced: 50_000, lost: 0 });
  assert.equal(consumer.records, 50_000);
  producer.object.close();
});

test("a few records arrive within milliseconds, without a full batch", { skip: cannotLoad }, async () => {
  const producer = openProducer(1 << 20);
  const consumer = new Consumer(4, 512 * 1024);
  const drain = consumer.start(producer);
  const waits: number[] = [];
  for (let i = 1; i <= 21; i++) {
    const start = performance.now();
    producer.produce(1);
    await new Promise<void>((seen) => {
      const look = (): void => void (consumer.records === i ? seen() : setImmediate(look));
      look();
    });
    waits.push(performance.now() - start);
  }
  const median = waits.sort((a, b) => a - b)[10] ?? 0;
  assert.ok(median < 50, `median ${median} ms`);
  await drain.stop();
  producer.object.close();
});

test("stopping hands over a full ring", { skip: cannotLoad }, async () => {
  const producer = openProducer(1 << 20);
  producer.produce(10_000);
  const { produced, lost } = producer.counts();
  assert.ok(lost > 0, "the ring is full before the drain starts");
  const consumer = new Consumer(2, 64 * 1024);
  await consumer.start(producer).stop();
  assert.equal(consumer.records, produced - lost);
  producer.object.close();
});

test("without a free batch the drain waits and the ring loses", { skip: cannotLoad }, async () => {
  const producer = openProducer(256 * 1024);
  const consumer = new Consumer(2, 32 * 1024, true);
  const drain = consumer.start(producer);
  producer.produce(5000);
  await until(() => consumer.held.length === 2 && drain.counters().waits > 0);
  const held = consumer.records;
  producer.produce(5000);
  await sleep(20);
  assert.equal(consumer.records, held, "nothing more while both batches are held");
  assert.ok(producer.counts().lost > 5000);

  const stopped = drain.stop();
  let done = false;
  void stopped.then(() => {
    done = true;
  });
  await until(() => {
    consumer.releaseHeld();
    return done;
  });
  const { produced, lost } = producer.counts();
  assert.equal(consumer.records, produced - lost);
  assert.throws(() => drain.release(0), { code: "EALREADY" });
  assert.throws(() => drain.release(2), { code: "EINVAL" });
  producer.object.close();
});

test("an idle drain does not wake up", { skip: cannotLoad }, async () => {
  const producer = openProducer(1 << 20);
  const consumer = new Consumer(2, 32 * 1024);
  const drain = consumer.start(producer);
  producer.produce(10);
  await until(() => consumer.records === 10);
  const before = drain.counters().wakeups;
  await sleep(300);
  assert.equal(drain.counters().wakeups, before);
  assert.equal(await drain.stop(), undefined);
  assert.equal(await drain.stop(), undefined, "again: nothing");
  producer.object.close();
});

test("the drain goes on after its object is closed, and what it needs is refused", {
  skip: cannotLoad,
}, async () => {
  const producer = openProducer(1 << 20);
  producer.produce(100);
  const consumer = new Consumer(2, 32 * 1024);
  const drain = consumer.start(producer);
  producer.object.close();
  await drain.stop();
  assert.equal(consumer.records, 100);

  const other = openProducer(1 << 20);
  const { Drain } = addon();
  const [buffer] = sharedBuffers(1, 4096);
  assert.ok(buffer !== undefined);
  assert.throws(() => new Drain(other.object, ".bss", [buffer], () => {}), { code: "EINVAL" });
  assert.throws(() => new Drain(other.object, "events", [], () => {}), { code: "EINVAL" });
  assert.throws(() => new Drain(other.object, "nothing", [buffer], () => {}), { code: "ENOENT" });
  other.object.close();
});

test("a record larger than a batch is left out and counted", { skip: cannotLoad }, async () => {
  const producer = openProducer(1 << 20);
  producer.produce(3);
  const drain = new (addon().Drain)(producer.object, "events", sharedBuffers(2, recordBytes - 8), () => {
    assert.fail("nothing fits");
  });
  await drain.stop();
  assert.equal(drain.counters().oversized, 3);
  assert.equal(drain.counters().records, 0);
  producer.object.close();
});

const childDrain = `
const producer = fixture.openProducer(1 << 20);
const drain = new (fixture.addon().Drain)(producer.object, "events", fixture.sharedBuffers(2, 65536), onBatch);
producer.produce(2000);
`;

test("a process may end in the middle of draining", { skip: cannotLoad }, () => {
  const ended = runChild(`const onBatch = () => process.exit(7);${childDrain}`);
  assert.deepEqual([ended.status, ended.signal, ended.stderr], [7, null, ""]);
});

test("an exception of onBatch is an uncaught exception", { skip: cannotLoad }, () => {
  const thrown = runChild(`
    process.on("uncaughtException", (error) => { console.log(error.message); process.exit(9); });
    const onBatch = () => { throw new Error("from a batch"); };${childDrain}`);
  assert.deepEqual([thrown.status, thrown.stdout, thrown.stderr], [9, "from a batch\n", ""]);
});

test("a worker may be terminated in the middle of draining", { skip: cannotLoad }, () => {
  const source = `
    import { parentPort } from "node:worker_threads";
    const onBatch = (index) => { drain.release(index); parentPort.postMessage("batch"); };${childDrain}
    setInterval(() => producer.produce(2000), 1);`;
  const result = runChild(`
    import { Worker } from "node:worker_threads";
    const url = "data:text/javascript," + encodeURIComponent(fixture.childPreamble + ${JSON.stringify(source)});
    for (let i = 0; i < 5; i++) {
      const worker = new Worker(new URL(url));
      await new Promise((seen, failed) => worker.once("message", seen).once("error", failed));
      await worker.terminate();
    }
    console.log("alive");`);
  assert.deepEqual([result.status, result.stdout, result.stderr], [0, "alive\n", ""]);
});
