// The ways to attach beyond tracepoints, each where this kernel has it: kprobe, kprobe-multi with cookies,
// fentry, uprobe; and the types of a module.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import test from "node:test";
import type { BpfObject } from "../../../runtime/addon/addon.js";
import { BpfError } from "../../../runtime/addon/addon.js";
import { addon, cannotLoad, compile } from "./fixture.js";

const hasDevice = (name: string): boolean => existsSync(`/sys/bus/event_source/devices/${name}`);
const noKprobes = cannotLoad !== false ? cannotLoad : hasDevice("kprobe") ? false : "needs kprobes";
const noUprobes = cannotLoad !== false ? cannotLoad : hasDevice("uprobe") ? false : "needs uprobes";

const symbol = (call: string): string =>
  process.arch === "arm64" ? `__arm64_sys_${call}` : `__x64_sys_${call}`;

/** Counts the hits of this process; `how` is the program's section, `hit` one more statement. */
function open(how: string, hit = ""): BpfObject {
  const object = new (addon().BpfObject)(
    compile(`
      u64 hits, cookies;
      const volatile u32 pid;
      SEC("${how}") int probe(void *ctx)
      {
        if (bpf_get_current_pid_tgid() >> 32 != pid) return 0;
        __sync_fetch_and_add(&hits, 1);
        ${hit}
        return 0;
      }`),
  );
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(process.pid);
  object.setAutoload("probe", true);
  object.setData(".rodata", 0, bytes);
  return object;
}

const counts = (object: BpfObject): BigUint64Array => new BigUint64Array(object.mmapMap(".bss"));

/** Runs what an older kernel may refuse; its refusal is a reason to skip. */
function attempt(context: test.TestContext, missing: string, run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    context.skip(`needs ${missing}: ${error.message}`);
    return false;
  }
}

test("kprobe", { skip: noKprobes }, () => {
  const object = open("kprobe");
  object.load();
  const hits = counts(object);
  const link = object.attach("probe", { kind: "kprobe", symbol: symbol("getuid") });
  for (let i = 0; i < 6; i++) process.getuid?.();
  link.detach();
  process.getuid?.();
  assert.equal(hits[0], 6n);
  const returns = object.attach("probe", { kind: "kprobe", symbol: symbol("getuid"), return: true });
  process.getuid?.();
  returns.detach();
  assert.equal(hits[0], 7n);
  const nowhere = { kind: "kprobe", symbol: "no_such_function_at_all" } as const;
  assert.throws(() => object.attach("probe", nowhere), { subject: nowhere.symbol });
  object.close();
});

test("kprobe-multi tells its functions apart by cookie", { skip: noKprobes }, (context) => {
  const object = open("kprobe.multi", "__sync_fetch_and_add(&cookies, bpf_get_attach_cookie(ctx));");
  const symbols = [symbol("getuid"), symbol("getgid")];
  const target = { kind: "kprobe_multi", symbols, cookies: new BigUint64Array([1n, 1000n]) } as const;
  if (!attempt(context, "kprobe-multi (5.18)", () => object.load())) return;
  object.attach("probe", target);
  const [hits, cookies] = [counts(object)[0], counts(object)[1]];
  assert.deepEqual([hits, cookies], [0n, 0n]);
  for (let i = 0; i < 3; i++) process.getuid?.();
  for (let i = 0; i < 2; i++) process.getgid?.();
  assert.deepEqual([...counts(object)], [5n, 2003n]);
  assert.throws(() => object.attach("probe", { ...target, cookies: new BigUint64Array(1) }), {
    code: "EINVAL",
  });
  object.close();
});

test("fentry", { skip: cannotLoad }, (context) => {
  const object = open("fentry");
  const loaded = attempt(context, "trampolines", () => {
    object.setAttachTarget("probe", "do_sys_openat2");
    object.load();
    object.attach("probe", { kind: "trace" });
  });
  if (!loaded) return;
  const hits = counts(object);
  const before = hits[0] ?? 0n;
  for (let i = 0; i < 4; i++) closeSync(openSync("/dev/null", "r"));
  assert.equal(hits[0], before + 4n);
  object.close();
});

test("uprobe", { skip: noUprobes }, () => {
  const libc = /\S+\/libc\.so\.6$/m.exec(readFileSync("/proc/self/maps", "utf8"))?.[0];
  assert.ok(libc !== undefined);
  const object = open("uprobe");
  object.load();
  const link = object.attach("probe", { kind: "uprobe", binary: libc, symbol: "getuid", pid: process.pid });
  for (let i = 0; i < 5; i++) process.getuid?.();
  link.detach();
  process.getuid?.();
  assert.equal(counts(object)[0], 5n);
  const nowhere = { kind: "uprobe", binary: libc, symbol: "no_such_symbol" } as const;
  assert.throws(() => object.attach("probe", nowhere), { operation: "attach", code: "ENOENT" });
  object.close();
});

test("a module's types lie on top of the kernel's", { skip: cannotLoad }, (context) => {
  const module = "/sys/kernel/btf/veth";
  try {
    execFileSync("modprobe", ["veth"], { stdio: "ignore" });
  } catch {
    // Built in, or not there: then it has no BTF of its own.
  }
  if (!existsSync(module)) {
    context.skip("needs veth as a module");
    return;
  }
  const { Btf } = addon();
  const kernel = new Btf("/sys/kernel/btf/vmlinux");
  const veth = new Btf(module, kernel);
  assert.equal(kernel.functionParameters("veth_xmit"), null);
  assert.deepEqual(
    veth.functionParameters("veth_xmit")?.map((parameter) => [parameter.name, parameter.typeName]),
    [
      ["skb", "struct sk_buff *"],
      ["dev", "struct net_device *"],
    ],
  );
  assert.ok(veth.has("struct", "veth_priv") && !kernel.has("struct", "veth_priv"));
  assert.deepEqual(veth.member("sk_buff", ["len"]), kernel.member("sk_buff", ["len"]));
  assert.equal(veth.member("veth_priv", ["peer", "ifindex"])?.steps.length, 1);
});
