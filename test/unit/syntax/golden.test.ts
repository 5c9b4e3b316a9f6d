// Every wrong script of test/cases/syntax against the messages beside it. UPDATE_GOLDEN=1 rewrites them for review.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { renderDiagnostics } from "../../../compiler/source/render.js";
import { parse } from "../../../compiler/syntax/parse.js";

const cases = fileURLToPath(new URL("../../../../test/cases/syntax/", import.meta.url));
const update = process.env["UPDATE_GOLDEN"] === "1";

describe("messages of the syntax stage", () => {
  const scripts = readdirSync(cases).filter((name) => name.endsWith(".rts"));

  for (const name of scripts) {
    it(name.replace(/\.rts$/, "").replaceAll("-", " "), () => {
      const text = readFileSync(cases + name, "utf8");
      const { value, diagnostics } = parse({ name, text });
      assert.equal(value, null, "a wrong script has no tree");
      const starts = diagnostics.map(({ span }) => span.start);
      assert.deepEqual(
        starts,
        starts.toSorted((a, b) => a - b),
        "messages stand in source order",
      );
      const actual = `${renderDiagnostics(diagnostics, { color: false })}\n`;
      const golden = cases + name.replace(/\.rts$/, ".err");
      if (update) writeFileSync(golden, actual);
      assert.equal(actual, readFileSync(golden, "utf8"));
    });
  }

  it("has messages for scripts that exist only", () => {
    const goldens = readdirSync(cases).filter((name) => name.endsWith(".err"));
    assert.deepEqual(goldens.map((name) => name.replace(/\.err$/, ".rts")).toSorted(), scripts.toSorted());
  });

  it("have a case for every code", () => {
    const catalog = fileURLToPath(new URL("../../../../compiler/source/catalog/", import.meta.url));
    const texts = ["syntax.ts", "habits.ts"].map((name) => readFileSync(catalog + name, "utf8"));
    const codes = new Set(texts.join("").match(/(?<=")E01\d\d(?=")/g));
    const shown = scripts
      .map((name) => readFileSync(cases + name.replace(/\.rts$/, ".err"), "utf8"))
      .join("");
    assert.ok(codes.size > 50);
    assert.deepEqual(
      [...codes].filter((code) => !shown.includes(`error[${code}]`)),
      [],
    );
  });
});
