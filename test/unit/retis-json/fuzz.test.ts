// Damaged files by the ten thousand: the decoder takes exactly the lines that JSON.parse takes, however they are cut into
// chunks; what it makes of them is JSON again; nothing crashes, hangs or grows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decoderTables } from "../../../compiler/schema/event/decoder-tables.js";
import { loadAddon } from "../../../runtime/addon/addon.js";
import type { JsonDecoder } from "../../../runtime/addon/json-decoder.js";
import { frameSize } from "../../../runtime/events/frame.js";
import { EventJson } from "../../../runtime/outputs/event-json.js";
import { TextWriter } from "../../../runtime/packet/text-writer.js";
import { storedLayout } from "../../../runtime/store/retis-json/layout.js";
import { storedNames } from "../../../runtime/store/retis-json/names.js";
import { storedReasons, storedSubsystems } from "../../../runtime/store/retis-json/reasons.js";
import { randomFrom, seedOf } from "../packet/random.js";
import { EVENTS } from "./events.js";
import { skip } from "./reading.js";

const FILES = 20_000;
const SPARE = 64;
const layout = storedLayout();
const versions = ([0, 1, 2] as const).map((version) => decoderTables(layout, version));
const tablesOf = (version: number) => versions[version] ?? decoderTables(layout, 2);
const utf8 = new TextDecoder("utf-8", { fatal: true });

type Random = () => number;
const below = (random: Random, limit: number): number => Math.floor(random() * limit);

const TOKENS = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "\\",
  "\n",
  "0",
  "-",
  "e",
  ".",
  "null",
  "true",
  "\0",
  " ",
  "\\u",
  "\\ud800",
];
const HOSTILE: readonly ((random: Random) => string)[] = [
  (random) => "9".repeat(1 + below(random, 400)),
  (random) => "[".repeat(1 + below(random, 200)),
  (random) => '{"a":'.repeat(1 + below(random, 200)),
  (random) => `"${"x".repeat(below(random, 5000))}"`,
  () => "18446744073709551616",
  () => "-9223372036854775809",
  () => '"\\u0000"',
  () => '{"common":{"timestamp":1}}',
];

function damage(random: Random, whole: Buffer): Buffer {
  const at = below(random, whole.length);
  const end = Math.min(whole.length, at + 1 + below(random, 30));
  const insert = (bytes: Buffer | string): Buffer =>
    Buffer.concat([whole.subarray(0, at), Buffer.from(bytes), whole.subarray(at)]);
  switch (below(random, 9)) {
    case 0: {
      const copy = Buffer.from(whole);
      copy[at] = below(random, 256);
      return copy;
    }
    case 1:
      return Buffer.concat([whole.subarray(0, at), whole.subarray(end)]);
    case 2:
      return insert(whole.subarray(at, end));
    case 3:
      return insert(TOKENS[below(random, TOKENS.length)] ?? "");
    case 4:
      return insert(HOSTILE[below(random, HOSTILE.length)]?.(random) ?? "");
    case 5:
      return whole.subarray(0, at);
    case 6:
      return insert(Buffer.from([0x80 + below(random, 128)]));
    case 7: {
      // A value in another's place.
      const text = whole.toString("latin1");
      const from = text.indexOf(":", at) + 1;
      const value = /[^,}\]]*/.exec(text.slice(below(random, text.length)))?.[0] ?? "";
      return Buffer.concat([whole.subarray(0, from), Buffer.from(value, "latin1"), whole.subarray(from + 1)]);
    }
    default: {
      const copy = Buffer.from(whole);
      copy[at] = (copy[at] ?? 0) ^ (1 << below(random, 8));
      return copy;
    }
  }
}

/** Deeper than the decoder goes, or with a key twice in an object that it knows: refused, though JSON. */
function tooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth > 60 || Object.values(value).some((one) => tooDeep(one, depth + 1));
}

type Verdict = "event" | "no event" | "unclear";

/** What JSON.parse says of a line. */
function judge(line: Buffer): Verdict {
  let text: string;
  try {
    text = utf8.decode(line);
  } catch {
    return "no event";
  }
  if (/^[ \t\r]*$/.test(text)) return "event";
  try {
    const value: unknown = JSON.parse(text);
    const events: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (events.some((event) => typeof event !== "object" || event === null || Array.isArray(event)))
      return "no event";
    if (tooDeep(value)) return "unclear";
    return "event";
  } catch {
    return "no event";
  }
}

interface Outcome {
  readonly frames: Buffer;
  /** Offsets of problems with whole lines; those with sections name the section first. */
  readonly refusals: readonly { readonly offset: number; readonly reason: string }[];
}

const output = Buffer.alloc(1 << 20);

function decode(decoder: JsonDecoder, content: Buffer, chunks: () => number): Outcome {
  const frames: Buffer[] = [];
  const refusals: { offset: number; reason: string }[] = [];
  const input = Buffer.alloc(content.length + SPARE);
  content.copy(input);
  let from = 0;
  let to = 0;
  while (from < content.length || to === 0) {
    to = Math.min(content.length, to + chunks());
    // Only what has been read so far may be looked at.
    input.fill(0x22, to, to + SPARE);
    for (;;) {
      const result = decoder.decode(input, from, to, to === content.length, output, 0);
      for (const { offset, reason } of result.problems)
        if (!reason.startsWith("`")) refusals.push({ offset: from + offset, reason });
      from += result.consumed;
      frames.push(Buffer.from(output.subarray(0, result.produced)));
      if (result.consumed === 0 || from === to) break;
    }
    content.copy(input, to, to, Math.min(content.length, to + SPARE));
    if (to === content.length) break;
  }
  return { frames: Buffer.concat(frames), refusals };
}

function linesOf(content: Buffer): { readonly start: number; readonly line: Buffer }[] {
  const lines: { start: number; line: Buffer }[] = [];
  for (let start = 0; start <= content.length; ) {
    const feed = content.indexOf(10, start);
    const end = feed === -1 ? content.length : feed;
    lines.push({ start, line: content.subarray(start, end) });
    start = end + 1;
  }
  return lines;
}

test(`${FILES} damaged files`, { skip }, (t) => {
  const random = randomFrom(seedOf(t));
  const Decoder = loadAddon().JsonDecoder;
  const make = (version: number): JsonDecoder =>
    new Decoder(tablesOf(version), 1 << 20, storedReasons, storedSubsystems);
  const decoders = [0, 1, 2].map(make);
  const writers = decoders.map((decoder) => ({ decoder, names: storedNames(decoder, layout, 0n) }));
  const out = new TextWriter();
  const before = process.memoryUsage().rss;
  let refused = 0;
  for (let index = 0; index < FILES; index++) {
    const version = below(random, 3);
    const lines = Array.from(
      { length: 1 + below(random, 3) },
      () => EVENTS[below(random, EVENTS.length)] ?? "",
    );
    let content: Buffer = Buffer.from(`${lines.join("\n")}\n`);
    for (let count = below(random, 4); count >= 0 && content.length > 0; count--)
      content = damage(random, content);
    const shown = (): string => `file ${index}: ${JSON.stringify(content.toString("latin1"))}`;
    const { decoder, names } = writers[version] ?? { decoder: make(2), names: null };
    decoder.restart(null);
    const whole = decode(decoder, content, () => content.length + 1);
    refused += whole.refusals.length;
    checkVerdicts(content, whole, shown);
    // However it is cut, the same comes out.
    decoder.restart(null);
    const cut = decode(decoder, content, () => 1 + below(random, 700));
    assert.deepEqual(cut.refusals.length, whole.refusals.length, shown());
    assert.equal(cut.frames.length, whole.frames.length, shown());
    if (names === null || index % 8 !== 0) continue;
    decoder.restart(null);
    const again = decode(decoder, content, () => content.length + 1);
    names.probes.push(...decoder.probes(names.probes.length));
    const json = new EventJson(names);
    const view = new DataView(again.frames.buffer, again.frames.byteOffset, again.frames.length);
    for (let at = 0; at < again.frames.length; at += frameSize(view, at)) {
      out.reset();
      json.writeObject(out, again.frames, view, at);
      assert.doesNotThrow(() => JSON.parse(out.take().toString("utf8")), shown());
    }
  }
  assert.ok(refused > FILES / 2, `only ${refused} lines were refused`);
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < 300 << 20, `grew by ${grown >> 20} MiB`);
});

function checkVerdicts(content: Buffer, { refusals }: Outcome, shown: () => string): void {
  for (const { start, line } of linesOf(content)) {
    const mine = refusals.filter(({ offset }) => offset >= start && offset <= start + line.length);
    const reasons = mine.map((one) => one.reason).join("; ");
    switch (judge(line)) {
      case "event":
        // Stricter than JSON: a key must not stand twice where the decoder knows it.
        if (!/twice|more than/.test(reasons)) assert.equal(reasons, "", shown());
        break;
      case "no event":
        assert.notEqual(
          mine.length,
          0,
          `nothing was said of ${JSON.stringify(line.toString("latin1"))}; ${shown()}`,
        );
        break;
      case "unclear":
        break;
    }
  }
}
