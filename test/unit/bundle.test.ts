// scripts/bundle.mjs while the program is in use: files are replaced, never written over.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { root } from "../kernel/programs.js";

const USED = ["main.cjs", "sandbox-worker.cjs", "stdlib/prelude.rts", "retis"];

test("what a program that runs has opened stays what it was", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "retis-bundle-"));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const name of ["compiler", "runtime", "stdlib", "node_modules", "package.json", "package-lock.json"])
    symlinkSync(join(root, name), join(folder, name));
  mkdirSync(join(folder, "scripts"));
  mkdirSync(join(folder, "dist/stdlib"), { recursive: true });
  copyFileSync(join(root, "scripts/bundle.mjs"), join(folder, "scripts/bundle.mjs"));
  const opened = USED.map((name) => {
    const path = join(folder, "dist", name);
    writeFileSync(path, `old ${name}`);
    utimesSync(path, 0, 0);
    return { name, path, descriptor: openSync(path, "r") };
  });
  context.after(() => {
    for (const { descriptor } of opened) closeSync(descriptor);
  });
  const { status, stderr } = spawnSync(process.execPath, [join(folder, "scripts/bundle.mjs")], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  for (const { name, path, descriptor } of opened) {
    assert.equal(readFileSync(descriptor, "utf8"), `old ${name}`);
    assert.notEqual(readFileSync(path, "utf8"), `old ${name}`);
  }
  assert.match(readFileSync(join(folder, "dist/main.cjs"), "latin1").slice(-21), /\n\/\/ [0-9a-f]{16}\n$/);
  const left = readdirSync(join(folder, "dist"), { recursive: true }).filter((name) =>
    String(name).endsWith(".new"),
  );
  assert.deepEqual(left, []);
});
