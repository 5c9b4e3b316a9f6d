// `--cmd`: a child that waits until the probes are attached, runs, and ends the trace with it; or is ended with the
// trace, with all that it has started.
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";

export interface Command {
  /** Lets it begin. */
  release(): void;
  /** Its exit code: 128 + N when signal N ended it. */
  readonly ended: Promise<number>;
  /** Ends its process group, when the trace ends first. Resolves when it is gone, or cannot be for long. */
  kill(): Promise<void>;
}

/** What a process that is asked to end may take for it. */
const GRACE_MS = 1000;

/**
 * In a process group of its own, with a watchman in it who reads our orders from descriptor 3: without privileges we
 * could not send signals to another user's processes, and when we are killed he finds the descriptor closed.
 */
const SCRIPT = `
read -r order <&3 || exit
(
	trap '' TERM INT HUP
	read -r order <&3 && [ "$order" = leave ] && exit
	kill -TERM -$$
	sleep ${GRACE_MS / 1000}
	kill -KILL -$$
) >/dev/null 2>&1 &
exec 3<&-
exec sh -c "$0"
`;

/**
 * Started before privileges are dropped, so that it has those of the invoking user. Its output goes to stderr: stdout
 * is the script's alone.
 */
export function startCommand(command: string): Command {
  const child: ChildProcess = spawn("sh", ["-c", SCRIPT, command], {
    stdio: ["ignore", 2, 2, "pipe"],
    detached: true,
    ...invokingUser(),
  });
  const pipe = child.stdio[3];
  const orders = pipe !== null && pipe !== undefined && "end" in pipe ? pipe : null;
  // It may be gone before it reads them.
  orders?.on("error", () => {});
  let running = true;
  const ended = new Promise<number>((resolve) => {
    child.on("error", () => resolve(127));
    child.on("exit", (code, signal) => {
      running = false;
      // What it left behind on purpose stays.
      orders?.end("leave\n");
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
  return {
    ended,
    release: () => {
      orders?.write("begin\n");
    },
    kill: async () => {
      if (!running) return;
      running = false;
      orders?.end();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, 1.5 * GRACE_MS);
      });
      await Promise.race([ended, late]);
      clearTimeout(timer);
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
