// From the text of a literal to its value.
import assert from "node:assert/strict";
import { isIP } from "node:net";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  findBadEscape,
  parseCidr,
  parseDuration,
  parseInt64,
  parseIp,
  parseIpv4,
  parseIpv6,
  parseMac,
  parseSize,
  parseText,
  quoteText,
  splitRegex,
} from "../../../compiler/syntax/literals.js";

const seed = Number(process.env["FC_SEED"] ?? Date.now() % 2 ** 31);
console.log(`seed ${seed}`);

describe("addresses", () => {
  const v6: readonly [string, bigint | null][] = [
    ["::", 0n],
    ["::1", 1n],
    ["1::", 1n << 112n],
    ["fd00::1", (0xfd00n << 112n) | 1n],
    ["1:2:3:4:5:6:7:8", 0x00010002000300040005000600070008n],
    ["::ffff:10.0.0.1", 0xffff0a000001n],
    ["1::2:3:4:5:6:7", 0x00010000000200030004000500060007n],
    ["1:2:3:4:5:6:7", null],
    ["1::2::3", null],
    ["1:2:3:4:5:6:7:8::", null],
    ["12345::", null],
    ["::ffff:10.0.0.256", null],
    [":::", null],
    ["1:2:3:4:5:6:7:", null],
  ];
  for (const [text, value] of v6) it(`${text} is ${value}`, () => assert.equal(parseIpv6(text), value));

  it("are the ones that the system takes", () => {
    const group = fc.constantFrom("", "0", "1", "fd00", "ffff", "12345", "g");
    const text = fc.oneof(
      fc.array(group, { minLength: 2, maxLength: 9 }).map((groups) => groups.join(":")),
      fc.ipV4(),
      fc.ipV6(),
      fc.tuple(fc.ipV6(), fc.ipV4()).map(([a, b]) => `${a.replace(/[^:]*$/, "")}${b}`),
      fc
        .array(fc.constantFrom("0", "00", "1", "255", "256"), { minLength: 3, maxLength: 5 })
        .map((parts) => parts.join(".")),
    );
    const property = fc.property(text, (address) => {
      assert.equal(parseIp(address)?.version ?? 0, isIP(address), address);
    });
    fc.assert(property, { seed, numRuns: 3000 });
  });

  it("of IPv4 are in network order", () => assert.equal(parseIpv4("10.1.2.3"), 0x0a010203n));
  it("of IPv4 have no leading zeros", () => assert.equal(parseIpv4("10.01.2.3"), null));
  it("with a prefix keep their host bits", () => {
    assert.deepEqual(parseCidr("10.0.0.1/8"), { version: 4, value: 0x0a000001n, prefix: 8 });
    assert.deepEqual(parseCidr("fd00::/128"), { version: 6, value: 0xfd00n << 112n, prefix: 128 });
  });
  for (const text of ["10.0.0.0/33", "fd00::/129", "10.0.0.0/", "10.0.0/8", "10.0.0.0/x"]) {
    it(`${text} is no network`, () => assert.equal(parseCidr(text), null));
  }
  it("of Ethernet have six pairs", () => {
    assert.equal(parseMac("02:42:ac:11:00:FF"), 0x0242ac1100ffn);
    assert.equal(parseMac("02:42:ac:11:00"), null);
    assert.equal(parseMac("2:42:ac:11:00:02"), null);
  });
});

describe("numbers", () => {
  it("come in four bases", () => {
    assert.deepEqual(["10", "0x1F", "0b101", "0o17"].map(parseInt64), [10n, 31n, 5n, 15n]);
  });
  it("fit in 64 bits", () => {
    assert.equal(parseInt64("18446744073709551615"), (1n << 64n) - 1n);
    assert.equal(parseInt64("18446744073709551616"), null);
  });
  it("with a unit of time are nanoseconds", () => {
    const expected = [
      1n,
      2_000n,
      3_000_000n,
      4_000_000_000n,
      60_000_000_000n,
      60_000_000_000n,
      3_600_000_000_000n,
    ];
    assert.deepEqual(["1ns", "2us", "3ms", "4s", "1m", "1min", "1h"].map(parseDuration), expected);
    assert.equal(parseDuration("1d"), 86_400_000_000_000n);
    assert.equal(parseDuration("1KB"), null);
  });
  it("with a unit of size are bytes", () => {
    assert.deepEqual(["1B", "2KB", "2KiB", "1MiB"].map(parseSize), [1n, 2000n, 2048n, 1048576n]);
    assert.equal(parseSize("1kb"), null);
    assert.equal(parseSize("99999999TiB"), null);
  });
});

describe("strings", () => {
  it("resolve their escapes", () => {
    assert.equal(parseText(String.raw`"a\n\t\"\\\x41\u00e9\u{1F600}\0"`), 'a\n\t"\\Aé😀\0');
  });
  it("find the first escape that means nothing", () => {
    assert.deepEqual(findBadEscape(String.raw`a\n\q`), { offset: 3, length: 2 });
    assert.deepEqual(findBadEscape(String.raw`\u{110000}`), { offset: 0, length: 10 });
    assert.deepEqual(findBadEscape(String.raw`\x4`), { offset: 0, length: 2 });
    assert.equal(findBadEscape(String.raw`\\q`), null);
  });
  it("read back what was quoted", () => {
    const property = fc.property(fc.string({ unit: "binary" }), (value) => {
      const quoted = quoteText(value);
      assert.match(quoted, /^"[^\n]*"$/);
      assert.equal(findBadEscape(quoted.slice(1, -1)), null);
      assert.equal(parseText(quoted), value);
    });
    fc.assert(property, { seed, numRuns: 500 });
  });
});

it("a regular expression splits at its last slash", () => {
  assert.deepEqual(splitRegex("/a\\/[/]b/im"), { source: "a\\/[/]b", flags: "im" });
});
