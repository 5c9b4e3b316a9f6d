// Where the program's own files lie: the directory of the built program.
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** A file beside `dist/retis`. RETIS_HOME names another directory (tests run from elsewhere). */
export function resource(name: string): string {
  return join(process.env["RETIS_HOME"] ?? dirname(realpathSync(process.argv[1] ?? ".")), name);
}
