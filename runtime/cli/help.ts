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
import { scriptHelp } from "./script-options.js";
import { scriptArguments } from "./scripts.js";
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
  if (/^[EW]\d{4}$/i.test(topic))
    throw new UsageError(`no help on \`${topic}\``, "docs/errors.md explains each message");
  const text =
    TOPICS[topic]?.() ?? joined(fieldText(topic, kernelOrNull), probeText(topic), scriptText(topic));
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

interface NamedProbe {
  readonly name: string;
  readonly points: string;
  readonly description: string;
}

/** What the prelude declares, with what each is attached to. */
function namedProbes(): readonly NamedProbe[] {
  const prelude = parse(readSource(resource("stdlib/prelude.rts"))).value;
  return (prelude?.items ?? []).flatMap((item) => {
    if (item.kind !== "probe") return [];
    const points = item.attach.map(({ span }) => span.source.text.slice(span.start, span.end)).join(", ");
    return [{ name: item.name.text, points, description: item.description ?? "" }];
  });
}

function probesText(): string {
  const rows = namedProbes().map(({ name, points, description }) =>
    `  ${name.padEnd(12)} ${points.padEnd(28)} ${description}`.trimEnd(),
  );
  return [
    "Probes that every script can name:",
    "",
    ...rows,
    "",
    "Any other tracepoint is SUBSYSTEM:EVENT, with * and ? for several: `retis inspect` lists them.",
    "",
  ].join("\n");
}

/** A probe of the prelude; null: there is none of that name. */
function probeText(name: string): string | null {
  const probe = namedProbes().find((one) => one.name === name);
  if (probe === undefined) return null;
  return `${name}, as a probe: ${probe.description}\n  attached to ${probe.points}\n`;
}

/** A script's own help; null: there is none of that name. */
function scriptText(name: string): string | null {
  if (!scriptNames().includes(name) || name === "prelude") return null;
  const { script, declared } = scriptArguments(readScript(name), []);
  return script === null ? null : `${scriptHelp(name, script, declared)}\n`;
}

/** Some words are both: `drop` is a section and a probe. */
function joined(...texts: readonly (string | null)[]): string | null {
  const said = texts.filter((text) => text !== null);
  return said.length === 0 ? null : said.join("\n");
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
