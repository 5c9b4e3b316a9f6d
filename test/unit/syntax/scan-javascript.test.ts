// Where a block of JavaScript ends: by cases, and on whole libraries, which are balanced whatever they contain.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, it } from "node:test";
import { scanJavaScriptBlock } from "../../../compiler/syntax/scan-javascript.js";

const limit = 100;
const blocks = [
  "{}",
  "{ a }",
  '{ "}" }',
  "{ '}' }",
  "{ '\\'}' }",
  "{ `}` }",
  "{ `${ { a: 1 }.a } }` }",
  "{ `a ${ `b ${ '}' }` } c` }",
  "{ // }\n }",
  "{ /* } */ }",
  "{ /}/.test(a) }",
  "{ /[/}]/.test(a) }",
  "{ a / b } ",
  "{ a / b / c }",
  "{ (a) / b; '}' }",
  "{ if (a) /}/.test(b) }",
  "{ while (a) /}/g.exec(b) }",
  "{ return /}/ }",
  "{ x = a++ / 2; '}' }",
  "{ a[0] / 2; '}' }",
  "{ ({ a: 1 }) / 2; '}' }",
  "{ x = { a: 1 } / 2; '}' }",
  "{ if (a) { b } /}/.test(c) }",
  "{ const f = () => { return 1 }\n /}/.test(c) }",
  "{ a.return / b; '}' }",
  "{ 1 / 2; '}' }",
  "{ x = 1. / 2; '}' }",
  "{ y = x?.z / `}` }",
].map((text) => text.trimEnd());

describe("the end of a JavaScript block", () => {
  for (const text of blocks) {
    it(`of ${JSON.stringify(text)} is its last brace`, () => {
      const after = " print } tcp";
      assert.deepEqual(scanJavaScriptBlock(`on ${text}${after}`, 3, limit), {
        end: 3 + text.length,
        unclosed: null,
        tooDeep: null,
      });
    });
  }

  for (const name of ["acorn", "magic-string", "commander", "@jridgewell/trace-mapping"]) {
    it(`is found after the whole of ${name}`, () => {
      const path = createRequire(import.meta.url).resolve(name);
      const text = `{${readFileSync(path, "utf8")}\n}`;
      assert.equal(scanJavaScriptBlock(text, 0, limit).end, text.length);
    });
  }

  const open: readonly [string, "block" | "template" | "comment", number][] = [
    ["{ a", "block", 0],
    ["{ a { b }", "block", 0],
    ["{ `a }", "template", 2],
    ["{ `a ${ b }", "template", 2],
    ["{ /* }", "comment", 2],
  ];
  for (const [text, what, offset] of open) {
    it(`of ${text} is missing because of the ${what}`, () => {
      const { end, unclosed } = scanJavaScriptBlock(text, 0, limit);
      assert.equal(end, null);
      assert.deepEqual(unclosed, { what, offset });
    });
  }

  it("closes over parentheses that were forgotten", () => {
    assert.equal(scanJavaScriptBlock("{ f(a }", 0, limit).end, 7);
  });

  it("tells where nesting passes the limit, and still where the block ends", () => {
    const text = `{${"[".repeat(5)}${"]".repeat(5)}}`;
    assert.deepEqual(scanJavaScriptBlock(text, 0, 3), { end: text.length, unclosed: null, tooDeep: 3 });
  });
});
