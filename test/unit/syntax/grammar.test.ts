// The grammar itself: no ambiguity, no left recursion, every rule with its method in the visitor.
import assert from "node:assert/strict";
import { it } from "node:test";
import type { ScriptParser } from "../../../compiler/syntax/grammar.js";

// chevrotain 13 checks grammars with Object.groupBy, which Node 20 lacks; production skips those checks.
const { groupBy } = Object as { groupBy?: unknown };
if (groupBy === undefined) {
  Object.defineProperty(Object, "groupBy", {
    value: <T>(items: Iterable<T>, keyOf: (item: T) => string): Record<string, T[]> => {
      const groups: Record<string, T[]> = {};
      for (const item of items) {
        const key = keyOf(item);
        groups[key] = [...(groups[key] ?? []), item];
      }
      return groups;
    },
  });
}

it("chevrotain finds nothing wrong with the grammar", async () => {
  const { ScriptParser: Parser } = await import("../../../compiler/syntax/grammar.js");
  assert.doesNotThrow(() => new Parser(true));
});

it("the visitor has a method for every rule", async () => {
  const { ScriptParser: Parser } = await import("../../../compiler/syntax/grammar.js");
  const { createItemBuilder } = await import("../../../compiler/syntax/build-ast.js");
  const parser: ScriptParser = new Parser();
  assert.ok(Object.keys(parser.getGAstProductions()).length > 30);
  // Throws when one is missing.
  createItemBuilder(parser);
});
