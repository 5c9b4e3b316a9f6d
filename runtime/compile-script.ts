// A script file with its prelude and used files -> what the compiler makes of it for the running kernel.

import type { Settings } from "../compiler/check/checked.js";
import { type Compiled, compile, type Unreadable } from "../compiler/index.js";
import type { KernelFacts } from "../compiler/kernel-facts.js";
import type { Diagnostic, Source } from "../compiler/source/diagnostic.js";
import { SystemError } from "./failure.js";
import { resource } from "./resources.js";
import { readSource, usedPath } from "./script-files.js";

export interface CompileRequest {
  readonly source: Source;
  readonly options: ReadonlyMap<string, string>;
  readonly kernel: KernelFacts;
  readonly settings: Settings;
}

export interface CompileResult {
  readonly compiled: Compiled | null;
  readonly diagnostics: readonly Diagnostic[];
}

export function compileScript(request: CompileRequest): CompileResult {
  const result = compile({
    source: request.source,
    prelude: readSource(resource("stdlib/prelude.rts")),
    load: (path, from) => readUsed(usedPath(from, path)),
    kernel: request.kernel,
    options: request.options,
    settings: request.settings,
  });
  return { compiled: result.value, diagnostics: result.diagnostics };
}

/** What is wrong with a used file is wrong with the script, where it says `use`. */
function readUsed(path: string): Source | Unreadable {
  try {
    return readSource(path);
  } catch (error) {
    if (error instanceof SystemError) return { unreadable: error.message };
    throw error;
  }
}
