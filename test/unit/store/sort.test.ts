// Sorting: against series that are worked out from the JSON alone; on files of both formats, in windows of any size, of
// packets whose events are shuffled among each other.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { loadAddon } from "../../../runtime/addon/addon.js";
import { TextWriter } from "../../../runtime/packet/text-writer.js";
import { createEventFile } from "../../../runtime/store/event-file/writer.js";
import { openSource } from "../../../runtime/store/open-source.js";
import { RetisJsonWriter } from "../../../runtime/store/retis-json/writer.js";
import { isRereadable } from "../../../runtime/store/sort/reread.js";
import { type SortedSource, sortSource } from "../../../runtime/store/sort/sorted-source.js";
import { createFileOf, originOf } from "../../../runtime/store/write-source.js";
import { notBuilt } from "../addon/fixture.js";
import { randomFrom, seedOf } from "../packet/random.js";
import { expectedSeries, type MadeEvent, madeTrace, START } from "./made-trace.js";

const folder = mkdtempSync(join(tmpdir(), "retis-sort-test-"));
after(() => rmSync(folder, { recursive: true }));

const belowOf = (seed: number): ((limit: number) => number) => {
  const random = randomFrom(seed);
  return (limit) => Math.floor(random() * limit);
};

const linesOf = (events: readonly unknown[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");

function fileOf(content: string): string {
  const path = join(folder, "events.json");
  writeFileSync(path, content);
  return path;
}

/** The same events in our own format. */
async function oursOf(path: string): Promise<string> {
  const ours = join(folder, "events.retis");
  const source = await openSource(path);
  const file = createFileOf(source, source, { path: ours, format: "retis", writer: "test" });
  for await (const batch of source.batches()) {
    await file.write(batch, null);
    batch.release();
  }
  await file.close();
  await source.close();
  return ours;
}

interface Sorted {
  readonly series: MadeEvent[][];
  readonly unjoined: SortedSource["unjoined"];
}

async function sorted(path: string, maxBuffer: number | null): Promise<Sorted> {
  const source = await openSource(path);
  assert.ok(isRereadable(source));
  const result = await sortSource(source, { maxBuffer, progress: () => {} });
  // As a file of Retis, which has its start already.
  const writer = new RetisJsonWriter(result.names, { ...result.header, format: "retis-json" });
  const out = new TextWriter();
  for await (const batch of result.batches()) {
    writer.write(out, batch);
    batch.release();
  }
  writer.end(out);
  await source.close();
  const text = out.take().toString("utf8");
  return {
    series: text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as MadeEvent[]),
    unjoined: result.unjoined,
  };
}

describe("sorting", { skip: notBuilt }, () => {
  test("made-up traces, whole and in windows", async (t) => {
    const seed = seedOf(t);
    for (let round = 0; round < 60; round++) {
      const below = belowOf(seed + round);
      const events = madeTrace(below, 2 + below(below(4) === 0 ? 600 : 60));
      const path = fileOf(linesOf(events));
      const window = 1 + below(40);
      const about = `seed ${seed + round}, window ${window}`;
      const whole = expectedSeries(events, Number.POSITIVE_INFINITY);
      assert.deepEqual((await sorted(path, null)).series, whole, about);
      assert.deepEqual((await sorted(path, window)).series, expectedSeries(events, window), about);
      if (round % 6 !== 0) continue;
      const ours = await oursOf(path);
      assert.deepEqual((await sorted(ours, null)).series, whole, `${about}, our format`);
      assert.deepEqual((await sorted(ours, window)).series, expectedSeries(events, window), about);
    }
  });

  test("a rotated set of ours", async (t) => {
    const seed = seedOf(t);
    const events = madeTrace(belowOf(seed), 3000);
    const source = await openSource(fileOf(linesOf(events)));
    const set = join(folder, "set");
    const file = createEventFile(loadAddon(), {
      path: set,
      rotation: { bytes: 8000, nanoseconds: 0, keep: 0 },
      names: source.names,
      origin: originOf(source, source, "test"),
      live: null,
    });
    for await (const batch of source.batches()) {
      await file.write(batch, null);
      batch.release();
    }
    await file.close();
    await source.close();
    assert.ok(file.written.files > 1, `${file.written.files} files`);
    assert.deepEqual(
      (await sorted(`${set}.0..`, null)).series,
      expectedSeries(events, Number.POSITIVE_INFINITY),
      `seed ${seed}`,
    );
  });

  test("packets whose events are shuffled among each other come out the same", async (t) => {
    const seed = seedOf(t);
    const below = belowOf(seed);
    const packets = Array.from({ length: 80 }, (_, packet) =>
      Array.from(
        { length: 1 + below(9) },
        (_, step): MadeEvent => ({
          common: { timestamp: 1000 + packet * 10 + step },
          kernel: { symbol: `step_${step}`, probe_type: "kprobe" },
          "skb-tracking": { orig_head: 4096 * (1 + below(5)), timestamp: 1000 + packet * 10, skb: 7 },
        }),
      ),
    ).map((events) => events.map((event) => ({ ...event, "skb-tracking": events[0]?.["skb-tracking"] })));
    const inOrder = [START, ...packets.flat()] as MadeEvent[];
    const expected = (await sorted(fileOf(linesOf(inOrder)), null)).series;
    assert.equal(expected.length, packets.length + 1);
    for (let round = 0; round < 10; round++) {
      const queues = packets.map((events) => [...events]);
      const shuffled: unknown[] = [START];
      for (let left = queues.filter((queue) => queue.length > 0); left.length > 0; ) {
        shuffled.push(left[below(left.length)]?.shift());
        left = queues.filter((queue) => queue.length > 0);
      }
      const path = fileOf(linesOf(shuffled));
      assert.deepEqual((await sorted(path, null)).series, expected, `seed ${seed}, round ${round}`);
      assert.deepEqual((await sorted(await oursOf(path), null)).series, expected, `seed ${seed}, our format`);
    }
  });

  test("answers without their upcall: counted, taken by their own id, nothing stops", async () => {
    const id = { orig_head: 4096, timestamp: 50, skb: 1 };
    const kernel = { symbol: "x", probe_type: "kprobe" };
    const common = { timestamp: 60 };
    const { series, unjoined } = await sorted(
      fileOf(
        linesOf([
          START,
          { common, kernel, "skb-tracking": id },
          {
            common,
            kernel,
            "skb-tracking": id,
            ovs: {
              event_type: "upcall_enqueue",
              ret: 0,
              cmd: 1,
              port: 1,
              upcall_ts: 9,
              upcall_cpu: 0,
              queue_id: 5,
            },
          },
          {
            common,
            kernel,
            ovs: {
              event_type: "recv_upcall",
              type: 1,
              pkt_size: 9,
              key_size: 9,
              queue_id: 5,
              batch_ts: 1,
              batch_idx: 0,
            },
          },
          {
            common,
            kernel,
            ovs: { event_type: "flow_operation", op_type: "put", queue_id: 6, batch_ts: 1, batch_idx: 0 },
          },
        ]),
      ),
      null,
    );
    assert.deepEqual(unjoined, { enqueues: 1, queues: 1 });
    assert.deepEqual(
      series.map((events) => events.length),
      [1, 3, 1],
    );
  });

  test("the start comes first, whatever its time; damaged lines between are passed over", async () => {
    const kernel = { symbol: "x", probe_type: "kprobe" };
    const event = (timestamp: number): MadeEvent => ({
      common: { timestamp },
      kernel,
      "skb-tracking": { orig_head: 4096 * timestamp, timestamp, skb: 1 },
    });
    const late = { ...START, common: { timestamp: 900 } };
    const path = fileOf(`${linesOf([late, event(70)])}{"common":\n\n[]\n${linesOf([event(30), event(50)])}`);
    const { series } = await sorted(path, null);
    assert.deepEqual(
      series.map(([first]) => first?.common.timestamp),
      [900, 30, 50, 70],
    );
  });

  test("a file that changes between the readings is told from one that does not", async () => {
    const below = belowOf(7);
    const path = fileOf(linesOf(madeTrace(below, 200)));
    const source = await openSource(path);
    assert.ok(isRereadable(source));
    const result = await sortSource(source, { maxBuffer: null, progress: () => {} });
    writeFileSync(path, readFileSync(path).subarray(0, 2000));
    await assert.rejects(async () => {
      for await (const batch of result.batches()) batch.release();
    }, /not what it was/);
    await source.close();
  });
});
