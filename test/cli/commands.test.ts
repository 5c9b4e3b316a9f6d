// Commands that trace nothing: check, explain, dump, help and the ways to get the command line wrong. Where the exit
// code, stdout and stderr go; the wording itself has its golden cases.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { hasFeature } from "../kernel/features.js";
import { root } from "../kernel/programs.js";
import { retisPath } from "../kernel/retis-process.js";

const folder = mkdtempSync(join(tmpdir(), "retis-cli-"));
after(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string | Buffer, mode = 0o644): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode });
  return path;
};

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (args: readonly string[], command = retisPath, input = ""): Result => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    input,
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { code: status, stdout, stderr };
};

const skip = !hasFeature("btf") && "this kernel or machine has no btf";
const good = "on drop where tcp.dport==80 print stack\n";

describe("check", { skip }, () => {
  test("a sound script: exit code 0 and no word", () => {
    assert.deepEqual(run(["check", file("good.rts", good)]), { code: 0, stdout: "", stderr: "" });
  });

  test("by name, the standard scripts are sound", () => {
    for (const name of ["dropmon", "ifdump"]) assert.equal(run(["check", name]).code, 0, name);
  });

  test("a wrong script: exit code 1, all errors of the stage, in order, on stderr", () => {
    const path = file(
      "bad.rts",
      "on drop where drop.reson == NO_SOCKET print\non drop where tcp.dprt == 80 print\n",
    );
    const { code, stdout, stderr } = run(["check", path]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /^error\[E\d{4}\]: .*reson[\s\S]*^ *--> .*bad\.rts:1:15[\s\S]*^error\[E\d{4}\]: .*dprt[\s\S]*bad\.rts:2:15/m,
    );
    assert.match(stderr, /did you mean `tcp\.dport`\?/);
  });

  test("a script that is not there is an error that says where it was sought", () => {
    const { code, stderr } = run(["check", "no-such-script"]);
    assert.ok(code === 2 || code === 3, `exit code ${code}`);
    assert.match(stderr, /no-such-script/);
    assert.match(stderr, /stdlib/);
  });
});

describe("explain", { skip }, () => {
  test("shows probe, kernel part and user part with the reason", () => {
    const { code, stdout } = run([
      "explain",
      "-e",
      "on drop where tcp.dport==80 and comm matches /^ngin/ print stack",
    ]);
    assert.equal(code, 0);
    assert.match(stdout, /skb:kfree_skb/);
    assert.match(stdout, /kernel +.*tcp\.dport/);
    assert.match(stdout, /user +.*comm matches \/\^ngin\/\n +because /);
  });

  test("spells tests out in words", () => {
    const plain = (where: string): string =>
      /kernel part, spelled out: (.*)/.exec(
        run(["explain", "-e", `on rx where ${where} print`]).stdout,
      )?.[1] ?? "";
    assert.match(plain("ns.inum == 5 or dev"), /^first\(\S+, \S+\) == 5 or dev$/);
    assert.match(plain("ip.saddr != 10.0.0.1"), /\bipv4\.saddr present\b/);
    assert.doesNotMatch(plain("ip.saddr != 10.0.0.1 and ip.daddr not in {10.0.0.0/8}"), /(\S+) == \1(?!\S)/);
  });

  test("--bpf adds the instructions", () => {
    const args = ["explain", "-e", "on rx where tcp.port == 80 print"];
    const plain = run(args);
    const { code, stdout } = run([args[0] ?? "", "--bpf", ...args.slice(1)]);
    assert.equal(code, 0);
    assert.ok(stdout.startsWith(plain.stdout.trimEnd()), "what it shows without --bpf comes first");
    assert.match(stdout.slice(plain.stdout.trimEnd().length), /\bexit\b/);
  });

  test("needs no privilege but reading BTF", {
    skip: !hasFeature("root") && "this kernel or machine has no root",
  }, () => {
    const { code, stderr } = run(
      ["--bounding-set=-all", "--inh-caps=-all", retisPath, "explain", "-e", good],
      "setpriv",
    );
    assert.equal(code, 0, stderr);
  });
});

describe("inspect", {
  skip: skip || (!hasFeature("root") && "this kernel or machine has no root"),
}, () => {
  const names = (pattern: string): readonly string[] =>
    [...run(["inspect", pattern]).stdout.matchAll(/^tp:([^(]+)\(/gm)].map(([, name]) => name ?? "");

  test("knows the names of probes, tracepoints and events", () => {
    assert.deepEqual(names("drop"), ["skb:kfree_skb"]);
    assert.deepEqual(names("kfree_skb"), ["skb:kfree_skb"]);
    assert.deepEqual(names("tp:skb:kfree_skb"), ["skb:kfree_skb"]);
    assert.deepEqual(names("packet"), ["net:net_dev_start_xmit", "net:netif_receive_skb"]);
    assert.ok(names("tcp_*").includes("tcp:tcp_send_reset"));
  });
});

describe("dump", { skip }, () => {
  for (const stage of ["ast", "types", "handlers"]) {
    test(`${stage} prints what that stage made`, () => {
      const path = file(`dump-${stage}.rts`, "on drop where tcp.dport==80 { print(comm) }\n");
      const { code, stdout, stderr } = run(["dump", stage, path]);
      assert.equal(code, 0, stderr);
      assert.ok(stdout.length > 20, stdout);
      assert.equal(stderr, "");
    });
  }

  test("a stage that does not exist is a usage error that lists them", () => {
    const { code, stderr } = run(["dump", "nonsense", "-e", good]);
    assert.equal(code, 2);
    assert.match(stderr, /ast, types/);
  });
});

describe("the command line", () => {
  for (const [name, args, said] of [
    ["no argument", [], /Usage/],
    ["an unknown command", ["nonsense"], /nonsense/],
    ["an unknown option", ["--formt", "json", "-e", good], /--formt/],
    ["a duration without a unit", ["run", "--duration", "5", "dropmon"], /--duration 5/],
    ["a count that is none", ["run", "--stop-after", "x", "dropmon"], /--stop-after x/],
    ["a format that is none", ["--format", "xml", "-e", good], /xml/],
    ["an option without its value", ["-e"], /argument missing|-e/],
    ["a second -e", ["-e", good, "-e", good], /-e is given twice/],
    ["a second --from", ["-e", good, "--from", "a", "--from", "b"], /--from is given twice/],
    [
      "a second --from behind the script",
      ["run", "--from", "a", "dropmon", "--from", "b"],
      /--from is given twice/,
    ],
    [
      "a duration on both sides of the script",
      ["run", "--duration", "1s", "dropmon", "--duration", "2s"],
      /--duration is given twice/,
    ],
    ["a second -e of run", ["run", "-e", good, "-e", good], /-e is given twice/],
    [
      "an option before a command that has none",
      ["--utc", "check", "dropmon"],
      /`--utc` stands before `check`/,
    ],
    [
      "an option before and after run",
      ["--duration", "1s", "run", "--duration", "2s", "dropmon"],
      /given twice/,
    ],
    ["a wrong option before run", ["--duration", "5", "run", "dropmon"], /--duration 5/],
    ["--as without a file", ["-e", good, "--as", "drop"], /--as is for stored packets/],
    ["--cmd on a file", ["-e", good, "--from", "x.pcap", "--cmd", "true"], /--cmd is for live traffic/],
    ["--duration on a file", ["-e", good, "--from", "x.pcap", "--duration", "1s"], /--duration is for live/],
    ["a misspelt command", ["chek", "dropmon"], /did you mean `retis check`/],
    ["a script's name as a command", ["dropmon"], /`retis run dropmon` runs the script/],
    [
      "a shown format where nothing is shown",
      ["-e", good, "-o", "-", "--format", "json"],
      /`-o -` shows nothing/,
    ],
    ["help on a message", ["help", "E0203"], /docs\/errors\.md/],
    ["an argument too many", ["run", "dropmon", "extra"], /unexpected argument `extra`/],
    ["an argument too many of check", ["check", "-e", good, "--prt", "1"], /unknown option `--prt`/],
  ] as const) {
    test(`${name} is a usage error, exit code 2, on stderr or with the usage`, () => {
      const { code, stdout, stderr } = run(args);
      assert.equal(code, 2);
      assert.match(stdout + stderr, said);
      assert.doesNotMatch(stderr, /bug in retis|\bat .*:\d+:\d+/);
    });
  }

  test("--version and --help are fine", () => {
    const version = run(["--version"]);
    assert.equal(version.code, 0);
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    const help = run(["--help"]);
    assert.equal(help.code, 0);
    for (const command of ["run", "explain", "check", "dump"])
      assert.match(help.stdout, new RegExp(`^  ${command}\\b`, "m"));
  });

  test("help explains probes, beside sections of the same name", { skip }, () => {
    assert.match(run(["help", "rx"]).stdout, /attached to tp:net:netif_receive_skb/);
    assert.match(run(["help", "drop"]).stdout, /drop\.reason[\s\S]*attached to tp:skb:kfree_skb/);
  });

  test("help on a script is its --help", { skip }, () => {
    assert.equal(run(["help", "dropmon"]).stdout, run(["run", "dropmon", "--help"]).stdout);
  });

  test("a script's documentation is its --help", { skip }, () => {
    const path = file(
      "documented.rts",
      `/// Watch one port.\noption port: port = 80 "TCP port to watch"\non drop where tcp.dport == $port print\n`,
    );
    const { code, stdout } = run(["run", path, "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /Watch one port\./);
    assert.match(stdout, /--port\b.*TCP port to watch/);
  });

  test("a value that an option's type does not allow is an error that says what it allows", { skip }, () => {
    const path = file("typed.rts", "option port: port = 80\non drop where tcp.dport == $port print\n");
    for (const command of ["run", "check", "explain"]) {
      const { code, stderr } = run([command, path, "--port", "70000"]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /70000.* port between 0 and 65535/);
    }
    assert.equal(run(["dump", "plan", path, "--port", "70000"]).code, 2);
    const probe = file("probe.rts", "option at: probe = drop\non $at print\n");
    assert.equal(run(["check", probe, "--at", "nowhere"]).code, 2);
    // What is wrong with the script itself comes first.
    const wrong = file("wrong.rts", "option port: port = 70000\non drop where tcp.dport == $port print\n");
    assert.equal(run(["check", wrong, "--port", "70000"]).code, 1);
  });

  test("options of a script of -e are taken by check and explain", { skip }, () => {
    const text = "option port: port = 80  on drop where tcp.dport == $port print";
    assert.match(run(["explain", "-e", text, "--port", "443"]).stdout, /== 443/);
    assert.match(run(["check", "-e", text, "--port", "70000"]).stderr, /70000.* is not a port/);
  });

  test("options of a used file are the script's", { skip }, () => {
    file("lib.rts", 'option port: port = 80 "TCP port"\nfilter web = tcp.port == $port\n');
    const path = file("uses.rts", 'use "lib.rts"\non drop where web print\n');
    assert.match(run(["run", path, "--help"]).stdout, /--port <port> +TCP port \(default: 80\)/);
    assert.match(run(["explain", path, "--port", "443"]).stdout, /== 443/);
    assert.match(run(["check", path, "--port", "many"]).stderr, /`many` is not a port/);
    assert.match(run(["run", path, "--prt", "1"]).stderr, /did you mean `--port`/);
  });

  test("a used file that cannot be read is an error of the script, at its `use`", { skip }, () => {
    file("latin.rts", Buffer.from("// caf\xe9\n", "latin1"));
    for (const [used, reason] of [
      ["missing.rts", /cannot read .*missing\.rts: no such file or directory/],
      ["latin.rts", /latin\.rts:1: not UTF-8 text/],
    ] as const) {
      const path = file("uses.rts", `on drop print\nuse "${used}"\n`);
      for (const command of ["check", "run"]) {
        const { code, stderr } = run([command, path]);
        assert.equal(code, 1, stderr);
        assert.match(stderr, reason);
        assert.match(stderr, /^error\[E0206\]: .*\n --> .*uses\.rts:2:5\n/);
      }
    }
  });

  test("a script with nothing to do is not run", { skip }, () => {
    const idle = "let x = 1\n";
    const path = file("idle.rts", idle);
    for (const args of [
      ["-e", ""],
      ["-e", idle],
      ["run", path],
    ]) {
      const { code, stderr } = run(args);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /^error\[E0303\]: there is nothing to do/);
    }
    assert.deepEqual(run(["check", path]), { code: 0, stdout: "", stderr: "" });
  });

  test("a path that is no file is not said to be sought in folders", () => {
    const { code, stderr } = run(["run", "/no/such.rts"]);
    assert.equal(code, 3);
    assert.match(stderr, /no script `\/no\/such\.rts`\n.*there is no such file/);
    assert.doesNotMatch(stderr, /stdlib/);
  });

  test("a script may be a pipe, and is no folder", () => {
    const piped = spawnSync("bash", ["-c", `'${retisPath}' dump ast <(echo 'on drop print')`], {
      encoding: "utf8",
    });
    assert.equal(piped.status, 0, piped.stderr);
    assert.match(run(["dump", "ast", root]).stderr, /no script `.*`\n.*it is a folder/);
  });

  test("standard scripts are shown by a short name", { skip }, () => {
    assert.match(run(["explain", "dropmon"]).stdout, /for stdlib\/dropmon\.rts:\d+\n/);
    assert.doesNotMatch(run(["explain", "dropmon"]).stdout, new RegExp(root));
  });

  test("an executable script with a #! line runs", { skip }, () => {
    const path = file("executable.rts", `#!/usr/bin/env -S ${retisPath} check\n${good}`, 0o755);
    const { code, stderr } = run([], path);
    assert.equal(code, 0, stderr);
  });

  test("the program runs through a symbolic link, as npm installs it", () => {
    const link = join(folder, "retis-link");
    spawnSync("ln", ["-s", join(root, "dist/retis"), link]);
    assert.equal(run(["--version"], link).code, 0);
  });
});
