// The program run on the documents' sample capture: what it makes of a script, without a kernel's help.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { samplePcap } from "../docs/capture.js";
import { retisPath } from "../kernel/retis-process.js";

const folder = mkdtempSync(join(tmpdir(), "retis-capture-"));
after(() => rmSync(folder, { recursive: true }));
export const capture = join(folder, "sample.pcap");
writeFileSync(capture, samplePcap());

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `-q` is not among the options: the summary is on stderr. */
export function onCapture(script: string, ...options: readonly string[]): Result {
  const { status, stdout, stderr } = spawnSync(retisPath, ["-e", script, "--from", capture, ...options], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
    timeout: 30_000,
  });
  return { code: status, stdout, stderr };
}

/** Lines of standard output, runs of blanks as one. */
export const rowsOf = ({ stdout }: Result): readonly string[] =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.trim().replace(/ +/g, " "));
