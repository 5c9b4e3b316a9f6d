// The startup event of a Retis file: who wrote it, where, and which version of the format it is.
import type { FormatVersion } from "../../../compiler/schema/event/decoder-tables.js";
import type { SourceHeader } from "../../events/source.js";

export interface Startup {
  /** As the file says: `v1.7.0`. */
  readonly version: string | null;
  readonly header: SourceHeader;
}

type Json = Readonly<Record<string, unknown>>;

const objectAt = (from: unknown, key: string): Json | null => {
  const value = typeof from === "object" && from !== null ? (from as Json)[key] : undefined;
  return typeof value === "object" && value !== null ? (value as Json) : null;
};

const textAt = (from: Json | null, key: string): string | null => {
  const value = from?.[key];
  return typeof value === "string" ? value : null;
};

const numberAt = (from: Json | null, key: string): bigint => {
  const value = from?.[key];
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : 0n;
};

/**
 * Looks for the startup event in the beginning of a file. In a sorted file it need not be first: it is stamped after the
 * probes are on.
 */
export function findStartup(text: string): Startup {
  const sorted = /^\s*\[/.test(text);
  const place = text.indexOf('"startup"');
  const event = place === -1 ? null : parseLine(lineAround(text, place));
  const startup = objectAt(event, "startup");
  const offset = objectAt(startup, "clock_monotonic_offset");
  const machine = objectAt(startup, "machine");
  const version = textAt(startup, "retis_version");
  return {
    version,
    header: {
      format: "retis-json",
      writer: version === null ? null : `Retis ${version}`,
      commandLine: textAt(startup, "cmdline"),
      kernelRelease: textAt(machine, "kernel_release"),
      kernelVersion: textAt(machine, "kernel_version"),
      hardware: textAt(machine, "hardware_name"),
      clockOffset:
        offset === null ? null : numberAt(offset, "sec") * 1_000_000_000n + numberAt(offset, "nsec"),
      scriptDigest: null,
      sorted,
    },
  };
}

function lineAround(text: string, place: number): string {
  const start = text.lastIndexOf("\n", place) + 1;
  const end = text.indexOf("\n", place);
  return text.slice(start, end === -1 ? text.length : end);
}

/** The event with a startup section; null when the line is not sound. */
function parseLine(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    if (!Array.isArray(value)) return value;
    return value.find((event: unknown) => objectAt(event, "startup") !== null) ?? null;
  } catch {
    return null;
  }
}

/** 1.5 to 1.7 and later; null: a version whose files are not read. A build of no release says `unspec`. */
export function formatVersion(version: string | null): FormatVersion | null {
  if (version === null || version === "unspec") return 2;
  const parts = /^v?(\d+)\.(\d+)/.exec(version);
  if (parts === null || parts[1] !== "1") return null;
  const minor = Number(parts[2]);
  if (minor < 5) return null;
  return minor === 5 ? 0 : minor === 6 ? 1 : 2;
}

/** What 1.5 and 1.6 did not keep, as 1.7 fills it in when it reads their files. */
const UNKNOWN =
  '"cmdline":"unknown","machine":{"kernel_release":"unknown","kernel_version":"unknown","hardware_name":"unknown"},';

/** Where to put what into the beginning of a file of 1.5 or 1.6; null: nothing is missing. */
export function missingStartup(text: string): { readonly at: number; readonly text: string } | null {
  const place = text.indexOf('"startup"');
  if (place === -1) return null;
  const startup = objectAt(parseLine(lineAround(text, place)), "startup");
  if (startup === null || "machine" in startup || "cmdline" in startup) return null;
  const opening = text.indexOf("{", place);
  return opening === -1 ? null : { at: opening + 1, text: UNKNOWN };
}
