// `retis help [TOPIC]`: a command's help, or one of the texts that no single command owns.
import type { Command } from "commander";
import { explainFields } from "../../compiler/plan/explain.js";
import { nearest } from "../../compiler/source/nearest.js";
import { EXIT, UsageError } from "../failure.js";
import { printOut } from "./standard-output.js";

const SETTINGS = `Settings: \`set NAME = VALUE\` in a script; an option of the same purpose goes before it.

  buffer    size      the ring buffer between kernel and user space (16MiB; --buffer)
  snaplen   size      bytes of each packet that an event carries (256; --snaplen)
`;

const TOPICS: Readonly<Record<string, () => string>> = {
  fields: explainFields,
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
  const text = TOPICS[topic];
  if (text === undefined) {
    const names = [...Object.keys(TOPICS), ...program.commands.map((candidate) => candidate.name())];
    const near = nearest(topic, names);
    throw new UsageError(
      `no help on \`${topic}\``,
      near === null ? `topics: ${names.join(", ")}` : `did you mean \`${near}\`?`,
    );
  }
  printOut(text());
  return EXIT.fine;
}
