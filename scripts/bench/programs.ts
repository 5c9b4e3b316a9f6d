// What a benchmark starts: the built program, the C programs beside this file, BPF objects compiled for the occasion.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where this file lies once built; the C programs are built into the same folder. */
export const built = dirname(fileURLToPath(import.meta.url));
const repository = join(built, "../../..");
const sources = join(repository, "scripts/bench");
export const retis = join(repository, "dist/retis");
/** Events as Retis writes them, where there are some. */
export const FIXTURE = join(repository, "../shared/fixtures/retis-1.7/full.json");

/** For files that go when the process ends. */
export const scratch = mkdtempSync(join(tmpdir(), "retis-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

/** Compiles NAME.bpf.c of this folder; returns the object's path. */
export function compileBpf(name: string, output: string, defines: readonly string[]): string {
  const object = join(scratch, output);
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  execFileSync("clang-16", [
    ..."-O2 -g -target bpf -mcpu=v3 -Wall -Werror".split(" "),
    `-I/usr/include/${machine}-linux-gnu`,
    ...defines,
    "-c",
    join(sources, `${name}.bpf.c`),
    "-o",
    object,
  ]);
  return object;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A child whose output can be waited for. Standard input is empty. */
export class Child {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = "";
  #stderr = "";
  #look: () => void = () => {};

  constructor(command: string, args: readonly string[], stdout: "pipe" | "ignore" = "pipe") {
    this.process = spawn(command, [...args], { stdio: ["ignore", stdout, "pipe"] });
    this.process.stdout?.on("data", (text) => {
      this.#stdout += text;
      this.#look();
    });
    this.process.stderr?.on("data", (text) => {
      this.#stderr += text;
      this.#look();
    });
    this.ended = new Promise((resolve, reject) => {
      this.process.on("error", reject);
      this.process.on("close", (code) => resolve({ code, stdout: this.#stdout, stderr: this.#stderr }));
    });
    this.ended.catch(() => {});
  }

  /** Resolves when its output, of either kind, matches; fails when it ends before. */
  async seen(pattern: RegExp): Promise<RegExpExecArray> {
    const found = new Promise<RegExpExecArray>((resolve) => {
      this.#look = () => {
        const match = pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr);
        if (match !== null) resolve(match);
      };
      this.#look();
    });
    const early = this.ended.then(({ code, stderr }) => {
      throw new Error(`${this.process.spawnfile} ended with ${code} before ${pattern}: ${stderr}`);
    });
    early.catch(() => {});
    return Promise.race([found, early]);
  }
}

/** Fails when it does. */
export async function finished(child: Child): Promise<Ended> {
  const ended = await child.ended;
  if (ended.code !== 0) throw new Error(`${child.process.spawnfile}: ${ended.code}\n${ended.stderr}`);
  return ended;
}

/** A module of this folder in a process of its own. */
export const module = (name: string, args: readonly string[], stdout?: "pipe" | "ignore"): Child =>
  new Child(process.execPath, [join(built, `${name}.js`), ...args], stdout);

/** The same with a network of its own: a veth pair r0, r1, and nothing else. */
export const inNamespace = (name: string, args: readonly string[]): Child =>
  new Child("unshare", [
    "--net",
    "sh",
    "-c",
    'ip link add r0 type veth peer name r1 && ip link set r0 up && ip link set r1 up && exec "$@"',
    "sh",
    process.execPath,
    join(built, `${name}.js`),
    ...args,
  ]);

export const progress = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
