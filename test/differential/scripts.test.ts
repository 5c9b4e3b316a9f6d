// The same promise from the script's text on: whatever the compiler makes of an expression, the kernel part and the user
// part together say what the rules of the language say of its syntax tree. SEED=… repeats a run.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { generate } from "../../compiler/codegen/bpf/index.js";
import { compileTest } from "../../compiler/codegen/predicates/index.js";
import { everything, FRAME_SIZE, hitOf, writeFrame } from "./frames.js";
import { bit, Looking, MAX_CLAUSES, showPacket } from "./judge.js";
import { kernel } from "./memory.js";
import { type PacketCase, packetCases, randomOf } from "./packets.js";
import { compileScript, expressionText, scriptOf } from "./scripts.js";
import { holdsTree } from "./tree-reference.js";
import { type Arguments, cannotLoad, type Slot, World } from "./world.js";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const EXPRESSIONS = Number(process.env["EXPRESSIONS"] ?? 1536);
const PACKETS = Number(process.env["PACKETS"] ?? 256);

/** Distinct expressions that mean something: the others the compiler refuses. */
function sample(count: number): readonly string[] {
  const texts = new Set<string>();
  let refused = 0;
  for (const text of fc.sample(expressionText, { seed: SEED, numRuns: 2 * count })) {
    if (texts.size === count) break;
    if (compileScript(scriptOf([text])).compiled === null) refused += 1;
    else texts.add(text);
  }
  assert.ok(refused < count / 4, `${refused} were refused`);
  assert.equal(texts.size, count);
  return [...texts];
}

describe(`scripts mean what they say (SEED=${SEED})`, { skip: cannotLoad }, () => {
  const packets = packetCases(randomOf(SEED), PACKETS);

  it(`${EXPRESSIONS} expressions on ${PACKETS} packets`, (t) => {
    t.diagnostic(`SEED=${SEED}`);
    const texts = sample(EXPRESSIONS);
    let inUserSpace = 0;
    for (let first = 0; first < texts.length; first += MAX_CLAUSES) {
      const batch = texts.slice(first, first + MAX_CLAUSES);
      const slot: Slot = (first / MAX_CLAUSES) % 2 === 0 ? 0 : 1;
      const args: Arguments = { reason: first % 128, location: 0xffff_ffff_8100_0000n };
      inUserSpace += judge(batch, packets, slot, args);
    }
    assert.ok(inUserSpace > texts.length / 100, `${inUserSpace} with a user part`);
  });
});

/** How many of the expressions have a user part. */
function judge(
  texts: readonly string[],
  packets: readonly PacketCase[],
  slot: Slot,
  args: Arguments,
): number {
  const { compiled, errors } = compileScript(scriptOf(texts));
  assert.ok(compiled !== null, errors.join("\n"));
  const { plan, checked } = compiled;
  const world = World.deciding(generate(plan, kernel, "probe").elf, args);
  const verdicts = world.run(slot, packets);
  world.close();
  const looking = new Looking();
  const wholes = plan.clauses.map(({ whole }) =>
    compileTest(whole, { ...plan, layout: everything }, looking.regex),
  );
  const users = plan.clauses.map(({ user }) =>
    user === null ? null : compileTest(user, plan, looking.regex),
  );
  const full = Buffer.alloc(FRAME_SIZE);
  const lean = Buffer.alloc(plan.layout.bytes + plan.layout.snap);
  const viewOf = (buffer: Buffer): DataView => new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  const [fullView, leanView] = [viewOf(full), viewOf(lean)];
  packets.forEach((packet, index) => {
    const hit = hitOf(packet, slot, args, plan.probes[slot]!);
    looking.at(hit);
    writeFrame(full, packet, slot, args);
    writeFrame(lean, packet, slot, args, plan.layout);
    for (const { id } of plan.clauses) {
      const expected = holdsTree(checked.handlers[id]!.where!, { checked, hit });
      const inKernel = bit(verdicts[index]!, id);
      const user = users[id]?.(leanView, 0) ?? true;
      const whole = wholes[id]!(fullView, 0);
      if (whole !== expected || (inKernel && user) !== expected)
        assert.fail(
          `kernel ${inKernel}, user part ${user}, whole ${whole}, expected ${expected}; slot ${slot}\n${texts[id]}\n${showPacket(packet)}`,
        );
    }
  });
  return users.filter((user) => user !== null).length;
}
