// Input of `retis sort` that cannot be read twice, such as a pipe: copied to a temporary file, which nobody else sees and
// which is gone when we are.
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystemError } from "../failure.js";
import { Sink } from "../outputs/sink.js";
import { ByteReader } from "../store/byte-reader.js";

export interface SeekableInput {
  /** What to open. */
  readonly path: string;
  close(): void;
}

/** The same file where it can be read twice. */
export async function seekable(path: string): Promise<SeekableInput> {
  if (path.endsWith("..")) return { path, close: () => {} };
  const descriptor = path === "-" ? 0 : openOrNull(path);
  // Whoever opens it says what is wrong with it.
  if (descriptor === null) return { path, close: () => {} };
  const facts = fstatSync(descriptor);
  if (facts.isFile() || facts.isDirectory()) {
    if (descriptor > 2) closeSync(descriptor);
    return { path: path === "-" ? "/proc/self/fd/0" : path, close: () => {} };
  }
  return spill(descriptor);
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, "r");
  } catch {
    return null;
  }
}

async function spill(from: number): Promise<SeekableInput> {
  const folder = mkdtempSync(join(tmpdir(), "retis-sort-"));
  const to = openSync(join(folder, "events"), "wx+", 0o600);
  rmSync(folder, { recursive: true });
  const reader = new ByteReader(from);
  const sink = new Sink(to, `the events to ${tmpdir()}`);
  try {
    for (let bytes = await reader.some(); bytes.length > 0; bytes = await reader.some())
      await sink.write(bytes);
  } catch (error) {
    closeSync(to);
    throw error instanceof SystemError
      ? new SystemError(error.message, "set TMPDIR to a folder with more room")
      : error;
  } finally {
    reader.close();
  }
  return { path: `/proc/self/fd/${to}`, close: () => closeSync(to) };
}
