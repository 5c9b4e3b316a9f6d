// Plans for tests: one clause a predicate, all of them at two slots, the second of which is a drop.
import { looksAtVlan, windowNeeded } from "../../compiler/codegen/bpf/index.js";
import type { Clause, Plan, PlannedProbe } from "../../compiler/plan/plan.js";
import type { Test } from "../../compiler/plan/predicate.js";
import { COLLECTED_SECTIONS } from "../../compiler/schema/section-bits.js";
import type { SectionName } from "../../compiler/schema/value.js";
import type { Span } from "../../compiler/source/diagnostic.js";
import { everything } from "./frames.js";
import { hasReason, kernel } from "./memory.js";

const span: Span = { source: { name: "differential.rts", text: "on drop, rx where …\n" }, start: 0, end: 7 };

/** As this kernel's kfree_skb has them. */
export const dropArguments: PlannedProbe["arguments"] = {
  skb: 0,
  reason: hasReason ? 2 : null,
  location: 1,
};

const clause = (test: Test, id: number): Clause => ({
  id,
  span,
  kernel: test,
  user: null,
  whole: test,
  split: [],
  actions: [],
});

export function planOf(tests: readonly Test[]): Plan {
  const clauses = tests.map(clause);
  const wants = Object.fromEntries(COLLECTED_SECTIONS.map((section) => [section, 0n])) as Record<
    SectionName,
    bigint
  >;
  const probe = (
    slot: number,
    name: string,
    target: string,
    args: PlannedProbe["arguments"],
  ): PlannedProbe => ({
    slot,
    kind: "tp",
    name,
    target,
    parameters: kernel.tracepoint(name)?.parameters ?? [],
    arguments: args,
    clauses: clauses.map(({ id }) => id),
    wants,
    window: Math.max(0, ...tests.map(windowNeeded)),
    vlan: tests.some(looksAtVlan),
    writtenAs: name,
    span,
  });
  return {
    probes: [
      probe(0, "net:rx", "netif_receive_skb", { skb: 0, reason: null, location: null }),
      probe(1, "skb:kfree_skb", "kfree_skb", dropArguments),
    ],
    clauses,
    sections: [],
    layout: everything,
    settings: { buffer: null, snaplen: null },
    options: [],
    lets: [],
    timed: [],
  };
}
