// The command line program's entry: hands over to the command, and ends the process with its exit code.

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
}

void main();
