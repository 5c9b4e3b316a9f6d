// The command line program's entry: hands over to the command, and ends the process with its exit code.

import { loadedAddon } from "./addon/addon.js";
import { runProgram } from "./cli/program.js";
import { reportFailure } from "./cli/report.js";

async function main(): Promise<void> {
  let code: number;
  try {
    code = await runProgram(process.argv.slice(2));
  } catch (error) {
    code = reportFailure(error);
  }
  process.exitCode = code;
  const addon = loadedAddon();
  if (addon === null) return;
  // All output is written. Node would wait up to 100 ms for what V8 compiles in the background.
  process.emit("exit", code);
  addon.exitNow(code);
}

void main();
