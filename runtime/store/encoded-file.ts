// An output file whose bytes are made here, batch by batch: Retis' JSON lines and pcapng.
import { closeSync, openSync } from "node:fs";
import { type Batch, frameSize } from "../events/frame.js";
import { SystemError, systemReason } from "../failure.js";
import { Sink } from "../outputs/sink.js";
import type { Chosen, OutputFile } from "./output-file.js";

/** Turns batches into the bytes of a format. */
export interface Encoder {
  /** Valid until the next call. */
  encode(batch: Batch): Uint8Array;
  /** What comes last. */
  end(): Uint8Array;
}

export class EncodedFile implements OutputFile {
  readonly writer = null;
  readonly failed: Promise<void>;
  #fail!: () => void;
  readonly #path: string;
  readonly #encoder: Encoder;
  readonly #descriptor: number;
  readonly #sink: Sink;
  #events = 0;
  #bytes = 0;
  #failure: SystemError | null = null;
  #turn: Promise<void> = Promise.resolve();
  #closed = false;

  /** `path` `-`: standard output. */
  constructor(path: string, encoder: Encoder) {
    this.#path = path;
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    this.#encoder = encoder;
    try {
      this.#descriptor = path === "-" ? 1 : openSync(path, "w", 0o644);
    } catch (error) {
      throw new SystemError(`cannot create ${path}: ${systemReason(error)}`);
    }
    this.#sink = new Sink(this.#descriptor, path === "-" ? "standard output" : path);
  }

  get written(): { readonly events: number; readonly bytes: number; readonly files: number } {
    return { events: this.#events, bytes: this.#bytes, files: 1 };
  }

  get closedByReader(): boolean {
    return this.#sink.closed;
  }

  write(batch: Batch, chosen: Chosen | null): Promise<void> {
    const result = this.#turn.then(() => this.#write(batch, chosen));
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Neither format has a place for it. */
  tick(): void {}

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#turn;
    if (this.#failure === null) await this.#put(this.#encoder.end());
    if (this.#descriptor > 2) closeSync(this.#descriptor);
  }

  async #write(batch: Batch, chosen: Chosen | null): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const { part, count } = chosenPart(batch, chosen);
    await this.#put(this.#encoder.encode(part));
    this.#events += count;
  }

  async #put(bytes: Uint8Array): Promise<void> {
    try {
      await this.#sink.write(bytes);
      this.#bytes += bytes.length;
    } catch (error) {
      const events = this.#events === 0 ? "" : ` after at least ${this.#events} events`;
      this.#failure = new SystemError(messageOf(error), `it is cut short${events}`);
      this.#fail();
      throw this.#failure;
    }
    if (this.#sink.closed) {
      this.#failure = new SystemError(`nobody reads ${this.#path} any more`);
      this.#fail();
      throw this.#failure;
    }
  }
}

/** The frames that are chosen, as a batch of their own. */
function chosenPart(batch: Batch, chosen: Chosen | null): { readonly part: Batch; readonly count: number } {
  const frames: Buffer[] = [];
  let number = 0;
  let count = 0;
  for (let at = 0; at < batch.length; number++) {
    const size = frameSize(batch.view, at);
    if (chosen === null) count++;
    else if (((chosen[number >> 3] ?? 0) & (1 << (number & 7))) !== 0)
      frames.push(batch.bytes.subarray(at, at + size));
    at += size;
  }
  if (chosen === null) return { part: batch, count };
  const bytes = Buffer.concat(frames);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { part: { bytes, view, length: bytes.length }, count: frames.length };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
