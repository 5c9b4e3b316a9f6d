// Types from BTF, compared with what bpftool prints of the same kernel.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import test from "node:test";
import type { Btf } from "../../../runtime/addon/btf.js";
import { addon, compile, notBuilt } from "./fixture.js";

const vmlinux = "/sys/kernel/btf/vmlinux";
const skip = notBuilt !== false ? notBuilt : existsSync(vmlinux) ? false : "needs kernel BTF";

/** Types of one BTF file as bpftool's JSON gives them. */
interface BpftoolType {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly size?: number;
  readonly type_id?: number;
  readonly members?: readonly {
    readonly name: string;
    readonly type_id: number;
    readonly bits_offset: number;
    readonly bitfield_size?: number;
  }[];
  readonly params?: readonly { readonly name: string; readonly type_id: number }[];
  readonly values?: readonly { readonly name: string; readonly val: number }[];
}

let dumped: readonly BpftoolType[] | null = null;
function bpftool(): readonly BpftoolType[] {
  if (dumped === null) {
    const args = ["-j", "btf", "dump", "file", vmlinux];
    const parsed = JSON.parse(execFileSync("bpftool", args, { encoding: "utf8", maxBuffer: 1 << 28 }));
    dumped = (parsed as { readonly types: readonly BpftoolType[] }).types;
  }
  return dumped;
}

const reference = (kind: string, name: string): BpftoolType => {
  const found = bpftool().find((type) => type.kind === kind && type.name === name);
  assert.ok(found !== undefined, `bpftool knows ${kind} ${name}`);
  return found;
};

let loaded: Btf | null = null;
const btf = (): Btf => {
  loaded ??= new (addon().Btf)(vmlinux);
  return loaded;
};

test("structs have bpftool's members at bpftool's offsets", { skip }, () => {
  for (const name of ["sk_buff", "net_device", "sock", "iphdr", "tcphdr", "net", "nf_conn", "task_struct"]) {
    const own = btf().struct(name);
    const theirs = reference("STRUCT", name);
    assert.ok(own !== null);
    assert.equal(own.size, theirs.size, name);
    assert.deepEqual(
      own.members.map((member) => [member.name ?? "(anon)", member.offsetBits, member.bitfieldSize]),
      theirs.members?.map((member) => [member.name, member.bits_offset, member.bitfield_size ?? 0]),
      name,
    );
  }
  assert.equal(btf().struct("no_such_struct"), null);
});

/** bpftool 7.1 prints unsigned 32-bit values sign-extended to 64. */
const as32Bits = (value: number): number => (value < 0 ? value : Number(BigInt.asUintN(32, BigInt(value))));

test("enum values are bpftool's", { skip }, () => {
  const names = ["skb_drop_reason", "ip_conntrack_info", "nf_inet_hooks", "tcp_conntrack"];
  const known = names.filter((name) => bpftool().some((type) => type.kind === "ENUM" && type.name === name));
  assert.ok(known.includes("nf_inet_hooks"));
  for (const name of known) {
    assert.deepEqual(
      btf()
        .enumValues(name)
        ?.map((entry) => [entry.name, entry.value]),
      reference("ENUM", name).values?.map((value) => [value.name, as32Bits(value.val)]),
      name,
    );
  }
  const wide = bpftool().find((type) => type.kind === "ENUM64" && type.name !== "(anon)");
  assert.equal(btf().enumValues("no_such_enum"), null);
  if (wide === undefined) return; // 64-bit enums came with kernel 6.0
  assert.deepEqual(
    btf()
      .enumValues(wide.name)
      ?.map((entry) => [entry.name, Number(entry.value)]),
    wide.values?.map((value) => [value.name, value.val]),
  );
});

test("a tracepoint's parameters are those of its iterator, without the first", { skip }, () => {
  for (const name of ["kfree_skb", "netif_receive_skb", "net_dev_queue", "consume_skb", "sched_switch"]) {
    const iterator = reference("FUNC", `__traceiter_${name}`);
    const prototype = bpftool().find((type) => type.id === iterator.type_id);
    assert.deepEqual(
      btf()
        .tracepointParameters(name)
        ?.map((parameter) => parameter.name),
      prototype?.params?.slice(1).map((parameter) => parameter.name.replace(/__nullable$/, "")),
      name,
    );
  }
  assert.equal(btf().tracepointParameters("no_such_tracepoint"), null);
  const [skb, location] = btf().tracepointParameters("kfree_skb") ?? [];
  assert.deepEqual(
    [skb?.typeName, skb?.kind, skb?.target, location?.typeName],
    ["struct sk_buff *", "pointer", "struct sk_buff", "void *"],
  );
});

test("parameters that may be NULL are told from the others", { skip }, (context) => {
  const nullable = bpftool().some(
    (type) =>
      type.kind === "FUNC_PROTO" && type.params?.some((parameter) => parameter.name.endsWith("__nullable")),
  );
  if (!nullable || btf().tracepointParameters("tcp_send_reset") === null) {
    context.skip("this kernel marks none");
    return;
  }
  assert.deepEqual(
    btf()
      .tracepointParameters("tcp_send_reset")
      ?.map((parameter) => [parameter.name, parameter.nullable]),
    [
      ["sk", false],
      ["skb", true],
      ["reason", false],
    ],
  );
});

test("the list of tracepoints is that of the typedefs", { skip }, () => {
  const names = bpftool().filter((type) => type.kind === "TYPEDEF" && type.name.startsWith("btf_trace_"));
  assert.deepEqual(
    btf().tracepoints(),
    names.map((type) => type.name.slice("btf_trace_".length)),
  );
});

test("functions: parameters and what they return", { skip }, () => {
  assert.deepEqual(
    btf()
      .functionParameters("ip_rcv")
      ?.map((parameter) => [parameter.name, parameter.typeName]),
    [
      ["skb", "struct sk_buff *"],
      ["dev", "struct net_device *"],
      ["pt", "struct packet_type *"],
      ["orig_dev", "struct net_device *"],
    ],
  );
  assert.equal(btf().functionReturn("ip_rcv")?.typeName, "int");
  assert.equal(btf().functionReturn("kfree_skb_list_reason")?.kind ?? "void", "void");
  assert.equal(btf().functionParameters("no_such_function"), null);
});

test("which names exist", { skip }, () => {
  assert.ok(btf().has("struct", "sk_buff"));
  assert.ok(btf().has("enum", "nf_inet_hooks"));
  assert.ok(btf().has("typedef", "u32"));
  assert.ok(btf().has("function", "ip_rcv"));
  assert.ok(!btf().has("union", "sk_buff"));
  assert.ok(!btf().has("function", "sk_buff"));
});

/** A layout that this test knows, compiled to BTF. */
const layout = `
struct inner { u32 first; u32 second; };
struct node { struct node *next; const struct inner *inner; char name[16]; unsigned char bytes[3]; };
typedef struct node node_t;
enum sign { BELOW = -1, ABOVE = 1 };
enum wide { LOW = 1, HIGH = 0xffffffffffffffffULL };
struct outer {
  u64 head;
  union {
    struct { u32 left; u32 right; };
    u64 both;
  };
  u32 one : 3, two : 13, three : 16;
  struct inner inner;
  node_t *node;
  _Bool flag;
  enum sign sign;
  enum wide wide;
  short small;
  u32 table[2][5];
} outer;
struct node whole; /* what only a pointer names, clang leaves a forward declaration */
`;

test("paths through anonymous members, bit-fields and pointers", { skip: notBuilt }, async () => {
  const { mkdtempSync, rmSync, writeFileSync } = await import("node:fs");
  const folder = mkdtempSync("/tmp/retis-btf-");
  writeFileSync(`${folder}/layout.o`, compile(layout));
  const own = new (addon().Btf)(`${folder}/layout.o`);
  rmSync(folder, { recursive: true });

  const place = (path: readonly string[]) => {
    const found = own.member("outer", path);
    if (found === null) return null;
    const { byteOffset, bitOffset, bitSize, size, kind } = found.last;
    return [found.steps, byteOffset, bitOffset, bitSize, size, kind];
  };
  assert.deepEqual(place(["head"]), [[], 0, 0, 0, 8, "int"]);
  assert.deepEqual(place(["right"]), [[], 12, 0, 0, 4, "int"]);
  assert.deepEqual(place(["both"]), [[], 8, 0, 0, 8, "int"]);
  assert.deepEqual(place(["one"]), [[], 16, 0, 3, 4, "int"]);
  assert.deepEqual(place(["two"]), [[], 16, 3, 13, 4, "int"]);
  assert.deepEqual(place(["three"]), [[], 16, 16, 16, 4, "int"]);
  assert.deepEqual(place(["inner", "second"]), [[], 24, 0, 0, 4, "int"]);
  assert.deepEqual(place(["inner"]), [[], 20, 0, 0, 8, "struct"]);
  assert.deepEqual(place(["node"]), [[], 32, 0, 0, 8, "pointer"]);
  assert.deepEqual(place(["node", "name"]), [[32], 16, 0, 0, 16, "char-array"]);
  assert.deepEqual(place(["node", "bytes"]), [[32], 32, 0, 0, 3, "array"]);
  assert.deepEqual(place(["node", "next", "next", "inner", "second"]), [[32, 0, 0, 8], 4, 0, 0, 4, "int"]);
  assert.deepEqual(place(["flag"]), [[], 40, 0, 0, 1, "bool"]);
  assert.deepEqual(place(["sign"]), [[], 44, 0, 0, 4, "enum"]);
  for (const nowhere of [["missing"], ["head", "x"], ["node", "missing"], ["table", "x"], [""], []]) {
    assert.equal(place(nowhere), null, nowhere.join("."));
  }
  assert.equal(own.member("missing", ["head"]), null);

  const type = (name: string) =>
    own.struct("outer")?.members.find((member) => member.name === name)?.typeName;
  assert.deepEqual(["node", "sign", "flag", "table", "head"].map(type), [
    "node_t *",
    "enum sign",
    "_Bool",
    "u32 [2][5]",
    "u64",
  ]);
  assert.equal(own.member("outer", ["node", "inner"])?.last.typeName, "const struct inner *");
  assert.equal(own.member("outer", ["small"])?.last.signed, true);
  assert.equal(own.member("outer", ["head"])?.last.signed, false);
  assert.deepEqual(own.enumValues("sign"), [
    { name: "BELOW", value: -1 },
    { name: "ABOVE", value: 1 },
  ]);
  assert.equal(own.enumValues("wide")?.[1]?.value, 0xffff_ffff_ffff_ffffn);
});

test("a file that is no BTF is refused", { skip: notBuilt }, () => {
  assert.throws(() => new (addon().Btf)("/etc/passwd"), { operation: "btf", subject: "/etc/passwd" });
  assert.throws(() => new (addon().Btf)("/no/such/file"), { code: "ENOENT" });
});
