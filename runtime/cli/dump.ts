// `retis dump STAGE`: the value that a stage of the compiler makes of a script, as text.
import { dumpTypes } from "../../compiler/check/dump.js";
import { dumpHandlers, generateHandlers } from "../../compiler/codegen/handlers/index.js";
import { hasErrors } from "../../compiler/source/diagnostic.js";
import { dumpScript } from "../../compiler/syntax/dump.js";
import { parse } from "../../compiler/syntax/parse.js";
import { loadAddon } from "../addon/addon.js";
import { EXIT, ScriptError, UsageError } from "../failure.js";
import { runningKernel } from "../kernel/facts.js";
import { reportDiagnostics } from "./report.js";
import { chooseScript, compileOrReport, onlyScriptOptions, scriptArguments } from "./scripts.js";
import { printOut } from "./standard-output.js";

const STAGES = ["ast", "types", "plan", "handlers"] as const;

export function dump(
  stage: string,
  name: string | null,
  expression: string | null,
  args: readonly string[],
): number {
  const chosen = STAGES.find((known) => known === stage);
  if (chosen === undefined) throw new UsageError(`no stage \`${stage}\``, `stages: ${STAGES.join(", ")}`);
  const source = chooseScript(name, expression);
  const parsed = scriptArguments(source, args);
  if (chosen === "ast") {
    const { value, diagnostics } = parse(source);
    reportDiagnostics(diagnostics);
    if (value === null) throw new ScriptError();
    printOut(dumpScript(value));
    return EXIT.fine;
  }
  const kernel = runningKernel(loadAddon());
  const compiled = compileOrReport(source, onlyScriptOptions(parsed), kernel);
  switch (chosen) {
    case "types":
      printOut(dumpTypes(compiled.checked));
      break;
    case "plan":
      printOut(`${JSON.stringify(compiled.plan, forJson, 2)}\n`);
      break;
    case "handlers": {
      const { value, diagnostics } = generateHandlers(compiled.plan, kernel, compiled.checked);
      reportDiagnostics(diagnostics);
      if (value === null || hasErrors(diagnostics)) throw new ScriptError();
      printOut(dumpHandlers(value));
      break;
    }
  }
  return EXIT.fine;
}

/** Spans as `line:column`, maps as objects, big numbers as text. */
function forJson(key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Map) return Object.fromEntries(value);
  if (key === "source" && typeof value === "object" && value !== null && "text" in value && "name" in value)
    return value.name;
  return value;
}
