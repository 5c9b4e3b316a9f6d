// What every command that takes a script does first: find it, take its options out of the arguments, compile it.

import type { Settings } from "../../compiler/check/checked.js";
import type { Compiled } from "../../compiler/index.js";
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import { hasErrors, type Source } from "../../compiler/source/diagnostic.js";
import type { OptionDecl, Script } from "../../compiler/syntax/ast.js";
import { parse } from "../../compiler/syntax/parse.js";
import { compileScript } from "../compile-script.js";
import { ScriptError, SystemError, UsageError } from "../failure.js";
import { readScript, readSource, usedPath } from "../script-files.js";
import { exitCodeOf, reportDiagnostics } from "./report.js";
import { declaredOptions, type SplitArguments, splitArguments, unknownArgument } from "./script-options.js";

/** The script of `-e`, or the one named; one of them. */
export function chooseScript(name: string | null, expression: string | null): Source {
  if (expression !== null) return { name: "-e", text: expression };
  if (name === null)
    throw new UsageError("no script given", "name one, or give its text with -e 'on drop print'");
  return readScript(name);
}

export interface ScriptArguments extends SplitArguments {
  /** Null: the script does not parse; its errors are reported when it is compiled. */
  readonly script: Script | null;
  /** The options that it declares, used files included. */
  readonly declared: readonly OptionDecl[];
}

export function scriptArguments(source: Source, args: readonly string[]): ScriptArguments {
  const script = parse(source).value;
  const declared = script === null ? [] : declaredOptions(script, usedScripts(script));
  return { script, declared, ...splitArguments(declared, args) };
}

/** Those that can be read; what is wrong with the others is said when the script is compiled. */
function usedScripts(script: Script): readonly Script[] {
  return script.items.flatMap((item) => {
    if (item.kind !== "use") return [];
    try {
      return parse(readSource(usedPath(script.source, item.path.value))).value ?? [];
    } catch (error) {
      if (error instanceof SystemError) return [];
      throw error;
    }
  });
}

/** For commands whose own options stand before the script: anything left over is a mistake. */
export function onlyScriptOptions(parsed: ScriptArguments): ReadonlyMap<string, string> {
  const [extra] = parsed.rest;
  if (extra !== undefined && parsed.script !== null) throw unknownArgument(extra, parsed.declared, []);
  return parsed.given;
}

export interface CompileChoice {
  /** From the command line; they go before the script's own. */
  readonly settings: Settings;
  /** Warnings are left out; errors never. */
  readonly quiet: boolean;
}

/** Reports all diagnostics; fails with a ScriptError when one is an error. */
export function compileOrReport(
  source: Source,
  options: ReadonlyMap<string, string>,
  kernel: KernelFacts,
  choice: CompileChoice = { settings: { buffer: null, snaplen: null }, quiet: false },
): Compiled {
  const { compiled, diagnostics } = compileScript({ source, options, kernel, settings: choice.settings });
  reportDiagnostics(choice.quiet && !hasErrors(diagnostics) ? [] : diagnostics);
  if (compiled === null) throw new ScriptError(exitCodeOf(diagnostics));
  return compiled;
}
