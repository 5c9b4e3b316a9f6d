// `--cmd`: a child that waits until the probes are attached, runs, and ends the trace with it.
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";

export interface Command {
  /** Lets it begin. */
  release(): void;
  /** Its exit code: 128 + N when signal N ended it. */
  readonly ended: Promise<number>;
  /** Asks it to end, when the trace ends first. */
  kill(): void;
}

/**
 * Started before privileges are dropped, so that it has those of the invoking user; it reads one line from descriptor
 * 3 before it begins. Its output goes to stderr: stdout is the script's alone.
 */
export function startCommand(command: string): Command {
  const script = 'read -r _ <&3; exec 3<&-; exec sh -c "$0"';
  const identity = invokingUser();
  const child: ChildProcess = spawn("sh", ["-c", script, command], {
    stdio: ["ignore", 2, 2, "pipe"],
    ...identity,
  });
  const gate = child.stdio[3];
  const ended = new Promise<number>((resolve) => {
    child.on("error", () => resolve(127));
    child.on("exit", (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
  return {
    ended,
    release: () => {
      if (gate !== null && gate !== undefined && "end" in gate) gate.end("\n");
    },
    kill: () => {
      child.kill("SIGTERM");
    },
  };
}

/** Under sudo the command is the user's, not root's. */
function invokingUser(): { uid?: number; gid?: number } {
  const uid = Number(process.env["SUDO_UID"] ?? "");
  const gid = Number(process.env["SUDO_GID"] ?? "");
  if (process.getuid?.() !== 0 || !Number.isInteger(uid) || uid <= 0 || !Number.isInteger(gid)) return {};
  return { uid, gid };
}
