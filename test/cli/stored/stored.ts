// What the tests of commands on stored events share: running one, event files of the real Retis, a folder of its own.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { root } from "../../kernel/programs.js";
import { retisPath } from "../../kernel/retis-process.js";

const fixtureFolder = join(root, "../shared/fixtures/retis-1.7");

/** The `skip` option of a test that needs them: the reason, or false. */
export const noFixtures = existsSync(join(fixtureFolder, "full.json"))
  ? false
  : "fixtures: no ../shared/fixtures";

export const FIXTURES = ["dropmon", "nftdrop", "full", "ovs"] as const;

export const fixture = (name: string): string => join(fixtureFolder, name);
export const fixtureText = (name: string): string => readFileSync(fixture(name), "utf8");

export type Json = Record<string, unknown>;

export const jsonLines = (text: string): Json[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Json);

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const env = { ...process.env, NO_COLOR: "1", TZ: "UTC" };

export function run(
  args: readonly string[],
  options: { readonly input?: string | Buffer; readonly cwd?: string } = {},
): Result {
  const { status, stdout, stderr } = spawnSync(retisPath, args, {
    encoding: "utf8",
    maxBuffer: 256 << 20,
    env,
    ...options,
  });
  return { code: status, stdout, stderr };
}

/** Standard output of a command that has to succeed. */
export function output(...args: readonly string[]): string {
  const { code, stdout, stderr } = run(args);
  if (code !== 0) throw new Error(`retis ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
}

/** A command whose input and output are pipes. */
export const start = (args: readonly string[]) =>
  spawn(retisPath, args, { stdio: ["pipe", "pipe", "pipe"], env });

/** A folder that is gone when the tests of the file have run. */
export function ownFolder(): {
  readonly path: string;
  file(name: string, content?: string | Uint8Array): string;
} {
  const path = mkdtempSync(join(tmpdir(), "retis-stored-"));
  after(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    file: (name, content) => {
      const whole = join(path, name);
      if (content !== undefined) writeFileSync(whole, content);
      return whole;
    },
  };
}
