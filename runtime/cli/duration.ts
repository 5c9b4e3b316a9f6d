// Durations and counts as command line options spell them.
import { UsageError } from "../failure.js";

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  min: 6e10,
  m: 6e10,
  h: 3.6e12,
  d: 8.64e13,
};

/** `500ms`, `10s`, `2min` -> milliseconds. */
export function parseDuration(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ns|us|ms|s|min|m|h|d)$/.exec(text);
  const unit = NANOSECONDS[match?.[2] ?? ""];
  if (match === null || unit === undefined)
    throw new UsageError(`${option} ${text}: not a duration`, "durations have a unit: 500ms, 10s, 2min, 1h");
  return (Number(match[1]) * unit) / 1e6;
}

export function parseCount(option: string, text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1 || !Number.isSafeInteger(Number(text)))
    throw new UsageError(`${option} ${text}: not a count`, "give a whole number from 1 up");
  return Number(text);
}

const BYTES: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** `64`, `2KB`, `32MiB` -> bytes. */
export function parseSize(option: string, text: string): number {
  const match = /^(\d+)([KMG]i?B|B|)$/.exec(text);
  const unit = BYTES[match?.[2] ?? "?"];
  if (match === null || unit === undefined)
    throw new UsageError(
      `${option} ${text}: not a size`,
      "sizes are bytes, or have a unit: 512, 64KB, 32MiB",
    );
  return Number(match[1]) * unit;
}
