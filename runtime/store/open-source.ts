// A path on the command line -> a source of events, whatever the file is: told by its first bytes, never by its name.
import { existsSync, openSync } from "node:fs";
import { getSystemErrorMap } from "node:util";
import type { EventSource } from "../events/source.js";
import { SystemError } from "../failure.js";
import { ByteReader, type ByteReaderOptions } from "./byte-reader.js";
import { openEventFile } from "./event-file/reader.js";
import { filesOfSet } from "./event-file/rotation.js";
import { isEventFile } from "./event-file/run-blocks.js";
import { isCapture } from "./pcap/records.js";
import { openCapture } from "./pcap/source.js";
import { rotationSet } from "./retis-json/rotation.js";
import { isRetisJson, openRetisJson } from "./retis-json/source.js";

/** Files that some other program has to unpack first. */
const PACKED: readonly { readonly magic: readonly number[]; readonly how: string; readonly tool: string }[] =
  [
    { magic: [0x1f, 0x8b], how: "gzip", tool: "zcat" },
    { magic: [0x28, 0xb5, 0x2f, 0xfd], how: "zstd", tool: "zstdcat" },
    { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], how: "xz", tool: "xzcat" },
    { magic: [0x42, 0x5a, 0x68], how: "bzip2", tool: "bzcat" },
    { magic: [0x04, 0x22, 0x4d, 0x18], how: "lz4", tool: "lz4cat" },
  ];

/**
 * `-` is standard input, `FILE.N..` a rotated set from that file on, as is `FILE` where there is only `FILE.N`. Fails when there is no such file, or nothing that
 * we read.
 */
export async function openSource(named: string, options: ByteReaderOptions = {}): Promise<EventSource> {
  const set = setNamed(named);
  if (set?.length === 0) throw new SystemError(`no files \`${named}\``, "a rotated set is named FILE.N..");
  const [path, following] = set === null ? [named, []] : [set[0] ?? named, set.slice(1)];
  const reader = new ByteReader(descriptorOf(path), options);
  try {
    return await sourceOf(reader, path, following);
  } catch (error) {
    reader.close();
    throw isSystemCode(error) ? unreadable(path, error) : error;
  }
}

/** Null: a file of its own. A set whose first files are gone begins with the oldest that is there. */
function setNamed(named: string): readonly string[] | null {
  const set = rotationSet(named);
  if (set !== null) return set.length > 0 ? set : filesOfSet(named.slice(0, -2));
  const files = named === "-" || existsSync(named) ? [] : filesOfSet(named);
  return files.length === 0 ? null : files;
}

async function sourceOf(
  reader: ByteReader,
  path: string,
  following: readonly string[],
): Promise<EventSource> {
  const start = await reader.peek(16);
  if (start.length === 0) throw new SystemError(`${path}: the file is empty`, "collect events with -o FILE");
  if (isEventFile(start)) return openEventFile(reader, path, { following });
  if (isCapture(start)) return openCapture(reader, path);
  if (isRetisJson(start)) return openRetisJson(reader, path, { following });
  const packed = PACKED.find(({ magic }) => magic.every((byte, index) => start[index] === byte));
  if (packed !== undefined) {
    const { how, tool } = packed;
    throw new SystemError(
      `${path === "-" ? "standard input" : path}: compressed with ${how}`,
      `unpack it first: \`${path === "-" ? `… | ${tool}` : `${tool} ${path}`} | retis print -\``,
    );
  }
  throw new SystemError(
    `${path}: not a file of events: it begins with ${preview(start)}`,
    "events of retis, JSON lines of Retis, pcap and pcapng are read",
  );
}

function descriptorOf(path: string): number {
  if (path === "-") return 0;
  try {
    return openSync(path, "r");
  } catch (error) {
    throw isSystemCode(error) ? unreadable(path, error) : error;
  }
}

const isSystemCode = (error: unknown): error is Error & { readonly code: string; readonly errno: number } =>
  error instanceof Error && "code" in error && "errno" in error && !(error instanceof SystemError);

function unreadable(path: string, error: { readonly code: string; readonly errno: number }): SystemError {
  if (error.code === "ENOENT") return new SystemError(`no file \`${path}\``);
  const [, reason] = getSystemErrorMap().get(error.errno) ?? ["", error.code];
  return new SystemError(
    `cannot read ${path}: ${reason}`,
    error.code === "EACCES" ? "check its permissions" : null,
  );
}

const preview = (bytes: Buffer): string => JSON.stringify(bytes.subarray(0, 8).toString("latin1"));
