// `retis check`: compiles scripts and says what is wrong with them; nothing is loaded.
import { loadAddon } from "../addon/addon.js";
import { compileScript } from "../compile-script.js";
import { EXIT } from "../failure.js";
import { runningKernel } from "../kernel/facts.js";
import { reportDiagnostics } from "./report.js";
import { chooseScript, onlyScriptOptions, scriptArguments } from "./scripts.js";

export function checkScripts(
  name: string | null,
  expression: string | null,
  args: readonly string[],
): number {
  const source = chooseScript(name, expression);
  const options = onlyScriptOptions(scriptArguments(source, args));
  const { compiled, diagnostics } = compileScript({
    source,
    options,
    kernel: runningKernel(loadAddon()),
    settings: { buffer: null, snaplen: null },
  });
  reportDiagnostics(diagnostics);
  return compiled === null ? EXIT.script : EXIT.fine;
}
