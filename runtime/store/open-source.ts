// A path on the command line -> a source of events, whatever the file is: told by its first bytes, never by its name.
import { openSync } from "node:fs";
import type { EventSource } from "../events/source.js";
import { SystemError } from "../failure.js";
import { ByteReader } from "./byte-reader.js";
import { openEventFile } from "./event-file/reader.js";
import { isEventFile } from "./event-file/run-blocks.js";
import { isCapture } from "./pcap/records.js";
import { openCapture } from "./pcap/source.js";
import { rotationSet } from "./retis-json/rotation.js";
import { isRetisJson, openRetisJson } from "./retis-json/source.js";

/**
 * `-` is standard input, `FILE.N..` a rotated set from that file on. Fails when there is no such file, or nothing that
 * we read.
 */
export async function openSource(named: string): Promise<EventSource> {
  const set = rotationSet(named);
  if (set?.length === 0) throw new SystemError(`no files \`${named}\``, "a rotated set is named FILE.N..");
  const [path, following] = set === null ? [named, []] : [set[0] ?? named, set.slice(1)];
  const reader = new ByteReader(descriptorOf(path));
  const start = await reader.peek(16);
  if (start.length === 0) throw new SystemError(`${path}: the file is empty`, "collect events with -o FILE");
  if (isEventFile(start)) return openEventFile(reader, path, { following });
  if (isCapture(start)) return openCapture(reader, path);
  if (isRetisJson(start)) return openRetisJson(reader, path, { following });
  reader.close();
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
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new SystemError(
      code === "ENOENT" ? `no file \`${path}\`` : `cannot read ${path}: ${code}`,
      code === "EACCES" ? "check its permissions" : null,
    );
  }
}

const preview = (bytes: Buffer): string => JSON.stringify(bytes.subarray(0, 8).toString("latin1"));
