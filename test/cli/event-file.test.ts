// `-o`: a live run writes its events to a file, and a replay of the file shows what the run showed, byte for byte.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { root } from "../kernel/programs.js";
import { RetisProcess, retisPath } from "../kernel/retis-process.js";
import { namespacePair, skipUnlessLive } from "./live.js";

const skip = skipUnlessLive();

const folderFor = (context: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), "retis-out-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
};

const retis = (...args: readonly string[]) =>
  spawnSync(retisPath, args, {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
    timeout: 60_000,
    maxBuffer: 1 << 28,
  });

/** Some of everything: packets that arrive, are refused, run out of hops. */
const TRAFFIC = [
  "send udp 10.77.0.2 53 40",
  "ping -c 2 -i 0.2 -W 1 -q 10.77.0.2 >/dev/null || true",
  "ping -c 1 -t 1 -W 1 -q 10.77.0.2 >/dev/null || true",
  "(: </dev/tcp/10.77.0.2/80) 2>/dev/null || true",
];

/** Runs it live with `-o` and `more`, then on its file: what both showed. */
async function liveAndReplay(
  context: TestContext,
  script: readonly string[],
  traffic: readonly string[],
  more: readonly string[] = [],
): Promise<{
  readonly live: string;
  readonly replay: string;
  readonly stderr: string;
  readonly path: string;
}> {
  const pair = namespacePair(context);
  const path = join(folderFor(context), "trace");
  const place = script.map((word) => pair.localize(word));
  const run = new RetisProcess([...place, ...more, "-o", path]);
  context.after(() => run.kill());
  await run.ready();
  for (const command of traffic) pair.inside("ns1", command);
  // Timed blocks have their time.
  await new Promise((resolve) => setTimeout(resolve, 300));
  run.signal("SIGINT");
  assert.equal((await run.end(60_000)).code, 0, run.stderr);
  assert.match(run.stderr, /^wrote .*trace: \d+ events?, \d+ bytes$/m);
  const replay = retis(...place, ...more, "--from", path);
  assert.equal(replay.status, 0, replay.stderr);
  return { live: run.stdout, replay: replay.stdout, stderr: run.stderr, path };
}

const standard = readdirSync(join(root, "stdlib")).filter(
  (name) => name.endsWith(".rts") && name !== "prelude.rts",
);
for (const name of standard)
  test(`live and replay show the same: ${name}`, { skip }, async (context) => {
    const { live, replay } = await liveAndReplay(context, ["run", name.replace(".rts", "")], TRAFFIC);
    assert.equal(replay, live);
  });

const WHERE = "udp.dport == 53 and ip.saddr == 10.77.0.1";
const SCRIPTS: Readonly<Record<string, string>> = {
  "every section that is collected": `on drop where ${WHERE} print skb, stack`,
  "what the kernel decides and nothing carries": `let n = 0 on tx where ${WHERE} { n++; print(n) }`,
  "a regular expression": `on tx where ${WHERE} and dev.name matches /^veth/ print ip.id`,
  "clocks, chance and timed blocks": `let n = 0
    begin { print("begin", elapsed, Math.random()) }
    on tx where ${WHERE} { n++; if (n % 7 === 0) print(n, elapsed, time, Date.now(), Math.random()) }
    every 15ms { print("tick", n, elapsed, Date.now()) }
    end { print("end", n, elapsed) }`,
  "a handler that stops": `let n = 0 on tx where ${WHERE} { n++; print(n); if (n === 12) stop() } end { print("end") }`,
  "a script that saves": `on tx where ${WHERE} and ip.id % 3 == 0 save on tx where ${WHERE} and ip.id % 3 == 0 print ip.id`,
};
for (const [name, script] of Object.entries(SCRIPTS))
  for (const more of [[], ["--format", "json"]])
    test(`live and replay show the same: ${name}${more.length > 0 ? " as JSON" : ""}`, {
      skip,
    }, async (context) => {
      const { live, replay } = await liveAndReplay(
        context,
        ["-e", script],
        ["send udp 10.77.0.2 53 40"],
        more,
      );
      assert.ok(live.length > 0, "nothing was shown");
      assert.equal(replay, live);
    });

test("print shows what the run showed", { skip }, async (context) => {
  const { live, path } = await liveAndReplay(
    context,
    ["-e", `on tx where ${WHERE} print`],
    ["send udp 10.77.0.2 53 20"],
    ["--format", "single-line"],
  );
  const printed = retis("print", "--format", "single-line", path);
  assert.equal(printed.stdout, live);
});

test("a replay may write a file of what it lets through", { skip }, async (context) => {
  const { path } = await liveAndReplay(
    context,
    ["-e", `on tx where ${WHERE} print`],
    ["send udp 10.77.0.2 53 20"],
  );
  const script = ["-e", "on tx where udp.dport == 53 and ip.id % 2 == 0 save"];
  const part = retis(...script, "--from", path, "-o", `${path}.part`);
  assert.match(part.stderr, /^wrote .*part: 10 events/m);
  assert.equal(
    retis("print", "--format", "single-line", `${path}.part`).stdout.trim().split("\n").length,
    10,
  );
  const same = retis(...script, "--from", path, "-o", path);
  assert.equal(same.status, 2);
  assert.match(same.stderr, /cannot replay .* in place/);
});

test("after --stop-after the file has no more events than were shown", { skip }, async (context) => {
  const pair = namespacePair(context);
  const path = join(folderFor(context), "trace");
  const run = new RetisProcess([
    "-e",
    pair.localize(`on tx where ${WHERE} print`),
    "-o",
    path,
    "--stop-after",
    "9",
  ]);
  context.after(() => run.kill());
  await run.ready();
  pair.inside("ns1", "send udp 10.77.0.2 53 50");
  assert.equal((await run.end()).code, 0);
  assert.match(run.stderr, /^wrote .*: 9 events,/m);
  assert.equal(retis("print", "--format", "single-line", path).stdout.trim().split("\n").length, 9);
});

test("nothing is lost in the file while what is shown falls behind", { skip }, async (context) => {
  const pair = namespacePair(context);
  const path = join(folderFor(context), "trace");
  const script = pair.localize(`on tx where ${WHERE} print stack`);
  // Nobody reads what it shows.
  const run = new RetisProcess(["-e", script, "-o", path], { readsStdout: false });
  context.after(() => run.kill());
  await run.ready();
  pair.inside("ns1", "send udp 10.77.0.2 53 60000");
  // What it shows waits in the pipe for ever; the file does not: it grows until it has everything.
  for (let size = -1, now = 0, still = 0; still < 3; still = now === size ? still + 1 : 0) {
    size = now;
    await new Promise((resolve) => setTimeout(resolve, 700));
    now = statSync(path).size;
  }
  run.kill();
  await run.ended;
  const result = retis("print", "--format", "json", path);
  assert.equal(result.status, 0, `${result.error} ${result.stderr}`);
  assert.equal(result.stdout.trim().split("\n").length, 60_000, result.stderr);
});

test("a pipe carries the file, and ends quietly when nobody reads it", { skip }, (context) => {
  const pair = namespacePair(context);
  const script = pair.localize(`on tx where ${WHERE} print ip.id`);
  const command = "send udp 10.77.0.2 53 40";
  const whole = pair.inside(
    "ns1",
    `'${retisPath}' -q -e '${script}' -o - --cmd '${command}' | '${retisPath}' print --format json - | wc -l`,
  );
  assert.equal(whole.trim(), "40");
  const cut = pair.inside(
    "ns1",
    `'${retisPath}' -q -e '${script}' -o - --cmd '${command}' | head -c 8 | od -An -c; echo "\${PIPESTATUS[0]}"`,
  );
  assert.match(cut, /211\s+R\s+E\s+T\s+I\s+S/);
  assert.match(cut, /^0$/m);
});

test("a full disk ends the run with what is wrong", { skip }, (context) => {
  const pair = namespacePair(context);
  const script = pair.localize(`on tx where ${WHERE} print ip.id`);
  const folder = folderFor(context);
  writeFileSync(
    join(folder, "run"),
    `'${retisPath}' -e '${script}' -o /dev/full --cmd 'send udp 10.77.0.2 53 10; sleep 3' >/dev/null 2>'${folder}/err'; echo $?`,
  );
  assert.equal(pair.inside("ns1", `bash '${folder}/run'; cat '${folder}/err' >&2`).trim(), "3");
  const said = spawnSync("cat", [join(folder, "err")], { encoding: "utf8" }).stdout;
  assert.match(said, /^error: cannot write \/dev\/full: no space left on device$/m);
});
