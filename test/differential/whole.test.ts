// The program that is attached, whole: it finds the packet in the socket buffer, walks the headers, decides, and emits a
// frame, from which user space decides again. Each step agrees with the rules. SEED=… repeats a run.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { generate } from "../../compiler/codegen/bpf/index.js";
import { compileTest } from "../../compiler/codegen/predicates/index.js";
import * as generated from "../../compiler/schema/generated/layout.js";
import { hitOf } from "./frames.js";
import { bit, Looking, showPacket } from "./judge.js";
import { kernel, layersOf, visible } from "./memory.js";
import { packetCases, randomOf } from "./packets.js";
import { compileScript, expressionText, scriptOf } from "./scripts.js";
import { holdsTree } from "./tree-reference.js";
import { type Arguments, cannotLoad, type Slot, World } from "./world.js";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const EXPRESSIONS = 59;
const PACKETS = 256;
const { structs } = generated;

/** The context of a test run is the task's own, whatever the packet says. */
const comparable = (text: string): boolean => !text.includes("task.context");

/** Clause 0 holds for every hit and collects everything. */
const script = (texts: readonly string[]): string =>
  `on net:netif_receive_skb, skb:kfree_skb print skb\n${scriptOf(texts)}`;

/** struct layers of a frame. */
function layersIn(frame: Buffer, section: number): Readonly<Record<string, number>> {
  const at = section + structs.section_packet.members.layers.offset;
  return Object.fromEntries(
    Object.entries(structs.layers.members).map(([name, { offset, size }]) => [
      name,
      frame.readUIntLE(at + offset, size),
    ]),
  );
}

describe(`the whole program (SEED=${SEED})`, { skip: cannotLoad }, () => {
  const packets = packetCases(randomOf(SEED), PACKETS);
  const texts = fc
    .sample(expressionText, { seed: SEED, numRuns: 2 * EXPRESSIONS })
    .filter((text) => comparable(text) && compileScript(scriptOf([text])).compiled !== null)
    .slice(0, EXPRESSIONS);

  // Plans that look at nothing, at headers, at everything: each opens the window another way.
  const plans: readonly (readonly [name: string, texts: readonly string[]])[] = [
    ["any bytes", texts],
    [
      "headers only",
      ["tcp.dport == 80", "ip.ttl > 64", "udp.port in {53, 4789}", "not tcp", "ip.addr in fd00::/8"],
    ],
    ["tags", ["vlan.id < 443", "not vlan", "vlan.pcp == 3"]],
    ["Ethernet only", ["eth.type == ipv4", "packet.len > 100", "packet"]],
    ["nothing of the packet", ["skb.mark == 1", 'dev.name matches "eth*"']],
  ];
  for (const [name, expressions] of plans)
    for (const slot of [0, 1] as const)
      it(`${name}, slot ${slot}`, async () => {
        assert.ok(expressions.length > 1);
        await judge(expressions, slot);
      });

  async function judge(expressions: readonly string[], slot: Slot): Promise<void> {
    const args: Arguments = { reason: 3, location: 0xffff_ffff_8100_0000n };
    const { compiled, errors } = compileScript(script(expressions));
    assert.ok(compiled !== null, errors.join("\n"));
    const { plan, checked } = compiled;
    const world = World.whole(generate(plan, kernel, "probe").elf, plan, args);
    const verdicts = world.run(slot, packets);
    const frames = await world.frames();
    world.close();
    assert.equal(frames.length, packets.length);
    const looking = new Looking();
    const users = plan.clauses.map(({ user }) =>
      user === null ? null : compileTest(user, plan, looking.regex),
    );
    const wholes = plan.clauses.map(({ whole }) => compileTest(whole, plan, looking.regex));
    packets.forEach((packet, index) => {
      const frame = frames[index]!;
      const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
      assert.equal(view.getBigUint64(structs.frame.members.clauses.offset, true), verdicts[index]);
      const hit = hitOf(packet, slot, args, plan.probes[slot]!);
      looking.at(hit);
      if (packet.start !== "none") {
        const section = plan.layout.offsets.packet!;
        assert.deepEqual(layersIn(frame, section), layersOf(packet), showPacket(packet));
        assert.equal(
          frame.readUInt16LE(section + structs.section_packet.members.window.offset),
          visible(packet),
        );
      }
      for (const { id } of plan.clauses.slice(1)) {
        const expected = holdsTree(checked.handlers[id]!.where!, { checked, hit });
        const inKernel = bit(verdicts[index]!, id);
        const told = `slot ${slot}\n${expressions[id - 1]}\n${showPacket(packet)}`;
        assert.equal(inKernel && (users[id]?.(view, 0) ?? true), expected, `kernel ${inKernel}; ${told}`);
        assert.equal(wholes[id]!(view, 0), expected, `from the frame; ${told}`);
      }
    });
  }
});
