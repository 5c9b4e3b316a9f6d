// How many bytes of a packet an event carries: what is asked for, and what user space reads at least.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { compile } from "../../../compiler/index.js";
import { root } from "../../kernel/programs.js";
import { kernel } from "../../kernel-facts.js";

const prelude = { name: "prelude.rts", text: readFileSync(join(root, "stdlib/prelude.rts"), "utf8") };

function snapOf(text: string, snaplen: number): number | undefined {
  const { value } = compile({
    source: { name: "script.rts", text },
    prelude,
    load: () => ({ name: "none", text: "" }),
    kernel,
    options: new Map(),
    settings: { buffer: null, snaplen },
  });
  return value?.plan.layout.snap;
}

describe("the bytes of a packet that an event carries", () => {
  for (const script of [
    "on drop print",
    "on drop where tcp.dport == 81 print",
    "on drop where tcp print packet, stack",
    "on drop where tcp.dport == 81 print packet, comm",
  ])
    it(`are as asked for: ${script}`, () => {
      assert.equal(snapOf(script, 24), 24);
      assert.equal(snapOf(script, 1000), 1000);
    });

  for (const script of [
    "on drop where tcp.dport == 81 print tcp.dport",
    "on drop print tcp.dport == 81, comm",
    "on drop print tcp.len + 1, comm",
    "on drop where tcp.opt.mss == 1 print",
    "on drop print flow",
    "on drop print tcp",
    "on drop { print(tcp.dport) }",
    "filter web = tcp.dport == 80 on drop { if (web) print(comm) }",
  ])
    it(`are all that user space may read: ${script}`, () => {
      assert.equal(snapOf(script, 24), 256);
      assert.equal(snapOf(script, 1000), 1000);
    });
});
