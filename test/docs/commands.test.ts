// What the program says of itself against the documents: every command, option, setting and topic of help is in them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { EXIT } from "../../runtime/failure.js";
import { root } from "../kernel/programs.js";
import { readDocument } from "./blocks.js";

const help = (...words: readonly string[]): string => {
  const { stdout, status } = spawnSync(process.execPath, [join(root, "dist/retis"), ...words], {
    encoding: "utf8",
  });
  assert.equal(status, EXIT.fine, words.join(" "));
  return stdout;
};

/** The part under a heading, without those below it of the same depth. */
const part = (text: string, heading: string): string => {
  const at = text.indexOf(`\n## ${heading}\n`);
  assert.notEqual(at, -1, heading);
  return text.slice(at, text.indexOf("\n## ", at + 1));
};

describe("docs/language.md", () => {
  const language = readDocument("docs/language.md");
  const running = part(language, "Running");

  it("has every option of `retis run`, and none that it has not", () => {
    const options = [...help("run", "--help").matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(
      ([, flag]) => flag ?? "",
    );
    assert.ok(options.length > 8);
    const own = ["--help", "--expression", "--quiet", "--verbose"];
    for (const flag of options) if (!own.includes(flag)) assert.ok(running.includes(`\`${flag}`), flag);
    for (const [, flag = ""] of running.matchAll(/^\| .*?`(--[a-z-]+)/gm))
      assert.ok(options.includes(flag), flag);
  });

  it("has every command, as the README has", () => {
    const commands = [...(help("--help").split("Commands:")[1] ?? "").matchAll(/^ {2}([a-z]+)/gm)];
    assert.ok(commands.length > 5);
    const readme = readDocument("README.md");
    for (const [, command = ""] of commands) {
      assert.ok(command === "retis" || readme.includes(`\`retis ${command}`), command);
      assert.ok(command === "retis" || language.includes(`retis ${command}`), command);
    }
  });

  it("has every setting, and every exit code", () => {
    for (const [, setting = ""] of help("help", "settings").matchAll(/^ {2}(\w+) /gm))
      assert.ok(language.includes(`\`set ${setting} =`), setting);
    for (const code of Object.values(EXIT)) assert.match(running, new RegExp(`^\\| ${code} \\|`, "m"));
  });

  it("has no link that leads nowhere, nor have the other documents", () => {
    for (const name of ["README.md", "docs/language.md", "docs/errors.md", "docs/architecture.md"]) {
      for (const [, target = ""] of readDocument(name).matchAll(/\]\(([^)]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [file = "", anchor] = target.split("#");
        const path = file === "" ? name : join(name, "..", file);
        const headings = [...readDocument(path).matchAll(/^#+ (.*)$/gm)].map(([, text = ""]) =>
          text
            .toLowerCase()
            .replaceAll(/[^\w\- ]/g, "")
            .replaceAll(" ", "-"),
        );
        assert.ok(anchor === undefined || headings.includes(anchor), `${name}: ${target}`);
      }
    }
  });
});
