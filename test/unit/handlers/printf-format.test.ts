// printf's conversions against those of printf(1).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { convert, isProblem, parseFormat } from "../../../compiler/codegen/handlers/index.js";

/** Both at once: a process for each would take minutes. */
function compare(
  cases: readonly (readonly [format: string, value: string])[],
  read: (text: string) => unknown,
): void {
  const format = cases.map(([one]) => `[${one}]\\n`).join("");
  const expected = execFileSync("/usr/bin/printf", [format, ...cases.map(([, value]) => value)], {
    encoding: "utf8",
    env: { LC_ALL: "C.UTF-8" },
  }).split("\n");
  cases.forEach(([one, value], index) => {
    const parsed = parseFormat(one);
    assert.ok(!isProblem(parsed), one);
    const text = parsed
      .map((piece) => (typeof piece === "string" ? piece : convert(piece, read(value))))
      .join("");
    assert.equal(`[${text}]`, expected[index], `${one} of ${value}`);
  });
}

const flags = (...known: readonly string[]): fc.Arbitrary<string> =>
  fc.subarray([...known]).map((chosen) => chosen.join(""));
const width = fc.option(fc.integer({ min: 1, max: 30 }), { nil: "" }).map(String);
const precision = fc
  .option(fc.integer({ min: 0, max: 12 }), { nil: null })
  .map((n) => (n === null ? "" : `.${n}`));

function sample<T>(arbitrary: fc.Arbitrary<T>): readonly T[] {
  const seed = Date.now() & 0x7fff_ffff;
  console.log(`seed ${seed}`);
  return fc.sample(arbitrary, { seed, numRuns: 1000 });
}

const wide = fc.oneof(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), fc.integer().map(BigInt));

test("signed integers", () => {
  const cases = fc.tuple(flags("-", "+", " ", "0"), width, precision, wide, fc.constantFrom("d", "i"));
  compare(
    sample(cases).map(([some, wide, exact, value, letter]) => [
      `%${some}${wide}${exact}${letter}`,
      String(value),
    ]),
    BigInt,
  );
});

test("unsigned integers", () => {
  const cases = fc.tuple(
    flags("-", "0"),
    width,
    precision,
    wide,
    fc.constantFrom("u", "x", "X", "o"),
    fc.boolean(),
  );
  compare(
    sample(cases).map(
      ([some, wide, exact, value, letter, alternate]) =>
        [`%${some}${alternate && letter !== "u" ? "#" : ""}${wide}${exact}${letter}`, String(value)] as const,
    ),
    BigInt,
  );
});

test("reals", () => {
  // printf(1) computes with long doubles: only digits that both have are compared.
  const real = fc.oneof(
    fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n + 1 / 7),
    fc.integer({ min: 1, max: 1_000_000 }).map((n) => (7 * n + 1) / 7e9),
    fc.constantFrom(0, 1, -1, 100, 1e6, 123456),
  );
  const few = fc
    .option(fc.integer({ min: 0, max: 6 }), { nil: null })
    .map((n) => (n === null ? "" : `.${n}`));
  const cases = fc.tuple(flags("-", "+", " ", "0"), width, few, real, fc.constantFrom("f", "e", "g"));
  compare(
    sample(cases).map(([some, wide, exact, value, letter]) => [
      `%${some}${wide}${exact}${letter}`,
      value.toFixed(18),
    ]),
    Number,
  );
});

test("strings and characters", () => {
  const cases = fc.tuple(flags("-"), width, precision, fc.stringMatching(/^[a-z ]{0,20}$/));
  compare(
    sample(cases).map(([some, wide, exact, value]) => [`%${some}${wide}${exact}s`, value]),
    String,
  );
});

test("what is absent is a dash, in the field's width", () => {
  for (const [format, expected] of [
    ["%d", "-"],
    ["%5x", "    -"],
    ["%-4s|", "-   |"],
    ["%08.3f", "       -"],
  ] as const) {
    const parsed = parseFormat(format);
    assert.ok(!isProblem(parsed));
    assert.equal(
      parsed.map((piece) => (typeof piece === "string" ? piece : convert(piece, undefined))).join(""),
      expected,
    );
  }
});
