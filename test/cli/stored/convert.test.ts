// `retis convert`: nothing is lost on the way through the formats, and what cannot be written is said.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { retisPath } from "../../kernel/retis-process.js";
import { FIXTURES, fixture, fixtureText, jsonLines, noFixtures, output, ownFolder, run } from "./stored.js";

/** Standard output and error are one terminal. */
function onTerminal(args: readonly string[]): { readonly code: number | null; readonly shown: string } {
  const command = [retisPath, ...args].map((word) => `'${word}'`).join(" ");
  const { status, stdout } = spawnSync("script", ["-qec", command, "/dev/null"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 << 20,
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { code: status, shown: stdout };
}

describe("retis convert", { skip: noFixtures }, () => {
  const folder = ownFolder();

  for (const name of FIXTURES)
    test(`${name}: Retis' lines to our format and back`, () => {
      const ours = folder.file(`${name}.retis`);
      const back = folder.file(`${name}.json`);
      output("convert", fixture(`${name}.json`), "-o", ours);
      output("convert", ours, "-o", back);
      assert.deepEqual(jsonLines(readFileSync(back, "utf8")), jsonLines(fixtureText(`${name}.json`)));
    });

  test("sorted events stay sorted", () => {
    const sorted = folder.file("sorted.json");
    output("sort", fixture("ovs.json"), "-o", sorted);
    const ours = folder.file("sorted.retis");
    output("convert", sorted, "-o", ours);
    assert.equal(output("print", ours), fixtureText("ovs.sorted.txt"));
    assert.deepEqual(
      jsonLines(output("convert", ours, "-o", "-", "--format", "retis-json")),
      jsonLines(readFileSync(sorted, "utf8")),
    );
  });

  test("through pipes", () => {
    const { stdout, code } = run(["convert", "-", "-o", "-", "--format", "retis-json"], {
      input: fixtureText("full.json"),
    });
    assert.equal(code, 0);
    assert.deepEqual(jsonLines(stdout), jsonLines(fixtureText("full.json")));
  });

  test("a file onto itself, formats that are none, no output", () => {
    const file = folder.file("itself.json", fixtureText("nftdrop.json"));
    for (const args of [
      ["convert", file, "-o", file],
      ["convert", file, "-o", "x", "--format", "xml"],
      ["convert", file],
    ])
      assert.equal(run(args).code, 2, args.join(" "));
    assert.equal(readFileSync(file, "utf8"), fixtureText("nftdrop.json"));
  });

  test("bytes that are no text are not written to a terminal", () => {
    const input = fixture("full.json");
    const refused = [
      ["convert", input, "-o", "-"],
      ["convert", input, "-o", "-", "--format", "pcapng"],
      ["sort", input, "-o", "-", "--out-format", "retis"],
      ["run", "dropmon", "--from", input, "-o", "-"],
      ["pcap", input],
    ];
    for (const args of refused) {
      const { code, shown } = onTerminal(args);
      assert.equal(code, 2, args.join(" "));
      assert.match(
        shown,
        /is no text for a terminal\s+= help: give -o FILE, or (a pipe|redirect it: > FILE)/,
      );
    }
    assert.match(onTerminal(["convert", input, "-o", "-"]).shown, /--format retis-json/);
    const { code, shown } = onTerminal(["convert", input, "-o", "-", "--format", "retis-json"]);
    assert.equal(code, 0, shown);
  });

  test("a full disk, a folder that is not there", () => {
    for (const format of ["retis", "retis-json", "pcapng"]) {
      const full = run(["convert", fixture("full.json"), "-o", "/dev/full", "--format", format]);
      assert.equal(full.code, 3, format);
      assert.match(full.stderr, /cannot write \/dev\/full/);
      const nowhere = run([
        "convert",
        fixture("full.json"),
        "-o",
        folder.file("no/where"),
        "--format",
        format,
      ]);
      assert.equal(nowhere.code, 3, format);
      assert.match(nowhere.stderr, /cannot create/);
    }
    assert.ok(!existsSync(folder.file("no")));
  });
});
