// What the addon's tests share: small BPF programs compiled at test time, and the reason to skip.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Addon, BpfObject } from "../../../runtime/addon/addon.js";
import { loadAddon } from "../../../runtime/addon/addon.js";

export const repository = join(dirname(fileURLToPath(import.meta.url)), "../../../..");
process.env["RETIS_HOME"] ??= join(repository, "dist");

/** For `test(name, { skip: skipReason }, …)`. */
export const skipReason: string | false = !existsSync(join(process.env["RETIS_HOME"], "retis.node"))
  ? "dist/retis.node is not built"
  : process.getuid?.() !== 0
    ? "needs root"
    : !existsSync("/sys/kernel/btf/vmlinux")
      ? "needs kernel BTF"
      : false;

export const addon = (): Addon => loadAddon();

const preamble = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
typedef __u8 u8; typedef __u16 u16; typedef __u32 u32; typedef __u64 u64; typedef __s64 s64;
char LICENSE[] SEC("license") = "GPL";
`;

/** Compiles C, after a preamble of names and helpers, to a relocatable BPF object with BTF. */
export function compile(source: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "retis-addon-"));
  try {
    const c = join(folder, "fixture.c");
    const o = join(folder, "fixture.o");
    writeFileSync(c, preamble + source);
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

/**
 * Puts records of `bytes` bytes into a ring, as many as asked for in one test run: context u64[0] is the
 * number, u64[1] the bytes of each. A record opens with its size; then its number.
 */
export const producerSource = `
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 1 << 20); } events SEC(".maps");
u64 lost, produced;

static long produce(u32 index, void *unused)
{
  u64 *record = bpf_ringbuf_reserve(&events, 304, 0);
  u64 number = __sync_fetch_and_add(&produced, 1);
  if (!record) { __sync_fetch_and_add(&lost, 1); return 0; }
  record[0] = 304;
  record[1] = number;
  for (int i = 2; i < 38; i++) record[i] = number * 31 + i;
  bpf_ringbuf_submit(record, 0);
  return 0;
}

SEC("syscall") int produce_many(u64 *context)
{
  bpf_loop(context[0], produce, 0, 0);
  return 0;
}
`;

export const recordBytes = 304;

/** Loads the producer with a ring of `ringBytes`. */
export function openProducer(ringBytes: number): BpfObject {
  const object = new (addon().BpfObject)(compile(producerSource));
  object.setAutoload("produce_many", true);
  object.setMapSize("events", ringBytes);
  object.load();
  return object;
}

export const sharedBuffers = (count: number, bytes: number): Buffer[] =>
  Array.from({ length: count }, () => Buffer.from(new SharedArrayBuffer(bytes)));
