// Real events of a workload -> the bytes that replay.bpf.c puts into the ring again and again.
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { generate } from "../../compiler/codegen/bpf/index.js";
import { structs } from "../../compiler/schema/generated/layout.js";
import { loadAddon } from "../../runtime/addon/addon.js";
import { attach } from "../../runtime/attach/attach.js";
import { frameSize } from "../../runtime/events/frame.js";
import { LiveSource } from "../../runtime/events/live-source.js";
import { compileBpf, scratch } from "./programs.js";
import { FIRST_PORT, PORTS, prepare, WORKLOADS, type Workload } from "./scripts.js";

/** RECORD_BYTES of replay.bpf.c: the 300 bytes of an event that the goals speak of, rounded up. */
const RECORD_BYTES = 304;

/** Returns the path of an object with the workload's frames in it. */
export async function recordFrames(workload: Workload): Promise<string> {
  const frames = await capture(workload);
  const text = frames.map((frame) => {
    const words = Array.from({ length: RECORD_BYTES / 8 }, (_, i) => `${frame.readBigUInt64LE(i * 8)}ull`);
    return `{{${words.join(",")}}}`;
  });
  const path = join(scratch, `${workload}.inc`);
  writeFileSync(path, text.join(",\n"));
  const time = structs.frame.members.time.offset;
  return compileBpf("replay", `${workload}.o`, [
    `-DFRAMES="${path}"`,
    `-DTIME=${time}`,
    `-DRECORDS=${PORTS}`,
  ]);
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
