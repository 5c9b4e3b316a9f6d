// The rounds of hit-cost.ts, in a network namespace with a veth pair r0, r1: attaches one program at a time, floods,
// reads its run time and count. Prints a HitCosts as JSON.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "../../compiler/codegen/bpf/index.js";
import type { Plan } from "../../compiler/plan/plan.js";
import { loadAddon } from "../../runtime/addon/addon.js";
import { attach } from "../../runtime/attach/attach.js";
import { LiveSource } from "../../runtime/events/live-source.js";
import type { HitCosts } from "./hit-cost.js";
import { built, Child, compileBpf, progress } from "./programs.js";
import { type Prepared, prepare } from "./scripts.js";

const FLOOD_MS = 300;
/** Neither of the two ports of the packets that must not pass. */
const OTHER_PORT = 443;

const BPFTRACE_COUNT = "tracepoint:net:netif_receive_skb { @ = count() }";
/** As one writes it by hand: IPv4 behind Ethernet. */
const BPFTRACE_TEST = `tracepoint:net:netif_receive_skb {
  $skb = (struct sk_buff *)args->skbaddr;
  $mac = $skb->head + $skb->mac_header;
  if (*(uint16 *)($mac + 12) == 0x0008) {
    $ip = (struct iphdr *)($mac + 14);
    if ($ip->protocol == 6) {
      $tcp = (struct tcphdr *)($mac + 14 + $ip->ihl * 4);
      if ($tcp->dest == 0x5000 || $tcp->source == 0x5000) { @ = count(); }
    }
  }
}`;

const addon = loadAddon();
addon.enableStats();

interface Runs {
  readonly time: number;
  readonly count: number;
}

let packets = 0;
let floods = 0;

/** ns per run of a program while packets to `port` pass. */
async function perHit(port: number, read: () => Runs): Promise<number> {
  const before = read();
  const { stdout } = await new Child(join(built, "flood"), [
    "r0",
    String(port),
    "milliseconds",
    String(FLOOD_MS),
  ]).ended;
  const after = read();
  packets += Number(stdout);
  floods++;
  if (after.count - before.count < 1000) throw new Error("the program was not hit");
  return (after.time - before.time) / (after.count - before.count);
}

async function ofEmpty(path: string): Promise<number> {
  const object = new addon.BpfObject(readFileSync(path));
  object.setAutoload("empty", true);
  object.setAttachTarget("empty", "netif_receive_skb");
  object.load();
  const link = object.attach("empty", { kind: "trace" });
  const cost = await perHit(OTHER_PORT, () => runsOf(object.programInfo("empty")));
  link.detach();
  object.close();
  return cost;
}

let verified = 0;

async function ofPlan({ plan, kernel }: Prepared, port: number): Promise<number> {
  const [probe] = plan.probes;
  if (probe === undefined) throw new Error("the plan has no probe");
  const attached = attach(addon, plan, generate(plan, kernel), kernel.features);
  const source = new LiveSource(addon, attached);
  const taken = take(source);
  attached.enable();
  const cost = await perHit(port, () => runsOf(attached.programInfo(probe)));
  verified = attached.programInfo(probe).verifiedInstructions;
  attached.detach();
  await source.stop();
  await taken;
  attached.close();
  return cost;
}

async function take(source: LiveSource): Promise<void> {
  for await (const batch of source.batches()) batch.release();
}

const runsOf = (info: { readonly runTimeNs: number; readonly runCount: number }): Runs => ({
  time: info.runTimeNs,
  count: info.runCount,
});

async function ofBpftrace(text: string): Promise<number> {
  const child = new Child("bpftrace", ["-B", "line", "-e", `BEGIN { printf("running\\n"); } ${text}`]);
  await child.seen(/^running/m);
  const id = programOf(child.process.pid ?? 0);
  const cost = await perHit(OTHER_PORT, () => {
    const info = JSON.parse(
      execFileSync("bpftool", ["-j", "prog", "show", "id", id], { encoding: "utf8" }),
    ) as {
      readonly run_time_ns?: number;
      readonly run_cnt?: number;
    };
    return { time: info.run_time_ns ?? 0, count: info.run_cnt ?? 0 };
  });
  child.process.kill("SIGINT");
  await child.ended;
  return cost;
}

/** The tracepoint program among those that a process holds. */
function programOf(pid: number): string {
  for (const descriptor of readdirSync(`/proc/${pid}/fdinfo`)) {
    const text = readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, "utf8");
    // include/uapi/linux/bpf.h: BPF_PROG_TYPE_TRACEPOINT
    if (/^prog_type:\s*5$/m.test(text)) return /^prog_id:\s*(\d+)$/m.exec(text)?.[1] ?? "";
  }
  throw new Error("bpftrace holds no tracepoint program");
}

/** The plan without what every printed event has and the goal does not speak of. */
const withoutTask = (plan: Plan): Plan => ({
  ...plan,
  probes: plan.probes.map((probe) => ({ ...probe, wants: { ...probe.wants, task: 0n } })),
});

const hasBpftrace = ((): boolean => {
  try {
    execFileSync("bpftrace", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

const rounds = Number(process.argv[2]);
const empty = compileBpf("empty", "empty.o", []);
const no = prepare("on rx where tcp.port == 80 print");
const all = prepare("on rx where tcp.port == 80 print packet, skb, dev, ns", 300);
const yes = { ...all, plan: withoutTask(all.plan) };
const costs = {
  empty: [] as number[],
  no: [] as number[],
  yes: [] as number[],
  count: [] as number[],
  test: [] as number[],
};
for (let round = 1; round <= rounds; round++) {
  progress(`hit: round ${round} of ${rounds}`);
  costs.empty.push(await ofEmpty(empty));
  costs.no.push(await ofPlan(no, OTHER_PORT));
  const noVerified = verified;
  costs.yes.push(await ofPlan(yes, 80));
  verified = noVerified;
  if (!hasBpftrace) continue;
  costs.count.push(await ofBpftrace(BPFTRACE_COUNT));
  costs.test.push(await ofBpftrace(BPFTRACE_TEST));
}
const result: HitCosts = {
  ...costs,
  ...(hasBpftrace ? {} : { count: null, test: null }),
  packetsPerSecond: packets / (floods * FLOOD_MS * 1e-3),
  verified,
};
console.log(JSON.stringify(result));
