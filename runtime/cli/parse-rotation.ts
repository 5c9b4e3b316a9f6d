// `--out-rotate`: when a file of a set is full or old enough, and how many of them stay.
import { UsageError } from "../failure.js";
import type { Rotation } from "../store/event-file/rotation.js";
import { parseCount, parseDuration, parseSize } from "./duration.js";

const OPTION = "--out-rotate";
/** Less than a block would make a file of each. */
const LEAST_BYTES = 1 << 20;

/** `100MB`, `10min`, `100MB,10min,keep 5` */
export function parseRotation(text: string): Rotation {
  const rotation = { bytes: 0, nanoseconds: 0, keep: 0 };
  for (const part of text.split(",").map((one) => one.trim())) {
    const keep = /^keep\s+(.*)$/.exec(part)?.[1];
    if (keep !== undefined) rotation.keep = parseCount(OPTION, keep);
    else if (/^\d+([KMG]i?B|B)$/.test(part)) rotation.bytes = parseSize(OPTION, part);
    else if (/^\d+(\.\d+)?(ms|s|min|m|h|d)$/.test(part))
      rotation.nanoseconds = parseDuration(OPTION, part) * 1e6;
    else throw new UsageError(`${OPTION} ${text}: not understood`, "such as 100MB, 10min, or 100MB,keep 5");
  }
  if (rotation.bytes === 0 && rotation.nanoseconds === 0)
    throw new UsageError(`${OPTION} ${text}: when?`, "after a size or a time: 100MB, 10min");
  if (rotation.bytes !== 0 && rotation.bytes < LEAST_BYTES)
    throw new UsageError(`${OPTION} ${text}: too small`, "1MiB at least");
  return rotation;
}
