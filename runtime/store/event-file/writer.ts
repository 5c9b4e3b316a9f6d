// Batches -> our event file. The work is done by a native thread; this opens the file, tells the thread how frames lie,
// and hands batches over.
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readSync, unlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { getSystemErrorMap } from "node:util";
import type { ProbeName } from "../../../compiler/plan/probe-name.js";
import type { Addon } from "../../addon/addon.js";
import {
  type EventWriter,
  type LossCounterPlace,
  type NativeKallsyms,
  NO_TOKEN,
  type WriterState,
} from "../../addon/event-file.js";
import type { Batch } from "../../events/frame.js";
import { SystemError } from "../../failure.js";
import type { Names } from "../../outputs/names.js";
import type { Chosen, OutputFile } from "../output-file.js";
import { FILE_MAGIC } from "./block-format.js";
import { NameCollector } from "./collect-names.js";
import { encodeHeader, type FileHeader } from "./file-header.js";
import type { Rotation } from "./rotation.js";
import { describeLayout, storedLayout, writerShape } from "./stored-layout.js";

export interface EventFileRequest {
  /** `-`: standard output. */
  readonly path: string;
  readonly rotation: Rotation | null;
  readonly names: Names;
  /** What the file says of its origin; the rest of the header follows from `names`. */
  readonly origin: Omit<FileHeader, "run" | "clockOffset" | "probes" | "layout" | "structs">;
  /** Null: the frames come from another file, and `names` says what they refer to. */
  readonly live: LiveFrames | null;
  /** Of frames from another file: where it is counted what was lost between them; without it their own count says so. */
  readonly losses?: LossCounterPlace;
  /** Of zstd, 1 to 19; 0: plain. */
  readonly level?: number;
}

/** Frames straight from the kernel: addresses in them are named by the writer. */
export interface LiveFrames {
  readonly symbols: NativeKallsyms;
  readonly counters: LossCounterPlace | null;
}

/** Bytes that wait to be written, before the ring has to. */
const MOST_WAITING = 16 * 1024 * 1024;

/** Fast, and smaller frames than those of higher levels are not worth their time while tracing. */
const LEVEL = 1;

/** Creates the file, or the first of a rotating set, at once. Fails with a SystemError. */
export function createEventFile(addon: Addon, request: EventFileRequest): OutputFile {
  return new EventFile(addon, request);
}

class EventFile implements OutputFile {
  readonly writer: EventWriter;
  readonly failed: Promise<void>;
  #fail!: () => void;
  readonly #path: string;
  readonly #collector: NameCollector | null;
  readonly #waiting = new Map<number, { taken: () => void; failed: (error: Error) => void }>();
  #token = 0;
  #failed = false;
  #closed: WriterState | null = null;

  constructor(addon: Addon, request: EventFileRequest) {
    const { names, rotation, live } = request;
    const path = rotation === null ? request.path : `${request.path}.0`;
    if (rotation !== null) removeOldSet(request.path);
    const layout = storedLayout(names.layout);
    const header: FileHeader = {
      ...request.origin,
      run: randomBytes(16).toString("hex"),
      clockOffset: names.clockOffset,
      probes: names.probes.map(({ kind, name }: ProbeName) => ({ kind, name })),
      ...describeLayout(layout),
    };
    this.#path = path;
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    this.#collector = live === null ? new NameCollector(names) : null;
    this.writer = new addon.EventWriter(
      open(path),
      path,
      encodeHeader(header),
      {
        shape: writerShape(names.layout, live !== null),
        level: request.level ?? LEVEL,
        capacity: live === null ? 0 : MOST_WAITING,
        symbols: live?.symbols ?? null,
        counters: live?.counters ?? request.losses ?? null,
        rotation: rotation === null ? null : { path: request.path, ...rotation },
      },
      (token) => this.#taken(token),
    );
  }

  get written(): { readonly events: number; readonly bytes: number; readonly files: number } {
    const { records, bytes, files } = this.#closed ?? this.writer.state();
    return { events: records, bytes, files };
  }

  get closedByReader(): boolean {
    return this.#state().problem?.errno === EPIPE;
  }

  write(batch: Batch, chosen: Chosen | null): Promise<void> {
    if (this.#failed) return Promise.reject(this.#failure());
    const token = this.#token;
    this.#token = (this.#token + 1) % NO_TOKEN;
    const table = this.#collector?.collect(batch) ?? null;
    return new Promise((taken, failed) => {
      this.#waiting.set(token, { taken, failed });
      this.writer.enqueue(batch.bytes, batch.length, token, chosen, table);
    });
  }

  tick(block: number, time: bigint): void {
    if (!this.#failed) this.writer.tick(block, time);
  }

  async close(): Promise<void> {
    if (this.#closed !== null) return;
    await this.writer.close();
    this.#closed = this.writer.state();
    if (this.#closed.problem !== null && !this.closedByReader) throw this.#failure();
  }

  #taken(token: number): void {
    const problem = this.#state().problem !== null;
    if (problem) {
      this.#failed = true;
      this.#fail();
    }
    const waiting = this.#waiting.get(token);
    this.#waiting.delete(token);
    if (problem) waiting?.failed(this.#failure());
    else waiting?.taken();
  }

  #state(): WriterState {
    return this.#closed ?? this.writer.state();
  }

  #failure(): SystemError {
    const problem = this.#state().problem;
    const { events } = this.written;
    const until = `the file holds ${events} ${events === 1 ? "event" : "events"} and can be read`;
    if (problem?.operation === "deleted")
      return new SystemError(`${this.#path} was deleted while it was written`, "its events are gone");
    if (problem?.operation === "frame") return new SystemError(`${this.#path}: a batch held no whole frames`);
    const path = problem?.path === undefined || problem.path === "" ? this.#path : problem.path;
    return new SystemError(`cannot write ${shown(path)}: ${describe(problem?.errno ?? 0)}`, until);
  }
}

const EPIPE = 32;
const shown = (path: string): string => (path === "-" ? "standard output" : path);

/** `no space left on device` */
function describe(errno: number): string {
  const known = getSystemErrorMap().get(-errno);
  return known === undefined ? `error ${errno}` : known[1];
}

function open(path: string): number {
  // The writer takes a copy of that one.
  if (path === "-") return 1;
  try {
    return openSync(path, "w", 0o644);
  } catch (error) {
    throw cannotCreate(path, error);
  }
}

function cannotCreate(path: string, error: unknown): SystemError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const errno = error instanceof Error && "errno" in error ? Math.abs(Number(error.errno)) : 0;
  if (code === "ENOENT") return new SystemError(`cannot create ${path}: no folder \`${dirname(path)}\``);
  return new SystemError(`cannot create ${path}: ${describe(errno)}`);
}

/** Files of an earlier set under the same name would be read as part of the new one. */
function removeOldSet(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) return;
  const name = `${basename(path)}.`;
  for (const entry of readdirSync(folder)) {
    if (!entry.startsWith(name) || !/^\d+$/.test(entry.slice(name.length))) continue;
    const file = join(folder, entry);
    if (beginsAsOurs(file)) unlinkSync(file);
  }
}

function beginsAsOurs(file: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return false;
  }
  const start = Buffer.alloc(FILE_MAGIC.length);
  try {
    return readSync(descriptor, start, 0, start.length, 0) === start.length && start.equals(FILE_MAGIC);
  } finally {
    closeSync(descriptor);
  }
}
