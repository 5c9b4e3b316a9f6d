// Runs the kernel cases (cases/*.case) on the running kernel: each a node:test of its own. Arguments choose cases by a
// part of their file name.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { leftOf } from "./bpf-objects.js";
import { type Expectation, type KernelCase, matches, parseCase, type Step } from "./case-file.js";
import { hasFeature, kernelName } from "./features.js";
import { frameHex } from "./frame.js";
import { program, programFolder, root } from "./programs.js";
import { RetisProcess } from "./retis-process.js";
import { isSubset } from "./subset.js";
import { buildTopology, removeStale, type Topology } from "./topology.js";

const folder = join(root, "test/kernel/cases");

const perform = (step: Step, topology: Topology, retis: RetisProcess | null): void => {
  if (step.kind === "signal") {
    retis?.signal(step.signal);
    return;
  }
  const namespace = step.namespace === null ? undefined : topology.namespaces.get(step.namespace);
  if (step.namespace !== null && namespace === undefined)
    throw new Error(`this topology has no ${step.namespace}`);
  const command =
    step.kind === "frame" ? `send frames veth1 ${frameHex(step.frame)} ${step.count}` : step.command;
  const [file, ...args] = namespace === undefined ? ["bash"] : ["nsenter", `--net=${namespace}`, "bash"];
  const result = spawnSync(file ?? "bash", [...args, "-ec", command], {
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, PATH: `${programFolder}:${process.env["PATH"] ?? ""}` },
  });
  if (result.status !== 0) throw new Error(`${command.slice(0, 200)}: ${result.stderr || result.signal}`);
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
};

/** How often an expectation's subject is there so far. */
const occurrences = (expectation: Expectation, retis: RetisProcess): number => {
  switch (expectation.kind) {
    case "lines":
      return retis.lines(expectation.stream).filter((line) => matches(line, expectation.pattern)).length;
    case "json":
      return retis.lines("stdout").filter((line) => isSubset(expectation.subset, parsed(line))).length;
    case "total":
      return retis.lines("stdout").filter((line) => line.trim() !== "").length;
  }
};

/** Enough of it has come; too much shows at the end. What the summary says comes only then. */
const arrived = (expectation: Expectation, retis: RetisProcess): boolean =>
  (expectation.kind === "lines" && expectation.stream === "stderr") ||
  occurrences(expectation, retis) >= (expectation.count ?? 1);

const wording = (expectation: Expectation): string => {
  switch (expectation.kind) {
    case "lines": {
      const { pattern } = expectation;
      return `${expectation.stream} lines with ${pattern.kind === "text" ? `\`${pattern.text}\`` : pattern.regex}`;
    }
    case "json":
      return `JSON lines with ${JSON.stringify(expectation.subset)}`;
    case "total":
      return "lines on stdout";
  }
};

const check = (expectation: Expectation, retis: RetisProcess): void => {
  const found = occurrences(expectation, retis);
  const { count } = expectation;
  const message = `${wording(expectation)}: expected ${count ?? "at least 1"}, found ${found}\n${retis.describe()}`;
  if (count === null) assert.ok(found > 0, message);
  else assert.ok(found === count, message);
};

/** A case may name what only the standing topology knows: a namespace's number and path. */
const fillIn = (text: string, topology: Topology): string =>
  text
    .replaceAll(/\{(inode|path) (ns\d)\}/g, (_, what: string, name: string) => {
      const path = topology.namespaces.get(name) ?? "";
      return what === "path" ? path : String(statSync(path).ino);
    })
    .replaceAll("{tree}", root);

const run = async (one: KernelCase, topology: Topology): Promise<void> => {
  for (const step of one.before) perform(step, topology, null);
  const args = one.script === null ? one.args : [...one.args, "-e", one.script];
  const retis = new RetisProcess(args, { wrap: one.wrap });
  try {
    if (one.steps.length > 0 || one.end === "sigint") await retis.ready();
    for (const step of one.steps) perform(step, topology, retis);
    if (one.end === "sigint") {
      const { until } = one;
      const come = (): boolean =>
        until === null
          ? one.expectations.every((expectation) => arrived(expectation, retis))
          : retis.lines("stdout").some((line) => matches(line, until));
      await retis.until(come, 10_000);
      retis.look();
      retis.signal("SIGINT");
    }
    const { code } = await retis.end();
    for (const expectation of one.expectations) check(expectation, retis);
    assert.equal(code, one.exit, `exit code ${code}, expected ${one.exit}\n${retis.describe()}`);
    assert.deepEqual(await leftOf(retis.held), [], "BPF objects that outlived retis");
  } finally {
    await retis.kill();
  }
};

const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter(
    (name) => name.endsWith(".case") && (wanted.length === 0 || wanted.some((part) => name.includes(part))),
  )
  .sort();

removeStale();
program("send");
program("bpf-ids");

const cases = files.map((name) => join(folder, name));
const kernel = kernelName();

const declare = (file: string): void => {
  const { name, needs, topology: kind } = parseCase(file);
  const missing = needs.filter((need) => !hasFeature(need));
  test(name, {
    skip: missing.length > 0 && `this kernel or machine has no ${missing.join(", ")}`,
  }, async () => {
    const topology = buildTopology(kind);
    try {
      await run(
        parseCase(file, (text) => fillIn(topology.localize(text), topology)),
        topology,
      );
    } finally {
      topology.remove();
    }
  });
};

describe(`cases that take any packet (${kernel})`, () => {
  for (const file of cases) if (parseCase(file).alone) declare(file);
});

// Start-up fills one processor; the emulated machine has two and all the time goes there.
describe(`kernel cases (${kernel})`, { concurrency: kernel === "host" ? 1 : 2 }, () => {
  for (const file of cases) if (!parseCase(file).alone) declare(file);
});

test("nothing is skipped but what this kernel is known to lack", {
  skip: wanted.length > 0 && "a choice of cases",
}, () => {
  const gaps = JSON.parse(readFileSync(join(root, "test/kernel/expected-gaps.json"), "utf8")) as Readonly<
    Record<string, readonly string[]>
  >;
  const needed = [...new Set(cases.flatMap((file) => parseCase(file).needs))].sort();
  const lacking = needed.filter((need) => !hasFeature(need));
  const expected = gaps[kernel] ?? [];
  // A machine of its own may have more than the one that the list was made on; an emulated kernel is what it is.
  const wrong = lacking.filter((feature) => !expected.includes(feature));
  assert.deepEqual(wrong, [], "lacking, but not listed in expected-gaps.json");
  if (kernel !== "host") assert.deepEqual(lacking, [...expected].sort());
});
