// Every example of the documents: `rts` blocks are compiled, `console` blocks run and their output compared.
//   ```rts                compiles without a warning
//   ```rts wrong          draws an error or a warning
//   ```rts wrong, each line
//   ```rts NAME.rts       compiles, and is a file for the console blocks of its document
//   ```console            runs; what traces live runs in a network namespace of its own, as root; sample.pcap is there
//   ```console not run: WHY
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import { loadAddon } from "../../runtime/addon/addon.js";
import { runningKernel } from "../../runtime/kernel/facts.js";
import { skipUnlessLive } from "../cli/live.js";
import { hasFeature } from "../kernel/features.js";
import { root } from "../kernel/programs.js";
import { kernel as testKernel } from "../kernel-facts.js";
import { type Block, blocksOf, documents } from "./blocks.js";
import { samplePcap } from "./capture.js";
import { diagnosticsOf, summaryOf } from "./compile.js";
import { difference, type Example, examplesOf, isLive, runExample } from "./console.js";
import { Namespace } from "./namespace.js";

process.env["RETIS_HOME"] ??= join(root, "dist");

/** The running one where it has BTF and shows its tracepoints, which may take root. */
const running: KernelFacts = hasFeature("btf") ? runningKernel(loadAddon()) : testKernel;
const kernel: KernelFacts = running.tracepoints().length > 0 ? running : testKernel;

const fileName = ({ info }: Block): string | null => /^\S+\.rts$/.exec(info)?.[0] ?? null;

const skipLive = skipUnlessLive("enum SKB_DROP_REASON_NO_SOCKET");

/** Why an example cannot run here, or false. */
const skipOf = (example: Example): string | false =>
  isLive(example) ? skipLive : hasFeature("btf") ? false : "this kernel has no BTF";

for (const document of documents) {
  const blocks = blocksOf(document);
  const files = new Map(
    blocks.flatMap((block) => {
      const name = block.language === "rts" ? fileName(block) : null;
      return name === null ? [] : [[name, block.text] as const];
    }),
  );

  // docs/errors.md has a test of its own, on a kernel where each mistake is one.
  if (document !== "docs/errors.md") {
    describe(`scripts of ${document}`, () => {
      for (const block of blocks.filter(({ language }) => language === "rts")) {
        it(block.place, () => {
          if (block.info === "wrong, each line") {
            for (const line of block.text.split("\n"))
              assert.notEqual(summaryOf(diagnosticsOf(line, { kernel, files })), "", line);
            return;
          }
          const found = diagnosticsOf(block.text, { kernel, files });
          if (block.info === "wrong") assert.notEqual(found.length, 0, "something is said about it");
          else assert.equal(summaryOf(found), "", block.text);
          assert.ok(block.info === "wrong" || block.info === "" || fileName(block) !== null, block.info);
        });
      }
    });
  }

  const shown = blocks.filter(({ language }) => language === "console");
  if (shown.length === 0) continue;
  describe(`commands of ${document}`, () => {
    let folder = "";
    let namespace: Namespace | null = null;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "retis-docs."));
      symlinkSync(join(root, "dist/retis"), join(folder, "retis"));
      for (const [name, text] of files) writeFileSync(join(folder, name), text);
      writeFileSync(join(folder, "sample.pcap"), samplePcap());
      if (skipLive === false) namespace = await Namespace.create();
    });

    after(() => {
      namespace?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    for (const block of shown) {
      const notRun = /^not run: (.+)$/.exec(block.info)?.[1];
      if (notRun !== undefined) {
        it(block.place, { skip: notRun }, () => {});
        continue;
      }
      for (const example of examplesOf(block)) {
        it(`${block.place} ${example.command.split("\n")[0]}`, { skip: skipOf(example) }, () => {
          assert.equal(block.info, "", "a console block is run, or says `not run:` and why");
          const env: NodeJS.ProcessEnv = {
            ...process.env,
            NO_COLOR: "1",
            PATH: `${folder}:${process.env["PATH"] ?? ""}`,
          };
          delete env["RETIS_HOME"];
          const live = isLive(example);
          const { lines } = runExample(example, folder, env, live ? (namespace?.enter ?? []) : []);
          const wrong = difference(example.expected, lines, live, example.command);
          assert.equal(wrong, null, wrong ?? "");
        });
      }
    }
  });
}

describe("the comparison of examples", () => {
  const command = "retis -e 'on drop where tcp.dport == 80 print'";
  const same = (expected: string, actual: string, live: boolean): boolean =>
    difference(expected.split("\n"), actual.split("\n"), live, command) === null;

  it("takes numbers of another run for those shown, but for the command's own", () => {
    assert.ok(same("12 (1) [curl] 127.0.0.1.80 +0x1f", "999 (0) [curl] 10.2.3.4.80 +0xab", true));
    assert.ok(!same("12 (1) [curl] 127.0.0.1.80", "12 (1) [curl] 127.0.0.1.81", true));
    assert.ok(!same("12 (1) [curl]", "12 (1) [wget]", true));
    assert.ok(!same("tcp.sport 12", "tcp.sport 13", false));
  });

  it("wants every line in its place, and no other unless the run is live", () => {
    assert.ok(same("a\nb", "a\nb", false));
    assert.ok(!same("a\nb", "b\na", false));
    assert.ok(!same("a", "a\nb", false));
    assert.ok(!same("a\nb", "a", true));
    assert.ok(!same("a\nb", "b\na", true));
    assert.ok(same("a\nb", "a\nx\nb\ny", true));
    assert.ok(same("a\n…\nd", "a\nb\nc\nd", false));
    assert.ok(!same("a\n…\nd", "a\nb\nc", false));
  });
});

it("every program that the documents' commands call is there", { skip: skipLive }, () => {
  for (const name of ["ping", "bash", "curl"]) assert.equal(spawnSync("which", [name]).status, 0, name);
});
