// Reads made-up Retis files through the source, and writes what came out again.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FRAME_SERIES } from "../../../compiler/schema/generated/layout.js";
import { frameFlags, frameSize } from "../../../runtime/events/frame.js";
import type { EventSource } from "../../../runtime/events/source.js";
import { EventJson, type JsonForm } from "../../../runtime/outputs/event-json.js";
import { TextWriter } from "../../../runtime/packet/text-writer.js";
import { openSource } from "../../../runtime/store/open-source.js";
import { RetisJsonWriter } from "../../../runtime/store/retis-json/writer.js";
import { notBuilt } from "../addon/fixture.js";

export const skip = notBuilt;

/** Where event files of the real Retis lie; null: not on this machine. */
export const fixtures = ((): string | null => {
  const beside = join(dirname(fileURLToPath(import.meta.url)), "../../../../../shared/fixtures/retis-1.7");
  try {
    readFileSync(join(beside, "full.json"));
    return beside;
  } catch {
    return null;
  }
})();

export const FIXTURES = ["dropmon", "nftdrop", "full", "ovs"] as const;

export const fixtureLines = (name: string): string[] =>
  readFileSync(join(fixtures ?? "", `${name}.json`), "utf8")
    .trimEnd()
    .split("\n");

const folder = mkdtempSync(join(tmpdir(), "retis-json-"));
let files = 0;

/** A file with this content. */
export function fileOf(content: string | Uint8Array): string {
  const path = join(folder, `file-${files++}`);
  writeFileSync(path, content);
  return path;
}

export interface Read {
  /** As RetisJsonWriter writes them. */
  readonly lines: readonly string[];
  /** Each event as EventJson writes it. */
  readonly events: readonly string[];
  /** Whether each begins a series. */
  readonly series: readonly boolean[];
  readonly source: EventSource;
}

export async function readPath(path: string, form: JsonForm = "full"): Promise<Read> {
  const source = await openSource(path);
  const writer = new RetisJsonWriter(source.names, source.header);
  const json = new EventJson(source.names, form);
  const out = new TextWriter();
  const each = new TextWriter();
  const events: string[] = [];
  const series: boolean[] = [];
  for await (const batch of source.batches()) {
    writer.write(out, batch);
    for (let at = 0; at < batch.length; at += frameSize(batch.view, at)) {
      each.reset();
      json.writeObject(each, batch.bytes, batch.view, at);
      events.push(each.take().toString("utf8"));
      series.push((frameFlags(batch.view, at) & FRAME_SERIES) !== 0);
    }
    batch.release();
  }
  writer.end(out);
  await source.close();
  const text = out.take().toString("utf8");
  return { lines: text === "" ? [] : text.trimEnd().split("\n"), events, series, source };
}

export const read = (content: string | Uint8Array, form?: JsonForm): Promise<Read> =>
  readPath(fileOf(content), form);

export const STARTUP =
  '{"common":{"timestamp":1},"startup":{"retis_version":"v1.7.0","cmdline":"retis collect","clock_monotonic_offset":{"sec":1795396671,"nsec":222830422},"machine":{"kernel_release":"6.12.0","kernel_version":"#1","hardware_name":"x86_64"}}}';

/** A file of these lines behind a startup event. */
export const file = (...lines: readonly string[]): string => `${[STARTUP, ...lines].join("\n")}\n`;
