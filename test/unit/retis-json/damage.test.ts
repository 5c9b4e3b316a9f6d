// Damaged and hostile files: what is wrong is said with its place, what is sound is read, memory stays bounded.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { file, read, readPath, STARTUP, skip } from "./reading.js";

const GOOD = '{"common":{"timestamp":7},"dev":{"name":"a","ifindex":1}}';

/** Lines that are no events -> what is said, and where within the line. */
const refused: readonly (readonly [string, RegExp, number])[] = [
  ["nonsense", /an event is an object/, 0],
  ['{"common":{"timestamp":7}', /expected `,` or `}`/, 25],
  ['{"common":{"timestamp":7}} x', /something stands behind/, 27],
  ['{"common":{"timestamp":07}}', /expected `,` or `}`/, 24],
  ['{"common":{"timestamp":7},}', /expected a key/, 26],
  ['{"common":{"timestamp":7},"x":[1,]}', /expected a value/, 33],
  ['{"common":{"timestamp":7},"x":"\\q"}', /escapes nothing/, 32],
  ['{"common":{"timestamp":7},"x":"\\u12g4"}', /four hexadecimal/, 35],
  ['{"common":{"timestamp":7},"x":tru}', /expected a value/, 33],
  ['{"common":{"timestamp":7},"x":"a\tb"}', /control character/, 32],
  ['{"common":{"timestamp":7},"common":{"timestamp":8}}', /twice/, 26],
  [`{"common":{"timestamp":7},"x":${"[".repeat(100)}`, /nested too deeply/, 94],
  ['{"dev":{"name":"a","ifindex":1}}', /`common` is missing/, 0],
  ['{"common":{"smp_id":7}}', /`common.timestamp` is missing/, 10],
  ['{"common":{"timestamp":"7"}}', /`common.timestamp` has an unfit value/, 10],
  ['{"common":{"timestamp":18446744073709551616}}', /`common.timestamp`/, 10],
  ['{"common":7}', /`common` is not an object/, 10],
  ["[]x", /something stands behind/, 2],
  ["[1]", /an event is an object/, 1],
  [`[${GOOD} ${GOOD}]`, /expected `,` or `]`/, GOOD.length + 2],
];

for (const [line, reason, place] of refused) {
  test(`refused: ${line.slice(0, 60)}`, { skip }, async () => {
    const { events, source } = await read(file(GOOD, line, GOOD));
    assert.deepEqual(
      source.problems.map((problem) => problem.offset),
      [STARTUP.length + 1 + GOOD.length + 1 + place],
      source.problems[0]?.reason,
    );
    assert.match(source.problems[0]?.reason ?? "", reason);
    // What is sound on both sides of it, and on its line what came before the damage.
    const sound = line.startsWith(`[${GOOD}`) || line.endsWith("} x") ? 3 : 2;
    assert.equal(events.length, 1 + sound);
  });
}

/** Sections that are no good, of events that are kept: as text only. */
const doubtful: readonly (readonly [string, RegExp])[] = [
  ['"dev":{"name":"a"}', /`dev.ifindex` is missing/],
  ['"dev":{"name":7,"ifindex":1}', /`dev.name` has an unfit value/],
  ['"dev":7', /`dev` is not an object/],
  ['"packet":{"len":1,"capture_len":4,"data":"AA=="}', /`packet` has a `capture_len`/],
  ['"packet":{"len":1,"capture_len":1,"data":"A==="}', /`packet.data` has an unfit value/],
  ['"packet":{"len":1,"capture_len":1,"data":"AB=="}', /`packet.data` has an unfit value/],
  ['"packet":{"len":1,"capture_len":1,"data":"A*=="}', /`packet.data` has an unfit value/],
  ['"packet":{"len":4294967296,"capture_len":1,"data":"AA=="}', /`packet.len` has an unfit value/],
  ['"netns":{"inum":-1}', /`netns.inum` has an unfit value/],
  ['"netns":{"inum":1.0}', /`netns.inum` has an unfit value/],
  ['"nft":{"table_name":"t"}', /`nft.[a-z_]+` is missing/],
  ['"ovs":{"event_type":"upcall","cmd":1,"port":2}', /`ovs.cpu` is missing/],
  ['"ovs":{"event_type":"upcall_return","upcall_ts":1,"upcall_cpu":0,"ret":2147483648}', /`ovs.ret` has/],
  ['"kernel":{"symbol":"a","probe_type":"kprobe","stack_trace":["a",1]}', /`kernel.stack_trace` has/],
];

for (const [section, reason] of doubtful) {
  test(`kept as text: ${section}`, { skip }, async () => {
    const line = `{"common":{"timestamp":7},${section}}`;
    const { lines, source } = await read(file(line));
    assert.deepEqual(JSON.parse(lines[1] ?? "null"), JSON.parse(line));
    assert.match(source.problems[0]?.reason ?? "", reason);
    assert.equal(source.problems[0]?.offset, STARTUP.length + 1 + line.indexOf(":", 26) + 1);
  });
}

test("bytes that are not UTF-8 are refused", { skip }, async () => {
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
    const line = Buffer.concat([
      Buffer.from('{"common":{"timestamp":7},"x":"'),
      Buffer.from(bytes),
      Buffer.from('"}\n'),
    ]);
    const whole = Buffer.concat([Buffer.from(`${STARTUP}\n`), line, Buffer.from(`${GOOD}\n`)]);
    const { events, source } = await read(whole);
    assert.match(source.problems[0]?.reason ?? "", /not UTF-8/);
    assert.equal(events.length, 2);
  }
});

test("a file that ends within an event says so", { skip }, async () => {
  const whole = file(GOOD);
  for (let cut = STARTUP.length + 2; cut < whole.length - 1; cut++) {
    const { events, source } = await read(whole.slice(0, cut));
    assert.equal(events.length, 1);
    assert.equal(source.problems.length, 1, `cut at ${cut}`);
    assert.match(source.problems[0]?.reason ?? "", /ends within/);
  }
  // The last line feed may lack.
  assert.deepEqual((await read(whole.trimEnd())).source.problems, []);
});

test("a line of 100 MB is skipped in bounded memory", { skip }, async () => {
  const path = join(mkdtempSync(join(tmpdir(), "retis-json-")), "large");
  const middle = Buffer.alloc(100 << 20, "a");
  const parts = [`${STARTUP}\n{"common":{"timestamp":7},"x":"`, middle, `"}\n${GOOD}\n`];
  writeFileSync(path, Buffer.concat(parts.map((part) => Buffer.from(part))));
  const before = process.memoryUsage().rss;
  const { events, source } = await readPath(path);
  assert.equal(events.length, 2);
  assert.match(source.problems[0]?.reason ?? "", /more than 8388608 bytes/);
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < 150 << 20, `grew by ${grown >> 20} MiB`);
});

test("a series longer than memory allows is read event by event", { skip }, async () => {
  const path = join(mkdtempSync(join(tmpdir(), "retis-json-")), "series");
  const count = 200_000;
  const event = `{"common":{"timestamp":7},"x":"${"y".repeat(100)}"}`;
  writeFileSync(path, `[${STARTUP}]\n[${Array(count).fill(event).join(",")}]\n`);
  const { events, series, source } = await readPath(path);
  assert.equal(events.length, count + 1);
  assert.equal(series.filter(Boolean).length, 2);
  assert.deepEqual(source.problems, []);
});

test("many distinct texts, stacks, probes and reasons do not fill the memory", { skip }, async () => {
  const lines: string[] = [STARTUP];
  for (let i = 0; i < 150_000; i++) {
    const text = `${i}-${"z".repeat(200)}`;
    lines.push(
      `{"common":{"timestamp":${i}},"kernel":{"symbol":"${text}","probe_type":"kprobe","stack_trace":["${text}"]},"skb-drop":{"drop_reason":"R${i}"},"nft":{"table_name":"${text}","chain_name":"${text}c","verdict":"drop","table_handle":1,"chain_handle":1,"policy":true}}`,
    );
  }
  const path = join(mkdtempSync(join(tmpdir(), "retis-json-")), "distinct");
  writeFileSync(path, `${lines.join("\n")}\n`);
  const before = process.memoryUsage().rss;
  const { lines: got } = await readPath(path);
  const grown = process.memoryUsage().rss - before;
  assert.deepEqual(got, lines);
  assert.ok(grown < 600 << 20, `grew by ${grown >> 20} MiB, with 300 MiB of results`);
});

test("versions that are not read are named", { skip }, async () => {
  for (const version of ["v1.4.9", "2.0.0", "nonsense"]) {
    const first = STARTUP.replace("v1.7.0", version);
    await assert.rejects(read(`${first}\n`), new RegExp(`files of Retis ${version} are not read`));
  }
  for (const version of ["1.9.3", "v1.7.0-rc1", "unspec"])
    assert.equal((await read(`${STARTUP.replace("v1.7.0", version)}\n`)).events.length, 1);
  const { source } = await read(`${GOOD}\n`);
  assert.match(source.problems[0]?.reason ?? "", /no startup event/);
});

test("a rotated set is one stream", { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "retis-json-"));
  const event = (time: number): string => `{"common":{"timestamp":${time}},"dev":{"name":"a","ifindex":1}}`;
  for (let i = 0; i < 12; i++)
    writeFileSync(join(folder, `retis.data.${i}`), `${STARTUP}\n${event(2 * i)}\n${event(2 * i + 1)}\n`);
  writeFileSync(join(folder, "retis.data.13"), `${STARTUP}\n`);
  const all = await readPath(join(folder, "retis.data.."));
  assert.equal(all.events.length, 12 * 3);
  const some = await readPath(join(folder, "retis.data.9.."));
  assert.deepEqual(
    some.events.filter((line) => !line.includes("startup")),
    [18, 19, 20, 21, 22, 23].map(event),
  );
  await assert.rejects(readPath(join(folder, "other..")), /no files/);
});
