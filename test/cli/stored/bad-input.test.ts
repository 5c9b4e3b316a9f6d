// Files that are damaged, cut short, packed, or none of ours: what is sound is shown, the rest is said with its place.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { fixture, fixtureText, jsonLines, noFixtures, output, ownFolder, run } from "./stored.js";

describe("bad input", { skip: noFixtures }, () => {
  const folder = ownFolder();
  const text = noFixtures === false ? fixtureText("dropmon.json") : "";
  const lines = text.trimEnd().split("\n");

  test("a damaged line is left out and said; the others are shown", () => {
    const place = Buffer.byteLength(`${lines.slice(0, 5).join("\n")}\n`);
    const damaged = folder.file(
      "damaged.json",
      [...lines.slice(0, 5), '{"common": oops', ...lines.slice(5)].join("\n"),
    );
    for (const command of ["print", "sort"]) {
      const { code, stdout, stderr } = run([command, "--format", "json", damaged]);
      assert.equal(code, 0);
      const shown = stdout.trimEnd().split("\n");
      assert.equal(shown.length, lines.length, command);
      const [, at = ""] = /damaged\.json: at byte (\d+): /.exec(stderr) ?? [];
      assert.ok(Number(at) >= place && Number(at) <= place + 20, stderr);
    }
  });

  test("a file that ends within an event", () => {
    const cut = folder.file("cut.json", text.slice(0, -40));
    const { code, stdout, stderr } = run(["print", "--format", "json", cut]);
    assert.equal(code, 0);
    assert.equal(jsonLines(stdout).length, lines.length - 1);
    assert.match(stderr, /warning: .*cut\.json: at byte \d+: .*ends within/);
  });

  test("a file of ours that is cut short, or damaged in the middle", () => {
    const whole = folder.file("whole.retis");
    // Of several blocks.
    const many = folder.file("many.json", fixtureText("full.json").repeat(20));
    output("convert", many, "-o", whole);
    const bytes = readFileSync(whole);
    const cut = folder.file("cut.retis", bytes.subarray(0, bytes.length - 200));
    for (const command of ["print", "sort", "stats"]) {
      const { code, stderr } = run([command, cut]);
      assert.equal(code, 0, command);
      assert.match(stderr, /warning: .*cut\.retis: at byte \d+: /, command);
    }
    const flipped = Buffer.from(bytes);
    flipped.fill(0x55, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 40);
    const damaged = run(["print", folder.file("flipped.retis", flipped)]);
    assert.match(damaged.stderr, /flipped\.retis: at byte \d+: /);
    assert.notEqual(damaged.code, 70);
  });

  test("nothing sound in it: exit code 3", () => {
    const junk = folder.file("junk.json", '{}\n{"a":1}\nnot json\n'.repeat(5));
    const { code, stdout, stderr } = run(["print", junk]);
    assert.equal(code, 3);
    assert.equal(stdout, "");
    assert.match(stderr, /junk\.json: at byte 0: /);
  });

  test("packed input from a pipe", () => {
    const { code, stderr } = run(["print", "-"], { input: gzipSync(text) });
    assert.equal(code, 3);
    assert.match(stderr, /^error: standard input: compressed with gzip\n.*`… \| zcat \| retis print -`/);
  });

  test("what is no file of events", () => {
    mkdirSync(folder.file("folder"));
    const cases: [string, RegExp][] = [
      [folder.file("missing"), /no file/],
      [folder.file("folder"), /cannot read .*directory/],
      [folder.file("empty", ""), /the file is empty/],
      [folder.file("packed", gzipSync(text)), /compressed with gzip[\s\S]*zcat/],
      [folder.file("text", "Hello, world\n"), /not a file of events/],
      [folder.file("zeros", Buffer.alloc(4096)), /not a file of events/],
    ];
    for (const [file, message] of cases)
      for (const command of ["print", "sort", "stats", "pcap"]) {
        const { code, stdout, stderr } = run([command, file]);
        assert.equal(code, 3, `${command} ${file}: ${stderr}`);
        assert.equal(stdout, "");
        assert.match(stderr, message);
        assert.ok(stderr.includes(file), stderr);
      }
  });

  test("options that make no sense: exit code 2", () => {
    const file = fixture("nftdrop.json");
    for (const args of [
      ["print", "--format", "xml", file],
      ["print", "--time", "soon", file],
      ["print", "--utc", "--time", "iso", file],
      ["print", "--follow", file, file],
      ["sort", "--max-buffer", "-3", file],
      ["sort", "--out-format", "retis", file],
      ["stats", "--top", "none", file],
      ["pcap", "-p", "", file],
      ["pcap", "-p", "a:b:c", file],
      ["complete", "tcsh"],
    ]) {
      const { code, stderr } = run(args);
      assert.equal(code, 2, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, /^error: /);
    }
  });
});
