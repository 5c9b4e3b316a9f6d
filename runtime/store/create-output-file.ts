// `-o FILE --format F`: which writer a format has, and what the file says of where its events come from.
import { machine, release, version } from "node:os";
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import { REASON_ENUMS } from "../../compiler/schema/drop-reason-texts.js";
import { structs } from "../../compiler/schema/generated/layout.js";
import { fields } from "../../compiler/schema/index.js";
import { assertNever } from "../../compiler/source/assert-never.js";
import type { Addon } from "../addon/addon.js";
import type { LossCounterPlace } from "../addon/event-file.js";
import { type Batch, frameSize } from "../events/frame.js";
import type { EventSource, SourceHeader } from "../events/source.js";
import type { Names } from "../outputs/names.js";
import { TextWriter } from "../packet/text-writer.js";
import { EncodedFile, type Encoder } from "./encoded-file.js";
import type { FileHeader, HeaderScript } from "./event-file/file-header.js";
import { createEventFile, type LiveFrames } from "./event-file/writer.js";
import type { FileRequest, OutputFile } from "./output-file.js";
import { PcapngWriter } from "./pcap/writer.js";
import { RetisJsonWriter } from "./retis-json/writer.js";

/** What a file says of its origin, whatever its format. */
export type Origin = Omit<FileHeader, "run" | "clockOffset" | "probes" | "layout" | "structs">;

export interface OutputRequest {
  readonly file: FileRequest;
  readonly names: Names;
  readonly origin: Origin;
  /** Null: the frames come from a stored source. */
  readonly live: LiveFrames | null;
}

/** Creates it at once. Fails with a SystemError. */
export function createOutputFile(addon: Addon, request: OutputRequest): OutputFile {
  const { file, names, origin, live } = request;
  switch (file.format) {
    case "retis":
      return createEventFile(addon, { path: file.path, rotation: file.rotation, names, origin, live });
    case "retis-json":
      return new EncodedFile(file.path, jsonEncoder(names, sourceHeader(origin, names)));
    case "pcapng":
      return new EncodedFile(file.path, captureEncoder(names, origin.writer));
    default:
      return assertNever(file.format);
  }
}

/** Of events that are traced here and now. `started`: CLOCK_MONOTONIC, ns. */
export function liveOrigin(
  kernel: KernelFacts,
  about: { readonly writer: string; readonly commandLine: string; readonly script: HeaderScript },
  started: bigint,
): Origin {
  return {
    ...about,
    kernelRelease: release(),
    kernelVersion: version(),
    hardware: machine(),
    started,
    sorted: false,
    enums: kernelEnums(kernel),
  };
}

/** Of stored events that a script has chosen from. */
export function replayOrigin(
  source: EventSource,
  about: { readonly writer: string; readonly commandLine: string; readonly script: HeaderScript },
  started: bigint,
): Origin {
  const { kernelRelease, kernelVersion, hardware } = source.header;
  // A series may have lost its beginning.
  const sorted = false;
  return {
    ...about,
    kernelRelease,
    kernelVersion,
    hardware,
    started,
    sorted,
    enums: kernelEnums(source.enums),
  };
}

/** The enums that an event's numbers may be of. */
export function kernelEnums(kernel: Pick<KernelFacts, "enumValues">): FileHeader["enums"] {
  const enums: Record<string, ReadonlyMap<string, bigint>> = {};
  const names = [...fields.values()].flatMap(({ type }) =>
    (type.kind === "enum" || type.kind === "number-set") && type.source.kind === "kernel"
      ? [type.source.name]
      : [],
  );
  for (const name of new Set([...REASON_ENUMS, ...names])) {
    const values = kernel.enumValues(name);
    if (values !== null) enums[name] = values;
  }
  return enums;
}

/** Where the kernel counts what found the ring full; `memory` is its map `counters`. */
export const lossCounters = (memory: ArrayBuffer, slots: number): LossCounterPlace => ({
  memory,
  cpuStride: structs.counters.size,
  first: structs.counters.members.slots.offset + structs.slot_counters.members.ring_full.offset,
  slotStride: structs.slot_counters.size,
  slots,
});

function sourceHeader(origin: Origin, names: Names): SourceHeader {
  const { writer, commandLine, kernelRelease, kernelVersion, hardware, script, sorted } = origin;
  const { clockOffset } = names;
  return {
    format: "retis",
    writer,
    commandLine,
    kernelRelease,
    kernelVersion,
    hardware,
    clockOffset,
    scriptDigest: script?.digest ?? null,
    sorted,
  };
}

function jsonEncoder(names: Names, header: SourceHeader): Encoder {
  const writer = new RetisJsonWriter(names, header);
  const out = new TextWriter(1 << 20);
  const taken = (write: () => void): Uint8Array => {
    out.reset();
    write();
    return out.take();
  };
  return {
    encode: (batch) => taken(() => writer.write(out, batch)),
    end: () => taken(() => writer.end(out)),
  };
}

function captureEncoder(names: Names, application: string): Encoder {
  const writer = new PcapngWriter(names, { application, schema: null });
  return {
    encode: (batch: Batch) => {
      for (let at = 0; at < batch.length; at += frameSize(batch.view, at)) writer.write(batch, at);
      return writer.take();
    },
    end: () => writer.take(),
  };
}
