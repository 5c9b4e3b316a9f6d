// The plan's JavaScript -> one module for the sandbox: the prelude, the tables that handlers need, a function for each
// block of the script, and the loop that calls them.
import { parseExpressionAt } from "acorn";
import { Bundle } from "magic-string";
import type { CheckedScript } from "../../check/checked.js";
import type { KernelFacts } from "../../kernel-facts.js";
import { lowerTest } from "../../plan/lower-test.js";
import type { Plan } from "../../plan/plan.js";
import type { Test } from "../../plan/predicate.js";
import { structs } from "../../schema/generated/layout.js";
import * as catalog from "../../source/catalog/handlers.js";
import { type Checked, type Diagnostic, hasErrors } from "../../source/diagnostic.js";
import { entryPoints } from "./entry-points.js";
import { isEventName } from "./event-path.js";
import { FIXED_FORMATS, type Handler, type HandlerModule, type Pattern } from "./handler-module.js";
import { ModuleContext } from "./module-context.js";
import type { ScriptPiece } from "./piece-edit.js";
import { preludeText } from "./prelude.js";
import { PREFIX, rewritePiece } from "./rewrite-block.js";
import type { MappedPiece } from "./source-positions.js";
import { functionsOfTheScript, globals, notYet } from "./vocabulary.js";

/** `checked`: for the named filters, which are booleans in handlers. */
export function generateHandlers(
  plan: Plan,
  kernel: Pick<KernelFacts, "enumValues">,
  checked: CheckedScript | null = null,
): Checked<HandlerModule> {
  const module = new ModuleContext(plan, {
    enumValues: (name) => kernel.enumValues(name),
    filters: filtersOf(checked),
  });
  const diagnostics: Diagnostic[] = [...letNames(plan)];
  const bundle = new Bundle({ separator: "\n" });
  const pieces: MappedPiece[] = [];
  const handlers: Handler[] = [];
  const add = (piece: ScriptPiece, handler: Handler): void => {
    const { code, prologue, text, start, diagnostics: found } = rewritePiece(piece, module);
    diagnostics.push(...found);
    const value = piece.kind === "expression";
    code.prepend(
      `function ${PREFIX}handler${handlers.length}(${PREFIX}o) { ${prologue}${value ? " return " : "\n"}`,
    );
    code.append(value ? "; }" : "}");
    bundle.addSource({ filename: String(pieces.length), content: code });
    pieces.push({ source: piece.span.source, start, text });
    handlers.push(handler);
  };

  for (const one of plan.lets) {
    if (one.value === null) continue;
    const piece = {
      kind: "expression",
      ...one.value,
      place: "the start of the script",
      clause: null,
    } as const;
    add(piece, { kind: "let", name: one.name, span: one.value.span });
  }
  for (const clause of plan.clauses) {
    clause.actions.forEach((action, index) => {
      if (action.kind !== "javascript") return;
      add(
        { kind: "body", ...action.body, place: null, clause: clause.id },
        { kind: "event", clause: clause.id, action: index, span: action.body.span },
      );
    });
  }
  plan.timed.forEach((block, index) => {
    const place = block.kind === "every" ? "`every`" : `\`${block.kind}\``;
    add(
      { kind: "body", ...block.body, place, clause: null },
      { kind: "timed", timed: index, span: block.body.span },
    );
  });
  const patterns = patternsOf(plan);
  diagnostics.push(...patterns.flatMap(checkPattern));
  if (hasErrors(diagnostics)) return { value: null, diagnostics };

  const lets = plan.lets.length === 0 ? "" : `let ${plan.lets.map((one) => one.name).join(", ")};\n`;
  bundle.prepend(
    [
      `(function (${PREFIX}controlBuffer, ${PREFIX}outBuffer, ${PREFIX}settingsText) {\n"use strict";`,
      preludeText({ time: structs.frame.members.time.offset, hostFields: module.tables.hostFields.length }),
      `${module.declarations().join("\n")}\n${lets}`,
    ].join(""),
  );
  bundle.append(`${entryPoints(handlers, patterns)}})`);
  const map = bundle.generateMap({ hires: "boundary", includeContent: false });
  const value: HandlerModule = {
    text: bundle.toString(),
    empty: handlers.length === 0 && patterns.length === 0,
    handlers,
    formats: module.tables.formats,
    patterns,
    hostFields: module.tables.hostFields,
    positions: { map: map.toString(), pieces },
  };
  return { value, diagnostics };
}

/** As `retis dump handlers` shows it: without the prelude, which is the same for every script. */
export function dumpHandlers(module: HandlerModule): string {
  const start = module.text.indexOf(`function ${PREFIX}handler`);
  const end = module.text.indexOf(`const ${PREFIX}patterns`);
  const handlers = start < 0 ? "" : module.text.slice(start, end);
  const names = module.handlers.map((handler, id) => `${handler.kind} ${PREFIX}handler${id}`);
  const formats = module.formats.map(
    (format, id) => `// ${PREFIX}format${id}: ${JSON.stringify(format, shortly)}`,
  );
  return [
    ...names.map((name) => `// ${name}`),
    ...formats.slice(FIXED_FORMATS.length),
    handlers.trimEnd(),
    "",
  ].join("\n");
}

/** Tables of names and whole fields say little here. */
function shortly(key: string, value: unknown): unknown {
  if (value instanceof Map) return `${value.size} names`;
  if (key === "field" && typeof value === "object" && value !== null && "name" in value) return value.name;
  return value;
}

/** The pattern's id; -1: it is none of the module's. */
export const patternId = (module: HandlerModule, source: string, flags: string): number =>
  module.patterns.findIndex((one) => one.source === source && one.flags === flags);

function filtersOf(checked: CheckedScript | null): ReadonlyMap<string, Test> {
  const filters = new Map<string, Test>();
  for (const item of checked?.script.items ?? []) {
    if (item.kind === "filter" && checked !== null)
      filters.set(item.name.text, lowerTest(item.value, checked));
  }
  return filters;
}

/** A `let` may not hide what handlers can name. */
function letNames(plan: Plan): readonly Diagnostic[] {
  return plan.lets.flatMap(({ name, span }) => {
    if (name.startsWith(PREFIX)) return [catalog.reservedName(span, name, PREFIX)];
    if (functionsOfTheScript.has(name) || notYet.has(name)) {
      return [catalog.hiddenByLet(span, name, `the function \`${name}\``)];
    }
    if (isEventName(name) || name === "elapsed")
      return [catalog.hiddenByLet(span, name, "what the event has by that name")];
    return globals.has(name) ? [catalog.hiddenByLet(span, name, `JavaScript's \`${name}\``)] : [];
  });
}

/** Regular expressions that predicates leave to user space, each once. */
function patternsOf(plan: Plan): readonly Pattern[] {
  const patterns: Pattern[] = [];
  const visit = (test: Test): void => {
    if (test.kind === "and" || test.kind === "or") test.tests.forEach(visit);
    else if (test.kind === "not") visit(test.test);
    else if (test.kind === "regex") {
      const { source, flags, span } = test;
      if (!patterns.some((one) => one.source === source && one.flags === flags))
        patterns.push({ source, flags, span });
    }
  };
  for (const clause of plan.clauses) {
    visit(clause.whole);
    for (const action of clause.actions) {
      if (action.kind !== "print-record") continue;
      for (const { value } of action.columns) if (value.kind === "test") visit(value.test);
    }
  }
  return patterns;
}

function checkPattern({ source, flags, span }: Pattern): readonly Diagnostic[] {
  try {
    parseExpressionAt(`/${source}/${flags}`, 0, { ecmaVersion: 2023 });
    return [];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [
      catalog.badPattern(
        span,
        error.message.replace(/ \(\d+:\d+\)$/, "").replace(/^Invalid regular expression: /, ""),
      ),
    ];
  }
}
