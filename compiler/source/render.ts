// Prints a diagnostic for people: the form of LANGUAGE §8. Only here do offsets become lines and columns.
import stringWidth from "string-width";
import type { Diagnostic, Note, Source, Span } from "./diagnostic.js";
import { lineStart, lineText, placeOf } from "./lines.js";

export interface RenderOptions {
  readonly color: boolean;
}

const tabWidth = 4;
/** Characters of a line that are shown, and how many of them before the carets when its beginning is cut. */
const longestLine = 160;
const context = 60;
/** Longer help stands on a line of its own, where it can be read. */
const longestInlineHelp = 60;

/** Several lines, without a line end at the last. */
export function renderDiagnostic(diagnostic: Diagnostic, { color }: RenderOptions): string {
  const paint = painter(color);
  const { code, severity, message, span, notes, help } = diagnostic;
  const tone = severity === "error" ? "red" : "yellow";
  const inline = help !== undefined && isInline(help) ? help : undefined;
  const width = gutterWidth([span, ...notes.flatMap((note) => note.span ?? [])]);
  const lines = [
    `${paint(tone, `${severity}[${code}]`)}${paint("bold", `: ${plain(message)}`)}`,
    ...excerpt(span, inline, tone, width, paint),
    ...notes.flatMap((note) => renderNote(note, width, paint)),
  ];
  if (help !== undefined && inline === undefined) lines.push(remark("help", help, width, paint));
  return lines.join("\n");
}

/** Several diagnostics, an empty line between them. */
export const renderDiagnostics = (diagnostics: readonly Diagnostic[], options: RenderOptions): string =>
  diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, options)).join("\n\n");

/** Short suggestions stand under the carets; explanations do not. */
const isInline = (help: string): boolean =>
  help.length <= longestInlineHelp && !help.includes("\n") && !help.includes(". ");

function renderNote(note: Note, width: number, paint: Paint): readonly string[] {
  if (note.span === undefined) return [remark("note", note.text, width, paint)];
  const head = `${paint("cyan", "note")}${paint("bold", `: ${plain(note.text)}`)}`;
  return [head, ...excerpt(note.span, undefined, "cyan", width, paint)];
}

function remark(label: string, text: string, width: number, paint: Paint): string {
  const indent = " ".repeat(width + 4 + label.length + 2);
  const body = plain(text, true).split("\n").join(`\n${indent}`);
  return `${" ".repeat(width + 1)}${paint("blue", "=")} ${paint("bold", label)}: ${body}`;
}

// ---- the quoted lines ----------------------------------------------------------------------------------------------

function gutterWidth(spans: readonly Span[]): number {
  const last = Math.max(
    ...spans.map((span) => placeOf(span.source, Math.max(span.start, span.end - 1)).line),
  );
  return String(last).length;
}

/** ` --> place`, and the lines with carets under what is meant: all of a line, or the first and the last of several. */
function excerpt(
  span: Span,
  label: string | undefined,
  tone: Tone,
  width: number,
  paint: Paint,
): readonly string[] {
  const { source } = span;
  const start = placeOf(source, span.start);
  const lastLine = placeOf(source, Math.max(span.start, span.end - 1)).line;
  const bar = paint("blue", "|");
  const blank = " ".repeat(width);
  const lines = [
    `${blank}${paint("blue", "-->")} ${plain(source.name)}:${start.line}:${start.column}`,
    `${blank} ${bar}`,
  ];
  for (const line of lastLine === start.line ? [start.line] : [start.line, lastLine]) {
    if (line > start.line + 1) lines.push(`${paint("blue", "...")}`);
    const { shown, indent, carets } = underline(source, line, span);
    lines.push(`${paint("blue", String(line).padStart(width))} ${bar}${shown === "" ? "" : ` ${shown}`}`);
    const text = line === lastLine && label !== undefined ? ` ${plain(label)}` : "";
    lines.push(`${blank} ${bar} ${" ".repeat(indent)}${paint(tone, "^".repeat(carets) + text)}`);
  }
  return lines;
}

/** One line as shown, and the columns of its part of the span. */
function underline(
  source: Source,
  line: number,
  span: Span,
): { shown: string; indent: number; carets: number } {
  const text = lineText(source, line);
  const offset = lineStart(source, line);
  const firstInk = text.length - text.trimStart().length;
  const from = Math.min(Math.max(span.start - offset, span.start < offset ? firstInk : 0), text.length);
  const to = Math.min(Math.max(span.end - offset, from), text.trimEnd().length);
  // Of a long line only the part around the carets.
  const first = from <= longestLine - context ? 0 : from - context;
  const last = Math.min(text.length, first + longestLine);
  const before = first > 0 ? "…" : "";
  const after = last < text.length ? "…" : "";
  return {
    shown: `${before}${display(text.slice(first, last))}`.trimEnd() + after,
    indent: before.length + stringWidth(display(text.slice(first, from))),
    carets: Math.max(1, stringWidth(display(text.slice(from, Math.max(from, Math.min(to, last)))))),
  };
}

/** Tabs as spaces, so that carets stand where they should whatever the terminal's stops are. */
const display = (text: string): string => plain(text.replaceAll("\t", " ".repeat(tabWidth)));

/** Control characters, which a script must not send to the terminal, as their pictures. */
const plain = (text: string, keepLines = false): string =>
  text.replace(/\p{Cc}|[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu, (character) => {
    if (keepLines && character === "\n") return character;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });

// ---- colour --------------------------------------------------------------------------------------------------------

type Tone = "red" | "yellow" | "cyan" | "blue" | "bold";
type Paint = (tone: Tone, text: string) => string;

/** SGR parameters (ECMA-48), bold and bright enough for dark and light backgrounds. */
const codes: Readonly<Record<Tone, string>> = {
  red: "1;31",
  yellow: "1;33",
  cyan: "1;36",
  blue: "1;34",
  bold: "1",
};

const painter =
  (color: boolean): Paint =>
  (tone, text) =>
    color && text !== "" ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text;
