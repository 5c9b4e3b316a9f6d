// Sets of rotated files: `retis.data.2..` is that file and those that follow it, as one stream.
import { existsSync } from "node:fs";

/**
 * The files of `FILE..`, in order; null when the path is no such set. Where FILE has no number, the set begins at
 * FILE.0. Empty: the first of them is not there.
 */
export function rotationSet(path: string): readonly string[] | null {
  if (!path.endsWith("..") || path === ".." || path.endsWith("/..")) return null;
  const start = path.slice(0, -2);
  const numbered = /^(.*)\.(\d+)$/.exec(start);
  const base = numbered?.[1] ?? start;
  const files: string[] = [];
  for (let index = Number(numbered?.[2] ?? 0); existsSync(`${base}.${index}`); index++)
    files.push(`${base}.${index}`);
  return files;
}
