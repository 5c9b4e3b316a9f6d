// A `console` block -> its commands, each run and compared with what the document shows below it.
import { spawnSync } from "node:child_process";
import type { Block } from "./blocks.js";

export interface Example {
  /** Behind `$ `, continued lines included. */
  readonly command: string;
  readonly expected: readonly string[];
}

/** `$ command`, then its output up to the next `$ `. A command line that ends in `\` goes on in the next. */
export function examplesOf(block: Block): readonly Example[] {
  const examples: { command: string; expected: string[] }[] = [];
  let continued = false;
  for (const line of block.text.split("\n")) {
    const last = examples.at(-1);
    if (continued && last !== undefined) last.command += `\n${line}`;
    else if (line.startsWith("$ ")) examples.push({ command: line.slice(2), expected: [] });
    else if (last === undefined) throw new Error(`${block.place}: a console block begins with \`$ \``);
    else last.expected.push(line);
    continued = (examples.at(-1)?.command ?? "").endsWith("\\") && (continued || line.startsWith("$ "));
  }
  return examples.map(({ command, expected }) => ({
    command: command.replace(/^sudo /, ""),
    expected: expected.join("\n").trim() === "" ? [] : trimBlank(expected),
  }));
}

const trimBlank = (lines: readonly string[]): readonly string[] => {
  const end = lines.findLastIndex((line) => line.trim() !== "");
  return lines.slice(0, end + 1);
};

/** It attaches to the running kernel. */
export const isLive = ({ command }: Example): boolean =>
  /\bretis\s+(-|run\b)/.test(command) && !/--help|--version|^retis -V|--from/.test(command);

export interface Output {
  readonly lines: readonly string[];
  readonly code: number;
}

/** Standard output and error in the order written, as on a terminal. */
export function runExample(
  { command }: Example,
  folder: string,
  env: NodeJS.ProcessEnv,
  wrap: readonly string[] = [],
): Output {
  const [file = "bash", ...args] = [...wrap, "bash", "-c", `exec 2>&1\n${command}`];
  const { stdout, status, signal } = spawnSync(file, args, {
    cwd: folder,
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
  const lines = stdout.split("\n");
  return { lines: trimBlank(lines), code: status ?? (signal === null ? -1 : 128) };
}

// ---- comparison ----------------------------------------------------------------------------------------------------

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Addresses, MACs, hexadecimal and other numbers, each as one. */
const NUMBER = /\d+(?:\.\d+){3}|[0-9a-f]{2}(?::[0-9a-f]{2}){5}|0x[0-9a-f]+|\d+(?:\.\d+)?/g;

/** A number of another run: of the same kind, but any. */
const anyNumber = (number: string): string => {
  if (number.startsWith("0x")) return "0x[0-9a-f]+";
  if (number.includes(":")) return "[0-9a-f]{2}(?::[0-9a-f]{2}){5}";
  return number.split(".").fill("\\d+").join("\\.");
};

/**
 * A line of the document as a pattern. White space counts as white space, since columns are as wide as their values;
 * `…` stands for anything in a line. `live`: numbers are another run's, but for those that the command names.
 */
export function patternOf(line: string, live: boolean, command: string): RegExp {
  const named = new Set(command.match(/\b\d+(?:\.\d+){3}|\b\d+\b/g) ?? []);
  const part = (text: string): string => {
    if (!live) return literally(text);
    let pattern = "";
    let end = 0;
    for (const match of text.matchAll(NUMBER)) {
      const [number] = match;
      pattern += literally(text.slice(end, match.index));
      pattern += named.has(number) ? literally(number) : anyNumber(number);
      end = match.index + number.length;
    }
    return pattern + literally(text.slice(end));
  };
  const words = line.trim().split(/\s+/);
  const source = words.map((word) => word.split("…").map(part).join(".*")).join("\\s+");
  return new RegExp(`^\\s*${source}\\s*$`);
}

/**
 * What is wrong, or null. A line `…` stands for any number of lines. `live`: other lines may come between, since the
 * machine does other things too.
 */
export function difference(
  expected: readonly string[],
  actual: readonly string[],
  live: boolean,
  command: string,
): string | null {
  let at = 0;
  let gap = false;
  for (const line of expected) {
    if (line.trim() === "…") {
      gap = true;
      continue;
    }
    if (line.trim() === "" && live) continue;
    const pattern = patternOf(line, live, command);
    const found = actual.findIndex((candidate, index) => index >= at && pattern.test(candidate));
    if (found === -1 || (found !== at && !gap && !live)) {
      return `expected after line ${at}:\n  ${line}\nin the output:\n${actual.map((one) => `  | ${one}`).join("\n")}`;
    }
    at = found + 1;
    gap = false;
  }
  if (live || gap || at === actual.length) return null;
  return `nothing is expected after line ${at} of:\n${actual.map((one) => `  | ${one}`).join("\n")}`;
}
