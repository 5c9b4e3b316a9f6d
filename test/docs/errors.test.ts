// docs/errors.md: a heading for every code that the program can say, with a wrong script that draws it and a right one
// that does not. A block marked `kernel many` is for a kernel with more tracepoints than a script may attach to, one
// marked `run` is wrong only when it is run.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { root } from "../kernel/programs.js";
import { kernel, kernelWith } from "../kernel-facts.js";
import { blocksOf, readDocument } from "./blocks.js";
import { diagnosticsOf, summaryOf } from "./compile.js";

const DOCUMENT = "docs/errors.md";
const catalog = join(root, "compiler/source/catalog");

const codes = [
  ...new Set(
    readdirSync(catalog).flatMap((name) => [
      ...(readFileSync(join(catalog, name), "utf8").match(/(?<=")[EW]0\d{3}(?=")/g) ?? []),
    ]),
  ),
].sort();

/** `## E0203 …` -> `E0203`. */
const codeOf = (heading: string): string => /^[EW]0\d{3}\b/.exec(heading)?.[0] ?? "";

/** Nets below earlier stages: no script is known that gets so far, so there is none to show. */
const nets: readonly string[] = ["E0413"];

const many = kernelWith({
  tracepoints: Array.from({ length: 65 }, (_, number) => ({
    name: `many:event_${number}`,
    event: `event_${number}`,
    parameters: [],
  })),
});

/** What a `use` may find. */
const files = new Map([
  ["web.rts", "filter web = tcp.port in {80, 443}"],
  ["acts.rts", "on drop print"],
]);

describe(DOCUMENT, () => {
  const blocks = blocksOf(DOCUMENT).filter(({ language }) => language === "rts");
  const headings = [...readDocument(DOCUMENT).matchAll(/^#+ ([EW]0\d{3})\b/gm)].map(([, code]) => code ?? "");

  it("has one heading for every code of the catalogue, in order", () => {
    assert.ok(codes.length > 100, `${codes.length} codes found`);
    assert.deepEqual(headings, headings.toSorted(), "in order");
    assert.deepEqual(
      codes.filter((code) => !headings.includes(code)),
      [],
      "codes without a heading",
    );
    assert.deepEqual(
      headings.filter((code) => !codes.includes(code)),
      [],
      "headings without a code",
    );
    assert.equal(new Set(headings).size, headings.length, "none twice");
  });

  it("has a wrong and a right script for every code", () => {
    const has = (code: string, wrong: boolean): boolean =>
      blocks.some(({ heading, info }) => codeOf(heading) === code && info.startsWith("wrong") === wrong);
    assert.deepEqual(
      headings.filter((code) => has(code, true) === nets.includes(code) || !has(code, false)),
      [],
    );
  });

  for (const block of blocks) {
    const code = codeOf(block.heading);
    const wrong = block.info.startsWith("wrong");
    it(`${block.place} ${wrong ? "draws" : "does not draw"} ${code}`, () => {
      const found = diagnosticsOf(block.text, {
        kernel: block.info.includes("kernel many") ? many : kernel,
        files,
        run: block.info.includes("run"),
      });
      if (wrong)
        assert.ok(
          found.some((one) => one.code === code),
          `${summaryOf(found)}\n${block.text}`,
        );
      else assert.equal(summaryOf(found), "", block.text);
    });
  }
});
