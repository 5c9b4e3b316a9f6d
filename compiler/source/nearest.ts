// Near misses: the candidate that somebody who typed a word probably meant.

/** Edits by which words of this length may differ: short words are near to everything. */
const bound = (length: number): number =>
  length <= 2 ? 0 : length <= 5 ? 1 : length <= 8 ? 2 : Math.floor(length / 3);

/**
 * The candidate nearest to `word`, or null when none is near. Case does not count; among equals the first wins,
 * but one with the same first letter goes before the others, since first letters are rarely mistyped.
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  const wanted = word.toLowerCase();
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const lower = candidate.toLowerCase();
    if (lower === wanted) return candidate;
    const allowed = bound(Math.max(wanted.length, lower.length));
    if (Math.abs(lower.length - wanted.length) > allowed) continue;
    const distance = edits(wanted, lower);
    const rank = distance + (lower[0] === wanted[0] ? 0 : 0.5);
    if (distance <= allowed && rank < least) {
      best = candidate;
      least = rank;
    }
  }
  return best;
}

/** Damerau-Levenshtein distance (optimal string alignment): insert, delete, replace, swap neighbours. */
export function edits(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let least = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        least = Math.min(least, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(least);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
