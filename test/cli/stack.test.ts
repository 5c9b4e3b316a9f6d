// The stack of a drop against bpftrace's for the same drop: the same functions in the same order.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { RetisProcess } from "../kernel/retis-process.js";
import { namespacePair, skipUnlessLive } from "./live.js";

/** Frames of tracing itself, which each tracer has its own of. */
const own = /^(bpf_prog_|bpf_trace_run|__bpf_trace_|__traceiter_|perf_|trace_event_raw_event|bpf_|0x)/;

const functions = (lines: readonly string[]): string[] =>
  lines
    .map((line) => line.trim().replace(/\+(0x)?[0-9a-f]+$/, ""))
    .filter((name) => name !== "" && !own.test(name));

/** bpftrace's stack of one drop of an EtherType that only this test sends. */
class Bpftrace {
  #text = "";
  readonly #child = spawn("bpftrace", [
    "-e",
    `BEGIN { printf("attached\\n"); }
     tracepoint:skb:kfree_skb /args->protocol == 0x88b5/ { printf("stack%s\\nend\\n", kstack); }`,
  ]);

  constructor() {
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#text += text;
    });
  }

  async has(text: string): Promise<boolean> {
    for (let waited = 0; waited < 30_000; waited += 20) {
      if (this.#text.includes(text)) return true;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  }

  get stack(): string[] {
    return functions((/stack\n([\s\S]*?)\nend/.exec(this.#text)?.[1] ?? "").split("\n"));
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }
}

test("the stack of a drop is bpftrace's", { skip: skipUnlessLive("bpftrace") }, async (context) => {
  const pair = namespacePair(context);
  const bpftrace = new Bpftrace();
  context.after(() => bpftrace.end());
  const retis = new RetisProcess(["-e", "on drop where eth.type == 0x88b5 print stack"]);
  context.after(() => retis.kill());
  assert.ok(await bpftrace.has("attached"));
  await retis.ready();

  const addresses = "020000007702020000007701";
  pair.inside("ns1", `send frames veth1 ${addresses}88b5${"2e".repeat(46)} 1`);
  assert.ok(await bpftrace.has("\nend\n"), "bpftrace saw the drop");
  await retis.until(() => retis.lines("stdout").includes(""), 5000);
  retis.signal("SIGINT");
  await retis.end();

  const frames = retis.lines("stdout").filter((line) => /^ {4}\S/.test(line));
  assert.ok(bpftrace.stack.length >= 5, `bpftrace's stack: ${bpftrace.stack.join(", ")}`);
  assert.deepEqual(functions(frames), bpftrace.stack);
  // Retis' own are cut, not just left out of the comparison.
  assert.equal(frames.length, functions(frames).length, frames.join("\n"));
});
