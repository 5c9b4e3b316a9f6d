// Options of `retis print` and `retis sort`: declared for the command line, and checked.
import type { Command } from "commander";
import { UsageError } from "../failure.js";
import type { PrintFormat, PrintStyle } from "../outputs/event-printer.js";
import type { TimeForm } from "../outputs/time-text.js";

/** As commander hands them over. */
export interface RawPrintOptions {
  readonly format?: string;
  readonly utc?: boolean;
  readonly time?: string;
  readonly linkLayer?: boolean;
}

/** `text` is Retis' `multi-line`. */
const FORMATS: ReadonlyMap<string, PrintFormat> = new Map([
  ["text", "multi-line"],
  ["multi-line", "multi-line"],
  ["single-line", "single-line"],
  ["json", "json"],
  ["table", "table"],
]);

const TIMES: ReadonlyMap<string, TimeForm> = new Map([
  ["ns", "ns"],
  ["iso", "iso"],
  ["delta", "delta"],
]);

export function checkPrintOptions(raw: RawPrintOptions): PrintStyle {
  const format = chosen("--format", raw.format ?? "text", FORMATS);
  const time = raw.time === undefined ? "ns" : chosen("--time", raw.time, TIMES);
  if (raw.utc === true && raw.time !== undefined)
    throw new UsageError("--utc and --time are two forms of the same", "give one of them");
  return { format, time: raw.utc === true ? "utc" : time, linkLayer: raw.linkLayer === true };
}

function chosen<T>(option: string, text: string, known: ReadonlyMap<string, T>): T {
  const value = known.get(text);
  if (value === undefined)
    throw new UsageError(`${option} ${text}: unknown`, `one of ${[...known.keys()].join(", ")}`);
  return value;
}

export function addPrintOptions(command: Command): Command {
  return command
    .option("--format <format>", "text (also: multi-line), single-line, json or table")
    .option("--utc", "date and time, as Retis writes it")
    .option(
      "--time <form>",
      "ns (monotonic, the default), iso (date and time) or delta (since the event before)",
    )
    .option("-e, --link-layer", "show Ethernet and VLAN headers");
}
