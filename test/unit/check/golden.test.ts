// Every doubtful script of test/cases/check against the messages beside it. UPDATE_GOLDEN=1 rewrites them for review.
// A first line `// --port abc` is what the command line gives, `// kernel NAME` the kernel that the script is for.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { check } from "../../../compiler/check/check.js";
import type { KernelFacts } from "../../../compiler/kernel-facts.js";
import { hasErrors } from "../../../compiler/source/diagnostic.js";
import { renderDiagnostics } from "../../../compiler/source/render.js";
import type { Script } from "../../../compiler/syntax/ast.js";
import { parse } from "../../../compiler/syntax/parse.js";
import { kernel, kernelBefore, kernelWith } from "../../kernel-facts.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const cases = `${root}test/cases/check/`;
const update = process.env["UPDATE_GOLDEN"] === "1";

const kernels: ReadonlyMap<string, KernelFacts> = new Map([
  ["5.10", kernelBefore],
  [
    "without tcp tracepoints",
    kernelWith({
      tracepoints: kernel
        .tracepoints()
        .filter((name) => !name.startsWith("tcp:"))
        .flatMap((name) => kernel.tracepoint(name) ?? []),
    }),
  ],
]);

function read(name: string, text: string): Script {
  const { value, diagnostics } = parse({ name, text });
  assert.deepEqual(diagnostics, [], `${name} parses`);
  assert.ok(value !== null);
  return value;
}

describe("messages of the checker", () => {
  const scripts = readdirSync(cases).filter((name) => name.endsWith(".rts"));
  const prelude = read("prelude.rts", readFileSync(`${root}stdlib/prelude.rts`, "utf8"));
  const used = new Map(
    readdirSync(`${cases}used`).map((name) => [
      name,
      read(name, readFileSync(`${cases}used/${name}`, "utf8")),
    ]),
  );

  for (const name of scripts) {
    it(name.replace(/\.rts$/, "").replaceAll("-", " "), () => {
      const text = readFileSync(cases + name, "utf8");
      const [, flag, given] = /^\/\/ --(\S+) (\S+)/.exec(text) ?? [];
      const [, on] = /^\/\/ kernel (.+)/.exec(text) ?? [];
      const facts = on === undefined ? kernel : kernels.get(on);
      assert.ok(facts !== undefined, `there is a kernel \`${on}\``);
      const { value, diagnostics } = check(read(name, text), {
        kernel: facts,
        prelude,
        used,
        options: new Map(flag !== undefined && given !== undefined ? [[flag, given]] : []),
      });
      assert.notEqual(diagnostics.length, 0, "something is said");
      assert.equal(
        value === null,
        hasErrors(diagnostics),
        "a script with errors has no value, any other has one",
      );
      const own = diagnostics.filter(({ span }) => span.source.name === name).map(({ span }) => span.start);
      assert.deepEqual(
        own,
        own.toSorted((a, b) => a - b),
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
});
