// What handlers may use. Each number with its reason; the measurements are QuickJS 0.32 in WebAssembly on Node 20.

export const LIMITS = {
  /** Bytes that the script's values may take. Counts of a million flows fit; a leak ends soon. */
  memory: 64 << 20,
  /**
   * Pages of 64 KiB that WebAssembly's memory may grow to: 128 MiB. The limit above counts what is allocated, and growing
   * Maps leave holes: with 64 MiB allowed, 429 MiB were taken.
   */
  memoryPages: 2048,
  /** Pages at the start: what the compiled QuickJS declares. */
  firstPages: 256,
  /** Bytes of the sandbox's own stack. With more, or with less of the Worker's, recursion overflows the host's stack. */
  stack: 256 << 10,
  /** The Worker's stack in MiB: passes recursion, natives, nested JSON and 20 000 nested parentheses at that size. */
  workerStack: 16,
  /** Milliseconds for one call of a handler: far more than any needs, and short enough to keep up with the kernel. */
  call: 100,
  /** Milliseconds for the handlers of one batch, of some thousand events. */
  batch: 1000,
  /** Milliseconds for the text of one test of a regular expression: it comes from the network, at the network's rate. */
  pattern: 10,
  /**
   * Milliseconds after which the Worker is ended from outside. The interrupt handler is asked every 10 000 steps, and
   * never within a built-in function: a loop around a long one is not stopped from inside.
   */
  terminate: 2000,
  /** The same for one call, where calls are made one by one to find the one that does not return. */
  terminateStep: 1000,
  /** Milliseconds for the Worker to answer at all when it starts: a busy machine needs many times the usual 0.1 s. */
  start: 30_000,
  /** Batches that wait or run: one runs while the next is prepared. */
  inFlight: 2,
  /** Promises and the like that run after a batch. */
  jobs: 10_000,
  /** Values of host fields that the sandbox remembers before it forgets all. */
  hostValues: 16_384,
} as const;
