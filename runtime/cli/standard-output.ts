// Text for people, written at once, past Node's streams: those take 10 ms to load, and would make a pipe non-blocking.
// A reader that went away is no failure.
import { writeSync } from "node:fs";

/** To standard output, by commands that print a text and end. */
export const printOut = (text: string): void => print(1, text);

/** To stderr. */
export const printError = (text: string): void => print(2, text);

function print(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSome(descriptor, bytes, at);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
  }
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
