// BPF objects through the addon: linked from two parts, loaded, attached to live events, read, closed; and
// what a refusal says.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import type { BpfObject } from "../../../runtime/addon/addon.js";
import { BpfError } from "../../../runtime/addon/addon.js";
import { addon, cannotLoad, compile, kernelPrograms, notBuilt } from "./fixture.js";

/** A process calls getuid(2) only when it is told to: an event that can be counted exactly. */
const getuid = process.arch === "arm64" ? 174 : 102;
const callGetuid = (times: number): void => {
  for (let i = 0; i < times; i++) process.getuid?.();
};

const caller = `
const volatile u32 pid;
u64 hits;
extern u64 decide(u64 number) __attribute__((visibility("hidden")));

static int count(u64 *ctx)
{
  if (bpf_get_current_pid_tgid() >> 32 == pid && decide(ctx[1]))
    __sync_fetch_and_add(&hits, 1);
  return 0;
}
SEC("raw_tp") int raw_hit(u64 *ctx) { return count(ctx); }
SEC("tp_btf") int typed_hit(u64 *ctx) { return count(ctx); }
`;
const decider = (number: number): string =>
  `__attribute__((visibility("hidden"))) u64 decide(u64 number) { return number == ${number}; }`;

function pidBytes(): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(process.pid);
  return bytes;
}

function openCounter(programs: readonly string[]): BpfObject {
  const elf = addon().link([compile(caller), compile(decider(getuid))]);
  const object = new (addon().BpfObject)(elf);
  for (const program of programs) object.setAutoload(program, true);
  object.setData(".rodata", 0, pidBytes());
  return object;
}

function refusal(run: () => unknown): BpfError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof BpfError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: "nothing was refused" });
}

test("what another object defines decides, as raw_tp and as tp_btf", { skip: cannotLoad }, () => {
  const object = openCounter(["raw_hit", "typed_hit"]);
  object.setAttachTarget("typed_hit", "sys_enter");
  object.load();
  const hits = new BigUint64Array(object.mmapMap(".bss"));

  const raw = object.attach("raw_hit", { kind: "raw_tracepoint", name: "sys_enter" });
  callGetuid(7);
  assert.equal(hits[0], 7n);
  const typed = object.attach("typed_hit", { kind: "trace" });
  callGetuid(5);
  assert.equal(hits[0], 17n, "both saw each call");
  raw.detach();
  raw.detach();
  assert.equal(raw.fd, -1);
  callGetuid(3);
  assert.equal(hits[0], 20n);
  typed.detach();
  callGetuid(3);
  assert.equal(hits[0], 20n);
  object.close();
});

test("code stands in place of a marker, and only where there is one", { skip: cannotLoad }, () => {
  const object = new (addon().BpfObject)(
    compile(`
      u64 result;
      SEC("raw_tp") int marked(u64 *ctx)
      {
        register u64 *first asm("r1") = ctx;
        register u64 found asm("r0");

        asm volatile("%0 = 11223344" : "=r"(found), "+r"(first)
                     :: "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "memory");
        result = found;
        return 0;
      }
      SEC("raw_tp") int plain(u64 *ctx) { return 0; }`),
  );
  // r0 = first argument; if r0 > 5 goto the end; r0 += 100; what follows is the end.
  const load = [0x79, 0x10, 0, 0, 0, 0, 0, 0];
  const branch = [0x25, 0x00, 1, 0, 5, 0, 0, 0];
  const add = [0x07, 0x00, 0, 0, 100, 0, 0, 0];
  const code = Uint8Array.from([...load, ...branch, ...add]);
  assert.equal(object.insertCode("plain", 11223344, code), false);
  assert.equal(object.insertCode("marked", 55667788, code), false);
  assert.equal(object.insertCode("marked", 11223344, code), true);
  object.setAutoload("marked", true);
  object.load();
  const result = new BigUint64Array(object.mmapMap(".bss"));
  for (const [given, expected] of [
    [3n, 103n],
    [7n, 7n],
  ] as const) {
    object.testRun("marked", BigUint64Array.of(given));
    assert.equal(result[0], expected);
  }
  object.close();
});

test("tp_btf reads a field of the packet on the wire", { skip: cannotLoad }, async () => {
  const object = new (addon().BpfObject)(
    compile(`
      struct sk_buff { u32 len; } __attribute__((preserve_access_index));
      u64 seen;
      SEC("tp_btf") int receive(u64 *ctx)
      {
        struct sk_buff *skb = (void *)ctx[0];
        if (skb->len == 1171 + 28)
          __sync_fetch_and_add(&seen, 1);
        return 0;
      }`),
  );
  object.setAutoload("receive", true);
  object.setAttachTarget("receive", "netif_receive_skb");
  object.load();
  object.attach("receive", { kind: "trace" });
  const seen = new BigUint64Array(object.mmapMap(".bss"));

  const receiver = createSocket("udp4");
  await new Promise<void>((bound) => receiver.bind(0, "127.0.0.1", bound));
  const sender = createSocket("udp4");
  const arrived = new Promise<void>((all) => {
    let count = 0;
    receiver.on("message", () => {
      if (++count === 20) all();
    });
  });
  for (let i = 0; i < 20; i++) sender.send(Buffer.alloc(1171), receiver.address().port, "127.0.0.1");
  await arrived;
  sender.close();
  receiver.close();
  assert.equal(seen[0], 20n);
  object.close();
});

test("programs, maps and their kernel facts", { skip: cannotLoad }, () => {
  const object = new (addon().BpfObject)(
    compile(`
      struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, u32); __type(value, u64); } table SEC(".maps");
      struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 1); __type(key, u32); __type(value, u32); } each SEC(".maps");
      struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, u32); __type(value, u64); } unused SEC(".maps");
      SEC("raw_tp") int used(u64 *ctx) { u32 key = ctx[0]; u64 *value = bpf_map_lookup_elem(&table, &key); return value ? *value : 0; }
      SEC("raw_tp") int spare(u64 *ctx) { u32 key = 0; return bpf_map_lookup_elem(&unused, &key) != 0; }
      SEC("raw_tp") int touch(u64 *ctx) { u32 key = 0; u32 *value = bpf_map_lookup_elem(&each, &key); if (value) *value = 9; return 0; }`),
  );
  assert.deepEqual(
    object.programs().map((program) => [program.name, program.type, program.autoload]),
    [
      ["used", "raw_tracepoint", false],
      ["spare", "raw_tracepoint", false],
      ["touch", "raw_tracepoint", false],
    ],
  );
  object.setAutoload("used", true);
  object.setAutoload("touch", true);
  object.setMapSize("table", 77);
  object.setMapAutocreate("unused", false);
  object.load();
  assert.equal(object.maps().find((map) => map.name === "table")?.maxEntries, 77);
  assert.ok(object.mapFd("table") > 0);
  assert.ok(object.mapFd("unused") < 0, "left out");
  assert.ok(object.programFd("spare") < 0, "not loaded");

  const key = Buffer.from([5, 0, 0, 0]);
  const value = Buffer.from([41, 1, 0, 0, 0, 0, 0, 0]);
  assert.equal(object.lookup("table", key), null);
  object.update("table", key, value);
  assert.deepEqual(object.lookup("table", key), value);
  assert.equal(object.testRun("used", new BigUint64Array([5n])).retval, 297);
  assert.equal(object.testRun("used", new BigUint64Array([6n])).retval, 0);
  object.testRun("touch", new BigUint64Array([0n]));
  const each = object.lookup("each", Buffer.alloc(4));
  assert.ok(each !== null && each.length % 8 === 0);
  assert.ok(each.includes(9), "one CPU ran it");

  const info = object.programInfo("used");
  assert.equal(object.xlated("used").length, info.instructions * 8);
  const facts = readFileSync(`/proc/self/fdinfo/${object.programFd("used")}`, "utf8");
  const fact = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(facts)?.[1] ?? 0);
  assert.ok(info.id > 0);
  assert.deepEqual([info.id, info.verifiedInstructions], [fact("prog_id"), fact("verified_insns")]);
  object.close();
});

test("run counts are kept while they are asked for", { skip: cannotLoad }, () => {
  const object = openCounter(["raw_hit"]);
  object.load();
  object.attach("raw_hit", { kind: "raw_tracepoint", name: "sys_enter" });
  const fd = addon().enableStats();
  assert.ok(fd > 0);
  const before = object.programInfo("raw_hit").runCount;
  callGetuid(50);
  const after = object.programInfo("raw_hit");
  assert.ok(after.runCount >= before + 50);
  assert.ok(after.runTimeNs > 0);
  object.close();
});

test("a batch of test runs answers for each packet", { skip: cannotLoad }, () => {
  const object = new (addon().BpfObject)(
    compile(`
      struct { u32 length; u32 more; unsigned char bytes[64]; } input;
      struct { u64 answer; } output SEC(".bss.output");
      SEC("raw_tp") int judge(u64 *ctx)
      {
        u64 sum = 0;
        for (int i = 0; i < 64; i++)
          sum += input.bytes[i];
        output.answer = ctx[0] + sum * 1000 + input.length;
        return 0;
      }`),
  );
  object.setAutoload("judge", true);
  object.load();
  const packets = Array.from({ length: 512 }, (_, i) => Buffer.alloc(1 + ((i * 7) % 64), i % 3));
  const batch = {
    program: "judge",
    context: new BigUint64Array([5_000_000n]),
    map: ".bss",
    offset: 8,
    lengths: [{ offset: 0, bytes: 4, plus: 14n }] as const,
    packets,
    result: { map: ".bss.output", offset: 0 },
  };
  const answers = object.testRunBatch(batch);
  packets.forEach((packet, i) => {
    const sum = packet.reduce((total, byte) => total + byte, 0);
    assert.equal(answers[i], BigInt(5_000_000 + sum * 1000 + packet.length + 14), `packet ${i}`);
  });
  assert.equal(refusal(() => object.testRunBatch({ ...batch, packets: [Buffer.alloc(70)] })).code, "E2BIG");
  object.close();
});

test("a global variable lies where the verifier's program finds it", { skip: cannotLoad }, () => {
  const object = new (addon().BpfObject)(
    compile(`
      const volatile u32 first = 1; const volatile u64 second = 2;
      SEC("raw_tp") int sum(u64 *ctx) { return first * 10 + second; }`),
  );
  object.setAutoload("sum", true);
  const place = object.variable("second");
  assert.deepEqual([place?.section, place?.size], [".rodata", 8]);
  const nine = Buffer.alloc(8);
  nine.writeBigUInt64LE(9n);
  object.setData(".rodata", place?.offset ?? -1, nine);
  object.load();
  assert.equal(object.testRun("sum", new BigUint64Array(1)).retval, 19);
  assert.equal(object.variable("third"), null);
  object.close();
});

test("read-only data is a constant to the verifier", { skip: cannotLoad }, () => {
  const source = compile(`
    const volatile u32 on; u64 hits;
    SEC("raw_tp") int maybe(u64 *ctx) { if (on) for (int i = 0; i < 50; i++) hits += ctx[0] * (hits + i); return 0; }`);
  const sizes = [0, 1].map((on) => {
    const object = new (addon().BpfObject)(source);
    object.setAutoload("maybe", true);
    object.setData(".rodata", 0, Buffer.from([on, 0, 0, 0]));
    object.load();
    const size = object.programInfo("maybe").instructions;
    assert.equal(refusal(() => object.setData(".rodata", 0, Buffer.alloc(4))).code, "EBUSY");
    object.close();
    return size;
  });
  assert.ok(sizes[0]! < sizes[1]!, `${sizes}`);
});

test("the verifier's refusal names the program and shows its log", { skip: cannotLoad }, () => {
  const object = new (addon().BpfObject)(
    compile(`
      u64 sum;
      SEC("raw_tp") int fine(u64 *ctx) { sum = ctx[0]; return 0; }
      SEC("raw_tp") int wild(u64 *ctx)
      {
        u64 *pointer = (void *)ctx[0];
        for (int i = 0; i < 60; i++) sum += ctx[0] * i;
        sum = *pointer;
        return 0;
      }`),
  );
  object.setAutoload("fine", true);
  object.setAutoload("wild", true);
  const error = refusal(() => object.load());
  assert.equal(error.operation, "load");
  assert.equal(error.code, "EACCES");
  assert.equal(error.subject, "wild");
  assert.match(error.verifierLog ?? "", /invalid mem access/);
  assert.ok((error.verifierLog ?? "").split("\n").length <= 40);
  assert.ok(object.log().includes(error.fullVerifierLog ?? "missing"));
  object.close();
});

test("refusals carry the operation, the code and what it was about", { skip: cannotLoad }, () => {
  const { BpfObject, link: join } = addon();
  const facts = (error: BpfError) => [error.operation, error.code, error.subject];
  const elf = compile(caller + decider(1));
  assert.deepEqual(facts(refusal(() => new BpfObject(Buffer.from("garbage")))), [
    "open",
    "LIBBPF_FORMAT",
    null,
  ]);
  assert.deepEqual(facts(refusal(() => join([elf, Buffer.from("garbage")]))), [
    "link",
    "LIBBPF_FORMAT",
    "object 1",
  ]);
  assert.deepEqual(facts(refusal(() => join([elf, elf]))), ["link", "EINVAL", "object 1"]);
  assert.match(refusal(() => join([elf, elf])).libbpfLog, /conflicting/);
  const truncated = elf.subarray(0, elf.length >> 1);
  assert.equal(refusal(() => join([truncated])).code, "LIBBPF_FORMAT");
  assert.equal(refusal(() => new BpfObject(truncated)).operation, "open");

  const object = new BpfObject(elf);
  assert.deepEqual(facts(refusal(() => object.setAttachTarget("typed_hit", "no_such_tracepoint"))), [
    "setAttachTarget",
    "ESRCH",
    "no_such_tracepoint",
  ]);
  assert.deepEqual(facts(refusal(() => object.setAutoload("nobody", true))), [
    "setAutoload",
    "ENOENT",
    "nobody",
  ]);
  assert.deepEqual(facts(refusal(() => object.mapFd("nothing"))), ["mapFd", "ENOENT", "nothing"]);
  assert.equal(refusal(() => object.setData(".rodata", 2, Buffer.alloc(4))).code, "E2BIG");
  object.setAutoload("raw_hit", true);
  const target = { kind: "raw_tracepoint", name: "no_such_tracepoint" } as const;
  assert.equal(refusal(() => object.attach("raw_hit", target)).code, "EINVAL", "not loaded yet");
  object.load();
  assert.deepEqual(facts(refusal(() => object.attach("raw_hit", target))), [
    "attach",
    "ENOENT",
    "no_such_tracepoint",
  ]);
  assert.equal(refusal(() => object.lookup(".bss", Buffer.alloc(3))).code, "EINVAL");
  const link = object.attach("raw_hit", { kind: "raw_tracepoint", name: "sys_exit" });
  object.close();
  object.close();
  assert.equal(link.fd, -1, "an object takes its links along");
  link.detach();
  assert.deepEqual(facts(refusal(() => object.programs())), ["programs", "EBADF", null]);
  assert.equal(refusal(() => object.attach("raw_hit", target)).code, "EBADF");
});

test("an object that is not a BPF program file is refused without root", { skip: notBuilt }, () => {
  assert.equal(refusal(() => new (addon().BpfObject)(Buffer.alloc(100))).code, "LIBBPF_FORMAT");
});

test("200 sessions leave no descriptor and no program behind", { skip: cannotLoad }, () => {
  const name = `leak${process.pid}`;
  const elf = compile(`u64 hits; SEC("raw_tp") int ${name}(u64 *ctx) { hits = ctx[0]; return 0; }`);
  const session = (): void => {
    const object = new (addon().BpfObject)(elf);
    object.setAutoload(name, true);
    object.load();
    object.attach(name, { kind: "raw_tracepoint", name: "sched_process_exit" });
    object.mmapMap(".bss");
    object.close();
  };
  session();
  const before = readdirSync("/proc/self/fd").length;
  for (let i = 0; i < 200; i++) session();
  assert.equal(readdirSync("/proc/self/fd").length, before);
  // What is closed is freed after a grace period.
  const deadline = Date.now() + 5000;
  while (kernelPrograms().includes(name) && Date.now() < deadline);
  assert.ok(!kernelPrograms().includes(name));
});
