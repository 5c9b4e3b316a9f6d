// One run of dist/retis as a test sees it: arguments in; its lines as they come, its exit and what it held of BPF out.
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { heldBy } from "./bpf-objects.js";
import { programFolder, root } from "./programs.js";

export const retisPath = join(root, "dist/retis");

export interface Ended {
  /** 128 + N after signal N, as a shell has it. */
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
}

/** Emulated machines are slow; a machine of our own that takes this long hangs. */
const patience = process.env["RETIS_VM"] === undefined ? 20_000 : 90_000;

export interface RetisOptions {
  readonly wrap?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** False: nobody reads its stdout, so that it has to wait once the pipe is full. */
  readonly readsStdout?: boolean;
}

export class RetisProcess {
  readonly #child: ChildProcess;
  readonly #text = { stdout: "", stderr: "" };
  readonly #watchers = new Set<() => void>();
  #ended: Ended | null = null;
  /** Of BPF, as last looked at. */
  readonly held = new Set<string>();
  readonly ended: Promise<Ended>;

  constructor(args: readonly string[], options: RetisOptions = {}) {
    const [command = "", ...rest] = [...(options.wrap ?? []), retisPath, ...args];
    this.#child = spawn(command, rest, {
      stdio: ["ignore", "pipe", "pipe"],
      // Not in our process group: a test's signal is for it alone, and a terminal's Ctrl-C is for the runner.
      detached: true,
      env: {
        ...process.env,
        NO_COLOR: "1",
        PATH: `${programFolder}:${process.env["PATH"] ?? ""}`,
        ...options.env,
      },
    });
    for (const stream of ["stdout", "stderr"] as const) {
      if (stream === "stdout" && options.readsStdout === false) continue;
      this.#child[stream]?.setEncoding("utf8").on("data", (text: string) => {
        this.#text[stream] += text;
        this.#notify();
      });
    }
    this.ended = new Promise((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("close", (code, signal) => {
        this.#ended = { code: code ?? 128 + constants.signals[signal ?? "SIGKILL"], signal };
        resolve(this.#ended);
        this.#notify();
      });
    });
    // Whoever cares awaits `ended`; a failure to start is not to end the test process before that.
    this.ended.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get running(): boolean {
    return this.#ended === null;
  }

  get stdout(): string {
    return this.#text.stdout;
  }

  get stderr(): string {
    return this.#text.stderr;
  }

  /** Lines without the last, unfinished one. */
  lines(stream: "stdout" | "stderr"): readonly string[] {
    const text = this.#text[stream];
    return text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .slice(0, -1);
  }

  /** Resolves to whether the condition came true before the time was up or the process ended. */
  async until(condition: () => boolean, milliseconds = patience): Promise<boolean> {
    if (condition()) return true;
    if (!this.running) return false;
    return new Promise((resolve) => {
      const finish = (verdict: boolean): void => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        resolve(verdict);
      };
      const watch = (): void => {
        if (condition()) finish(true);
        else if (!this.running) finish(false);
      };
      const timer = setTimeout(() => finish(condition()), milliseconds);
      this.#watchers.add(watch);
    });
  }

  async ready(): Promise<void> {
    const isReady = await this.until(() => /^ready\b/m.test(this.stderr));
    this.look();
    if (!isReady) throw new Error(`retis did not get ready\n${this.describe()}`);
  }

  /** Notes what it holds of BPF now, for the check that nothing of it stays. */
  look(): void {
    for (const object of heldBy(this.pid)) this.held.add(object);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  closeStdout(): void {
    this.#child.stdout?.destroy();
  }

  /** Its exit; killed, and an error, when that does not come. */
  async end(milliseconds = patience): Promise<Ended> {
    const ended = await this.until(() => !this.running, milliseconds);
    if (ended || this.#ended !== null) return this.ended;
    this.signal("SIGKILL");
    await this.ended;
    throw new Error(`retis did not end within ${milliseconds} ms\n${this.describe()}`);
  }

  /** For tests that are through, however they went. */
  async kill(): Promise<void> {
    if (!this.running) return;
    this.signal("SIGKILL");
    await this.ended;
  }

  describe(): string {
    const indent = (text: string): string => text.replaceAll(/^/gm, "  | ");
    const clip = (text: string): string =>
      text.length > 6000 ? `${text.slice(0, 3000)}\n…\n${text.slice(-3000)}` : text;
    const state = this.#ended === null ? "running" : `exit code ${this.#ended.code}`;
    return `${state}\nstdout:\n${indent(clip(this.stdout))}\nstderr:\n${indent(clip(this.stderr))}`;
  }

  #notify(): void {
    for (const watch of [...this.#watchers]) watch();
  }
}
