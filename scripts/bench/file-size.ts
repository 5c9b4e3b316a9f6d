// How large a file of ours is, beside the same events as Retis' JSON lines: as they are, and with payloads that cannot
// be compressed.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { walkHeaders } from "../../compiler/packet/walk.js";
import { LAYER_L4_PROTO, LAYER_TCP, START_L2 } from "../../compiler/schema/generated/layout.js";
import { compared, type Figure, plain } from "./figures.js";
import { FIXTURE, progress, retis, scratch } from "./programs.js";

export function fileSizes(): readonly Figure[] {
  if (!existsSync(FIXTURE)) return [plain("size of the file", "no fixtures on this machine")];
  progress("write: size");
  const random = join(scratch, "random.json");
  writeFileSync(random, withRandomPayloads(readFileSync(FIXTURE, "utf8")));
  return [sizeOf("size, beside Retis' JSON", FIXTURE, 0.1), sizeOf("  with random payloads", random, 0.14)];
}

function sizeOf(subject: string, json: string, most: number): Figure {
  const ours = join(scratch, "size.retis");
  execFileSync(retis, ["convert", json, "-o", ours], { stdio: "ignore" });
  const [own, theirs] = [statSync(ours).size, statSync(json).size];
  return compared(subject, `${kilobytes(own)}`, `JSON ${kilobytes(theirs)}`, own / theirs, {
    kind: "most",
    value: most,
  });
}

const kilobytes = (bytes: number): string => `${(bytes / 1e3).toFixed(0)} kB`;

/** Of each event anew, though the same packet is seen many times; the same in each run. */
function withRandomPayloads(lines: string): string {
  let number = 0;
  return lines.replace(/("packet":\{[^}]*"data":")([^"]*)"/g, (_, before: string, data: string) => {
    const packet = Buffer.from(data, "base64");
    const begin = payloadOf(packet);
    randomBytes(number++, packet.length - begin).copy(packet, begin);
    return `${before}${packet.toString("base64")}"`;
  });
}

/** Where what comes after all headers begins. */
function payloadOf(packet: Buffer): number {
  const layers = walkHeaders(packet, 0, packet.length, START_L2, { protocol: 0, vlan: null });
  if ((layers.present & LAYER_L4_PROTO) === 0) return packet.length;
  const own = (layers.present & LAYER_TCP) === 0 ? 8 : ((packet[layers.l4 + 12] ?? 0) >> 4) * 4;
  return Math.min(layers.l4 + own, packet.length);
}

const randomBytes = (seed: number, length: number): Buffer =>
  createHash("shake256", { outputLength: Math.max(length, 1) })
    .update(String(seed))
    .digest()
    .subarray(0, length);
