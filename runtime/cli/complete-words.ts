// What may come next on a command line: commands, options and their values, scripts and what they declare, files.
import type { Command, Option } from "commander";
import { readScript, scriptNames } from "../script-files.js";
import { FILE_FORMATS } from "../store/output-file.js";
import { flagOf } from "./script-options.js";
import { scriptArguments } from "./scripts.js";

/** In the place of candidates: any file. */
export const FILES = ":files";

export const SHELLS = ["bash", "zsh", "fish"] as const;

/** Commands whose first word is a script. */
const OF_SCRIPTS: readonly string[] = ["run", "explain", "check", "test", "dump"];

/** What options take, and what stands without an option, where that is no file. */
const FORMATS = ["text", "single-line", "json", "table"];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  "run --format": [...FORMATS, ...FILE_FORMATS],
  "print --format": [...FORMATS, "multi-line"],
  "sort --format": [...FORMATS, "multi-line"],
  "sort --out-format": FILE_FORMATS.filter((format) => format !== "pcapng"),
  "convert --format": FILE_FORMATS,
  "print --time": ["ns", "iso", "delta"],
  "sort --time": ["ns", "iso", "delta"],
};

/** Options whose value is a file. */
const FILE_OPTIONS: readonly string[] = ["--from", "--out"];

const WORDS: Readonly<Record<string, readonly string[]>> = {
  complete: SHELLS,
  dump: ["ast", "types", "plan", "handlers"],
};

/** `before`: the words behind the program's name; `current` is what is typed of the next. */
export function candidates(program: Command, before: readonly string[], current: string): readonly string[] {
  return [...new Set(possible(program, before, current))].filter(
    (candidate) => candidate === FILES || candidate.startsWith(current),
  );
}

function possible(program: Command, before: readonly string[], current: string): readonly string[] {
  const command = program.commands.find((candidate) => candidate.name() === before[0]);
  const words = command === undefined ? before : before.slice(1);
  const where = command ?? program;
  const option = taking(where, words.at(-1));
  if (option !== null) return valuesOf(where, option);
  const script = scriptOf(where, words);
  if (current.startsWith("-"))
    return [...optionsOf(where), ...(script === null ? [] : scriptOptions(script))];
  if (command === undefined) return before.length > 0 ? [] : program.commands.map((one) => one.name());
  return operands(program, command, words, script);
}

/** The option whose value comes next; null: none. */
function taking(command: Command, word: string | undefined): Option | null {
  if (word === undefined) return null;
  const option = command.options.find((known) => known.long === word || known.short === word);
  return option !== undefined && (option.required || option.optional) ? option : null;
}

function valuesOf(command: Command, option: Option): readonly string[] {
  const long = option.long ?? "";
  if (FILE_OPTIONS.includes(long)) return [FILES];
  return VALUES[`${command.name()} ${long}`] ?? (long === "--format" ? FORMATS : []);
}

function optionsOf(command: Command): readonly string[] {
  const own = command.options.flatMap(({ long, short }) => [long, short].filter((flag) => flag != null));
  return [...own, "--help"];
}

function operands(
  program: Command,
  command: Command,
  words: readonly string[],
  script: string | null,
): readonly string[] {
  const name = command.name();
  const stage = name === "dump" && positional(command, words).length === 0;
  if (name === "help")
    return [...program.commands.map((one) => one.name()), "fields", "probes", "scripts", "settings"];
  if (stage || name === "complete") return WORDS[name] ?? [];
  if (OF_SCRIPTS.includes(name)) return script === null ? [...scriptNames(), FILES] : [];
  return command.registeredArguments.length > 0 ? [FILES] : [];
}

/** Words that are neither options nor their values. */
function positional(command: Command, words: readonly string[]): readonly string[] {
  return words.filter((word, index) => !word.startsWith("-") && taking(command, words[index - 1]) === null);
}

/** The script that the command line names; null: none yet. */
function scriptOf(command: Command, words: readonly string[]): string | null {
  if (!OF_SCRIPTS.includes(command.name()) || words.includes("-e") || words.includes("--expression"))
    return null;
  return positional(command, words)[command.name() === "dump" ? 1 : 0] ?? null;
}

function scriptOptions(name: string): readonly string[] {
  try {
    return scriptArguments(readScript(name), []).declared.map((option) => flagOf(option.name.text));
  } catch {
    // There is no such script, or it cannot be read: nothing to offer.
    return [];
  }
}
