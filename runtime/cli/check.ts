// `retis check`: compiles scripts and says what is wrong with them; nothing is loaded.
import { generateHandlers } from "../../compiler/codegen/handlers/index.js";
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import type { Source } from "../../compiler/source/diagnostic.js";
import { loadAddon } from "../addon/addon.js";
import { compileScript } from "../compile-script.js";
import { EXIT } from "../failure.js";
import { runningKernel } from "../kernel/facts.js";
import { exitCodeOf, reportDiagnostics } from "./report.js";
import { chooseScript, onlyScriptOptions, scriptArguments } from "./scripts.js";

/** `args`: further scripts, and options that they declare. */
export function checkScripts(
  name: string | null,
  expression: string | null,
  args: readonly string[],
): number {
  const kernel = runningKernel(loadAddon());
  const firstOption = args.findIndex((argument) => argument.startsWith("-"));
  const more = firstOption === -1 ? args : args.slice(0, firstOption);
  const options = firstOption === -1 ? [] : args.slice(firstOption);
  const sources = [chooseScript(name, expression), ...more.map((other) => chooseScript(other, null))];
  return Math.max(...sources.map((source) => checkScript(source, options, kernel)));
}

/** Its exit code, were it the only one. */
function checkScript(source: Source, args: readonly string[], kernel: KernelFacts): number {
  const options = onlyScriptOptions(scriptArguments(source, args));
  const settings = { buffer: null, snaplen: null };
  const { compiled, diagnostics } = compileScript({ source, options, kernel, settings });
  reportDiagnostics(diagnostics);
  if (compiled === null) return exitCodeOf(diagnostics);
  const handlers = generateHandlers(compiled.plan, kernel, compiled.checked);
  reportDiagnostics(handlers.diagnostics);
  return handlers.value === null ? EXIT.script : EXIT.fine;
}
