// The three families of failure beside a script's own (which are diagnostics), and the exit code of each.

import { getSystemErrorMap } from "node:util";

export const EXIT = { fine: 0, script: 1, usage: 2, system: 3, interrupted: 130, bug: 70 } as const;

/** The command line asks for something that makes no sense. */
export class UsageError extends Error {
  readonly remedy: string | null;
  constructor(message: string, remedy: string | null = null) {
    super(message);
    this.remedy = remedy;
  }
}

/** The system lacks something: a privilege, a kernel feature, a file. `remedy` says how to get it. */
export class SystemError extends Error {
  readonly remedy: string | null;
  /** The technical detail, such as the verifier's last lines. */
  readonly detail: string | null;
  constructor(message: string, remedy: string | null = null, detail: string | null = null) {
    super(message);
    this.remedy = remedy;
    this.detail = detail;
  }
}

/** What the system calls an error of one of Node's calls: `no space left on device`. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error && "errno" in error && typeof error.errno === "number")) return String(error);
  const [, words] = getSystemErrorMap().get(error.errno) ?? [];
  return words ?? error.message;
}

/** Errors of a script, or of what was given for its options, are printed already; only the exit code is left to say. */
export class ScriptError extends Error {
  readonly exitCode: number;
  constructor(exitCode: number = EXIT.script) {
    super();
    this.exitCode = exitCode;
  }
}
