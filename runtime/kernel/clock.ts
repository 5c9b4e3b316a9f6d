// The distance between the kernel's two clocks: events carry monotonic time, people read the time of day.

/** CLOCK_REALTIME minus CLOCK_MONOTONIC in nanoseconds, from the tightest of a few readings. */
export function clockOffset(): bigint {
  let best = { width: 1n << 62n, offset: 0n };
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = process.hrtime.bigint();
    const wall = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
    const after = process.hrtime.bigint();
    if (after - before < best.width) best = { width: after - before, offset: wall - (before + after) / 2n };
  }
  return best.offset;
}
