// What the tests of live runs share: whether this machine can trace at all, a pair of namespaces for one test, and
// commands in them.
import { spawnSync } from "node:child_process";
import type { TestContext } from "node:test";
import { hasFeature } from "../kernel/features.js";
import { program, programFolder } from "../kernel/programs.js";
import { buildTopology, removeStale, type Topology } from "../kernel/topology.js";

const missing = ["root", "btf", "veth"].filter((feature) => !hasFeature(feature));

/** The `skip` option of a test that traces: the reason, or false. */
export const skipUnlessLive = (...more: readonly string[]): string | false => {
  const lacking = [...missing, ...more.filter((feature) => !hasFeature(feature))];
  return lacking.length > 0 && `this kernel or machine has no ${lacking.join(", ")}`;
};

export interface Pair {
  /** Runs a command in ns1 or ns2; its output. */
  inside(namespace: "ns1" | "ns2", command: string): string;
  readonly localize: Topology["localize"];
}

/** veth1 in ns1 and veth2 in ns2, until the test ends. */
export const namespacePair = (context: TestContext): Pair => {
  removeStale();
  program("send");
  program("bpf-ids");
  const topology = buildTopology("two_ns");
  context.after(() => topology.remove());
  return {
    localize: topology.localize,
    inside: (namespace, command) => {
      const path = topology.namespaces.get(namespace) ?? "";
      const result = spawnSync("nsenter", [`--net=${path}`, "bash", "-ec", topology.localize(command)], {
        encoding: "utf8",
        env: { ...process.env, PATH: `${programFolder}:${process.env["PATH"] ?? ""}` },
      });
      if (result.status !== 0) throw new Error(`${command}: ${result.stderr}`);
      return result.stdout;
    },
  };
};
