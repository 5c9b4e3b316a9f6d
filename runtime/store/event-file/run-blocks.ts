// The blocks of one run: of its file, or of the files of a rotating set, one after the other.
import { openSync } from "node:fs";
import type { EventFileAddon } from "../../addon/event-file.js";
import type { SourceProblem } from "../../events/source.js";
import { SystemError } from "../../failure.js";
import { ByteReader } from "../byte-reader.js";
import { BLOCK, FILE_MAGIC, PREAMBLE_BYTES, VERSION } from "./block-format.js";
import { BlockStream, type StoredBlock } from "./block-stream.js";
import { decodeHeader, type FileHeader, HeaderError } from "./file-header.js";
import { canBeSearched, findHeader } from "./recover-header.js";

/** A hundred damaged places say as much as a million. */
const MAX_PROBLEMS = 100;

/** Whether a file that begins with `start` is ours. */
export const isEventFile = (start: Uint8Array): boolean =>
  FILE_MAGIC.equals(start.subarray(0, FILE_MAGIC.length));

/** A block, and the file of the set that it is in. */
export interface RunBlock extends StoredBlock {
  readonly file: string;
}

export class RunBlocks {
  readonly problems: SourceProblem[] = [];
  /** The last file has its end: the run was not cut short. */
  ended = false;
  readonly #addon: EventFileAddon;
  readonly #following: string[];
  #reader: ByteReader;
  #stream: BlockStream;
  #file: string;
  #run = "";
  /** Read before the header was known. */
  #held: StoredBlock | null = null;

  /** `reader` stands at the start of `file`. */
  constructor(addon: EventFileAddon, reader: ByteReader, file: string, following: readonly string[]) {
    this.#addon = addon;
    this.#reader = reader;
    this.#file = file;
    this.#following = [...following];
    this.#stream = this.#streamOf(reader);
  }

  /** Fails when nothing of the file can be read. */
  async begin(): Promise<{ readonly header: FileHeader; readonly ordinal: bigint }> {
    await this.#checkPreamble();
    const block = await this.#stream.next();
    const own = block?.header.type === BLOCK.header;
    const header = await this.#headerOf(block !== null && own ? block : await this.#copyOfHeader());
    this.#held = own ? null : block;
    this.#run = header.run;
    return { header, ordinal: block?.header.ordinal ?? 0n };
  }

  /** What says how the frames are to be read, where it does not stand in front of them. */
  async #copyOfHeader(): Promise<StoredBlock> {
    const found = await findHeader([this.#file, ...this.#following], (bytes) => this.#addon.crc32c(bytes));
    if (found === null) {
      const reason = this.problems[0]?.reason ?? "another block stands in its place";
      throw new SystemError(
        `${this.#file}: at byte ${PREAMBLE_BYTES}: its header is damaged, and there is no copy of it: ${reason}`,
        canBeSearched(this.#file)
          ? "without it, its events cannot be read"
          : "a copy may stand behind its events: keep them in a file and read that",
      );
    }
    const place = found.file === this.#file ? "" : ` of ${found.file}`;
    this.report(
      PREAMBLE_BYTES,
      `the header is damaged: its copy at byte ${found.block.offset}${place} was used`,
    );
    return found.block;
  }

  /** The next block of frames; null: there is none. */
  async next(): Promise<RunBlock | null> {
    for (;;) {
      const block = await this.#read();
      if (block === null) {
        if (!(await this.#nextFile())) return null;
        continue;
      }
      this.ended = block.header.type === BLOCK.end;
      if (block.header.type === BLOCK.frames) return { ...block, file: this.#file };
      // Another header: of the next file of the set, in the same stream, or of something that is not of this run.
      if (block.header.type !== BLOCK.header || (await this.#sameRun(block))) continue;
      // How this run ended was seen before.
      this.ended = true;
      return null;
    }
  }

  report(offset: number, reason: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ file: this.#file, offset, reason });
  }

  /** What is said once everything is read. */
  finish(): void {
    if (!this.ended)
      this.report(this.#stream.offset, "the trace was not ended: its last second may be missing");
  }

  close(): void {
    this.#reader.close();
  }

  #streamOf(reader: ByteReader): BlockStream {
    return new BlockStream(
      reader,
      (bytes) => this.#addon.crc32c(bytes),
      (offset, reason) => this.report(offset, reason),
    );
  }

  async #read(): Promise<StoredBlock | null> {
    const held = this.#held;
    this.#held = null;
    if (held !== null) return held;
    try {
      return await this.#stream.next();
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      this.report(this.#stream.offset, `cannot be read further: ${String(error.code)}`);
      return null;
    }
  }

  async #nextFile(): Promise<boolean> {
    for (;;) {
      const file = this.#following.shift();
      if (file === undefined) return false;
      if (!this.ended) this.report(this.#stream.offset, "the file has no end, though another follows it");
      try {
        const reader = new ByteReader(openSync(file, "r"));
        this.#reader.close();
        this.#reader = reader;
        this.#file = file;
        this.#stream = this.#streamOf(reader);
        this.ended = false;
        await this.#checkPreamble();
        return true;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this.report(0, `left out: ${error.message}`);
      }
    }
  }

  async #checkPreamble(): Promise<void> {
    const file = this.#file;
    const start = await this.#reader.take(PREAMBLE_BYTES);
    if (start === null)
      throw new SystemError(`${file}: the file ends within its first ${PREAMBLE_BYTES} bytes`);
    if (!isEventFile(start)) throw new SystemError(`${file}: not an event file of retis`);
    const major = start.readUInt16LE(8);
    if (major !== VERSION.major)
      throw new SystemError(
        `${file}: written in format ${major}.${start.readUInt16LE(10)}, which this version does not read`,
        `it reads format ${VERSION.major}: use the version of retis that wrote the file, or a newer one`,
      );
  }

  async #headerOf(block: StoredBlock): Promise<FileHeader> {
    const output = Buffer.alloc(block.header.rawLength);
    const read = await this.#addon.readEventBlock(block.payload, block.header, output, null);
    try {
      if (read.problem !== null) throw new HeaderError(`is damaged: ${read.problem}`);
      return decodeHeader(output.toString("utf8"));
    } catch (error) {
      if (!(error instanceof HeaderError)) throw error;
      throw new SystemError(`${this.#file}: its header ${error.message}`);
    }
  }

  async #sameRun(block: StoredBlock): Promise<boolean> {
    try {
      const { run } = await this.#headerOf(block);
      if (run === this.#run) return true;
      this.report(block.offset, "another trace begins here: it was left out");
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.report(block.offset, error.message);
    }
    return false;
  }
}
