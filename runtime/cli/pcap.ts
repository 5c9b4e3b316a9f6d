// `retis pcap`: the packets of stored events as pcapng, for Wireshark and its kind; block by block, so that a pipe can be
// read while it is written.

import { glob } from "../../compiler/codegen/glob.js";
import type { ProbeName, ProbeNameKind } from "../../compiler/plan/probe-name.js";
import { eventSchema } from "../../compiler/schema/event/json-schema.js";
import { type Batch, frameSize, frameSlot } from "../events/frame.js";
import type { EventSource } from "../events/source.js";
import { UsageError } from "../failure.js";
import { EncodedFile } from "../store/encoded-file.js";
import { PcapngWriter } from "../store/pcap/writer.js";
import { refuseSameFile, WRITER } from "./convert-output.js";
import { refuseBinaryOnTerminal } from "./refuse-binary.js";
import { forEachInput, inputFiles, type StoredInput, say, warn } from "./stored-input.js";

export interface RawPcap {
  readonly out?: string;
  readonly probe?: string;
  readonly schema?: boolean;
}

/** What a capture is to hold. */
export interface CaptureChoice {
  readonly probe: WantedProbe | null;
  /** Also what the JSON beside packets may hold, for Retis' plugin; Wireshark shows it as a packet. */
  readonly schema: boolean;
}

/** Resolves to the exit code. */
export async function pcap(file: string | null, raw: RawPcap): Promise<number> {
  const [input = ""] = inputFiles(file === null ? [] : [file]);
  const out = raw.out ?? "-";
  refuseBinaryOnTerminal(out, "pcapng", null);
  refuseSameFile(input, out, "convert");
  const probe = raw.probe === undefined ? null : parseProbe(raw.probe);
  return forEachInput([input], { doing: "converting" }, (stored) =>
    writeCapture(stored, out, { probe, schema: raw.schema === true }),
  );
}

/** Null: any. */
export interface WantedProbe {
  readonly kind: ProbeNameKind | null;
  /** With * and ?. */
  readonly name: string;
}

const KINDS: Readonly<Record<string, ProbeNameKind>> = {
  tp: "tp",
  raw_tracepoint: "tp",
  k: "kprobe",
  kprobe: "kprobe",
  kr: "kretprobe",
  kretprobe: "kretprobe",
};

/** `[TYPE:]TARGET`: without TYPE, a name with a colon is a tracepoint, and one without a function. */
export function parseProbe(text: string): WantedProbe {
  const [, word = "", rest = ""] = /^([a-z_]+):(.+)$/.exec(text) ?? [];
  const kind = Object.hasOwn(KINDS, word) ? KINDS[word] : undefined;
  if (kind !== undefined && (kind !== "tp" || rest.includes(":") || rest.includes("*")))
    return { kind, name: rest };
  if (/^\*+$/.test(text)) return { kind: null, name: "*" };
  if (text === "" || text.endsWith(":") || text.split(":").length > 2)
    throw new UsageError(
      `--probe ${text}: not a probe`,
      "[TYPE:]TARGET with * and ?: skb:kfree_skb, tp:net:*, kretprobe:ip_rcv_core",
    );
  return { kind: text.includes(":") ? "tp" : "kprobe", name: text };
}

/** Resolves to the number of events read. */
export async function writeCapture(
  { source, progress }: Pick<StoredInput, "source" | "progress">,
  out: string,
  choice: CaptureChoice,
): Promise<number> {
  const capture = new Capture(source, choice);
  let file: EncodedFile | null = null;
  let read = 0;
  try {
    for await (const batch of source.batches()) {
      read += capture.encode(batch);
      // Nothing that matches, no file.
      if (capture.processed > 0)
        file ??= new EncodedFile(out, { encode: () => capture.take(), end: () => capture.take() });
      await file?.write(batch, null);
      batch.release();
      progress(read);
      if (file?.closedByReader === true) break;
    }
  } catch (error) {
    // Whoever reads a pipe may leave.
    if (file?.closedByReader !== true) throw error;
  } finally {
    if (file?.closedByReader !== true) await file?.close();
  }
  if (capture.processed === 0 && read > 0) throw notFound(source);
  say(`${capture.processed} event(s) were processed`);
  if (capture.skipped > 0) warn(`${capture.skipped} event(s) were skipped because of missing raw packet`);
  return read;
}

function notFound({ names }: EventSource): UsageError {
  const kinds = names.probes.slice(0, 8).map((probe) => `${probe.kind}:${probe.name}`);
  return new UsageError("Probe not found in the events", `they are of ${kinds.join(", ")}`);
}

class Capture {
  /** Events of the probe, and those of them without a packet. */
  processed = 0;
  readonly #source: EventSource;
  readonly #probe: WantedProbe | null;
  readonly #writer: PcapngWriter;
  /** By slot. */
  readonly #wanted: boolean[] = [];

  constructor(source: EventSource, { probe, schema }: CaptureChoice) {
    this.#source = source;
    this.#probe = probe;
    this.#writer = new PcapngWriter(source.names, {
      application: WRITER,
      schema: schema ? JSON.stringify(eventSchema()) : null,
    });
  }

  get skipped(): number {
    return this.#writer.skipped;
  }

  /** Returns how many events the batch has. */
  encode(batch: Batch): number {
    let count = 0;
    for (let at = 0; at < batch.length; at += frameSize(batch.view, at)) {
      count++;
      if (!this.#wants(frameSlot(batch.view, at))) continue;
      this.processed++;
      this.#writer.write(batch, at);
    }
    return count;
  }

  take(): Uint8Array {
    return this.#writer.take();
  }

  /** Events that no probe of the kernel made are of no capture. */
  #wants(slot: number): boolean {
    const known = this.#wanted[slot];
    if (known !== undefined) return known;
    const name = this.#source.names.probes[slot];
    const wanted = name !== undefined && name.kind !== "usdt" && matches(name, this.#probe);
    if (name !== undefined) this.#wanted[slot] = wanted;
    return wanted;
  }
}

const matches = (name: ProbeName, wanted: WantedProbe | null): boolean =>
  wanted === null || ((wanted.kind === null || wanted.kind === name.kind) && glob(wanted.name, name.name));
