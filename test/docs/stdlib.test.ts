// Every standard script: it compiles, and opens with purpose, sample output and how to read it, which `--help` shows.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "../../compiler/syntax/parse.js";
import { root } from "../kernel/programs.js";
import { kernel, kernelBefore } from "../kernel-facts.js";
import { readDocument } from "./blocks.js";
import { diagnosticsOf, summaryOf } from "./compile.js";

const folder = join(root, "stdlib");
const recipes = readdirSync(folder).filter((name) => name.endsWith(".rts") && name !== "prelude.rts");

describe("standard scripts", () => {
  for (const name of recipes) {
    const text = readFileSync(join(folder, name), "utf8");
    const script = parse({ name, text }).value;

    it(`${name} compiles, without a warning where the kernel has drop reasons`, () => {
      assert.equal(summaryOf(diagnosticsOf(text, { kernel })), "");
      const errors = diagnosticsOf(text, { kernel: kernelBefore }).filter(
        ({ severity }) => severity === "error",
      );
      assert.equal(summaryOf(errors), "");
    });

    it(`${name} opens with purpose, sample output and how to read it`, () => {
      const paragraphs = (script?.doc ?? "").split(/\n\s*\n/);
      assert.ok(paragraphs.length >= 3, `${paragraphs.length} paragraphs`);
      assert.match(paragraphs[0] ?? "", /^[A-Z].*\.$/s, "a sentence that says what it is for");
      assert.match(paragraphs[1] ?? "", /^ {2}/, "sample output, indented");
    });

    it(`${name} --help shows all that and its options`, () => {
      const { stdout, status } = spawnSync(
        process.execPath,
        [join(root, "dist/retis"), "run", name, "--help"],
        { encoding: "utf8", cwd: folder },
      );
      assert.equal(status, 0);
      assert.ok(stdout.includes(script?.doc ?? "no doc"), stdout);
      for (const item of script?.items ?? []) {
        if (item.kind !== "option") continue;
        assert.ok(stdout.includes(`--${item.name.text.replaceAll("_", "-")} <`), stdout);
        assert.ok(item.description !== null, `${item.name.text} is described`);
      }
    });
  }

  it("are all named in docs/language.md, and so are the probes of the prelude", () => {
    const language = readDocument("docs/language.md");
    const probes = [...readFileSync(join(folder, "prelude.rts"), "utf8").matchAll(/^probe (\w+)/gm)];
    for (const name of [
      ...recipes.map((recipe) => recipe.replace(/\.rts$/, "")),
      ...probes.map(([, probe]) => probe),
    ])
      assert.ok(language.includes(`\`${name}\``), name);
  });
});
