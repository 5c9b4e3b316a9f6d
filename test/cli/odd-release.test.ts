// Kernel releases that look like nothing a parser expects: features are found by asking, never by version.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { program, programFolder, root } from "../kernel/programs.js";
import { RetisProcess } from "../kernel/retis-process.js";
import { skipUnlessLive } from "./live.js";

const library = join(programFolder, `odd-release.${process.pid}.so`);

describe("kernel releases of every kind", { skip: skipUnlessLive() }, () => {
  before(() => {
    mkdirSync(programFolder, { recursive: true });
    program("bpf-ids");
    execFileSync("gcc", ["-shared", "-fPIC", "-O2", "-o", library, join(root, "test/cli/odd-release.c")]);
  });

  for (const release of ["6.12.117+deb12-amd64", "5.10.0-32-amd64", "2.6.32", "7.0-rc3", "custom", ""]) {
    test(`\`${release}\``, async (context) => {
      const env = { LD_PRELOAD: library, RETIS_ODD_RELEASE: release };
      const shown = execFileSync("uname", ["-r"], { env: { ...process.env, ...env }, encoding: "utf8" });
      assert.equal(shown.trim(), release, "the preloaded answer works");
      const retis = new RetisProcess(["-e", "on drop print", "--duration", "50ms"], { env });
      context.after(() => retis.kill());
      const { code } = await retis.end();
      assert.match(retis.stderr, /^ready/m);
      assert.equal(code, 0, retis.describe());
    });
  }
});
