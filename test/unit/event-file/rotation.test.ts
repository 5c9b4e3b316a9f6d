// Sets of files: when one ends and the next begins, how many stay, and that a set reads as one run.
import assert from "node:assert/strict";
import { openSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parseRotation } from "../../../runtime/cli/parse-rotation.js";
import { ByteReader } from "../../../runtime/store/byte-reader.js";
import { openEventFile } from "../../../runtime/store/event-file/reader.js";
import type { Rotation } from "../../../runtime/store/event-file/rotation.js";
import { filesOfSet } from "../../../runtime/store/event-file/rotation.js";
import { notBuilt } from "../addon/fixture.js";
import { batchOf, open, randomFrame, randomNumbers, readAll, textOf, Workshop } from "./made-file.js";

const skip = notBuilt;
const MB = 1 << 20;

async function write(workshop: Workshop, rotation: Rotation, batches: number): Promise<readonly string[]> {
  const random = randomNumbers(17);
  const file = workshop.create(workshop.path("set"), { rotation, level: 0 });
  const lines: string[] = [];
  let index = 0;
  for (let batch = 0; batch < batches; batch++) {
    const made = batchOf(Array.from({ length: 1000 }, () => randomFrame(random, index++)));
    lines.push(...textOf(workshop.names, made));
    await file.write(made, null);
  }
  await file.close();
  assert.equal(file.written.events, lines.length);
  return lines;
}

const readSet = async (files: readonly string[]) => {
  const [first = "", ...following] = files;
  const source = await openEventFile(new ByteReader(openSync(first, "r")), first, { following });
  return { lines: await readAll(source), problems: source.problems.map(({ reason }) => reason) };
};

test("by size: each file reads alone, and all of them as one", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const lines = await write(workshop, { bytes: MB, nanoseconds: 0, keep: 0 }, 10);
    const files = filesOfSet(workshop.path("set"));
    assert.ok(files.length >= 3, `${files.length} files`);
    const each: string[] = [];
    for (const file of files) {
      const source = await open(file);
      each.push(...(await readAll(source)));
      assert.deepEqual(source.problems, []);
    }
    assert.deepEqual(each, lines);
    assert.deepEqual(await readSet(files), { lines, problems: [] });
    // One behind the other, as `cat` puts them on a pipe.
    writeFileSync(workshop.path("joined"), Buffer.concat(files.map((file) => readFileSync(file))));
    assert.deepEqual(await readSet([workshop.path("joined")]), { lines, problems: [] });
  } finally {
    workshop.done();
  }
});

test("by time", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const file = workshop.create(workshop.path("set"), { rotation: { bytes: 0, nanoseconds: 1e8, keep: 0 } });
    const random = randomNumbers(3);
    for (let index = 0; index < 30; index++) {
      await file.write(batchOf([randomFrame(random, index)]), null);
      await sleep(100);
    }
    await file.close();
    const files = filesOfSet(workshop.path("set"));
    assert.ok(files.length >= 2, `${files.length} files`);
    assert.equal((await readSet(files)).lines.length, 30);
  } finally {
    workshop.done();
  }
});

test("only the newest files stay", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const lines = await write(workshop, { bytes: MB, nanoseconds: 0, keep: 2 }, 20);
    const files = filesOfSet(workshop.path("set"));
    assert.equal(files.length, 2);
    const read = await readSet(files);
    assert.deepEqual(read.problems, []);
    assert.deepEqual(read.lines, lines.slice(-read.lines.length));
    assert.ok(read.lines.length > 0);
  } finally {
    workshop.done();
  }
});

test("a file that is missing from the middle is said, with what it held", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const lines = await write(workshop, { bytes: MB, nanoseconds: 0, keep: 0 }, 20);
    const files = filesOfSet(workshop.path("set"));
    const middle = files[2] ?? "";
    const gone = (await readAll(await open(middle))).length;
    unlinkSync(middle);
    const read = await readSet(filesOfSet(workshop.path("set")));
    assert.equal(read.lines.length, lines.length - gone);
    assert.deepEqual(read.problems, [`${gone} events before this place are missing`]);
  } finally {
    workshop.done();
  }
});

test("files of an earlier set make room, others stay", { skip }, async () => {
  const workshop = new Workshop();
  try {
    await write(workshop, { bytes: MB, nanoseconds: 0, keep: 0 }, 20);
    writeFileSync(workshop.path("set.99"), "somebody else's");
    await write(workshop, { bytes: MB, nanoseconds: 0, keep: 0 }, 1);
    assert.deepEqual(
      readdirSync(workshop.folder).filter((name) => name.startsWith("set")),
      ["set.0", "set.99"],
    );
  } finally {
    workshop.done();
  }
});

test("a file of another run is not taken for part of a set", { skip }, async () => {
  const workshop = new Workshop();
  try {
    for (const name of ["one", "two"]) {
      const file = workshop.create(workshop.path(name));
      await file.write(batchOf([randomFrame(randomNumbers(1), 0)]), null);
      await file.close();
    }
    const read = await readSet([workshop.path("one"), workshop.path("two")]);
    assert.equal(read.lines.length, 1);
    assert.deepEqual(read.problems, ["another trace begins here: it was left out"]);
  } finally {
    workshop.done();
  }
});

test("--out-rotate", () => {
  assert.deepEqual(parseRotation("100MB"), { bytes: 1e8, nanoseconds: 0, keep: 0 });
  assert.deepEqual(parseRotation("10min"), { bytes: 0, nanoseconds: 6e11, keep: 0 });
  assert.deepEqual(parseRotation("1GiB, 1h, keep 5"), { bytes: 2 ** 30, nanoseconds: 3.6e12, keep: 5 });
  for (const [text, expected] of [
    ["", /not understood/],
    ["100", /not understood/],
    ["keep 5", /when\?/],
    ["10KB", /too small/],
    ["100MB,keep none", /not a count/],
  ] as const)
    assert.throws(() => parseRotation(text), expected);
});
