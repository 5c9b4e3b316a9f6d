// What the handlers of one batch put out, asked for by item and action, in that order: so it takes its place between
// the script's other actions.
import type { HandlerModule } from "../../compiler/codegen/handlers/index.js";
import { EmissionReader, type TextSink } from "./emission-reader.js";
import type { HostValues } from "./host-values.js";
import type { Emissions, SandboxBatch } from "./sandbox.js";

export interface OutputWriter<Sink extends TextSink> {
  /** The event as `print` shows it; `frame` is its offset in the batch. */
  event(out: Sink, frame: number, added: readonly string[]): void;
  /** A line of text (`print`); `write` writes it, without its end. */
  line(out: Sink, write: () => void): void;
  /** Text that ends its own lines (`printf`). */
  text(out: Sink, write: () => void): void;
  /** A structured record (`emit`); `write` writes one JSON object. */
  record(out: Sink, write: () => void): void;
}

const NEWLINE = 0x0a;

/** Lines and JSON lines, as they are. */
export const plainLines = {
  line(out: TextSink, write: () => void): void {
    write();
    out.char(NEWLINE);
  },
  text(_out: TextSink, write: () => void): void {
    write();
  },
  record(out: TextSink, write: () => void): void {
    write();
    out.char(NEWLINE);
  },
};

export class HandlerOutput<Sink extends TextSink> {
  readonly #module: HandlerModule;
  readonly #reader: EmissionReader;
  readonly #selection: Uint32Array;
  readonly #writer: OutputWriter<Sink>;

  constructor(
    module: HandlerModule,
    emissions: Emissions,
    batch: SandboxBatch,
    selection: Uint32Array,
    host: HostValues,
    writer: OutputWriter<Sink>,
  ) {
    this.#module = module;
    this.#reader = new EmissionReader(module, emissions.chunks, batch.bytes, selection, host);
    this.#selection = selection;
    this.#writer = writer;
  }

  /** Writes what the block of that action put out for the item; true: it called `stop()`. */
  write(out: Sink, item: number, action: number): boolean {
    const reader = this.#reader;
    let stopped = false;
    while (reader.format !== null) {
      const order = reader.item - item || this.#actionOf(reader.handler) - action;
      if (order > 0) break;
      // What nobody asked for is passed over.
      if (order < 0) reader.skip();
      else stopped = this.#one(out, reader) || stopped;
    }
    return stopped;
  }

  /** All of it, in order: of timed blocks. */
  writeAll(out: Sink): boolean {
    let stopped = false;
    while (this.#reader.format !== null) stopped = this.#one(out, this.#reader) || stopped;
    return stopped;
  }

  #actionOf(handler: number): number {
    const of = this.#module.handlers[handler];
    return of?.kind === "event" ? of.action : 0;
  }

  #one(out: Sink, reader: EmissionReader): boolean {
    switch (reader.format?.kind) {
      case "event":
        this.#writer.event(out, this.#selection[reader.item * 2] ?? 0, reader.format.added);
        reader.skip();
        return false;
      case "stop":
        reader.skip();
        return true;
      case "emit":
      case "json":
        this.#writer.record(out, () => reader.write(out));
        return false;
      case "text":
      case "printf":
        this.#writer.text(out, () => reader.write(out));
        return false;
      default:
        this.#writer.line(out, () => reader.write(out));
        return false;
    }
  }
}
