// A script's text -> all that the compiler says about it, handlers included: what `retis check` would print.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { generateHandlers } from "../../compiler/codegen/handlers/index.js";
import { compile } from "../../compiler/index.js";
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import { nothingToDo } from "../../compiler/plan/nothing-to-do.js";
import type { Diagnostic, Source } from "../../compiler/source/diagnostic.js";
import { root } from "../kernel/programs.js";

const prelude: Source = {
  name: "prelude.rts",
  text: readFileSync(join(root, "stdlib/prelude.rts"), "utf8"),
};

export interface Surroundings {
  readonly kernel: KernelFacts;
  /** Files that the script can `use`, by path. */
  readonly files?: ReadonlyMap<string, string>;
  readonly options?: ReadonlyMap<string, string>;
  /** It is to be run, not only checked. */
  readonly run?: boolean;
}

export function diagnosticsOf(
  text: string,
  { kernel, files, options, run }: Surroundings,
): readonly Diagnostic[] {
  const source: Source = { name: "script.rts", text };
  const { value, diagnostics } = compile({
    source,
    prelude,
    load: (path) => {
      const used = files?.get(path);
      if (used === undefined) return { unreadable: `cannot read ${path}` };
      return { name: path, text: used };
    },
    kernel,
    options: options ?? new Map(),
    settings: { buffer: null, snaplen: null },
  });
  if (value === null) return diagnostics;
  const idle = run === true ? nothingToDo(value.plan, source) : null;
  const handlers = generateHandlers(value.plan, kernel, value.checked).diagnostics;
  return [...diagnostics, ...(idle === null ? [] : [idle]), ...handlers];
}

export const summaryOf = (diagnostics: readonly Diagnostic[]): string =>
  diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n");
