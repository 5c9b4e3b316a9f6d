// Starts that fail attach nothing: the BPF objects of the machine are the same before and after.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bpfObjects, orphansSince } from "../kernel/bpf-objects.js";
import { program } from "../kernel/programs.js";
import { RetisProcess } from "../kernel/retis-process.js";
import { skipUnlessLive } from "./live.js";

const failures = [
  ["a wrong script", ["-e", "on drop where drop.reson == NO_SOCKET print"], [], 1],
  ["a handler that is no JavaScript", ["-e", "on drop { print( }"], [], 1],
  ["a missing tracepoint", ["-e", "on drop print on tp:skb:no_such_event print"], [], 1],
  ["a wrong option", ["--formt", "json", "-e", "on drop print"], [], 2],
  ["no capabilities", ["-e", "on drop print"], ["setpriv", "--bounding-set=-all", "--inh-caps=-all"], 3],
] as const;

/** The names of what a sound run loads, to tell ours from those of others on this machine. */
const namesOfARun = async (): Promise<ReadonlySet<string | undefined>> => {
  const retis = new RetisProcess(["-e", "on drop print"]);
  await retis.ready();
  const objects = bpfObjects();
  retis.signal("SIGINT");
  await retis.end();
  return new Set([...retis.held].map((object) => objects.get(object)));
};

test("a start that fails leaves nothing attached", { skip: skipUnlessLive() }, async (context) => {
  program("bpf-ids");
  const names = await namesOfARun();
  for (const [name, args, wrap, expected] of failures) {
    await context.test(name, async () => {
      const before = bpfObjects();
      const retis = new RetisProcess(args, { wrap });
      const { code } = await retis.end();
      assert.equal(code, expected, retis.describe());
      assert.notEqual(retis.stderr, "");
      assert.equal(retis.stdout, "");
      assert.doesNotMatch(retis.stderr, /^ready|bug in retis/m);
      assert.deepEqual(await orphansSince(before, names), []);
    });
  }
});
