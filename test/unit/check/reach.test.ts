// Whether a predicate can be true at a probe, against all verdicts of its parts.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { neverTrue } from "../../../compiler/check/can-match.js";
import { kernelWith } from "../../kernel-facts.js";
import { findings, sound, whereOf } from "./checking.js";

const seed = Number(process.env["RETIS_TEST_SEED"] ?? Date.now() % 2 ** 31);

/** Predicates over atoms: `a` can be true at a probe without a packet, `b` cannot. */
type Tree =
  | { readonly kind: "atom"; readonly present: boolean }
  | { readonly kind: "not"; readonly of: Tree }
  | { readonly kind: "and" | "or"; readonly of: readonly Tree[] };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ kind: fc.constant("atom" as const), present: fc.boolean() }),
    fc.record({ kind: fc.constant("not" as const), of: tie("tree") }),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      of: fc.array(tie("tree"), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

const absent = ["tcp.dport == 80", "ip", "ip.saddr != ::1", "udp.port not in {53}", 'dev.name == "lo"'];
const present = ["cpu == 1", "pid > 5", 'comm != "x"', "tid in {1, 2}"];

function write(one: Tree, counter: { next: number }): string {
  switch (one.kind) {
    case "atom": {
      const atoms = one.present ? present : absent;
      return `(${atoms[counter.next++ % atoms.length] ?? "cpu == 1"})`;
    }
    case "not":
      return `not (${write(one.of, counter)})`;
    default:
      return `(${one.of.map((part) => write(part, counter)).join(` ${one.kind} `)})`;
  }
}

/** The verdicts that are possible when every atom that is present may be either, by itself. */
function verdicts(one: Tree): ReadonlySet<boolean> {
  switch (one.kind) {
    case "atom":
      return new Set(one.present ? [true, false] : [false]);
    case "not":
      return new Set([...verdicts(one.of)].map((verdict) => !verdict));
    default: {
      const parts = one.of.map(verdicts);
      const decisive = one.kind === "or";
      const possible = new Set<boolean>();
      if (parts.some((part) => part.has(decisive))) possible.add(decisive);
      if (parts.every((part) => part.has(!decisive))) possible.add(!decisive);
      return possible;
    }
  }
}

describe("reach", () => {
  it(`is what the verdicts of the parts allow (RETIS_TEST_SEED=${seed})`, () => {
    const tracepoint = kernelWith({}).tracepoint("sched:sched_switch");
    assert.ok(tracepoint !== null);
    fc.assert(
      fc.property(tree, (one) => {
        // At `drop` nothing is absent, so that the checker has nothing to say.
        const checked = sound(`on drop where ${write(one, { next: 0 })} print`);
        const never = neverTrue(whereOf(checked), checked.references, tracepoint, false);
        assert.equal(never.length > 0, !verdicts(one).has(true));
      }),
      { seed, numRuns: 300 },
    );
  });

  it("looks through filters and parentheses", () => {
    const filters = "filter web = tcp.port == 80 filter never = web and cpu == 1 ";
    assert.deepEqual(findings(`${filters}on sched:sched_switch where (never) print`), ["E0211 (never)"]);
    assert.deepEqual(findings(`${filters}on sched:sched_switch where not never print`), []);
  });

  it("knows drops from other packets", () => {
    assert.deepEqual(findings("on consume where drop print"), ["E0211 drop"]);
    assert.deepEqual(findings('on consume, drop where drop.location matches "tcp*" print'), [
      'W0211 drop.location matches "tcp*"',
    ]);
    assert.deepEqual(findings("on rx where not drop print"), []);
    assert.deepEqual(findings("on rx where drop.reason != NO_SOCKET print"), [
      "E0211 drop.reason != NO_SOCKET",
    ]);
  });

  it("asks nothing of a predicate that is wrong", () => {
    assert.deepEqual(findings("on sched:sched_switch where tcp.dprt == 80 print"), ["E0203 tcp.dprt"]);
  });

  it("lets fields without a packet be used anywhere", () => {
    sound(
      'on sched:sched_switch where comm == "x" and cpu == 1 and stack matches /x/ print comm, pid, stack',
    );
  });
});
