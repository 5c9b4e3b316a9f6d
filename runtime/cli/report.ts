// Says on stderr what went wrong, in the three families of failure, and gives the exit code.

import { type Diagnostic, onlyGivenWrong } from "../../compiler/source/diagnostic.js";
import { renderDiagnostic } from "../../compiler/source/render.js";
import { EXIT, ScriptError, SystemError, UsageError } from "../failure.js";
import { colors, useColor } from "./color.js";
import { printError } from "./standard-output.js";

export function reportDiagnostics(diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) {
    printError(`${renderDiagnostic(diagnostic, { color: useColor(process.stderr) })}\n`);
  }
}

/** Of a script that was not compiled, by what is wrong. */
export const exitCodeOf = (diagnostics: readonly Diagnostic[]): number =>
  onlyGivenWrong(diagnostics) ? EXIT.usage : EXIT.script;

/** Prints the error and returns the exit code for it. */
export function reportFailure(error: unknown): number {
  const paint = colors(process.stderr);
  const say = (message: string, remedy: string | null, detail: string | null): void => {
    printError(`${paint.red("error:")} ${message}\n`);
    if (detail !== null) printError(`${detail.replace(/^/gm, "  | ")}\n`);
    if (remedy !== null) printError(`  = help: ${remedy}\n`);
  };
  if (error instanceof ScriptError) return error.exitCode;
  if (error instanceof UsageError) {
    say(error.message, error.remedy, null);
    return EXIT.usage;
  }
  if (error instanceof SystemError) {
    say(error.message, error.remedy, error.detail);
    return EXIT.system;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  say("this is a bug in retis", "please report it with the script, `retis --version` and `uname -r`", text);
  return EXIT.bug;
}
