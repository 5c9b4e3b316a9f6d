// Completion: what the shells' own machinery makes of our scripts, and the schema command beside it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { describe, test } from "node:test";
import { retisPath } from "../../kernel/retis-process.js";
import { output, ownFolder, run } from "./stored.js";

const folder = ownFolder();

/** `retis` by that name, a folder with a script and files, and a shell in it. */
function inShell(shell: string, script: string): string {
  mkdirSync(folder.file("bin"), { recursive: true });
  chmodSync(folder.file("bin/retis", `#!/bin/sh\nexec "${retisPath}" "$@"\n`), 0o755);
  folder.file("mine.rts", '/// Mine.\noption max_len: int = 3 "a length"\non drop print\n');
  folder.file("events.json", "{}\n");
  const { stdout, stderr, status } = spawnSync(shell, ["-c", script], {
    cwd: folder.path,
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder.file("bin")}:${process.env["PATH"] ?? ""}` },
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

const has = (shell: string): string | false =>
  spawnSync(shell, ["-c", "true"]).status === 0 ? false : `${shell}: not on this machine`;

const CASES: [readonly string[], readonly string[], readonly string[]][] = [
  [["retis", "pr"], ["print"], ["run", "pcap"]],
  [["retis", ""], ["run", "print", "sort", "stats", "pcap", "convert", "schema", "complete", "help"], []],
  [["retis", "print", "--f"], ["--format", "--follow"], ["--utc"]],
  [["retis", "print", "--format", ""], ["text", "single-line", "multi-line", "json", "table"], ["retis"]],
  [["retis", "print", "ev"], ["events.json"], ["mine.rts"]],
  [["retis", "run", "m"], ["mine", "mine.rts"], ["dropmon"]],
  [["retis", "run", "drop"], ["dropmon"], ["mine"]],
  [["retis", "run", "mine", "--max"], ["--max-len"], []],
  [["retis", "convert", "events.json", "-o", "e"], ["events.json"], []],
  [["retis", "convert", "events.json", "--format", "retis"], ["retis", "retis-json"], ["pcapng"]],
  [["retis", "complete", ""], ["bash", "zsh", "fish"], []],
  [["retis", "help", "fi"], ["fields"], ["print"]],
];

const quoted = (word: string): string => `'${word}'`;

describe("completion", () => {
  test("bash", { skip: has("bash") }, () => {
    for (const [words, expected, not] of CASES) {
      const reply = inShell(
        "bash",
        `source <(retis complete bash)
COMP_WORDS=(${words.map(quoted).join(" ")}); COMP_CWORD=${words.length - 1}
_retis
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p retis >&2`,
      ).split("\n");
      for (const word of expected) assert.ok(reply.includes(word), `${words.join(" ")}: ${reply.join(" ")}`);
      for (const word of not) assert.ok(!reply.includes(word), `${words.join(" ")}: ${word}`);
    }
  });

  test("zsh: the script is sound", { skip: has("zsh") }, () => {
    inShell("zsh", "autoload -U compinit; compinit -u -D; source <(retis complete zsh); whence -w _retis");
  });

  test("fish", { skip: has("fish") }, () => {
    const reply = inShell("fish", "retis complete fish | source; complete -C 'retis pr'");
    assert.match(reply, /^print/m);
  });

  test("the program answers for all shells", () => {
    const { stdout, code } = run(["complete", "words", "2", "retis", "print", "--ti"]);
    assert.equal(code, 0);
    assert.equal(stdout, "--time\n");
    assert.equal(run(["complete", "words", "2", "retis", "print", "--help"]).stdout, "--help\n");
    for (const shell of ["bash", "zsh", "fish"]) assert.match(output("complete", shell), /retis complete/);
  });
});

test("retis schema prints the schema of events", () => {
  const schema = JSON.parse(output("schema")) as { readonly $schema: string; readonly properties: object };
  assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
  for (const section of ["common", "kernel", "skb-tracking", "ct", "startup"])
    assert.ok(section in schema.properties, section);
});
