// Damaged, cut, hostile and foreign event files: what is sound in them is read, what is not is said, and nothing else
// happens.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import test from "node:test";
import type { SourceProblem } from "../../../runtime/events/source.js";
import { SystemError } from "../../../runtime/failure.js";
import { BLOCK_HEADER_BYTES, BLOCK_MAGIC } from "../../../runtime/store/event-file/block-format.js";
import { notBuilt } from "../addon/fixture.js";
import { block } from "./made-block.js";
import { batchOf, open, randomFrame, randomNumbers, readAll, Workshop } from "./made-file.js";

const skip = notBuilt;

interface Sound {
  readonly bytes: Buffer;
  readonly lines: readonly string[];
  /** Where each block begins, and, last, where the file ends. */
  readonly blocks: readonly number[];
}

/** A file of so many batches of so many frames each. */
async function soundFile(workshop: Workshop, batches: number, frames: number, level: number): Promise<Sound> {
  const random = randomNumbers(99);
  const path = workshop.path("sound");
  const file = workshop.create(path, { level });
  let index = 0;
  for (let batch = 0; batch < batches; batch++)
    await file.write(batchOf(Array.from({ length: frames }, () => randomFrame(random, index++))), null);
  await file.close();
  const bytes = readFileSync(path);
  const starts: number[] = [];
  for (let at = bytes.indexOf(BLOCK_MAGIC); at !== -1; at = bytes.indexOf(BLOCK_MAGIC, at + 1))
    starts.push(at);
  return { bytes, lines: await readAll(await open(path)), blocks: [...starts, bytes.length] };
}

/** One block of frames, small enough to damage every byte of it. */
const smallFile = (workshop: Workshop, level: number): Promise<Sound> => soundFile(workshop, 1, 3, level);
/** A batch of these fills a block. */
const MANY = 2400;

interface Outcome {
  readonly lines: readonly string[];
  readonly problems: readonly SourceProblem[];
  /** Why it could not be opened at all; null: it could. */
  readonly refusal: string | null;
}

async function read(workshop: Workshop, bytes: Uint8Array): Promise<Outcome> {
  const path = workshop.path("damaged");
  writeFileSync(path, bytes);
  try {
    const source = await open(path);
    const lines = await readAll(source);
    return { lines, problems: source.problems, refusal: null };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return { lines: [], problems: [], refusal: error.message };
  }
}

/** Every line is one of the sound ones, and they come in the same order. */
function assertPartOf(lines: readonly string[], sound: readonly string[]): void {
  let at = 0;
  for (const line of lines) {
    at = sound.indexOf(line, at);
    assert.notEqual(at, -1, `not in the sound file, or not in this order: ${line}`);
    at++;
  }
}

test("a file cut anywhere is read up to there", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const { bytes, lines, blocks } = await smallFile(workshop, 1);
    const [header = 0, frames = 0, index = 0] = blocks;
    assert.equal(lines.length, 3);
    for (let length = 0; length < bytes.length; length++) {
      const outcome = await read(workshop, bytes.subarray(0, length));
      if (length < frames) assert.match(outcome.refusal ?? "", /ends within|header is damaged/, `${length}`);
      else {
        assert.equal(outcome.refusal, null);
        assert.deepEqual(outcome.lines, length < index ? [] : lines, `cut at ${length}`);
        assert.match(outcome.problems.at(-1)?.reason ?? "", /not ended/);
        if (!blocks.includes(length)) assert.match(outcome.problems[0]?.reason ?? "", /ends within a block/);
      }
    }
    assert.equal(header, 16);
  } finally {
    workshop.done();
  }
});

for (const level of [0, 1])
  test(`a byte flipped anywhere costs at most its block, at level ${level}`, { skip }, async () => {
    const workshop = new Workshop();
    try {
      const { bytes, lines, blocks } = await smallFile(workshop, level);
      const [, frames = 0, index = 0] = blocks;
      const random = randomNumbers(level + 1);
      // Most of the header is JSON, where one byte is as good as another.
      for (let at = 0; at < bytes.length; at += at > 200 && at < frames - 1 && level === 0 ? 37 : 1) {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ (1 + random(255));
        const outcome = await read(workshop, damaged);
        // The minor version and the bytes after it mean nothing yet.
        if (at >= 10 && at < 16) assert.deepEqual(outcome.lines, lines);
        else if (at < 10) assert.notEqual(outcome.refusal, null, `byte ${at}`);
        else {
          // Of the header there is a copy.
          const lost = at >= frames && at < index;
          assert.deepEqual(outcome.lines, lost ? [] : lines, `byte ${at}`);
          assert.ok(outcome.problems.length > 0, `byte ${at}`);
        }
      }
    } finally {
      workshop.done();
    }
  });

test("a damaged block is left out and the others are read", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const { bytes, lines, blocks } = await soundFile(workshop, 4, MANY, 1);
    assert.ok(blocks.length >= 6, `${blocks.length} blocks`);
    const [, first = 0, second = 0, third = 0] = blocks;
    const damages: readonly (readonly [string, (bytes: Buffer) => Buffer, RegExp])[] = [
      ["payload", (b) => flip(b, second + BLOCK_HEADER_BYTES + 100), /checksum is wrong/],
      ["magic", (b) => flip(b, second), /are damaged/],
      ["length", (b) => flip(b, second + 16), /are damaged/],
      ["zeros", (b) => b.fill(0, second + 10, third - 10), /damaged|checksum/],
      [
        "bytes gone",
        (b) => Buffer.concat([b.subarray(0, second + 500), b.subarray(second + 600)]),
        /damaged/,
      ],
      [
        "bytes more",
        (b) => Buffer.concat([b.subarray(0, second + 500), Buffer.alloc(77), b.subarray(second + 500)]),
        /damaged/,
      ],
      ["head gone", (b) => Buffer.concat([b.subarray(0, second), b.subarray(second + 50)]), /damaged/],
    ];
    for (const [name, damage, expected] of damages) {
      const outcome = await read(workshop, damage(Buffer.from(bytes)));
      assert.equal(outcome.refusal, null, name);
      assert.ok(outcome.lines.length > lines.length / 2 && outcome.lines.length < lines.length, name);
      assertPartOf(outcome.lines, lines);
      const [problem] = outcome.problems;
      assert.match(problem?.reason ?? "", expected, name);
      assert.equal(problem?.offset, second, name);
      const missing = lines.length - outcome.lines.length;
      assert.ok(
        outcome.problems.some(({ reason }) => reason === `${missing} events before this place are missing`),
        `${name}: ${JSON.stringify(outcome.problems)}`,
      );
    }
    assert.ok(first > 0);
  } finally {
    workshop.done();
  }
});

test("without its header a file is read by a copy, and refused with its place and reason where there is none", {
  skip,
}, async () => {
  const workshop = new Workshop();
  try {
    const { bytes, lines, blocks } = await soundFile(workshop, 2, MANY, 1);
    const [header = 0, first = 0] = blocks;
    const [copy = 0, index = 0] = blocks.slice(-4);
    const damaged = flip(Buffer.from(bytes), header + BLOCK_HEADER_BYTES + 9);
    const outcome = await read(workshop, damaged);
    assert.deepEqual(outcome.lines, lines);
    assert.deepEqual(
      outcome.problems.map(({ offset, reason }) => [offset, reason]),
      [
        [16, `a block of ${first - 16} bytes was left out: its checksum is wrong`],
        [16, `the header is damaged: its copy at byte ${copy} was used`],
      ],
    );
    // As an older version wrote it.
    const without = Buffer.concat([damaged.subarray(0, copy), damaged.subarray(index)]);
    const older = await read(workshop, without);
    assert.match(
      older.refusal ?? "",
      /damaged: at byte 16: its header is damaged, and there is no copy of it: a block of \d+ bytes was left out/,
    );
    // What follows in the same stream is another run: its header says nothing about these frames.
    const followed = await read(workshop, Buffer.concat([without, bytes]));
    assert.match(followed.refusal ?? "", /there is no copy of it/);
    const unharmed = Buffer.concat([bytes.subarray(0, copy), bytes.subarray(index)]);
    assert.deepEqual(await read(workshop, unharmed), { lines, problems: [], refusal: null });
  } finally {
    workshop.done();
  }
});

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 0x5a;
  return bytes;
}

test("frames and lengths that cannot be are refused, though their checksums are right", {
  skip,
}, async () => {
  const workshop = new Workshop();
  try {
    const { bytes, blocks } = await smallFile(workshop, 0);
    const [, first = 0, index = 0] = blocks;
    const start = bytes.subarray(0, first);
    const frames = bytes.subarray(
      first + BLOCK_HEADER_BYTES,
      first + BLOCK_HEADER_BYTES + bytes.readUInt32LE(first + 48),
    );
    const changed = (change: (frames: Buffer) => void): Buffer => {
      const copy = Buffer.from(frames);
      change(copy);
      return copy;
    };
    const hostile: readonly (readonly [string, Buffer, RegExp])[] = [
      ["size 0", block({ type: 2, payload: changed((f) => f.writeUInt32LE(0, 0)) }), /impossible size/],
      [
        "odd size",
        block({ type: 2, payload: changed((f) => f.writeUInt32LE(f.readUInt32LE(0) + 1, 0)) }),
        /impossible size/,
      ],
      [
        "huge size",
        block({ type: 2, payload: changed((f) => f.writeUInt32LE(0xffff_fff8, 0)) }),
        /impossible size/,
      ],
      [
        "other sections",
        block({ type: 2, payload: changed((f) => f.writeUInt32LE(0x8000_0000, 12)) }),
        /section/,
      ],
      ["cut frame", block({ type: 2, payload: frames.subarray(0, 100) }), /ends too early/],
      [
        "more frames than payload",
        block({ type: 2, payload: frames, frames: frames.length + 8 }),
        /lengths are impossible/,
      ],
      ["unknown codec", block({ type: 2, payload: frames, codec: 9 }), /compressed in a way/],
      [
        "a lie about the length",
        block({ type: 2, payload: frames, rawLength: frames.length * 2 }),
        /decompress/,
      ],
      [
        "no zstd",
        block({ type: 2, payload: frames, codec: 1, rawLength: 100_000, frames: 100_000 }),
        /decompress/,
      ],
      ["far too long", block({ type: 2, payload: frames, codec: 1, rawLength: 0x7fff_ffff }), /damaged/],
      [
        "broken table",
        block({ type: 2, payload: Buffer.from([1, 0, 0, 0, 255, 255, 255, 255]), frames: 0 }),
        /table is damaged/,
      ],
    ];
    for (const [name, bad, expected] of hostile) {
      const outcome = await read(workshop, Buffer.concat([start, bad, bytes.subarray(index)]));
      assert.equal(outcome.refusal, null, name);
      assert.deepEqual(outcome.lines, [], name);
      assert.match(outcome.problems[0]?.reason ?? "", expected, name);
      assert.equal(outcome.problems[0]?.offset, first, name);
    }
    // Kinds of blocks and entries that a later version may add are passed over.
    const later = [
      block({ type: 77, payload: Buffer.from("whatever"), frames: 0 }),
      block({ type: 2, payload: Buffer.from([200, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4]), frames: 0 }),
    ];
    const outcome = await read(workshop, Buffer.concat([start, ...later, bytes.subarray(first)]));
    assert.equal(outcome.lines.length, 3);
    assert.deepEqual(outcome.problems, []);
  } finally {
    workshop.done();
  }
});

test("headers that make no sense are refused with their reason", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const { bytes, blocks } = await smallFile(workshop, 0);
    const [at = 0, first = 0] = blocks;
    const text = bytes.toString("utf8", at + BLOCK_HEADER_BYTES, first);
    const header = JSON.parse(text) as Record<string, unknown>;
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [[], /is no object/],
      [{ ...header, layout: 5 }, /has no layout/],
      [{ ...header, structs: {} }, /how frames begin/],
      [{ ...header, structs: { frame: { size: 40, members: {} } } }, /how frames begin/],
      [{ ...header, layout: { ...(header["layout"] as object), bytes: 1e9 } }, /size of frames/],
      [
        {
          ...header,
          layout: { ...(header["layout"] as object), sections: { drop: { bit: 8, offset: 4096 } } },
        },
        /section drop/,
      ],
      [
        {
          ...header,
          layout: { ...(header["layout"] as object), sections: { drop: { bit: 9, offset: 40 } } },
        },
        /bit for section drop/,
      ],
      [{ ...header, probes: [{ kind: "nonsense", name: "x" }] }, /kind that this version does not know/],
      [{ ...header, clockOffset: "soon" }, /number that is none/],
      [
        {
          ...header,
          structs: {
            ...(header["structs"] as object),
            loop: { size: 8, members: { a: { offset: 0, size: 8, struct: "loop" } } },
          },
        },
        /no struct loop that fits/,
      ],
    ];
    for (const [value, expected] of cases) {
      const payload = Buffer.from(JSON.stringify(value));
      const outcome = await read(
        workshop,
        Buffer.concat([bytes.subarray(0, 16), block({ type: 1, payload, frames: 0 }), bytes.subarray(first)]),
      );
      assert.match(outcome.refusal ?? "", expected);
    }
    const noJson = block({ type: 1, payload: Buffer.from("{"), frames: 0 });
    const outcome = await read(workshop, Buffer.concat([bytes.subarray(0, 16), noJson]));
    assert.match(outcome.refusal ?? "", /its header is no JSON/);
  } finally {
    workshop.done();
  }
});

test("other versions and other files are refused by name", { skip }, async () => {
  const workshop = new Workshop();
  try {
    const { bytes } = await smallFile(workshop, 1);
    const newer = Buffer.from(bytes);
    newer.writeUInt16LE(2, 8);
    assert.match(
      (await read(workshop, newer)).refusal ?? "",
      /written in format 2\.\d+, which this version does not read/,
    );
    const minor = Buffer.from(bytes);
    minor.writeUInt16LE(7, 10);
    assert.equal((await read(workshop, minor)).lines.length, 3);
    for (const foreign of ["", "{}\n", "\x7fELF and more than sixteen bytes", "\0".repeat(4096)])
      assert.match(
        (await read(workshop, Buffer.from(foreign, "latin1"))).refusal ?? "",
        /ends within|not an event file/,
      );
  } finally {
    workshop.done();
  }
});

test("random damage never gives an event that was not written", { skip }, async () => {
  const seed = Number(process.env["RETIS_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const rounds = Number(process.env["RETIS_FUZZ"] ?? 300);
  console.log(`seed ${seed}, ${rounds} rounds`);
  const random = randomNumbers(seed);
  const workshop = new Workshop();
  try {
    const sounds = [
      await smallFile(workshop, 0),
      await smallFile(workshop, 1),
      await soundFile(workshop, 2, MANY, 1),
    ];
    const known = sounds.map(({ lines }) => new Set(lines));
    for (let round = 0; round < rounds; round++) {
      const which = round % 20 === 0 ? 2 : random(2);
      const { bytes } = sounds[which]!;
      let damaged: Buffer = Buffer.from(bytes);
      for (let count = 1 + random(4); count > 0; count--) damaged = damage(damaged, random);
      const outcome = await read(workshop, damaged);
      for (const line of outcome.lines) assert.ok(known[which]?.has(line), `round ${round}: ${line}`);
    }
  } finally {
    workshop.done();
  }
});

function damage(bytes: Buffer, random: (bound: number) => number): Buffer {
  const at = random(Math.max(1, bytes.length));
  const length = random(200);
  switch (random(5)) {
    case 0:
      return flip(bytes, at);
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + length))]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(length, random(256)), bytes.subarray(at)]);
    default:
      return Buffer.concat([bytes, bytes.subarray(at, at + length)]);
  }
}
