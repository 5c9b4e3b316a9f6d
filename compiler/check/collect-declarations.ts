// Script, used files and prelude -> what can be named: probes, filters, options and lets, none of them twice.

import { wordAliases } from "../schema/aliases.js";
import * as schema from "../schema/index.js";
import type { SectionName } from "../schema/value.js";
import * as catalog from "../source/catalog/check.js";
import type { Diagnostic } from "../source/diagnostic.js";
import type { FilterDecl, Let, Name, OptionDecl, ProbeDecl, Script } from "../syntax/ast.js";
import { grammarWords } from "../syntax/words.js";
import { futureWords } from "./future-words.js";

export type Report = (diagnostic: Diagnostic) => void;

export interface Declarations {
  readonly probes: ReadonlyMap<string, ProbeDecl>;
  readonly filters: ReadonlyMap<string, FilterDecl>;
  readonly options: ReadonlyMap<string, OptionDecl>;
  readonly lets: ReadonlyMap<string, Let>;
  /** Declared by the prelude: not a mistake of this script when this kernel lacks them. */
  readonly preludeProbes: ReadonlySet<ProbeDecl>;
}

/** What can be named, of the script and of its events. */
export interface Scope extends Declarations {
  /** Sections that the events can have. */
  readonly sections: ReadonlySet<SectionName>;
}

type Declaration = OptionDecl | ProbeDecl | FilterDecl | Let;

/** In the order of declaration: prelude, used files, script. */
export function collectDeclarations(
  script: Script,
  prelude: Script | null,
  used: ReadonlyMap<string, Script>,
  report: Report,
): Declarations {
  const own: Declaration[] = [];
  const seen = new Set<Script>();
  for (const item of script.items) {
    if (item.kind !== "use") continue;
    const file = used.get(item.path.value);
    if (file === undefined) report(catalog.usedFileMissing(item.path.span, item.path.value));
    else if (!seen.has(file)) {
      seen.add(file);
      own.push(...declarationsOfUsed(file, item.span, report));
    }
  }
  own.push(...script.items.filter(isDeclaration));
  const probes = new Map<string, ProbeDecl>();
  const filters = new Map<string, FilterDecl>();
  const options = new Map<string, OptionDecl>();
  const lets = new Map<string, Let>();
  for (const item of own) {
    switch (item.kind) {
      case "probe":
        add(probes, "probe", item, report);
        break;
      case "filter":
        if (isFree("filter", item.name, report)) add(filters, "filter", item, report);
        break;
      case "option":
        add(options, "option", item, report);
        break;
      case "let":
        if (isFree("variable", item.name, report)) add(lets, "variable", item, report);
        break;
    }
  }
  // Handlers see filters and variables under one roof.
  for (const [name, variable] of lets) {
    const filter = filters.get(name);
    if (filter !== undefined)
      report(catalog.declaredTwice(variable.name.span, "the name", name, filter.name.span));
  }
  const preludeItems = prelude?.items ?? [];
  const preludeProbes = new Set<ProbeDecl>();
  for (const item of preludeItems) {
    if (item.kind === "probe" && !probes.has(item.name.text)) {
      probes.set(item.name.text, item);
      preludeProbes.add(item);
    }
    if (item.kind === "filter" && !filters.has(item.name.text) && !lets.has(item.name.text))
      filters.set(item.name.text, item);
  }
  return { probes, filters, options, lets, preludeProbes };
}

const isDeclaration = (item: Script["items"][number]): item is Declaration =>
  item.kind === "option" || item.kind === "probe" || item.kind === "filter" || item.kind === "let";

function declarationsOfUsed(file: Script, use: Declaration["span"], report: Report): readonly Declaration[] {
  for (const item of file.items)
    if (!isDeclaration(item)) report(catalog.usedFileActs(item.span, item.kind, use));
  return file.items.filter(isDeclaration);
}

function add<T extends { readonly name: Name }>(
  to: Map<string, T>,
  what: string,
  item: T,
  report: Report,
): void {
  const before = to.get(item.name.text);
  if (before === undefined) to.set(item.name.text, item);
  else report(catalog.declaredTwice(item.name.span, what, item.name.text, before.name.span));
}

/** Functions and values that a handler's JavaScript has anyway (LANGUAGE §6). */
const handlerNames: ReadonlySet<string> = new Set([
  "print",
  "printf",
  "emit",
  "count",
  "sum",
  "min",
  "max",
  "avg",
  "stats",
  "hist",
  "maps",
  "since",
  "elapsed",
  "time",
  "stop",
]);

/** Reserved words of ES2023, strict mode, and names that cannot be bound. */
const reserved: ReadonlySet<string> = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends " +
    "false finally for function if implements import in instanceof interface let new null package private protected " +
    "public return static super switch this throw true try typeof undefined var void while with yield"
  ).split(" "),
);

/** `tcp` of `tcp.dport`: the words that begin a name. */
const heads: ReadonlySet<string> = new Set(
  [...schema.allNames, ...wordAliases.keys()].map((name) => name.split(".")[0] ?? name),
);

/** Whether a filter or variable may have this name; reports when not. */
function isFree(what: "filter" | "variable", name: Name, report: Report): boolean {
  const { text } = name;
  if (what === "variable" && reserved.has(text)) {
    report(catalog.reservedInJavaScript(name.span, text));
    return false;
  }
  const hidden = whatHides(text);
  if (hidden === null) return true;
  report(catalog.hidesName(name.span, what, text, hidden));
  return false;
}

function whatHides(text: string): string | null {
  const entry = schema.lookUp(text);
  if (entry !== null && entry.name !== text) return `another name of \`${entry.name}\``;
  if (entry?.kind === "section") return "a section of the event";
  if (entry !== null) return "a field of the event";
  if (heads.has(text))
    return `the first part of fields such as \`${schema.allNames.find((name) => name.startsWith(`${text}.`)) ?? text}\``;
  if (futureWords.has(text)) return "a name of the language";
  if (grammarWords.has(text)) return "a word of the grammar";
  if (text === "true" || text === "false") return "a value";
  if (handlerNames.has(text)) return "a name that JavaScript handlers have";
  return null;
}
