// A set of event files that follow each other: when one ends, and which belong to it.
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Zeros: not by that; keep all. */
export interface Rotation {
  readonly bytes: number;
  readonly nanoseconds: number;
  /** Files of the newest that are kept. */
  readonly keep: number;
}

/** The files of a set in order: of `trace`, `trace.0`, `trace.1`, …; empty: there is none. */
export function filesOfSet(path: string): readonly string[] {
  const folder = dirname(path);
  const name = `${basename(path)}.`;
  let entries: readonly string[];
  try {
    entries = readdirSync(folder);
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.startsWith(name) && /^\d+$/.test(entry.slice(name.length)))
    .map((entry) => ({ entry, number: Number(entry.slice(name.length)) }))
    .sort((a, b) => a.number - b.number)
    .map(({ entry }) => join(folder, entry));
}
