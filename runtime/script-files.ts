// Finds and reads scripts: by path, or by name in the current folder, the user's script folder and the standard library.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import type { Source } from "../compiler/source/diagnostic.js";
import { nearest } from "../compiler/source/nearest.js";
import { SystemError } from "./failure.js";
import { resource } from "./resources.js";

const SUFFIX = ".rts";

/** Searched in this order for a name without `/`. */
export function scriptFolders(): readonly string[] {
  const config = process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config");
  return [".", join(config, "retis", "scripts"), resource("stdlib")];
}

/** Where a script was read, where that is not its name. */
const paths = new WeakMap<Source, string>();

/** The file of a script that was read. */
export const pathOf = (source: Source): string => paths.get(source) ?? source.name;

/** Reads the script that a command line argument means; `-` is standard input. Fails with near names. */
export function readScript(argument: string): Source {
  if (argument === "-") return { name: "-", text: readFileSync(0, "utf8") };
  const path = findScript(argument);
  if (path === null && argument.includes("/"))
    throw new SystemError(
      `no script \`${argument}\``,
      existsSync(argument)
        ? "it is a folder"
        : "there is no such file; a name without `/` is sought in the folders of scripts, too",
    );
  if (path === null) {
    const near = nearest(argument.replace(/\.rts$/, ""), scriptNames());
    throw new SystemError(
      `no script \`${argument}\``,
      near === null
        ? `sought in ${scriptFolders().join(", ")}, with and without ${SUFFIX}`
        : `did you mean \`${near}\`? sought in ${scriptFolders().join(", ")}`,
    );
  }
  const source = readSource(path);
  // The standard scripts are shown by a short name: where they are installed says nothing.
  const standard = resource("stdlib");
  if (dirname(path) !== standard) return source;
  const short = { ...source, name: join("stdlib", basename(path)) };
  paths.set(short, path);
  return short;
}

export function readSource(path: string): Source {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new SystemError(`cannot read ${path}: ${reason(error)}`, "check the path and its permissions");
  }
  const text = bytes.toString("utf8");
  const bad = text.indexOf("\uFFFD");
  if (bad !== -1 && !bytes.includes(Buffer.from("\uFFFD"))) {
    const line = text.slice(0, bad).split("\n").length;
    throw new SystemError(
      `${path}:${line}: not UTF-8 text`,
      "scripts are UTF-8; convert the file with iconv",
    );
  }
  return { name: path, text };
}

const reason = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^[A-Z]+: |, \w+ '.*$/g, "") : String(error);

function findScript(argument: string): string | null {
  const names = argument.endsWith(SUFFIX) ? [argument] : [argument, argument + SUFFIX];
  const folders = argument.includes("/") || isAbsolute(argument) ? [""] : scriptFolders();
  for (const folder of folders) {
    for (const name of names) {
      const path = folder === "" || folder === "." ? name : join(folder, name);
      // Not only files: `<(…)` of a shell is a pipe.
      if (existsSync(path) && !statSync(path).isDirectory()) return path;
    }
  }
  return null;
}

/** Names that `retis run NAME` would find. */
export function scriptNames(): readonly string[] {
  const names = new Set<string>();
  for (const folder of scriptFolders()) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder))
      if (entry.endsWith(SUFFIX)) names.add(entry.slice(0, -SUFFIX.length));
  }
  return [...names].sort();
}

/** The path of a `use`, relative to the script that it stands in. */
export const usedPath = (from: Source, path: string): string =>
  isAbsolute(path) ? path : join(from.name === "-e" || from.name === "-" ? "." : dirname(pathOf(from)), path);
