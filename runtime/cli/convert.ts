// `retis convert`: stored events in another format.
import { UsageError } from "../failure.js";
import { formatFor, refuseSameFile, writeFile } from "./convert-output.js";
import { writeCapture } from "./pcap.js";
import { refuseBinaryOnTerminal } from "./refuse-binary.js";
import { forEachInput } from "./stored-input.js";

export interface RawConvert {
  readonly out?: string;
  readonly format?: string;
}

/** Resolves to the exit code. */
export async function convert(input: string, raw: RawConvert): Promise<number> {
  const { out } = raw;
  if (out === undefined) throw new UsageError("no output given", "give -o FILE; - is standard output");
  const format = formatFor(out, raw.format, "retis");
  refuseBinaryOnTerminal(out, format, "--format");
  refuseSameFile(input, out, "convert");
  return forEachInput([input], { doing: "converting" }, ({ source, progress }) =>
    format === "pcapng"
      ? writeCapture({ source, progress }, out, { probe: null, schema: false })
      : writeFile({ source, facts: source, path: out, format, progress }),
  );
}
