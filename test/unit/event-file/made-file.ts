// Event files made from frames made by hand: random frames, a kernel with a few symbols, and what reads them back.
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { structs } from "../../../compiler/schema/generated/layout.js";
import type { NativeKallsyms } from "../../../runtime/addon/event-file.js";
import { type Batch, frameSize, sectionAt } from "../../../runtime/events/frame.js";
import type { EventSource } from "../../../runtime/events/source.js";
import { Kallsyms } from "../../../runtime/kernel/kallsyms.js";
import { EnumNames } from "../../../runtime/outputs/enum-names.js";
import { EventText } from "../../../runtime/outputs/event-text.js";
import { LiveStacks } from "../../../runtime/outputs/live-stacks.js";
import type { Names } from "../../../runtime/outputs/names.js";
import { TextWriter } from "../../../runtime/packet/text-writer.js";
import { ByteReader } from "../../../runtime/store/byte-reader.js";
import { type EventFileSource, openEventFile } from "../../../runtime/store/event-file/reader.js";
import { createEventFile, type EventFileRequest } from "../../../runtime/store/event-file/writer.js";
import type { OutputFile } from "../../../runtime/store/output-file.js";
import { addon } from "../addon/fixture.js";
import { FULL_LAYOUT, type MadeFrame, makeFrame, tcp4, udp6 } from "../handlers/made-frames.js";

const REASONS = new Map([
  ["SKB_NOT_DROPPED_YET", 0n],
  ["SKB_CONSUMED", 1n],
  ["SKB_DROP_REASON_NOT_SPECIFIED", 2n],
  ["SKB_DROP_REASON_NO_SOCKET", 3n],
]);
export const KERNEL = {
  enumValues: (name: string): ReadonlyMap<string, bigint> | null =>
    name === "skb_drop_reason" ? REASONS : null,
};

const PROBES = [
  { kind: "tp", name: "skb:kfree_skb" },
  { kind: "kprobe", name: "ip_rcv" },
] as const;

/** Folder, symbols and names of one test; `done()` removes what was made. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), "retis-event-file-"));
  readonly symbolFile = join(this.folder, "kallsyms");
  readonly names: Names;

  constructor() {
    const lines = Array.from({ length: 64 }, (_, i) => {
      const address = (0xffffffff81000000n + BigInt(i) * 0x1000n).toString(16);
      return `${address} ${i % 2 === 0 ? "T" : "t"} ${i === 2 ? "bpf_trace_run3" : `function_${i}`}${i % 8 === 7 ? "\t[module]" : ""}`;
    });
    writeFileSync(this.symbolFile, `0000000000000000 D data\n${lines.join("\n")}\n`);
    const symbols = Kallsyms.open(this.symbolFile);
    this.names = {
      layout: FULL_LAYOUT,
      probes: PROBES,
      enums: new EnumNames(KERNEL),
      stacks: new LiveStacks(symbols),
      strings: { text: () => "" },
      symbols,
      clockOffset: 1_700_000_000_000_000_000n,
    };
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  symbols(): NativeKallsyms {
    const descriptor = openSync(this.symbolFile, "r");
    const symbols = new (addon().Kallsyms)(descriptor);
    closeSync(descriptor);
    return symbols;
  }

  /** A file of live frames. */
  create(path: string, more: Partial<EventFileRequest> = {}): OutputFile {
    return createEventFile(addon(), {
      path,
      rotation: null,
      names: this.names,
      origin: origin(),
      live: { symbols: this.symbols(), counters: null },
      ...more,
    });
  }

  done(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const origin = (): EventFileRequest["origin"] => ({
  writer: "retis test",
  commandLine: "retis run test",
  kernelRelease: "6.12.0",
  kernelVersion: "#1 SMP",
  hardware: "x86_64",
  script: { name: "test.rts", digest: "00ff", options: { port: "80" }, decided: [0, 2] },
  started: 12345n,
  sorted: false,
  enums: { skb_drop_reason: REASONS },
});

/** Numbers from 0 up to a bound, the same for the same seed. */
export function randomNumbers(seed: number): (bound: number) => number {
  let state = seed >>> 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % bound;
  };
}

export function randomFrame(random: (bound: number) => number, index: number): Uint8Array {
  const sections: Record<string, Record<string, number | bigint | string>> = {};
  if (random(8) > 0)
    sections["task"] = { pid: random(99), tid: random(99), comm: `task${random(9)}`, context: 1 };
  if (random(2) > 0)
    sections["drop"] = {
      location: 0xffffffff81000000n + BigInt(random(0x40000)),
      reason: random(6),
      has_reason: 1,
    };
  if (random(2) > 0)
    sections["dev"] = { ifindex: random(9) + 1, rx_ifindex: random(3), name: `eth${random(4)}` };
  if (random(2) > 0) sections["ns"] = { cookie: BigInt(random(9)), inum: 4026531840, has_cookie: 1 };
  if (random(2) > 0)
    sections["skb"] = { address: 0xffff888100000000n, len: random(1500), mark: random(4), users: 1, has: 7 };
  const packet =
    random(2) > 0
      ? tcp4({ dport: random(65536), payload: random(300) })
      : udp6("20010db8".padEnd(32, "0"), "1".padStart(32, "0"), 53, random(65536));
  const stack = Array.from({ length: random(12) }, () => 0xffffffff81000000n + BigInt(random(0x40000)));
  const made: MadeFrame = {
    slot: random(2),
    cpu: random(4),
    time: 1_000_000n + BigInt(index) * 1000n,
    sections,
    ...(random(10) > 0 ? { packet: { bytes: packet } } : {}),
    ...(random(3) === 0 ? { stack } : {}),
  };
  return makeFrame(made);
}

/** Frames back to back. */
export function batchOf(frames: readonly Uint8Array[]): Batch {
  const length = frames.reduce((sum, frame) => sum + frame.length, 0);
  const shared = new SharedArrayBuffer(Math.max(8, length));
  const bytes = Buffer.from(shared);
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return { bytes, view: new DataView(shared), length };
}

export const open = (path: string, descriptor = openSync(path, "r")): Promise<EventFileSource> =>
  openEventFile(new ByteReader(descriptor), path);

/** The text of every event of a batch, everything that it has. */
export function textOf(names: Names, batch: Batch): readonly string[] {
  const text = new EventText(names, { singleLine: true, time: "utc", linkLayer: true });
  const out = new TextWriter(1 << 16);
  const lines: string[] = [];
  for (let at = 0; at < batch.length; at += frameSize(batch.view, at)) {
    out.reset();
    text.write(out, batch.bytes, batch.view, at, "all");
    const line = out.take().toString().trimEnd();
    const drop = sectionAt(names.layout, batch.view, at, "drop");
    const place = drop + structs.section_drop.members.location.offset;
    const location = (): string =>
      names.symbols.name(batch.view.getUint32(place + 4, true), batch.view.getUint32(place, true));
    lines.push(drop < 0 ? line : `${line} ${location()}`);
  }
  return lines;
}

/** Everything in a source, as text. */
export async function readAll(source: EventSource): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const batch of source.batches()) {
    lines.push(...textOf(source.names, batch));
    batch.release();
  }
  await source.close();
  return lines;
}
