// A script is known again by its text, and that of every file that it uses.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { compile } from "../../compiler/index.js";
import { scriptDigest } from "../../runtime/script-digest.js";
import { kernel } from "../kernel-facts.js";

const digestOf = (text: string, files: Readonly<Record<string, string>> = {}): string => {
  const { value, diagnostics } = compile({
    source: { name: "script.rts", text },
    prelude: { name: "prelude.rts", text: "probe drop = skb:kfree_skb" },
    load: (path) => ({ name: path, text: files[path] ?? "" }),
    kernel,
    options: new Map(),
    settings: { buffer: null, snaplen: null },
  });
  assert.ok(value !== null, diagnostics.map(({ message }) => message).join("\n"));
  return scriptDigest(value);
};

test("a script without `use` is its text", () => {
  const text = "on drop print";
  assert.equal(digestOf(text), createHash("sha256").update(text).digest("hex"));
});

test("a used file that changes makes another script", () => {
  const text = 'use "a.rts" use "b.rts" on drop where web or mail print';
  const files = { "a.rts": "filter web = tcp.port == 80", "b.rts": "filter mail = tcp.port == 25" };
  const before = digestOf(text, files);
  assert.equal(digestOf(text, files), before);
  for (const [path, changed] of [
    ["a.rts", "filter web = tcp.port == 443"],
    ["b.rts", "filter mail = tcp.port == 25 // or 587"],
  ] as const)
    assert.notEqual(digestOf(text, { ...files, [path]: changed }), before, path);
  const swapped = { "a.rts": files["b.rts"], "b.rts": files["a.rts"] };
  assert.notEqual(digestOf(text, swapped), before);
});
