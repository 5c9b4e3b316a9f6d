// Regular expressions of predicates: which subjects match is asked of the sandbox once per subject, a batch at a time,
// and remembered; verdicts on frames then only look it up.
import { type HandlerModule, patternId } from "../../compiler/codegen/handlers/index.js";
import type { FrameTest } from "../../compiler/codegen/predicates/index.js";
import type { UserTest } from "../../compiler/plan/predicate.js";
import type { Sandbox } from "./sandbox.js";

/** Subjects that are remembered for one expression; names of tasks and devices are few. */
const MEMO_LIMIT = 65_536;

/** The text that an expression is applied to; undefined: absent, which matches nothing. */
export type SubjectReader = (view: DataView, at: number) => string | undefined;

type RegexTest = Extract<UserTest, { kind: "regex" }>;

interface Memo {
  readonly pattern: number;
  readonly known: Map<string, boolean>;
  readonly missing: Set<string>;
}

export class PatternMemo {
  readonly #module: HandlerModule;
  readonly #memos: Memo[] = [];

  constructor(module: HandlerModule) {
    this.#module = module;
  }

  /** The verdict of one test; false, and noted as missing, while the sandbox was not asked about a subject. */
  test(test: RegexTest, subject: SubjectReader): FrameTest {
    const memo: Memo = {
      pattern: patternId(this.#module, test.source, test.flags),
      known: new Map(),
      missing: new Set(),
    };
    this.#memos.push(memo);
    return (view, at) => {
      const text = subject(view, at);
      if (text === undefined) return false;
      const verdict = memo.known.get(text);
      if (verdict === undefined) memo.missing.add(text);
      return verdict === true;
    };
  }

  /** Asks about what is missing; false: nothing was. */
  async ask(sandbox: Sandbox): Promise<boolean> {
    let asked = false;
    for (const memo of this.#memos) {
      if (memo.missing.size === 0) continue;
      asked = true;
      const subjects = [...memo.missing];
      memo.missing.clear();
      if (memo.known.size + subjects.length > MEMO_LIMIT) memo.known.clear();
      const bits = await sandbox.matchBatch(memo.pattern, subjects);
      subjects.forEach((subject, index) => {
        memo.known.set(subject, bits[index] === 1);
      });
    }
    return asked;
  }
}
