// What every trace needs and what takes its time, begun before the code is loaded that will ask for it.
import { loadAddon } from "../addon/addon.js";
import { DEFAULT_RING_BYTES } from "../attach/ring-size.js";

export function prefetchForTrace(): void {
  const addon = loadAddon();
  addon.prefetchRing(DEFAULT_RING_BYTES);
  addon.prefetchKernelBtf();
}
