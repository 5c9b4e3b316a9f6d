// Tests that stand next to a script: for `x.rts` the folder `x.tests`, a case for each file of events in it, with the
// output that the script makes of them in `CASE.out` and its options, one word a line, in `CASE.args`.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, parse } from "node:path";

export interface ScriptCase {
  readonly name: string;
  /** The file of events, of any kind that `--from` reads. */
  readonly input: string;
  readonly expectedPath: string;
  /** Null: there is none yet. */
  readonly expected: string | null;
  readonly args: readonly string[];
}

const EXPECTED = ".out";
const ARGUMENTS = ".args";

export const casesFolder = (script: string): string => `${script.replace(/\.rts$/, "")}.tests`;

/** In the order of their names; empty where there is no folder. */
export function casesOf(script: string): readonly ScriptCase[] {
  const folder = casesFolder(script);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => !file.endsWith(EXPECTED) && !file.endsWith(ARGUMENTS))
    .sort()
    .map((file) => {
      const { name } = parse(file);
      const expectedPath = join(folder, name + EXPECTED);
      const args = join(folder, name + ARGUMENTS);
      return {
        name,
        input: join(folder, file),
        expectedPath,
        expected: existsSync(expectedPath) ? readFileSync(expectedPath, "utf8") : null,
        args: existsSync(args)
          ? readFileSync(args, "utf8")
              .split("\n")
              .filter((word) => word !== "")
          : [],
      };
    });
}

/** Lines around the first difference: `-` what is expected, `+` what came. */
export function difference(expected: string, actual: string): string {
  const want = expected.split("\n");
  const have = actual.split("\n");
  let first = 0;
  while (first < want.length && first < have.length && want[first] === have[first]) first++;
  const shown = 3;
  const before = want.slice(Math.max(0, first - shown), first).map((line) => `    ${line}`);
  const missing = want.slice(first, first + shown).map((line) => `  - ${line}`);
  const extra = have.slice(first, first + shown).map((line) => `  + ${line}`);
  return [`  line ${first + 1}:`, ...before, ...missing, ...extra].join("\n");
}
