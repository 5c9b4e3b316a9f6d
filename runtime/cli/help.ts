// `retis help [TOPIC]`: a command's help, or one of the texts that no single command owns.
import type { Command } from "commander";
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import { nearest } from "../../compiler/source/nearest.js";
import { parse } from "../../compiler/syntax/parse.js";
import { loadAddon } from "../addon/addon.js";
import { EXIT, SystemError, UsageError } from "../failure.js";
import { runningKernel } from "../kernel/facts.js";
import { resource } from "../resources.js";
import { readScript, readSource, scriptNames } from "../script-files.js";
import { fieldsText, fieldText } from "./help-fields.js";
import { printOut } from "./standard-output.js";

const SETTINGS = `Settings: \`set NAME = VALUE\` in a script; an option of the same purpose goes before it.

  buffer    size      the ring buffer between kernel and user space (16MiB; --buffer)
  snaplen   size      bytes of each packet that an event carries (256; --snaplen)
`;

const TOPICS: Readonly<Record<string, () => string>> = {
  fields: fieldsText,
  probes: probesText,
  scripts: scriptsText,
  settings: () => SETTINGS,
};

export function help(program: Command, topic: string | null): number {
  if (topic === null) {
    program.outputHelp();
    return EXIT.fine;
  }
  const command = program.commands.find((candidate) => candidate.name() === topic);
  if (command !== undefined) {
    command.outputHelp();
    return EXIT.fine;
  }
  const text = TOPICS[topic]?.() ?? fieldText(topic, kernelOrNull);
  if (text === null) {
    const names = [...Object.keys(TOPICS), ...program.commands.map((candidate) => candidate.name())];
    const near = nearest(topic, names);
    throw new UsageError(
      `no help on \`${topic}\``,
      near === null ? `topics: ${names.join(", ")}, and the name of any field` : `did you mean \`${near}\`?`,
    );
  }
  printOut(text);
  return EXIT.fine;
}

function kernelOrNull(): KernelFacts | null {
  try {
    return runningKernel(loadAddon());
  } catch (error) {
    if (error instanceof SystemError) return null;
    throw error;
  }
}

/** What the prelude declares, with what each is attached to. */
function probesText(): string {
  const prelude = parse(readSource(resource("stdlib/prelude.rts"))).value;
  const lines = ["Probes that every script can name:", ""];
  for (const item of prelude?.items ?? []) {
    if (item.kind !== "probe") continue;
    const points = item.attach.map(({ span }) => span.source.text.slice(span.start, span.end)).join(", ");
    lines.push(`  ${item.name.text.padEnd(12)} ${points.padEnd(28)} ${item.description ?? ""}`.trimEnd());
  }
  lines.push(
    "",
    "Any other tracepoint is SUBSYSTEM:EVENT, with * and ? for several: `retis inspect` lists them.",
    "",
  );
  return lines.join("\n");
}

/** Scripts that `retis run NAME` finds, with the first line of their help. */
function scriptsText(): string {
  const lines = ["Scripts that `retis run NAME` finds; `retis run NAME --help` tells more:", ""];
  for (const name of scriptNames()) {
    if (name === "prelude") continue;
    const [purpose = ""] = (parse(readScript(name)).value?.doc ?? "").split("\n");
    lines.push(`  ${name.padEnd(12)} ${purpose}`.trimEnd());
  }
  return `${lines.join("\n")}\n`;
}
