// Fields of the sections that only stored events have: what scripts may say of them, and what they find in a file.
import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../../../compiler/check/check.js";
import { compileTest } from "../../../compiler/codegen/predicates/index.js";
import type { KernelFacts } from "../../../compiler/kernel-facts.js";
import { lowerTest } from "../../../compiler/plan/lower-test.js";
import { fields } from "../../../compiler/schema/index.js";
import { SECTION_BITS } from "../../../compiler/schema/section-bits.js";
import type { SectionName } from "../../../compiler/schema/value.js";
import { frameSize } from "../../../runtime/events/frame.js";
import { readField } from "../../../runtime/outputs/field-value.js";
import { openSource } from "../../../runtime/store/open-source.js";
import { kernel as testKernel } from "../../kernel-facts.js";
import { prelude, read } from "../check/checking.js";
import { EVENTS } from "./events.js";
import { file, fileOf, skip } from "./reading.js";

const stored = new Set(Object.keys(SECTION_BITS) as SectionName[]);

function checkStored(
  text: string,
  sections: ReadonlySet<SectionName> | null,
  kernel: KernelFacts = testKernel,
) {
  return check(read("script.rts", text), {
    kernel,
    prelude,
    used: new Map(),
    options: new Map(),
    ...(sections === null ? {} : { sections }),
  });
}

const EVENT = (members: string): string => `{"common":{"timestamp":7},${members}}`;
const ct = (state: string, more = ""): string =>
  EVENT(
    `"ct":{"state":"${state}","zone_id":5,"zone_dir":"Default","orig":{"ip":{"src":"10.0.0.1","dst":"10.0.0.2","version":"v4"},"proto":{"tcp":{"sport":1,"dport":2}}},"reply":{"ip":{"src":"10.0.0.2","dst":"10.0.0.1","version":"v4"},"proto":{"tcp":{"sport":2,"dport":1}}},${more}"ct_status":18446744073709551615}`,
  );

const LINES = [
  ct("established", '"proto_state":"SYN_SENT","mark":7,'),
  ct("reply"),
  ct("related_reply"),
  ct("new"),
  ...EVENTS.filter((line) => line.startsWith("{")),
];

/** Of each event, whether the condition holds. */
async function verdicts(condition: string): Promise<readonly boolean[]> {
  const source = await openSource(fileOf(file(...LINES)));
  const { value, diagnostics } = checkStored(`on drop where ${condition} print`, stored);
  assert.deepEqual(
    diagnostics.map((one) => one.message),
    [],
    condition,
  );
  assert.ok(value !== null);
  const where = value.handlers[0]?.where;
  assert.ok(where !== undefined && where !== null);
  const found: boolean[] = [];
  for await (const { view, length, release } of source.batches()) {
    const holds = compileTest(lowerTest(where, value), source.names, () => () => false);
    for (let at = 0; at < length; at += frameSize(view, at)) found.push(holds(view, at));
    release();
  }
  await source.close();
  return found.slice(1);
}

/** Where the condition holds, by index of LINES. */
const where = async (condition: string): Promise<readonly number[]> =>
  (await verdicts(condition)).flatMap((holds, index) => (holds ? [index] : []));

const conditions: readonly (readonly [string, readonly number[]])[] = [
  ["ct", [0, 1, 2, 3, 5]],
  // As in nft: replies are of established and related connections.
  ["ct.state == established", [0, 1]],
  ["ct.state == related", [2, 5]],
  ["ct.state == reply", [1]],
  ["ct.state != established", [2, 3, 5]],
  ["ct.state in {established, new}", [0, 1, 3]],
  ["ct.state not in {established, new}", [2, 5]],
  ["ct.mark == 7", [0, 5]],
  ["ct.mark != 7", []],
  ["ct.zone == 5", [0, 1, 2, 3]],
  ["ct.status == 18446744073709551615", [0, 1, 2, 3]],
  ['ct.proto_state == "SYN_SENT"', [0]],
  ['ct.proto_state != "SYN_SENT"', []],
  ['nft.table == "nat"', [5]],
  ['nft.table != "nat"', []],
  ['nft.chain matches "dnat*"', [5]],
  ["nft.verdict == jump", [5]],
  ['nft.target == "more"', [5]],
  ["nft.handle == 4", [5]],
  ["nft.policy", []],
  ["ovs.event == recv_upcall", [6]],
  ['ovs.action == "ct"', [7]],
  ["ovs.recirc_id == 4", [7]],
  ["ovs.cmd == miss", []],
  ['pkt == "1"', []],
  ["tracking", [4]],
  ["not ct and not ovs", [4, 8]],
];

for (const [condition, events] of conditions) {
  test(`where ${condition}`, { skip }, async () => {
    assert.deepEqual(await where(condition), events);
  });
}

test("the id of a packet is the one that its text shows", { skip }, async () => {
  const id = ((164845763905n << 64n) | 18380134183922406912n).toString(16);
  assert.deepEqual(await where(`pkt == "${id}"`), [4]);
});

test("every such field is read as people see it", { skip }, async () => {
  const source = await openSource(fileOf(file(...LINES)));
  const rows: Record<string, unknown>[] = [];
  const names = [...fields.keys()].filter((name) => /^(ct|nft|ovs)\.|^pkt$/.test(name));
  for await (const batch of source.batches()) {
    const readers = names.map((name) => {
      const field = fields.get(name);
      assert.ok(field !== undefined);
      return [name, readField(field, source.names)] as const;
    });
    for (let at = 0; at < batch.length; at += frameSize(batch.view, at))
      rows.push(
        Object.fromEntries(
          readers.flatMap(([name, reader]) => {
            const cell = reader(batch, at);
            return cell === undefined ? [] : [[name, cell]];
          }),
        ),
      );
    batch.release();
  }
  assert.deepEqual(rows[1], {
    "ct.state": "established",
    "ct.zone": 5,
    "ct.mark": 7,
    "ct.status": 18446744073709551615n,
    "ct.proto_state": "SYN_SENT",
  });
  assert.equal(rows[2]?.["ct.mark"], undefined);
  assert.deepEqual(rows[8], { "ovs.event": "action_execute", "ovs.action": "ct", "ovs.recirc_id": 4 });
  assert.equal(rows[6]?.["nft.table"], "nat");
  assert.equal(rows[6]?.["nft.verdict"], "jump");
  assert.equal(rows[6]?.["nft.target"], "more");
});

test("live events do not have them yet", () => {
  for (const text of [
    "where ct.state == established print",
    "where nft print",
    'where pkt == "1" print',
    "print ovs",
  ]) {
    const { diagnostics } = checkStored(`on drop ${text}`, null);
    assert.match(diagnostics[0]?.message ?? "", /is not in this version yet/, text);
    assert.deepEqual(checkStored(`on drop ${text}`, stored).diagnostics, [], text);
  }
});
