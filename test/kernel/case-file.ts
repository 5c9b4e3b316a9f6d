// Kernel cases: a directive file in, what to run and what to expect out. The form is described in README.md.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type TopologyName, topologyNames } from "./topology.js";

/** One step after retis is ready (or, for `BEFORE`, before it starts). */
export type Step =
  | { readonly kind: "command"; readonly namespace: string | null; readonly command: string }
  | { readonly kind: "frame"; readonly namespace: string; readonly count: number; readonly frame: string }
  | { readonly kind: "signal"; readonly signal: NodeJS.Signals };

export type Pattern =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "regex"; readonly regex: RegExp };
export type Stream = "stdout" | "stderr";

export type Expectation =
  /** Lines of a stream that hold the pattern: exactly so many, or (null) at least one. */
  | {
      readonly kind: "lines";
      readonly stream: Stream;
      readonly pattern: Pattern;
      readonly count: number | null;
    }
  /** Lines that are JSON and hold at least these members. */
  | { readonly kind: "json"; readonly subset: unknown; readonly count: number | null }
  /** All lines of stdout that are not empty. */
  | { readonly kind: "total"; readonly count: number };

export interface KernelCase {
  readonly file: string;
  readonly name: string;
  readonly needs: readonly string[];
  readonly topology: TopologyName;
  /** Its script takes any packet of the machine: no other case may run beside it. */
  readonly alone: boolean;
  /** Words before `dist/retis`, for cases about privilege. */
  readonly wrap: readonly string[];
  readonly args: readonly string[];
  readonly script: string | null;
  readonly before: readonly Step[];
  readonly steps: readonly Step[];
  readonly expectations: readonly Expectation[];
  /** The line of stdout after which we end the run, where some expectations hold only at its end. */
  readonly until: Pattern | null;
  /** Who ends the run: we by SIGINT once the expectations hold, or retis itself. */
  readonly end: "sigint" | "self";
  /** An exit code; for `sigint`, retis' own for a clean end. */
  readonly exit: number;
}

const pattern = (text: string): Pattern => {
  const regex = /^\/(.*)\/$/.exec(text);
  return regex === null ? { kind: "text", text } : { kind: "regex", regex: new RegExp(regex[1] ?? "") };
};

export const matches = (line: string, wanted: Pattern): boolean =>
  wanted.kind === "text" ? line.includes(wanted.text) : wanted.regex.test(line);

/** Words as a shell splits them, with single and double quotes but nothing else of it. */
export const words = (text: string): string[] =>
  [...text.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ""),
  );

const step = (text: string): Step => {
  const signal = /^signal (\w+)$/.exec(text);
  if (signal !== null) return { kind: "signal", signal: `SIG${signal[1]}` as NodeJS.Signals };
  const inside = /^(ns\d|host):\s+(.*)$/s.exec(text);
  if (inside === null)
    throw new Error(`a step is \`nsN: COMMAND\`, \`host: COMMAND\` or \`signal NAME\`, not \`${text}\``);
  const [, where = "", command = ""] = inside;
  const frame = /^frame (\d+) (.*)$/.exec(command);
  if (frame !== null)
    return { kind: "frame", namespace: where, count: Number(frame[1]), frame: frame[2] ?? "" };
  return { kind: "command", namespace: where === "host" ? null : where, command };
};

const counted = (text: string): [number | null, string] => {
  const match = /^(\d+)\s+(.*)$/s.exec(text);
  return match === null ? [null, text] : [Number(match[1]), match[2] ?? ""];
};

const lines = (stream: Stream, text: string, count: number | null): Expectation => ({
  kind: "lines",
  stream,
  pattern: pattern(text),
  count,
});

const expectation = (directive: string, text: string): Expectation => {
  const [count, rest] = counted(text);
  switch (directive) {
    case "EXPECT_LINE":
      return lines("stdout", text, null);
    case "EXPECT_COUNT":
      return lines("stdout", rest, count);
    case "EXPECT_NO":
      return lines("stdout", text, 0);
    case "EXPECT_ERR":
      return lines("stderr", text, null);
    case "EXPECT_NO_ERR":
      return lines("stderr", text, 0);
    case "EXPECT_JSON":
      return { kind: "json", subset: JSON.parse(rest) as unknown, count };
    case "EXPECT_TOTAL":
      return { kind: "total", count: Number(text) };
    default:
      throw new Error(`unknown directive ${directive}`);
  }
};

/** A line that begins with white space continues the directive above it. */
const directives = (text: string): (readonly [string, string])[] => {
  const joined = text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .join("\n")
    .replaceAll(/\n(?=\s)/g, "\u0000");
  return joined
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const match = /^([A-Z_]+)(?:\s+(.*))?$/s.exec(line.replaceAll("\u0000", "\n"));
      if (match === null) throw new Error(`not a directive: ${line}`);
      return [match[1] ?? "", (match[2] ?? "").trimEnd()] as const;
    });
};

export const parseCase = (file: string, localize: (text: string) => string = (text) => text): KernelCase => {
  const all = directives(localize(readFileSync(file, "utf8")));
  const every = (name: string): string[] =>
    all.filter(([directive]) => directive === name).map(([, text]) => text);
  const one = (name: string): string | null => {
    const found = every(name);
    if (found.length > 1) throw new Error(`${file}: ${name} twice`);
    return found[0] ?? null;
  };
  const topology = one("TOPOLOGY") ?? "two_ns";
  if (!topologyNames.includes(topology as TopologyName)) throw new Error(`${file}: no topology ${topology}`);
  const end = one("END") ?? "sigint";
  if (end !== "sigint" && end !== "self") throw new Error(`${file}: END is sigint or self`);
  const plain = new Set([
    "NAME",
    "NEEDS",
    "TOPOLOGY",
    "WRAP",
    "ARGS",
    "SCRIPT",
    "BEFORE",
    "DO",
    "END",
    "EXIT",
    "UNTIL",
    "ALONE",
  ]);
  const name = one("NAME");
  if (name === null || name === "") throw new Error(`${file}: NAME says the claim`);
  const until = one("UNTIL");
  const expectations = all
    .filter(([directive]) => !plain.has(directive))
    .map(([key, text]) => expectation(key, text));
  if (expectations.length === 0) throw new Error(`${file}: it expects nothing`);
  return {
    file: basename(file, ".case"),
    name,
    needs: (one("NEEDS") ?? "")
      .split(",")
      .map((need) => need.trim())
      .filter((need) => need !== ""),
    topology: topology as TopologyName,
    alone: one("ALONE") !== null,
    wrap: words(one("WRAP") ?? ""),
    args: words(one("ARGS") ?? ""),
    script: one("SCRIPT"),
    before: every("BEFORE").map(step),
    steps: every("DO").map(step),
    expectations,
    until: until === null ? null : pattern(until),
    end,
    exit: Number(one("EXIT") ?? 0),
  };
};
