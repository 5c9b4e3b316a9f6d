// Text that others chose (names of tasks and devices, what a file says) on its way to a terminal: no control character
// of theirs gets there.
import type { TextWriter } from "../packet/text-writer.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Lines may be several, and have tabs. */
export const shownText = (text: string): string => text.replace(CONTROL, "?");

/** Up to the NUL, at most `size` bytes. */
export function writeCString(out: TextWriter, bytes: Buffer, at: number, size: number): void {
  let end = at;
  let printable = true;
  for (; end < at + size && bytes[end] !== 0; end++)
    if ((bytes[end] ?? 0) < 32 || bytes[end] === 127) printable = false;
  if (printable) out.bytes(bytes, at, end);
  else
    for (let index = at; index < end; index++)
      out.char((bytes[index] ?? 0) < 32 || bytes[index] === 127 ? 63 : (bytes[index] ?? 0));
}
