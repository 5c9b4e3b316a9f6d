// `retis run` and `retis -e`: a script on live traffic.
import { isatty } from "node:tty";
import { Command } from "commander";
import { generateHandlers } from "../../compiler/codegen/handlers/index.js";
import { hasErrors } from "../../compiler/source/diagnostic.js";
import { loadAddon } from "../addon/addon.js";
import { EXIT, ScriptError } from "../failure.js";
import { runningKernel } from "../kernel/facts.js";
import { runSession } from "../session.js";
import { colors } from "./color.js";
import { addRunOptions } from "./program.js";
import { reportDiagnostics } from "./report.js";
import { checkRunOptions, type RawRunOptions } from "./run-options.js";
import { declaredOptions, scriptHelp, unknownOption } from "./script-options.js";
import { chooseScript, compileOrReport, scriptArguments } from "./scripts.js";
import { printOut } from "./standard-output.js";

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
  const kernel = runningKernel(loadAddon());
  const settings = { buffer: options.buffer, snaplen: options.snaplen };
  const compiled = compileOrReport(source, parsed.given, kernel, { settings, quiet: options.quiet });
  const handlers = generateHandlers(compiled.plan, kernel, compiled.checked);
  reportDiagnostics(handlers.diagnostics);
  if (handlers.value === null || hasErrors(handlers.diagnostics)) throw new ScriptError();
  const { dim } = colors({ isTTY: isatty(2) });
  const { bold } = colors({ isTTY: isatty(1) });
  return runSession({
    addon: loadAddon(),
    kernel,
    plan: compiled.plan,
    handlers: handlers.value,
    options,
    say: (line) => {
      if (!options.quiet) process.stderr.write(`${dim(line)}\n`);
    },
    paint: bold,
  });
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
