// Long output on a terminal goes through a pager: $PAGER, else `less -FRX` where there is one. Not in a pipe, not with
// NOPAGER or an empty PAGER.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isatty } from "node:tty";
import { type ByteSink, Sink } from "../outputs/sink.js";

export interface Pager {
  readonly sink: ByteSink;
  /** Resolves when the reader has left it. */
  close(): Promise<void>;
}

/** Standard output itself, where no pager is wanted. */
export function openPager(): Pager {
  const command = pagerCommand();
  if (command === null) return { sink: new Sink(1), close: () => Promise.resolve() };
  const child = spawn("sh", ["-c", command], { stdio: ["pipe", 1, 2] });
  const { stdin } = child;
  if (stdin === null) return { sink: new Sink(1), close: () => Promise.resolve() };
  let closed = false;
  // The reader may leave at any time; what is written then goes nowhere.
  stdin.on("error", () => {
    closed = true;
  });
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => {
      closed = true;
      resolve();
    });
  });
  // Ctrl-C belongs to the pager: it ends a search, not the program behind it.
  process.on("SIGINT", () => {});
  return {
    sink: {
      get closed() {
        return closed;
      },
      write: (bytes) =>
        new Promise((resolve) => {
          if (closed) resolve();
          // The caller reuses its buffer: the stream gets bytes of its own.
          else stdin.write(Buffer.from(bytes), () => resolve());
        }),
    },
    close: () => {
      stdin.end();
      return ended;
    },
  };
}

/** Null: write to standard output. */
function pagerCommand(): string | null {
  if (!isatty(1) || process.env["NOPAGER"] !== undefined) return null;
  const chosen = process.env["PAGER"];
  if (chosen !== undefined) return chosen === "" || chosen === "cat" ? null : chosen;
  return inPath("less") ? "less -FRX" : null;
}

const inPath = (program: string): boolean =>
  (process.env["PATH"] ?? "").split(":").some((folder) => folder !== "" && existsSync(join(folder, program)));
