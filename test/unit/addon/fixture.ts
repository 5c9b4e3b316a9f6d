// What the addon's tests share: small BPF programs compiled at test time, the reason to skip, child processes.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Addon, BpfObject } from "../../../runtime/addon/addon.js";
import { loadAddon } from "../../../runtime/addon/addon.js";

const repository = join(dirname(fileURLToPath(import.meta.url)), "../../../..");
process.env["RETIS_HOME"] ??= join(repository, "dist");

/** Why nothing here can run, or false. For `test(name, { skip: notBuilt }, …)`. */
export const notBuilt: string | false = existsSync(join(process.env["RETIS_HOME"], "retis.node"))
  ? false
  : "dist/retis.node is not built (scripts/build-addon)";

/** Why no program can be loaded, or false. */
export const cannotLoad: string | false =
  notBuilt !== false
    ? notBuilt
    : process.getuid?.() !== 0
      ? "needs root"
      : existsSync("/sys/kernel/btf/vmlinux")
        ? false
        : "needs kernel BTF";

export const addon = (): Addon => loadAddon();

const preamble = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
typedef __u32 u32;
typedef __u64 u64;
char LICENSE[] SEC("license") = "GPL";
`;

/** Compiles C, after a preamble of names and helpers, to a relocatable BPF object with BTF. */
export function compile(source: string): Buffer {
  return compileWhole(preamble + source);
}

function compileWhole(source: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "retis-addon-"));
  try {
    const c = join(folder, "fixture.c");
    const o = join(folder, "fixture.o");
    writeFileSync(c, source);
    const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
    execFileSync("clang-16", [
      ..."-O2 -g -target bpf -mcpu=v3 -Wall -Werror".split(" "),
      `-I/usr/include/${machine}-linux-gnu`,
      "-c",
      c,
      "-o",
      o,
    ]);
    return readFileSync(o);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** RECORD_BYTES of scripts/bench/produce.bpf.c. */
export const recordBytes = 304;
/** BURST there: records of one test run. */
const burst = 256;

/** A ring of `ringBytes` and `produce(n)`, which puts n numbered records into it (scripts/bench). */
export interface Producer {
  readonly object: BpfObject;
  produce(records: number): void;
  /** So far, as the kernel side counted. */
  counts(): { readonly produced: number; readonly lost: number };
}

export function openProducer(ringBytes: number): Producer {
  const source = readFileSync(join(repository, "scripts/bench/produce.bpf.c"), "utf8");
  const object = new (addon().BpfObject)(compileWhole(source));
  object.setAutoload("produce", true);
  object.setMapSize("events", ringBytes);
  object.load();
  const count = new BigUint64Array(object.mmapMap(".bss"));
  return {
    object,
    produce: (records) => {
      for (let left = records; left > 0; left -= burst) {
        object.testRun("produce", new BigUint64Array([BigInt(Math.min(left, burst))]));
      }
    },
    counts: () => ({ produced: Number(count[0]), lost: Number(count[1]) }),
  };
}

export const sharedBuffers = (count: number, bytes: number): Buffer[] =>
  Array.from({ length: count }, () => Buffer.from(new SharedArrayBuffer(bytes)));

/** The start of a child process's script: the same names as here. */
export const childPreamble = `import * as fixture from ${JSON.stringify(import.meta.url)};\n`;

export function runChild(source: string): {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync(process.execPath, ["--input-type=module", "-e", childPreamble + source], {
    encoding: "utf8",
    timeout: 30_000,
  });
}

/** Names of the BPF programs that the kernel holds now. */
export function kernelPrograms(): string[] {
  const programs: unknown = JSON.parse(execFileSync("bpftool", ["-j", "prog", "show"], { encoding: "utf8" }));
  if (!Array.isArray(programs)) throw new Error("bpftool printed no list");
  return programs.map((program: { readonly name?: string }) => program.name ?? "");
}
