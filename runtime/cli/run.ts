// `retis run` and `retis -e`: a script on live traffic.
import { Command } from "commander";
import { generateHandlers, type HandlerModule } from "../../compiler/codegen/handlers/index.js";
import type { Compiled } from "../../compiler/index.js";
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import { hasErrors } from "../../compiler/source/diagnostic.js";
import type { Script } from "../../compiler/syntax/ast.js";
import { loadAddon } from "../addon/addon.js";
import { EXIT, ScriptError } from "../failure.js";
import { runningKernel } from "../kernel/facts.js";
import { SandboxWorker } from "../sandbox/sandbox.js";
import { runSession } from "../session.js";
import { colors } from "./color.js";
import { addRunOptions, checkRunOptions, type RawRunOptions } from "./parse-run-options.js";
import { reportDiagnostics } from "./report.js";
import { declaredOptions, scriptHelp, unknownOption } from "./script-options.js";
import { chooseScript, compileOrReport, scriptArguments } from "./scripts.js";
import { printError, printOut } from "./standard-output.js";
import { isTerminal } from "./terminal.js";

/** `words`: what stands after the script, its own options and those of `run` among them. */
export async function run(
  name: string | null,
  expression: string | null,
  words: readonly string[],
  before: RawRunOptions,
): Promise<number> {
  const source = chooseScript(name, expression);
  const parsed = scriptArguments(source, words);
  if (parsed.script !== null && parsed.rest.some((word) => word === "--help" || word === "-h")) {
    printOut(`${scriptHelp(name ?? "-e SCRIPT", parsed.script)}\n`);
    return EXIT.fine;
  }
  const options = checkRunOptions({ ...before, ...optionsAfter(parsed) });
  // QuickJS takes as long to load as everything else together: it does so beside the compiler.
  const worker = parsed.script !== null && wantsSandbox(parsed.script) ? new SandboxWorker() : null;
  try {
    const kernel = runningKernel(loadAddon());
    const settings = { buffer: options.buffer, snaplen: options.snaplen };
    const compiled = compileOrReport(source, parsed.given, kernel, { settings, quiet: options.quiet });
    const module = worker === null ? null : handlersOf(compiled, kernel);
    const { dim } = colors({ isTTY: isTerminal(2) });
    const { bold } = colors({ isTTY: isTerminal(1) });
    return await runSession({
      addon: loadAddon(),
      kernel,
      plan: compiled.plan,
      script: module === null || worker === null ? null : { module, worker },
      options,
      say: (line) => {
        if (!options.quiet) printError(`${dim(line)}\n`);
      },
      paint: bold,
    });
  } finally {
    await worker?.close();
  }
}

/** JavaScript or a regular expression anywhere in the script's text; a wrong guess only costs time. */
function wantsSandbox(script: Script): boolean {
  return script.items.some(
    (item) =>
      item.kind === "use" ||
      item.kind === "let" ||
      ("actions" in item && item.actions.some((action) => action.kind === "javascript")) ||
      /\b(matches|contains)\b/.test(item.span.source.text.slice(item.span.start, item.span.end)),
  );
}

function handlersOf(compiled: Compiled, kernel: KernelFacts): HandlerModule | null {
  const { value, diagnostics } = generateHandlers(compiled.plan, kernel, compiled.checked);
  reportDiagnostics(diagnostics);
  if (value === null || hasErrors(diagnostics)) throw new ScriptError();
  return value.empty ? null : value;
}

/** Options of `run` that stand after the script's name. */
function optionsAfter(parsed: ReturnType<typeof scriptArguments>): RawRunOptions {
  if (parsed.rest.length === 0) return {};
  const command = addRunOptions(new Command("run"))
    .exitOverride()
    .helpOption(false)
    .allowUnknownOption()
    .argument("[rest...]");
  command.parse([...parsed.rest], { from: "user" });
  const [extra] = command.args;
  if (extra !== undefined) {
    const known = command.options.map((option) => option.long ?? "");
    throw unknownOption(extra, parsed.script === null ? [] : declaredOptions(parsed.script), known);
  }
  return command.opts<RawRunOptions>();
}
