// Owns the random numbers of tests: the seed is printed, and given back in RETIS_TEST_SEED repeats a run.
import type { TestContext } from "node:test";

export function seedOf(t: TestContext): number {
  const given = process.env["RETIS_TEST_SEED"];
  const seed = given === undefined ? Date.now() >>> 0 : Number(given) >>> 0;
  t.diagnostic(`seed ${seed} (repeat with RETIS_TEST_SEED=${seed})`);
  return seed;
}

/** Numbers in [0, 1): the mulberry32 generator. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
