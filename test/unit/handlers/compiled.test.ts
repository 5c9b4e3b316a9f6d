// Handlers of whole scripts, through the compiler: named filters as booleans, options, the sections that are collected.
import assert from "node:assert/strict";
import { test } from "node:test";
import { generateHandlers, sectionsUsed } from "../../../compiler/codegen/handlers/index.js";
import { compile } from "../../../compiler/index.js";
import { TextWriter } from "../../../runtime/packet/text-writer.js";
import { HandlerOutput, plainLines } from "../../../runtime/sandbox/handler-output.js";
import { type HostValues, Sandbox, SandboxWorker } from "../../../runtime/sandbox/sandbox.js";
import { kernel } from "../../kernel-facts.js";
import { FILES, SETTINGS } from "../sandbox/running.js";
import { type MadeFrame, makeBatch, makeFrame, selectAll, tcp4, udp6 } from "./made-frames.js";

const HOST: HostValues = { read: ({ name }) => (name === "probe" ? "skb:kfree_skb" : undefined) };

const PRELUDE = { name: "prelude.rts", text: "probe drop = tp:skb:kfree_skb" };

function generated(text: string, options: Readonly<Record<string, string>> = {}) {
  const source = { name: "test.rts", text };
  const { value, diagnostics } = compile({
    source,
    prelude: PRELUDE,
    load: () => {
      throw new Error("nothing is used");
    },
    kernel,
    settings: { buffer: null, snaplen: null },
    options: new Map(Object.entries(options)),
  });
  if (value === null) throw new Error(diagnostics.map((one) => `${one.code} ${one.message}`).join("\n"));
  return { plan: value.plan, ...generateHandlers(value.plan, kernel, value.checked) };
}

async function run(
  text: string,
  frames: readonly MadeFrame[],
  options?: Readonly<Record<string, string>>,
): Promise<string> {
  const { plan, value, diagnostics } = generated(text, options);
  if (value === null) throw new Error(diagnostics.map((one) => `${one.code} ${one.message}`).join("\n"));
  const faults: string[] = [];
  const sandbox = await Sandbox.start(value, {
    settings: SETTINGS,
    hostValues: HOST,
    report: (fault) => faults.push(fault.message),
    worker: new SandboxWorker(FILES),
  });
  const batch = makeBatch(frames.map((frame) => makeFrame(frame, plan.layout)));
  const selection = selectAll(
    batch,
    plan.clauses.map((clause) => clause.id),
  );
  const out = new TextWriter();
  const emissions = await sandbox.run(batch, selection);
  new HandlerOutput(value, emissions, batch, selection, HOST, { ...plainLines, event: () => {} }).writeAll(
    out,
  );
  await sandbox.close();
  assert.deepEqual(faults, []);
  return out.take().toString();
}

const FRAMES: readonly MadeFrame[] = [
  {
    packet: { bytes: tcp4({ dport: 80, saddr: "10.1.2.3", flags: 2 }) },
    sections: { task: { comm: "nginx" }, dev: { name: "veth7" }, drop: { reason: 2, has_reason: 1 } },
  },
  {
    packet: { bytes: tcp4({ dport: 443, saddr: "192.168.0.1", flags: 0x14 }) },
    sections: { task: { comm: "curl" }, dev: { name: "eth0" } },
  },
  {
    packet: { bytes: udp6("20010db8000000000000000000000001", "fe8000000000000000000000000000ff", 53, 80) },
    sections: { task: { comm: "dnsmasq" } },
  },
  { sections: { task: { comm: "swapper" } } },
];

/** A filter, and on which of the frames it holds. */
const FILTERS: readonly (readonly [string, string])[] = [
  ["tcp.dport == 80", "1000"],
  ["tcp.dport != 80", "0100"],
  ["not (tcp.dport == 80)", "0111"],
  ["tcp.port in {80, 400..500}", "1100"],
  ["tcp.dport not in {80}", "0100"],
  ["l4.dport == 80", "1010"],
  ["ip.saddr in {10.0.0.0/8, 2001:db8::/32}", "1010"],
  ["ip.saddr == 192.168.0.1 or ip.daddr == fe80::ff", "0110"],
  ["ip.saddr != 192.168.0.1", "1010"],
  ["tcp", "1100"],
  ["tcp and not tcp.flags.rst", "1000"],
  ["tcp.flags has {rst, ack}", "0100"],
  ["tcp.flags == syn", "1000"],
  ['comm == "nginx"', "1000"],
  ['comm != "nginx"', "0111"],
  ['comm matches "*n*"', "1010"],
  ["comm matches /^(curl|dns)/", "0110"],
  ['dev.name matches "veth*"', "1000"],
  ["tcp.dport * 2 + 1 > 500 and tcp.dport % 3 == 2", "0100"],
  ['probe == "skb:kfree_skb" and tcp', "1100"],
  ['probe matches "skb:*" and probe matches /free/', "1111"],
  ["packet.len / 0x10 >= 3 and tcp.seq > 0x7fffffff", "1100"],
];

const everything = "print(comm, ip.saddr, dev.name, drop.reason)";

test("named filters are booleans in handlers", async () => {
  const names = FILTERS.map((_, index) => `filter${index}`);
  const script = [
    ...FILTERS.map(([text], index) => `filter ${names[index]} = ${text}`),
    `on drop { ${everything}; print([${names.join(", ")}].map(Number).join("")) }`,
  ].join("\n");
  const lines = (await run(script, FRAMES))
    .trimEnd()
    .split("\n")
    .filter((line) => /^[01]+$/.test(line));
  FILTERS.forEach(([text, expected], index) => {
    assert.equal(lines.map((line) => line[index]).join(""), expected, text);
  });
});

test("a filter is true or false, whatever it tests", async () => {
  const script = "filter a = dev\nfilter b = tcp\non drop { print(a, b, dev.name, tcp.dport) }";
  assert.equal(
    await run(script, FRAMES),
    "true true veth7 80\ntrue true eth0 443\nfalse false - -\nfalse false - -\n",
  );
});

test("what a named filter needs is collected for the handler that names it", async () => {
  const script = "filter web = tcp.dport == 443\non drop { if (web) print(cpu) }";
  assert.deepEqual(generated(script).diagnostics, []);
  assert.match(await run(script, FRAMES.slice(0, 2)), /^\d+\n$/);
});

test("options", async () => {
  const script =
    "option port: port = 80\noption who: string?\non drop { print(tcp.dport === $port, $who, { $port }) }";
  assert.equal(await run(script, FRAMES.slice(0, 1)), 'true - {"$port":80}\n');
  assert.equal(await run(script, FRAMES.slice(0, 1), { port: "81", who: "me" }), 'false me {"$port":81}\n');
});

test("what a handler reads is collected, and nothing else", () => {
  const used = (body: string): string => {
    const source = { name: "", text: body };
    return [...sectionsUsed({ text: body, span: { source, start: 0, end: body.length } })].sort().join(" ");
  };
  assert.equal(used("print(tcp.dport)"), "packet");
  assert.equal(used("if (cpu > 1) x = time"), "");
  assert.equal(used("const d = drop; d.reason"), "drop");
  assert.equal(used("const { name } = dev"), "dev");
  assert.equal(used("print(comm, skb.len, ns.inum)"), "ns skb task");
  assert.equal(used("const tcp = {}; tcp.dport"), "");
  assert.equal(used("print()"), "dev drop ns packet task");
  assert.equal(used("print(stack)"), "dev drop ns packet stack task");
  assert.equal(used("print(stack, 1)"), "stack");
  assert.equal(used("(() => { emit({ comm }) })()"), "task");
  assert.equal(used("not javascript"), "");
});
