// Both ways to read kernel memory on the same live packets: typed loads (tp_btf), which no test run can call, and the
// probe reads (raw_tp) that all other comparisons here run. User space judges the frames as well. SEED=… repeats a run.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { describe, it } from "node:test";
import fc from "fast-check";
import { generate } from "../../compiler/codegen/bpf/index.js";
import { compileTest } from "../../compiler/codegen/predicates/index.js";
import type { Plan } from "../../compiler/plan/plan.js";
import { structs } from "../../compiler/schema/generated/layout.js";
import { attach } from "../../runtime/attach/attach.js";
import { addon } from "../unit/addon/fixture.js";
import { bit } from "./judge.js";
import { kernel } from "./memory.js";
import { compileScript, expressionText } from "./scripts.js";
import { cannotLoad, framesIn, World } from "./world.js";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const EXPRESSIONS = 50;
const DATAGRAMS = 60;
/** Nobody else sends there. */
const PORT = 47_113;

const scriptOf = (texts: readonly string[]): string =>
  ["", ...texts.map((text) => `and (${text})`)]
    .map((rest) => `on net:netif_receive_skb where udp.dport == ${PORT} ${rest} print skb\n`)
    .join("");

/** Each carries its number, behind it bytes of all kinds. */
async function sendDatagrams(): Promise<void> {
  for (let number = 0; number < DATAGRAMS; number += 1) {
    const six = number % 3 === 0;
    const payload = Buffer.alloc(4 + ((number * 7) % 400), number);
    payload.writeUInt32LE(number);
    const socket = createSocket(six ? "udp6" : "udp4");
    await new Promise<void>((resolve, reject) => {
      socket.send(payload, PORT, six ? "::1" : "127.0.0.1", (error) =>
        error === null ? resolve() : reject(error),
      );
    });
    socket.close();
  }
}

/** Frames by the number that their packet carries. */
function byNumber(frames: readonly Buffer[], plan: Plan): ReadonlyMap<number, Buffer> {
  const section = plan.layout.offsets.packet! + structs.section_packet.members.layers.offset;
  return new Map(
    frames.map((frame) => {
      const transport = frame.readUInt16LE(section + structs.layers.members.l4.offset);
      return [frame.readUInt32LE(plan.layout.bytes + transport + 8), frame];
    }),
  );
}

const clausesOf = (frame: Buffer): bigint => frame.readBigUInt64LE(structs.frame.members.clauses.offset);

describe(`live packets (SEED=${SEED})`, { skip: cannotLoad }, () => {
  it("get the same verdict in typed loads and in probe reads", async () => {
    const texts = fc
      .sample(expressionText, { seed: SEED, numRuns: 4 * EXPRESSIONS })
      .filter(
        (text) => !/matches \/|contains/.test(text) && compileScript(scriptOf([text])).compiled !== null,
      )
      .slice(0, EXPRESSIONS);
    assert.equal(texts.length, EXPRESSIONS);
    const { compiled } = compileScript(scriptOf(texts));
    const plan = compiled!.plan;
    const typed = attach(addon(), plan, generate(plan, kernel, "typed"), kernel.features);
    const probe = World.whole(generate(plan, kernel, "probe").elf, plan, { reason: 0, location: 0n });
    probe.attach("netif_receive_skb");
    typed.enable();
    await sendDatagrams();
    typed.detach();
    const fromTyped = byNumber(await framesIn(typed.object), plan);
    const fromProbe = byNumber(await probe.frames(), plan);
    probe.close();
    typed.close();

    assert.equal(fromTyped.size, DATAGRAMS);
    assert.equal(fromProbe.size, DATAGRAMS);
    const wholes = plan.clauses.map(({ whole }) => compileTest(whole, plan));
    const users = plan.clauses.map(({ user }) => (user === null ? null : compileTest(user, plan)));
    for (const [number, frame] of fromTyped) {
      const clauses = clausesOf(frame);
      assert.equal(clauses.toString(2), clausesOf(fromProbe.get(number)!).toString(2), `datagram ${number}`);
      const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
      plan.clauses.forEach(({ id }) => {
        const decided = bit(clauses, id) && (users[id]?.(view, 0) ?? true);
        assert.equal(decided, wholes[id]!(view, 0), `datagram ${number}: ${texts[id - 1]}`);
      });
    }
  });
});
