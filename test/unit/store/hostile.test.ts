// Damaged files through everything that is made of stored events: text, JSON, tables, series, figures, captures. Nothing
// but what is said of the file may come of it.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Figures } from "../../../runtime/cli/stats-figures.js";
import { Tops } from "../../../runtime/cli/stats-top.js";
import { frameSize } from "../../../runtime/events/frame.js";
import type { EventSource } from "../../../runtime/events/source.js";
import { SystemError } from "../../../runtime/failure.js";
import { EventPrinter, type PrintFormat } from "../../../runtime/outputs/event-printer.js";
import { TextWriter } from "../../../runtime/packet/text-writer.js";
import { openSource } from "../../../runtime/store/open-source.js";
import { PcapngWriter } from "../../../runtime/store/pcap/writer.js";
import { isRereadable } from "../../../runtime/store/sort/reread.js";
import { sortSource } from "../../../runtime/store/sort/sorted-source.js";
import { createFileOf } from "../../../runtime/store/write-source.js";
import { notBuilt } from "../addon/fixture.js";
import { randomFrom, seedOf } from "../packet/random.js";
import { fixtures } from "../retis-json/reading.js";
import { madeTrace } from "./made-trace.js";

const ROUNDS = Number(process.env["RETIS_FUZZ_ROUNDS"] ?? 150);
const FORMATS: readonly PrintFormat[] = ["multi-line", "single-line", "json", "table"];

/** What would do something to a terminal. JSON has its own rules. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is sought
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

const folder = mkdtempSync(join(tmpdir(), "retis-hostile-"));
after(() => rmSync(folder, { recursive: true }));

async function everything(source: EventSource, format: PrintFormat): Promise<void> {
  const out = new TextWriter(1 << 16);
  const printer = new EventPrinter(
    source.names,
    source.header.sorted,
    { format, time: "utc", linkLayer: true },
    (text) => text,
  );
  const figures = new Figures(source);
  const tops = new Tops(source);
  const capture = new PcapngWriter(source.names, { application: "test", schema: null });
  for await (const batch of source.batches()) {
    out.reset();
    printer.batch(out, batch, null);
    if (format !== "json") assert.doesNotMatch(out.take().toString("utf8"), CONTROL);
    figures.batch(batch);
    tops.batch(batch);
    for (let at = 0; at < batch.length; at += frameSize(batch.view, at)) capture.write(batch, at);
    capture.take();
    batch.release();
  }
  figures.end();
  printer.end(out);
}

async function readAll(path: string, format: PrintFormat, sort: boolean): Promise<void> {
  const source = await openSource(path);
  try {
    if (!sort || !isRereadable(source)) return await everything(source, format);
    const sorted = await sortSource(source, { maxBuffer: null, progress: () => {} });
    await everything(sorted, format);
  } finally {
    await source.close();
  }
}

/** Some bytes changed, taken out, put in or repeated; sometimes the end cut off. */
function damaged(bytes: Buffer, below: (limit: number) => number): Buffer {
  let result = Buffer.from(bytes);
  for (let left = 1 + below(6); left > 0 && result.length > 0; left--) {
    const at = below(result.length);
    const length = below(below(3) === 0 ? 400 : 8);
    const piece = result.subarray(at, at + length);
    switch (below(5)) {
      case 0:
        result[at] = below(256);
        break;
      case 1:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + length)]);
        break;
      case 2:
        result = Buffer.concat([result.subarray(0, at), piece, piece, result.subarray(at + length)]);
        break;
      case 3:
        result.writeUInt8(result.readUInt8(at) ^ (1 << below(8)), at);
        break;
      default:
        if (below(4) === 0) result = result.subarray(0, Math.max(1, at));
        else result.write(["99999999999999999999", "null", "[", '"\\u001b[2J"', "-1"][below(5)] ?? "", at);
    }
  }
  return result;
}

async function originals(below: (limit: number) => number): Promise<Buffer[]> {
  const lines = madeTrace(below, 120).map((event) => JSON.stringify(event));
  const json = [Buffer.from(`${lines.join("\n")}\n`)];
  if (fixtures !== null)
    for (const name of ["ovs", "nftdrop"]) json.push(readFileSync(join(fixtures, `${name}.json`)));
  const all: Buffer[] = [];
  for (const [index, bytes] of json.entries()) {
    const path = join(folder, `original-${index}`);
    writeFileSync(path, bytes);
    all.push(bytes);
    for (const format of ["retis", "pcapng"] as const) {
      const source = await openSource(path);
      const file = createFileOf(source, source, { path: `${path}.${format}`, format, writer: "test" });
      for await (const batch of source.batches()) {
        await file.write(batch, null);
        batch.release();
      }
      await file.close();
      await source.close();
      all.push(readFileSync(`${path}.${format}`));
    }
  }
  return all;
}

describe("damaged files", { skip: notBuilt }, () => {
  test("printing, sorting, counting and converting them", async (t) => {
    const seed = seedOf(t);
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const files = await originals(below);
    let read = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const original = files[below(files.length)];
      assert.ok(original !== undefined);
      const path = join(folder, "damaged");
      writeFileSync(path, damaged(original, below));
      const format = FORMATS[below(FORMATS.length)] ?? "json";
      const sort = below(2) === 0;
      try {
        await readAll(path, format, sort);
        read++;
      } catch (error) {
        if (error instanceof SystemError) continue;
        const detail = error instanceof Error ? error.stack : String(error);
        assert.fail(`seed ${seed}, round ${round}, ${format}, sorted ${sort}: ${detail}`);
      }
    }
    // Most damage leaves most of a file.
    assert.ok(read > ROUNDS / 4, `${read} of ${ROUNDS} could be read`);
  });
});
