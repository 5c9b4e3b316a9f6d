// Text for people, written at once, past Node's streams: those take 10 ms to load, and would make a pipe non-blocking.
// A reader that went away is no failure.
import { writeSync } from "node:fs";
import { SystemError, systemReason } from "../failure.js";

/** To standard output, by commands that print a text and end. Fails with a SystemError. */
export function printOut(text: string): void {
  try {
    print(1, text);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EPIPE") return;
    throw new SystemError(`cannot write standard output: ${systemReason(error)}`);
  }
}

/** To stderr. If that cannot be written there is nowhere to say so, and the command goes on. */
export function printError(text: string): void {
  try {
    print(2, text);
  } catch {}
}

function print(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSome(descriptor, bytes, at);
}

function writeSome(descriptor: number, bytes: Buffer, at: number): number {
  try {
    return writeSync(descriptor, bytes, at);
  } catch (error) {
    // Somebody else made the descriptor non-blocking, and the reader is slow.
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return 0;
  }
}
