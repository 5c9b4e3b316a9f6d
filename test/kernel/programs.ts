// The small C programs of the kernel cases: source in this folder in, an executable under build/ out, compiled when
// it is missing or older than its source.
import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
/** Cases find the programs here by name. */
export const programFolder = join(root, "build/test-programs");

const modified = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

export const program = (name: "send" | "bpf-ids"): string => {
  const source = join(root, "test/kernel", `${name}.c`);
  const executable = join(programFolder, name);
  if (modified(executable) >= modified(source)) return executable;
  mkdirSync(programFolder, { recursive: true });
  // By a name of our own, then moved: two runs at once do not see half a file.
  const fresh = `${executable}.${process.pid}`;
  execFileSync("gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-o", fresh, source], { stdio: "inherit" });
  renameSync(fresh, executable);
  return executable;
};
