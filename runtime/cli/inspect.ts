// `retis inspect`: what a script can attach to on this kernel, with the arguments that probes give.

import { glob } from "../../compiler/codegen/glob.js";
import type { Tracepoint } from "../../compiler/kernel-facts.js";
import { loadAddon } from "../addon/addon.js";
import { EXIT, SystemError } from "../failure.js";
import { runningKernel } from "../kernel/facts.js";
import { printOut } from "./standard-output.js";

/** `pattern`: `*` and `?` over `subsystem:event`; null: those that have a packet. */
export function inspect(pattern: string | null): number {
  const kernel = runningKernel(loadAddon());
  const all = kernel.tracepoints();
  if (all.length === 0) {
    throw new SystemError(
      "cannot list tracepoints: tracefs is not mounted or not readable",
      "as root: mount -t tracefs tracefs /sys/kernel/tracing",
    );
  }
  const wanted = (pattern ?? "*").replace(/^tp:/, "");
  const found = all
    .filter((name) => glob(wanted, name))
    .flatMap((name) => kernel.tracepoint(name) ?? [])
    .filter((tracepoint) => pattern !== null || hasPacket(tracepoint));
  if (found.length === 0)
    throw new SystemError(
      `no tracepoint matches \`${wanted}\``,
      "a pattern is `subsystem:event` with * and ?",
    );
  printOut(`${found.map(line).join("\n")}\n`);
  return EXIT.fine;
}

const hasPacket = (tracepoint: Tracepoint): boolean =>
  tracepoint.parameters.some((parameter) => parameter.typeName === "struct sk_buff *");

function line(tracepoint: Tracepoint): string {
  const parameters = tracepoint.parameters.map(({ typeName, name }) =>
    typeName.endsWith("*") ? `${typeName}${name}` : `${typeName} ${name}`,
  );
  return `tp:${tracepoint.name}(${parameters.join(", ")})`;
}
