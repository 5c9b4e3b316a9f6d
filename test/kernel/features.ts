// What the running kernel and machine can do, by trying: the name of a feature in, yes or no out. Cases name what they
// need; expected-gaps.json says what each kernel of the matrix is known to lack.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { root } from "./programs.js";

const succeeds = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: "ignore", timeout: 60_000 }).status === 0;

/** Tries commands in a network namespace that goes with them. */
const inNamespace = (commands: string): boolean => succeeds("unshare", "--net", "sh", "-ec", commands);

let btfText: Buffer | null = null;
/** BTF keeps names as C strings, so a look for the bytes tells whether the kernel knows a name. */
const btfHas = (name: string): boolean => {
  btfText ??= existsSync("/sys/kernel/btf/vmlinux")
    ? readFileSync("/sys/kernel/btf/vmlinux")
    : Buffer.alloc(0);
  return btfText.includes(`\0${name}\0`);
};

let symbolText: string | null = null;
const hasSymbol = (name: string): boolean => {
  symbolText ??= existsSync("/proc/kallsyms") ? readFileSync("/proc/kallsyms", "utf8") : "";
  return new RegExp(`^\\S+ \\S ${name}$`, "m").test(symbolText);
};

const linkWorks = (link: string): boolean =>
  inNamespace(`ip link add v0 type veth peer name v1; ip link add ${link}`);

const probes = {
  root: () => process.getuid?.() === 0,
  "two CPUs": () => availableParallelism() > 1,
  "no drop reasons": () => existsSync("/sys/kernel/btf/vmlinux") && !btfHas("skb_drop_reason"),
  btf: () => existsSync("/sys/kernel/btf/vmlinux"),
  veth: () => inNamespace("ip link add v0 type veth peer name v1"),
  vlan_device: () => linkWorks("link v0 name v0.5 type vlan id 5"),
  bridge: () => linkWorks("b0 type bridge"),
  nf_tables: () =>
    inNamespace("nft add table inet t; nft add chain inet t c '{ type filter hook input priority 0; }'"),
  kprobe: () => hasSymbol("__register_kprobe"),
  /** Where the count lies that tells softirq from task: BTF has to type it, and CONFIG_KALLSYMS_ALL to list it. */
  preempt_count: () => ["__preempt_count", "pcpu_hot"].some((name) => btfHas(name) && hasSymbol(name)),
  bpftrace: () => succeeds("bpftrace", "-e", "tracepoint:skb:kfree_skb { exit() } interval:ms:1 { exit() }"),
  "tree readable by nobody": () =>
    succeeds(
      "setpriv",
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
      "test",
      "-r",
      `${root}/dist/retis`,
    ),
} as const satisfies Readonly<Record<string, () => boolean>>;

type Probe = () => boolean;

/** `enum NAME`: a name that BTF knows; `tracepoint SUBSYSTEM:EVENT`; or one of the names above. */
const probeOf = (feature: string): Probe | null => {
  const [kind, name = ""] = feature.split(" ");
  if (kind === "enum") return () => btfHas(name);
  if (kind === "tracepoint") return () => existsSync(`/sys/kernel/tracing/events/${name.replace(":", "/")}`);
  return Object.hasOwn(probes, feature) ? probes[feature as keyof typeof probes] : null;
};

const known = new Map<string, boolean>();

/** Throws for a name that is not a feature: a case with a slip in it is not to be skipped for ever. */
export const hasFeature = (feature: string): boolean => {
  const before = known.get(feature);
  if (before !== undefined) return before;
  const probe = probeOf(feature);
  if (probe === null)
    throw new Error(
      `NEEDS ${feature}: no such feature, one of ${Object.keys(probes).join(", ")}, enum NAME, tracepoint NAME`,
    );
  const has = probe();
  known.set(feature, has);
  return has;
};

/** `host`, or the name of the emulated kernel (scripts/vm). */
export const kernelName = (): string => process.env["RETIS_VM"] ?? "host";
