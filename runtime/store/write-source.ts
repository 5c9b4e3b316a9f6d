// A stored source of events -> a file, in any of the formats.
import { SLOT_NONE } from "../../compiler/schema/generated/layout.js";
import { assertNever } from "../../compiler/source/assert-never.js";
import { loadAddon } from "../addon/addon.js";
import type { LossCounterPlace } from "../addon/event-file.js";
import { type Batch, frameSize, frameSlot } from "../events/frame.js";
import type { EventSource, SourceHeader } from "../events/source.js";
import { TextWriter } from "../packet/text-writer.js";
import { kernelEnums, type Origin } from "./create-output-file.js";
import { EncodedFile, type Encoder } from "./encoded-file.js";
import { EventFileSource } from "./event-file/reader.js";
import { createEventFile } from "./event-file/writer.js";
import type { FileFormat, OutputFile } from "./output-file.js";
import { PcapngWriter } from "./pcap/writer.js";
import { RetisJsonWriter } from "./retis-json/writer.js";

export interface WriteRequest {
  /** `-`: standard output. */
  readonly path: string;
  readonly format: FileFormat;
  /** Who writes it: `retis 0.1.0`. */
  readonly writer: string;
  /** Where it is told what was lost; see StoredLosses. */
  readonly losses?: LossCounterPlace;
}

/** Creates the file at once. Fails with a SystemError. `facts`: the file that the events are of, where it is ours. */
export function createFileOf(source: EventSource, facts: EventSource, request: WriteRequest): OutputFile {
  const { path, format, writer, losses } = request;
  const { names, header } = source;
  switch (format) {
    case "retis":
      return createEventFile(loadAddon(), {
        path,
        rotation: null,
        names,
        origin: originOf(source, facts, writer),
        live: null,
        ...(losses === undefined ? {} : { losses }),
      });
    case "retis-json":
      return new EncodedFile(path, new JsonEncoder(source, header));
    case "pcapng":
      return new EncodedFile(path, new CaptureEncoder(source, writer));
    default:
      return assertNever(format);
  }
}

/** What a file of ours says of where the events come from. */
export function originOf(source: EventSource, facts: EventSource, writer: string): Origin {
  const { commandLine, kernelRelease, kernelVersion, hardware, sorted } = source.header;
  const ours = facts instanceof EventFileSource ? facts.facts : null;
  return {
    writer: source.header.writer ?? writer,
    commandLine,
    kernelRelease,
    kernelVersion,
    hardware,
    script: ours?.script ?? null,
    started: ours?.started ?? 0n,
    sorted,
    enums: ours?.enums ?? kernelEnums(source.enums),
  };
}

/** Retis' lines. A file of Retis has its own first event, wherever it was in the meantime. */
class JsonEncoder implements Encoder {
  readonly #source: EventSource;
  readonly #header: SourceHeader;
  readonly #out = new TextWriter(1 << 20);
  #writer: RetisJsonWriter | null = null;

  constructor(source: EventSource, header: SourceHeader) {
    this.#source = source;
    this.#header = header;
  }

  encode(batch: Batch): Uint8Array {
    this.#out.reset();
    this.#writer ??= this.#begin(batch.length > 0 && frameSlot(batch.view, 0) === SLOT_NONE);
    this.#writer.write(this.#out, batch);
    return this.#out.take();
  }

  end(): Uint8Array {
    this.#out.reset();
    this.#writer?.end(this.#out);
    return this.#out.take();
  }

  #begin(hasStart: boolean): RetisJsonWriter {
    const header: SourceHeader = hasStart ? { ...this.#header, format: "retis-json" } : this.#header;
    return new RetisJsonWriter(this.#source.names, header);
  }
}

class CaptureEncoder implements Encoder {
  readonly #writer: PcapngWriter;

  constructor({ names }: EventSource, application: string) {
    this.#writer = new PcapngWriter(names, { application, schema: null });
  }

  encode(batch: Batch): Uint8Array {
    for (let at = 0; at < batch.length; at += frameSize(batch.view, at)) this.#writer.write(batch, at);
    return this.#writer.take();
  }

  end(): Uint8Array {
    return this.#writer.take();
  }
}
