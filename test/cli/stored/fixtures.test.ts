// Event files of the real Retis: our print, sort and stats give the text that Retis gives, byte for byte; by way of our
// own format too.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FIXTURES, fixture, fixtureText, noFixtures, output, ownFolder } from "./stored.js";

/** Retis counts probes in a hash map: those with the same count come in any order. */
const tiesInOrder = (stats: string): string => {
  const [head = "", probes = ""] = stats.split("Probes:\n");
  const lines = probes.split("\n").map((line) => ({ line, count: Number(line.split(": ").at(-1)) }));
  for (let at = 1; at < lines.length - 1; at++)
    assert.ok((lines[at - 1]?.count ?? 0) >= (lines[at]?.count ?? 0), "probes by descending count");
  return `${head}Probes:\n${lines
    .map(({ line }) => line)
    .sort()
    .join("\n")}`;
};

describe("files of the real Retis", { skip: noFixtures }, () => {
  const folder = ownFolder();
  for (const name of FIXTURES) {
    const file = noFixtures === false ? fixture(`${name}.json`) : "";

    test(`${name}: print`, () => {
      assert.equal(output("print", "--utc", file), fixtureText(`${name}.multi.txt`));
      assert.equal(
        output("print", "--utc", "--format", "single-line", file),
        fixtureText(`${name}.single.txt`),
      );
      assert.equal(output("print", "-e", "--format", "single-line", file), fixtureText(`${name}.ll.txt`));
    });

    test(`${name}: sort`, () => {
      assert.equal(output("sort", file), fixtureText(`${name}.sorted.txt`));
    });

    test(`${name}: stats`, () => {
      assert.equal(tiesInOrder(output("stats", file)), tiesInOrder(fixtureText(`${name}.stats.txt`)));
    });

    test(`${name}: the same from a file of ours`, () => {
      const ours = folder.file(`${name}.retis`);
      output("convert", file, "-o", ours);
      assert.equal(output("print", "--utc", ours), fixtureText(`${name}.multi.txt`));
      assert.equal(output("print", "-e", "--format", "single-line", ours), fixtureText(`${name}.ll.txt`));
      assert.equal(output("sort", ours), fixtureText(`${name}.sorted.txt`));
      assert.equal(tiesInOrder(output("stats", ours)), tiesInOrder(fixtureText(`${name}.stats.txt`)));
    });
  }
});
