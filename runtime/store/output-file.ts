// Where a run's events go besides standard output: a file, or a pipe, in one of three formats. What a
// run asks of it and how it is used; create-output-file.ts knows who writes which.
import type { EventWriter } from "../addon/event-file.js";
import type { Batch } from "../events/frame.js";
import type { Rotation } from "./event-file/rotation.js";

export type FileFormat = "retis" | "retis-json" | "pcapng";

export const FILE_FORMATS: readonly FileFormat[] = ["retis", "retis-json", "pcapng"];

/** What the command line asks for. */
export interface FileRequest {
  /** `-`: standard output. */
  readonly path: string;
  readonly format: FileFormat;
  readonly rotation: Rotation | null;
}

/** Which frames of a batch are written: bit N of the whole is the Nth frame. */
export type Chosen = Uint8Array;

export interface OutputFile {
  /**
   * Resolves when the batch's memory is no longer needed; nothing has to wait for it before the next call. Batches are
   * written in the order of the calls. `chosen` null: all its frames. Fails with a SystemError when the file cannot be
   * written any more, as does every call after it.
   */
  write(batch: Batch, chosen: Chosen | null): Promise<void>;
  /** A timed block of the script ran between what was written before and what comes after. */
  tick(block: number, time: bigint): void;
  /** Writes what is left, and the end. Fails with a SystemError when that cannot be done. */
  close(): Promise<void>;
  /** What the drain can be tapped into, in place of write() and tick(); null: it cannot. */
  readonly writer: EventWriter | null;
  /** Resolves when the file cannot be written any more; close() says why. */
  readonly failed: Promise<void>;
  /** So far; all of it once closed. */
  readonly written: { readonly events: number; readonly bytes: number; readonly files: number };
  /** Whoever read it went away: that ends a run, and is no failure. */
  readonly closedByReader: boolean;
}
