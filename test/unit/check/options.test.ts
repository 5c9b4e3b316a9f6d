// Options: every type from the script and from the command line.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { OptionValue } from "../../../compiler/check/checked.js";
import { findings, sound } from "./checking.js";

/** A value without its place, in short. */
function short(value: OptionValue | null | undefined): unknown {
  switch (value?.kind) {
    case undefined:
      return null;
    case "int":
    case "string":
    case "mac":
      return value.value;
    case "ip":
      return [value.version, value.value];
    case "cidr":
      return [value.version, value.value, value.prefix];
    case "duration":
      return value.nanoseconds;
    case "size":
      return value.bytes;
    case "name":
      return value.text;
    case "set-literal":
      return value.elements.map(({ from, to }) =>
        to === null ? short(from as OptionValue) : [short(from as OptionValue), short(to as OptionValue)],
      );
  }
}

const givenValueOf = (declaration: string, options: Readonly<Record<string, string>> = {}): unknown =>
  short(sound(`option x${declaration} on drop print`, { options }).options[0]?.value);

describe("options", () => {
  const cases: readonly (readonly [
    type: string,
    literal: string,
    value: unknown,
    given: string,
    givenValue: unknown,
  ])[] = [
    ["int", "-5", -5n, "0x10", 16n],
    ["int", "80", 80n, "-7", -7n],
    ["port", "443", 443n, "80", 80n],
    ["bool", "false", "false", "true", "true"],
    ["bool", "true", "true", "", "true"],
    ["string", '"a b"', "a b", "it's", "it's"],
    ["duration", "10ms", 10_000_000n, "2s", 2_000_000_000n],
    ["size", "2KB", 2000n, "1KiB", 1024n],
    ["size", "1500", 1500n, "1500", 1500n],
    ["ip", "10.0.0.1", [4, 0x0a000001n], "::1", [6, 1n]],
    ["cidr", "10.0.0.0/8", [4, 0x0a000000n, 8], "fd00::/16", [6, 0xfd00n << 112n, 16]],
    ["cidr", "10.0.0.1", [4, 0x0a000001n, 32], "::1", [6, 1n, 128]],
    ["mac", "02:00:00:00:00:01", 0x020000000001n, "02:00:00:00:00:ff", 0x0200000000ffn],
    ["{port}", "{80, 8000..8010}", [80n, [8000n, 8010n]], "53,5353", [53n, 5353n]],
    ["{port}", "80", [80n], "{1..5, 7}", [[1n, 5n], 7n]],
    [
      "{cidr}",
      "{10.0.0.0/8}",
      [[4, 0x0a000000n, 8]],
      "::1,10.0.0.1",
      [
        [6, 1n, 128],
        [4, 0x0a000001n, 32],
      ],
    ],
    ["{string}", '{"a"}', ["a"], "b,c", ["b", "c"]],
  ];

  for (const [type, literal, value, given, givenValue] of cases)
    it(`of type ${type}: ${literal}, --x ${given}`, () => {
      assert.deepEqual(givenValueOf(`: ${type} = ${literal}`), value);
      assert.deepEqual(givenValueOf(`: ${type} = ${literal}`, { x: given }), givenValue);
      assert.deepEqual(givenValueOf(`: ${type}?`, { x: given }), givenValue, "without a default");
    });

  it("that are optional may be left out, and tested alone", () => {
    const text = "option who: ip? option n: int? on drop where ($who or tcp) and ip.ttl == $n print";
    assert.deepEqual(
      sound(text).options.map((option) => option.value),
      [null, null],
    );
  });

  it("of type bool are tests", () => {
    sound("option all: bool = false on drop where $all or tcp print");
    assert.deepEqual(findings("option all: bool = false on drop where $all == 3 print"), ["E0223 3"]);
  });

  it("given wrongly are said to be, with the text that was given", () => {
    const wrong: readonly (readonly [type: string, text: string])[] = [
      ["int", "ten"],
      ["int", "99999999999999999999"],
      ["port", "65536"],
      ["port", "-1"],
      ["bool", "yes"],
      ["duration", "10"],
      ["size", "2XB"],
      ["ip", "10.0.0"],
      ["cidr", "10.0.0.0/33"],
      ["mac", "02:00"],
      ["{port}", "80,,443"],
      ["{port}", "80..x"],
      ["probe", "a b"],
    ];
    for (const [type, text] of wrong)
      assert.deepEqual(
        findings(`option x: ${type}? on drop print`, { options: { x: text } }),
        [`E0213 ${text}`],
        type,
      );
  });

  it("compare like their types", () => {
    sound("option p: port = 80 option d: size = 2KB on drop where tcp.port == $p and packet.len > $d print");
    sound("option net: cidr = 10.0.0.0/8 on drop where ip.saddr in $net and ip.daddr == $net print");
    sound("option ports: {port} = {80} on drop where tcp.port in $ports and tcp.dport not in $ports print");
    sound('option name: string = "ng*" on drop where comm matches $name or comm == $name print');
    assert.deepEqual(findings("option who: ip = ::1 on drop where ipv4.saddr == $who print"), ["E0227 $who"]);
    assert.deepEqual(findings("option n: int = 70000 on drop where tcp.dport == $n print"), ["E0226 $n"]);
    assert.deepEqual(findings("option nets: {cidr} = {::/0} on drop where tcp.dport in $nets print"), [
      "E0223 $nets",
    ]);
  });
});
