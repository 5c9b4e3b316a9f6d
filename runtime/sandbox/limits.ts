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
  /**
   * Steps, in ten thousands, that a call must have made before that: on a busy machine time passes while others run.
   * Two million steps take some 10 ms.
   */
  callPolls: 200,
  /** Milliseconds after which no number of steps matters. */
  callAtMost: 1000,
  /** Milliseconds for the handlers of one batch; the rest of it is counted as not handled. */
  batch: 10_000,
  /** Milliseconds for one test of a regular expression: the text comes from the network, at the network's rate. */
  pattern: 10,
  /** Items after which the Worker shows that it is alive: few enough to take no time, and a call costs 5 µs. */
  slice: 256,
  /**
   * Milliseconds without a sign of life after which the Worker is ended from outside. The interrupt handler is asked
   * every 10 000 steps, and never within a built-in function: a loop around a long one is not stopped from inside.
   */
  terminate: 1500,
  /** Milliseconds for the Worker to answer at all when it starts: a busy machine needs many times the usual 0.1 s. */
  start: 30_000,
  /** Batches that wait or run: one runs while the next is prepared. */
  inFlight: 2,
  /** Promises and the like that run after a batch. */
  jobs: 10_000,
  /** Values of host fields that the sandbox remembers before it forgets all. */
  hostValues: 16_384,
} as const;
