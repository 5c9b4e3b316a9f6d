// What every trace needs and what takes its time, begun before the code is loaded that will ask for it.
import { loadAddon } from "../addon/addon.js";
import { DEFAULT_RING_BYTES } from "../attach/ring-size.js";

/** `args`: the command line's. Stored events need nothing of the kernel. */
export function prefetchForTrace(args: readonly string[]): void {
  if (args.some((arg) => arg === "--from" || arg.startsWith("--from="))) return;
  const addon = loadAddon();
  addon.prefetchRing(DEFAULT_RING_BYTES);
  addon.prefetchKernelBtf();
}
