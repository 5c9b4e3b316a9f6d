// Every standard script: it compiles, shows what it promises on traffic of its own, and opens with purpose, sample output and how to read it, which `--help` shows.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "../../compiler/syntax/parse.js";
import { skipUnlessLive } from "../cli/live.js";
import { root } from "../kernel/programs.js";
import { kernel, kernelBefore } from "../kernel-facts.js";
import { readDocument } from "./blocks.js";
import { diagnosticsOf, summaryOf } from "./compile.js";
import { Namespace } from "./namespace.js";

const folder = join(root, "stdlib");
const recipes = readdirSync(folder).filter((name) => name.endsWith(".rts") && name !== "prelude.rts");

interface Trial {
  readonly args: readonly string[];
  /** For `sh`, in a namespace with the loopback device and a pair of others, v0 (10.9.9.1) and v1. */
  readonly traffic: string;
  /** A line of the output. */
  readonly shows: RegExp;
}

const DATAGRAM = "head -c 1000 /dev/zero > /dev/udp/127.0.0.1/4001";

const trials: Readonly<Record<string, Trial>> = {
  "arpwatch.rts": {
    args: [],
    traffic: "ping -qc1 -W1 -I v0 10.9.9.9 || true",
    shows: /^10\.9\.9\.1 is at [0-9a-f:]{17} on v1$/,
  },
  "bigdrops.rts": {
    args: ["--size", "1KB"],
    traffic: `bash -c '${DATAGRAM}'`,
    shows: /^ *1042 +- +NO_SOCKET +__udp4_lib_rcv\S* +lo +127\.0\.0\.1:\d+ > 127\.0\.0\.1:4001 udp$/,
  },
  "dropcount.rts": {
    args: ["--period", "200ms"],
    traffic: `bash -c '${DATAGRAM}; sleep 0.5'`,
    shows: /^ *\d+ NO_SOCKET +udp +lo$/,
  },
  "dropmon.rts": {
    args: ["--port", "4001"],
    traffic: `bash -c '${DATAGRAM}'`,
    shows: /^ {4}ip_local_deliver/,
  },
  "icmperr.rts": {
    args: [],
    traffic: `bash -c '${DATAGRAM}'`,
    shows: /^lo +127\.0\.0\.1 +127\.0\.0\.1 +destination-unreachable +3 +-$/,
  },
  "ifdump.rts": {
    args: ["--dev", "l?", "--host", "127.0.0.0/8"],
    traffic: "ping -qc1 127.0.0.1",
    shows: /^ {2}127\.0\.0\.1 > 127\.0\.0\.1 .* proto ICMP \(1\) type 8 code 0$/,
  },
  "synmon.rts": {
    args: ["--port", "4001"],
    traffic: "bash -c 'echo > /dev/tcp/127.0.0.1/4001' || true",
    shows: /^lo +127\.0\.0\.1:4001 > 127\.0\.0\.1:\d+ tcp +rst\|ack$/,
  },
  "ttl.rts": {
    args: ["--max", "2"],
    traffic: "ping -qc1 -t2 127.0.0.1",
    shows: /^lo +127\.0\.0\.1 +127\.0\.0\.1 +2 +icmp$/,
  },
};

const skipLive = skipUnlessLive("enum SKB_DROP_REASON_NO_SOCKET");

describe("standard scripts", () => {
  let namespace: Namespace | null = null;
  before(async () => {
    if (skipLive !== false) return;
    namespace = await Namespace.create(
      "ip link add v0 type veth peer name v1; ip addr add 10.9.9.1/24 dev v0; ip link set v0 up; ip link set v1 up",
    );
  });
  after(() => namespace?.close());

  for (const name of recipes) {
    const text = readFileSync(join(folder, name), "utf8");
    const script = parse({ name, text }).value;

    it(`${name} compiles, without a warning where the kernel has drop reasons`, () => {
      assert.equal(summaryOf(diagnosticsOf(text, { kernel })), "");
      const errors = diagnosticsOf(text, { kernel: kernelBefore }).filter(
        ({ severity }) => severity === "error",
      );
      assert.equal(summaryOf(errors), "");
    });

    it(`${name} opens with purpose, sample output and how to read it`, () => {
      const paragraphs = (script?.doc ?? "").split(/\n\s*\n/);
      assert.ok(paragraphs.length >= 3, `${paragraphs.length} paragraphs`);
      assert.match(paragraphs[0] ?? "", /^[A-Z].*\.$/s, "a sentence that says what it is for");
      assert.match(paragraphs[1] ?? "", /^ {2}/, "sample output, indented");
    });

    it(`${name} shows what it promises`, { skip: skipLive }, () => {
      const trial = trials[name];
      assert.ok(trial !== undefined, "there is a trial of it");
      const command = [join(root, "dist/retis"), "run", name, ...trial.args, "--cmd", trial.traffic];
      const [file = "", ...args] = [...(namespace?.enter ?? []), process.execPath, ...command];
      const { stdout, stderr, status } = spawnSync(file, args, {
        encoding: "utf8",
        cwd: folder,
        timeout: 60_000,
      });
      assert.equal(status, 0, stderr);
      assert.ok(
        stdout.split("\n").some((line) => trial.shows.test(line)),
        `${stdout}\n${stderr}`,
      );
    });

    it(`${name} --help shows all that and its options`, () => {
      const { stdout, status } = spawnSync(
        process.execPath,
        [join(root, "dist/retis"), "run", name, "--help"],
        { encoding: "utf8", cwd: folder },
      );
      assert.equal(status, 0);
      assert.ok(stdout.includes(script?.doc ?? "no doc"), stdout);
      for (const item of script?.items ?? []) {
        if (item.kind !== "option") continue;
        assert.ok(stdout.includes(`--${item.name.text.replaceAll("_", "-")} <`), stdout);
        assert.ok(item.description !== null, `${item.name.text} is described`);
      }
    });
  }

  it("are all named in docs/language.md, and so are the probes of the prelude", () => {
    const language = readDocument("docs/language.md");
    const probes = [...readFileSync(join(folder, "prelude.rts"), "utf8").matchAll(/^probe (\w+)/gm)];
    for (const name of [
      ...recipes.map((recipe) => recipe.replace(/\.rts$/, "")),
      ...probes.map(([, probe]) => probe),
    ])
      assert.ok(language.includes(`\`${name}\``), name);
  });
});
