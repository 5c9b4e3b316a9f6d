// How large the ring is that frames come through.

export const DEFAULT_RING_BYTES = 16 * 1024 * 1024;

/** The kernel wants a power of two of whole pages. */
export function ringBytes(asked: number): number {
  let size = 4096;
  while (size < asked) size *= 2;
  return size;
}
