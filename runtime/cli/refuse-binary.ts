// Bytes that are no text could do anything to a terminal.
import { UsageError } from "../failure.js";
import type { FileFormat } from "../store/output-file.js";
import { isTerminal } from "./terminal.js";

/** `option`: what chooses another format; null: nothing does. */
export function refuseBinaryOnTerminal(out: string, format: FileFormat, option: string | null): void {
  if (out !== "-" || format === "retis-json" || !isTerminal(1)) return;
  const what = format === "pcapng" ? "a capture" : "an event file";
  const pipe = format === "pcapng" ? "a pipe: | wireshark -k -i -" : "redirect it: > FILE";
  const text = option === null ? "" : `, or take a format that is text: ${option} retis-json`;
  throw new UsageError(`${what} is no text for a terminal`, `give -o FILE, or ${pipe}${text}`);
}
