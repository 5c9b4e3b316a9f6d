// Splits a predicate into what the kernel decides and what is left for user space.
// In: a test. Out: a kernel part and a user part with kernel AND user == test, for every event.
import type { Test } from "./predicate.js";

/** Why a test cannot be decided in the kernel; null: it can. */
export type KernelLimit = (test: Test) => string | null;

export interface SplitTest {
  readonly kernel: Test;
  /** Null: the kernel part is the whole test. */
  readonly user: Test | null;
  readonly reason: string | null;
}

const always: Test = { kind: "constant", value: true };
const never: Test = { kind: "constant", value: false };

export function splitTest(test: Test, limit: KernelLimit): SplitTest {
  const simple = simplify(test);
  const reason = limit(simple);
  if (reason === null) return { kernel: simple, user: null, reason: null };
  if (simple.kind === "and") {
    const parts = simple.tests.map((part) => splitTest(part, limit));
    const users = parts.flatMap((part) => (part.user === null ? [] : [part.user]));
    return {
      kernel: simplify({ kind: "and", tests: parts.map((part) => part.kernel) }),
      user: simplify({ kind: "and", tests: users }),
      reason,
    };
  }
  return { kernel: simplify(weakest(simple, limit)), user: simple, reason };
}

/** A kernel test that holds whenever `test` does: the tightest that loses nothing. */
function weakest(test: Test, limit: KernelLimit): Test {
  if (limit(test) === null) return test;
  switch (test.kind) {
    case "and":
      return { kind: "and", tests: test.tests.map((part) => weakest(part, limit)) };
    case "or":
      return { kind: "or", tests: test.tests.map((part) => weakest(part, limit)) };
    case "not":
      return { kind: "not", test: strongest(test.test, limit) };
    default:
      return always;
  }
}

/** A kernel test that holds only when `test` does. */
function strongest(test: Test, limit: KernelLimit): Test {
  if (limit(test) === null) return test;
  switch (test.kind) {
    case "and":
      return { kind: "and", tests: test.tests.map((part) => strongest(part, limit)) };
    case "or":
      return { kind: "or", tests: test.tests.map((part) => strongest(part, limit)) };
    case "not":
      return { kind: "not", test: weakest(test.test, limit) };
    default:
      return never;
  }
}

/** Constants folded, `and` and `or` flattened, no `not` of a `not`. */
export function simplify(test: Test): Test {
  switch (test.kind) {
    case "not": {
      const inner = simplify(test.test);
      if (inner.kind === "constant") return { kind: "constant", value: !inner.value };
      return inner.kind === "not" ? inner.test : { kind: "not", test: inner };
    }
    case "and":
    case "or": {
      // `true` decides an `or`, `false` an `and`; the other constant adds nothing.
      const decides = test.kind === "or";
      const parts: Test[] = [];
      for (const part of test.tests.map(simplify)) {
        if (part.kind === "constant") {
          if (part.value === decides) return part;
        } else if (part.kind === test.kind) parts.push(...part.tests);
        else parts.push(part);
      }
      const [only] = parts;
      if (only === undefined) return { kind: "constant", value: !decides };
      return parts.length === 1 ? only : { kind: test.kind, tests: parts };
    }
    default:
      return test;
  }
}
