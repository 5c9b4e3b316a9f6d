// A network namespace for the traffic of examples: no service answers in it, and it goes with its only process.
import { type ChildProcess, spawn } from "node:child_process";

export class Namespace {
  readonly #keeper: ChildProcess;

  private constructor(keeper: ChildProcess) {
    this.#keeper = keeper;
  }

  /** `commands`: what sets it up, beside its loopback device. */
  static async create(commands = "true"): Promise<Namespace> {
    const keeper = spawn(
      "unshare",
      ["--net", "sh", "-ec", `ip link set lo up; ${commands}; echo up; exec cat`],
      {
        stdio: ["pipe", "pipe", "inherit"],
      },
    );
    await new Promise<void>((resolve, reject) => {
      keeper.stdout?.once("data", () => resolve());
      keeper.once("exit", (code) => reject(new Error(`no network namespace: exit code ${code}`)));
    });
    return new Namespace(keeper);
  }

  /** In front of a command, to run it inside. */
  get enter(): readonly string[] {
    return ["nsenter", `--net=/proc/${this.#keeper.pid}/ns/net`];
  }

  close(): void {
    this.#keeper.stdin?.end();
  }
}
