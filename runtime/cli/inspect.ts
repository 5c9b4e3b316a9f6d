// `retis inspect`: what a script can attach to on this kernel, with the arguments that probes give.

import { glob } from "../../compiler/codegen/glob.js";
import type { Tracepoint } from "../../compiler/kernel-facts.js";
import { parse } from "../../compiler/syntax/parse.js";
import { loadAddon } from "../addon/addon.js";
import { EXIT, SystemError } from "../failure.js";
import { runningKernel } from "../kernel/facts.js";
import { resource } from "../resources.js";
import { readSource } from "../script-files.js";
import { printOut } from "./standard-output.js";

/** `pattern`: `*` and `?` over `subsystem:event`; null: those that have a packet. */
export function inspect(pattern: string | null): number {
  const kernel = runningKernel(loadAddon());
  const all = kernel.tracepoints();
  if (all.length === 0) {
    throw new SystemError(
      "cannot list tracepoints: tracefs is not mounted or not readable",
      process.getuid?.() === 0
        ? "mount -t tracefs tracefs /sys/kernel/tracing"
        : "run it as root: usually only root can read /sys/kernel/tracing",
    );
  }
  const wanted = patternsOf(pattern ?? "*");
  const found = all
    .filter((name) => wanted.some((one) => glob(one, name)))
    .flatMap((name) => kernel.tracepoint(name) ?? [])
    .filter((tracepoint) => pattern !== null || hasPacket(tracepoint));
  if (found.length === 0)
    throw new SystemError(
      `no tracepoint matches \`${pattern ?? "*"}\``,
      "a pattern is `subsystem:event` or `event` with * and ?, or the name of a probe: `retis help probes`",
    );
  printOut(`${found.map(line).join("\n")}\n`);
  return EXIT.fine;
}

/** A probe of the prelude is its tracepoints, a word without a colon an event of any subsystem. */
function patternsOf(pattern: string): readonly string[] {
  const plain = pattern.replace(/^tp?:(?=[^:]+:)/, "");
  if (plain.includes(":") || plain === "*") return [plain];
  const prelude = parse(readSource(resource("stdlib/prelude.rts"))).value;
  const probe = prelude?.items.find((item) => item.kind === "probe" && item.name.text === plain);
  if (probe?.kind !== "probe") return [`*:${plain}`];
  return probe.attach.flatMap(({ alternatives }) =>
    alternatives.flatMap((one) => (one.kind === "target" ? patternsOf(one.target) : [])),
  );
}

const hasPacket = (tracepoint: Tracepoint): boolean =>
  tracepoint.parameters.some((parameter) => parameter.typeName === "struct sk_buff *");

function line(tracepoint: Tracepoint): string {
  const parameters = tracepoint.parameters.map(({ typeName, name }) =>
    typeName.endsWith("*") ? `${typeName}${name}` : `${typeName} ${name}`,
  );
  return `tp:${tracepoint.name}(${parameters.join(", ")})`;
}
