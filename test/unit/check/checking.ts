// A script's text -> what the checker makes of it, with the prelude and the kernel of test/kernel-facts.ts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { check } from "../../../compiler/check/check.js";
import type { CheckedScript } from "../../../compiler/check/checked.js";
import type { KernelFacts } from "../../../compiler/kernel-facts.js";
import type { Checked } from "../../../compiler/source/diagnostic.js";
import type { Expr, Script } from "../../../compiler/syntax/ast.js";
import { parse } from "../../../compiler/syntax/parse.js";
import { kernel as testKernel } from "../../kernel-facts.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

export function read(name: string, text: string): Script {
  const { value, diagnostics } = parse({ name, text });
  assert.deepEqual(diagnostics, [], `${name} parses`);
  assert.ok(value !== null);
  return value;
}

export const prelude: Script = read("prelude.rts", readFileSync(`${root}stdlib/prelude.rts`, "utf8"));

export interface Given {
  readonly kernel?: KernelFacts;
  readonly options?: Readonly<Record<string, string>>;
  readonly used?: Readonly<Record<string, string>>;
}

export function checkText(text: string, given: Given = {}): Checked<CheckedScript> {
  return check(read("script.rts", text), {
    kernel: given.kernel ?? testKernel,
    prelude,
    used: new Map(Object.entries(given.used ?? {}).map(([name, used]) => [name, read(name, used)])),
    options: new Map(Object.entries(given.options ?? {})),
  });
}

/** Of a script about which nothing is to be said. */
export function sound(text: string, given: Given = {}): CheckedScript {
  const { value, diagnostics } = checkText(text, given);
  assert.deepEqual(
    diagnostics.map((one) => `${one.code} ${one.message}`),
    [],
    text,
  );
  assert.ok(value !== null);
  return value;
}

/** `CODE word` for each finding, where the word is what it points to. */
export function findings(text: string, given: Given = {}): readonly string[] {
  return checkText(text, given).diagnostics.map(
    ({ code, span }) => `${code} ${span.source.text.slice(span.start, span.end)}`,
  );
}

/** The predicate of the only `on`. */
export function whereOf(checked: CheckedScript): Expr {
  const where = checked.handlers[0]?.where;
  assert.ok(where !== null && where !== undefined);
  return where;
}
