// Texts that are remembered: one formatter over many events writes what a fresh one writes for each, whatever differs
// between two events.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frameSize } from "../../../runtime/events/frame.js";
import { EventText } from "../../../runtime/outputs/event-text.js";
import { TextMemo } from "../../../runtime/outputs/text-memo.js";
import { TextWriter } from "../../../runtime/packet/text-writer.js";
import { openSource } from "../../../runtime/store/open-source.js";
import { randomFrom, seedOf } from "../packet/random.js";
import { fileOf, fixtureLines, fixtures, skip } from "../retis-json/reading.js";

const noFixtures = skip !== false ? skip : fixtures === null ? "no fixtures on this machine" : false;

/** The event with one thing changed: a byte of the packet or its length, or a number anywhere. */
function changed(line: string, below: (limit: number) => number): string {
  const data = /"data":"([^"]+)"/.exec(line)?.[1];
  if (data !== undefined && below(2) === 0) {
    const bytes = Buffer.from(data, "base64");
    const length = below(4) === 0 ? below(bytes.length) : bytes.length;
    const at = below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    const text = bytes.subarray(0, length).toString("base64");
    return line.replace(data, text).replace(/"capture_len":\d+/, `"capture_len":${length}`);
  }
  const numbers = [...line.matchAll(/:(\d{1,9})(?=[,}])/g)];
  const number = numbers[below(numbers.length)];
  if (number === undefined) return line;
  const at = number.index + 1;
  return `${line.slice(0, at)}${below(3)}${line.slice(at + (number[1]?.length ?? 0))}`;
}

for (const singleLine of [false, true])
  test(`text of ${singleLine ? "one line" : "several lines"}`, { skip: noFixtures }, async (t) => {
    const random = randomFrom(seedOf(t));
    const below = (limit: number): number => Math.floor(random() * limit);
    const lines = ["full", "ovs"].flatMap((name) => {
      const [start = "", ...events] = fixtureLines(name);
      return name === "full" ? [start, ...events] : events;
    });
    const [start = "", ...events] = lines;
    const all = [start];
    for (let count = 0; count < 4000; count++) {
      const line = events[below(80) + 80 * below(11)] ?? "";
      all.push(below(3) === 0 ? changed(line, below) : line);
    }
    const source = await openSource(fileOf(`${all.join("\n")}\n`));
    const style = { singleLine, time: "ns", linkLayer: below(2) === 0 } as const;
    const remembering = new EventText(source.names, style);
    const [one, other] = [new TextWriter(), new TextWriter()];
    let compared = 0;
    for await (const { bytes, view, length, release } of source.batches()) {
      for (let at = 0; at < length; at += frameSize(view, at)) {
        one.reset();
        other.reset();
        const inSeries = below(3);
        const write = (text: EventText, out: TextWriter): void => {
          if (inSeries === 0) text.write(out, bytes, view, at, "all");
          else text.writeInSeries(out, bytes, view, at, inSeries === 1);
        };
        write(remembering, one);
        write(new EventText(source.names, style), other);
        assert.equal(one.take().toString("utf8"), other.take().toString("utf8"));
        compared++;
      }
      release();
    }
    assert.ok(compared > 3000, String(compared));
    await source.close();
  });

test("names in bytes that are no UTF-8", () => {
  const memo = new TextMemo([0]);
  const frame = new DataView(new ArrayBuffer(4));
  // Eight bytes that are no number to a processor: quiet ones and signalling ones.
  for (const [index, end] of [0xfff8, 0xfff0, 0xfff4].entries()) {
    frame.setInt32(0, index, true);
    const name = Buffer.from([1, 0, 0, 0, 0, 0, end & 255, end >> 8]);
    for (let time = 0; time < 2; time++) {
      const out = new TextWriter();
      if (!memo.write(out, frame, 0)) {
        out.bytes(name, 0, name.length);
        memo.keep(out, 0, frame, 0);
      }
      assert.deepEqual([...out.take()], [...name]);
    }
  }
});
