// The options that a script declares, taken out of a command line: `--port 443`, `--port=443`, `--max-len 9`.

import { nearest } from "../../compiler/source/nearest.js";
import type { OptionDecl, Script } from "../../compiler/syntax/ast.js";
import { UsageError } from "../failure.js";

export interface SplitArguments {
  /** The script's options by name, as text. */
  readonly given: ReadonlyMap<string, string>;
  /** What is not the script's, in order. */
  readonly rest: readonly string[];
}

/** `max_len` is spelled `--max-len`. */
export const flagOf = (name: string): string => `--${name.replaceAll("_", "-")}`;

/** Its own, and those of the files that it uses. */
export function declaredOptions(script: Script, used: readonly Script[]): readonly OptionDecl[] {
  const options = new Map<string, OptionDecl>();
  for (const { items } of [script, ...used])
    for (const item of items)
      if (item.kind === "option" && !options.has(item.name.text)) options.set(item.name.text, item);
  return [...options.values()];
}

export function splitArguments(declared: readonly OptionDecl[], args: readonly string[]): SplitArguments {
  const given = new Map<string, string>();
  const rest: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? "";
    const [flag, inline] = splitFlag(argument);
    const option = declared.find((candidate) => flagOf(candidate.name.text) === flag);
    if (option === undefined) {
      rest.push(argument);
      continue;
    }
    let value = inline;
    if (value === null && option.type.base.text === "bool" && !option.type.set) value = "true";
    if (value === null) {
      index++;
      value = args[index] ?? null;
    }
    if (value === null) throw new UsageError(`${flag} needs a value of type ${option.type.base.text}`);
    if (given.has(option.name.text)) throw new UsageError(`${flag} is given twice`);
    given.set(option.name.text, value);
  }
  return { given, rest };
}

function splitFlag(argument: string): readonly [string, string | null] {
  const equals = argument.indexOf("=");
  return equals === -1 || !argument.startsWith("--")
    ? [argument, null]
    : [argument.slice(0, equals), argument.slice(equals + 1)];
}

/** For what neither the script nor `retis run` knows. */
export function unknownArgument(
  argument: string,
  declared: readonly OptionDecl[],
  known: readonly string[],
): UsageError {
  if (!argument.startsWith("-") || argument === "-")
    return new UsageError(
      `unexpected argument \`${argument}\``,
      declared.length === 0
        ? "one script is run at a time, and this one has no options"
        : `the script's options are given as ${declared.map(({ name }) => flagOf(name.text)).join(", ")}`,
    );
  const near = nearest(splitFlag(argument)[0], [
    ...declared.map((option) => flagOf(option.name.text)),
    ...known,
  ]);
  return new UsageError(`unknown option \`${argument}\``, near === null ? null : `did you mean \`${near}\`?`);
}

/** The help of a script: its doc comment and options. */
export function scriptHelp(name: string, script: Script, declared: readonly OptionDecl[]): string {
  const lines = [`Usage: retis run ${name}${declared.length > 0 ? " [script options]" : ""} [options]`, ""];
  if (script.doc !== null) lines.push(script.doc, "");
  if (declared.length > 0) {
    const rows = declared.map((option) => {
      const type = option.type.set ? `{${option.type.base.text}}` : option.type.base.text;
      const standard =
        option.default !== null
          ? ` (default: ${option.default.span.source.text.slice(option.default.span.start, option.default.span.end)})`
          : option.type.optional
            ? ""
            : " (required)";
      return {
        left: `  ${flagOf(option.name.text)} <${type}>`,
        right: `${option.description ?? ""}${standard}`,
      };
    });
    const width = Math.max(...rows.map((row) => row.left.length)) + 2;
    lines.push("Script options:", ...rows.map((row) => row.left.padEnd(width) + row.right), "");
  }
  lines.push("Options of every script: retis help run");
  return lines.join("\n");
}
