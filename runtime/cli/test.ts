// `retis test SCRIPT…`: runs the cases next to scripts, without a kernel, and shows what differs.
import { writeFileSync } from "node:fs";
import { EXIT, SystemError } from "../failure.js";
import type { ByteSink } from "../outputs/sink.js";
import { casesFolder, casesOf, difference, type ScriptCase } from "../replay/script-cases.js";
import { pathOf, readScript } from "../script-files.js";
import type { RawRunOptions } from "./parse-run-options.js";
import { run } from "./run.js";
import { printOut } from "./standard-output.js";

/** `update`: what comes is what is expected from now on. */
export async function testScripts(names: readonly string[], update: boolean): Promise<number> {
  let passed = 0;
  let failed = 0;
  for (const name of names) {
    const script = pathOf(readScript(name));
    const cases = casesOf(script);
    if (cases.length === 0)
      throw new SystemError(`${script} has no cases`, `put events or captures into ${casesFolder(script)}/`);
    for (const one of cases) {
      if (await testCase(script, one, update)) passed++;
      else failed++;
    }
  }
  printOut(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? EXIT.fine : EXIT.script;
}

async function testCase(script: string, one: ScriptCase, update: boolean): Promise<boolean> {
  const chunks: Buffer[] = [];
  const sink: ByteSink = {
    closed: false,
    write: (bytes) => {
      chunks.push(Buffer.from(bytes));
      return Promise.resolve();
    },
  };
  const options: RawRunOptions = { from: one.input };
  const code = await run(script, null, one.args, options, { sink, say: () => {} });
  const actual = Buffer.concat(chunks).toString("utf8");
  const label = `${script} ${one.name}`;
  if (code === EXIT.fine && actual === one.expected) {
    printOut(`ok   ${label}\n`);
    return true;
  }
  if (update && code === EXIT.fine) {
    writeFileSync(one.expectedPath, actual);
    printOut(`${one.expected === null ? "new " : "upd "} ${label}\n`);
    return true;
  }
  const why =
    code !== EXIT.fine
      ? `  it ended with exit code ${code}`
      : one.expected === null
        ? "  there is no expected output yet: --update writes it"
        : difference(one.expected, actual);
  printOut(`FAIL ${label}\n${why}\n`);
  return false;
}
