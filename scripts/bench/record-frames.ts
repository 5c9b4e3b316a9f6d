// Real events of a workload -> the bytes that replay.bpf.c puts into the ring again and again.
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { generate } from "../../compiler/codegen/bpf/index.js";
import type { FrameLayout } from "../../compiler/plan/plan.js";
import { structs } from "../../compiler/schema/generated/layout.js";
import { loadAddon } from "../../runtime/addon/addon.js";
import { attach } from "../../runtime/attach/attach.js";
import { frameSize } from "../../runtime/events/frame.js";
import { LiveSource } from "../../runtime/events/live-source.js";
import { compileBpf, scratch } from "./programs.js";
import { FIRST_PORT, PORTS, prepare, WORKLOADS, type Workload } from "./scripts.js";

/** RECORD_BYTES of replay.bpf.c: the 300 bytes of an event that the goals speak of, rounded up. */
const RECORD_BYTES = 304;

const PAYLOAD = "GET / HTTP/1.1\r\nHost: example.org\r\nAccept: text/html\r\nAccept-Language: en\r\n\r\n";

/**
 * Of longer packets, which differ from one to the next: `same` in their numbers, before a payload that is the same in all;
 * `random` in every byte from the transport layer on.
 */
export type Payload = "same" | "random";

/** Returns the path of an object with the workload's frames in it. `payload` null: packets are as they were. */
export async function recordFrames(workload: Workload, payload: Payload | null = null): Promise<string> {
  const frames = await capture(workload);
  const varied = payload === null ? [] : lengthen(frames, prepare(WORKLOADS[workload]).plan.layout, payload);
  const text = frames.map((frame) => {
    const words = Array.from({ length: RECORD_BYTES / 8 }, (_, i) => `${frame.readBigUInt64LE(i * 8)}ull`);
    return `{{${words.join(",")}}}`;
  });
  const name = payload === null ? workload : `${workload}-${payload}`;
  const path = join(scratch, `${name}.inc`);
  writeFileSync(path, text.join(",\n"));
  const time = structs.frame.members.time.offset;
  return compileBpf("replay", `${name}.o`, [
    `-DFRAMES="${path}"`,
    `-DTIME=${time}`,
    `-DRECORDS=${PORTS}`,
    ...varied,
  ]);
}

/** Puts a payload behind the headers, up to the end of the record. Returns what replay.bpf.c is to vary. */
function lengthen(frames: readonly Buffer[], layout: FrameLayout, payload: Payload): readonly string[] {
  const packet = layout.offsets.packet ?? 0;
  const { captured, len, layers } = structs.section_packet.members;
  const room = RECORD_BYTES - layout.bytes;
  let transport = 0;
  for (const frame of frames) {
    frame.fill(PAYLOAD, layout.bytes + frame.readUInt16LE(packet + captured.offset));
    frame.writeUInt16LE(room, packet + captured.offset);
    frame.writeUInt32LE(room, packet + len.offset);
    transport = layout.bytes + frame.readUInt16LE(packet + layers.offset + structs.layers.members.l4.offset);
  }
  // Of TCP: the sequence number, and what it acknowledges.
  const [from, to] = payload === "same" ? [transport + 4, transport + 12] : [transport, RECORD_BYTES];
  return [`-DVARIED_FROM=${from}`, `-DVARIED_TO=${to}`];
}

async function capture(workload: Workload): Promise<readonly Buffer[]> {
  const { kernel, plan } = prepare(WORKLOADS[workload]);
  const addon = loadAddon();
  const attached = attach(addon, plan, generate(plan, kernel), kernel.features);
  const source = new LiveSource(addon, attached);
  const frames: Buffer[] = [];
  attached.enable();
  for (let port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) await refused(port);
  attached.detach();
  const stopped = source.stop();
  for await (const batch of source.batches()) {
    for (let at = 0; at < batch.length; at += frameSize(batch.view, at)) frames.push(sized(batch.bytes, at));
    batch.release();
  }
  await stopped;
  attached.close();
  if (frames.length < PORTS) throw new Error(`${frames.length} of ${PORTS} refused connections were seen`);
  return frames.slice(0, PORTS);
}

/** The frame with room after its packet, so that all have the same size. */
function sized(bytes: Buffer, at: number): Buffer {
  const size = structs.frame.members.size.offset;
  const own = bytes.readUInt32LE(at + size);
  if (own > RECORD_BYTES) throw new Error(`a frame of ${own} bytes does not fit in ${RECORD_BYTES}`);
  const frame = Buffer.alloc(RECORD_BYTES);
  bytes.copy(frame, 0, at, at + own);
  frame.writeUInt32LE(RECORD_BYTES, size);
  return frame;
}

const refused = (port: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => resolve());
    socket.on("connect", () => {
      socket.destroy();
      resolve();
    });
  });
