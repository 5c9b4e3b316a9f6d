// `--where EXPRESSION`: an expression of the language as a test of stored events, whatever their probe.
import { generateHandlers } from "../../compiler/codegen/handlers/index.js";
import { compileTest } from "../../compiler/codegen/predicates/index.js";
import type { Clause } from "../../compiler/plan/plan.js";
import { type Diagnostic, hasErrors, type Source, type Span } from "../../compiler/source/diagnostic.js";
import type { Script } from "../../compiler/syntax/ast.js";
import { compileScript } from "../compile-script.js";
import { type Batch, frameSize } from "../events/frame.js";
import type { EventSource } from "../events/source.js";
import { ScriptError, UsageError } from "../failure.js";
import type { Passes } from "../outputs/event-printer.js";
import type { Names } from "../outputs/names.js";
import { subjectReader } from "../outputs/subject.js";
import { StoredFacts } from "../replay/stored-facts.js";
import { PatternMemo } from "../sandbox/pattern-memo.js";
import { SandboxWorker } from "../sandbox/sandbox.js";
import { ScriptHandlers } from "../sandbox/script-handlers.js";
import { reportDiagnostics } from "./report.js";
import { printError } from "./standard-output.js";

/** The probe with the most to say: events of others lack some of it, which makes a comparison false. */
const PROBE = "skb:kfree_skb";

/** In parentheses: an expression, and nothing that may follow one. */
const BEFORE = `on ${PROBE} where (`;

interface Patterns {
  readonly worker: SandboxWorker;
  readonly handlers: ScriptHandlers;
  readonly memo: () => PatternMemo;
}

export class EventFilter {
  readonly #names: Names;
  readonly #clause: Clause;
  readonly #patterns: Patterns | null;
  #memo: PatternMemo | null = null;
  #test: Passes = () => true;
  /** How many probes were known when the test was made: names of probes are looked up ahead. */
  #probes = -1;

  /** Fails with a ScriptError when the expression is wrong; what is wrong is printed then. */
  static async start(expression: string, source: EventSource): Promise<EventFilter> {
    const kernel = new StoredFacts(source, source.enums);
    if (expression.trim() === "")
      throw new UsageError("--where: the expression is empty", "give one: 'tcp.port == 80 and drop'");
    const { compiled, diagnostics: wrong } = compileScript({
      source: { name: "--where", text: `${BEFORE}${expression}\n) print` },
      options: new Map(),
      kernel,
      settings: { buffer: null, snaplen: null },
    });
    reportDiagnostics(wrong.map((one) => inExpression(one, { name: "--where", text: expression })));
    if (compiled === null) throw new ScriptError();
    const [clause] = compiled.plan.clauses;
    if (clause === undefined || !isOneTest(compiled.script))
      throw new UsageError(
        `--where ${expression}: more than an expression`,
        "give one: 'tcp.port == 80 and drop'",
      );
    const { value: module, diagnostics } = generateHandlers(compiled.plan, kernel, compiled.checked);
    if (module === null || hasErrors(diagnostics)) {
      reportDiagnostics(diagnostics.map((one) => inExpression(one, { name: "--where", text: expression })));
      throw new ScriptError();
    }
    if (module.patterns.length === 0) return new EventFilter(source.names, clause, null);
    const worker = new SandboxWorker();
    const handlers = await ScriptHandlers.start(module, compiled.plan, {
      worker,
      hostValues: { read: () => undefined },
      started: 0n,
      clockOffset: source.names.clockOffset,
      say: (line) => printError(`${line}\n`),
    });
    return new EventFilter(source.names, clause, { worker, handlers, memo: () => new PatternMemo(module) });
  }

  private constructor(names: Names, clause: Clause, patterns: Patterns | null) {
    this.#names = names;
    this.#clause = clause;
    this.#patterns = patterns;
  }

  /** The test, ready for the frames of this batch. */
  async passes(batch: Batch): Promise<Passes> {
    if (this.#probes !== this.#names.probes.length) this.#compile();
    const patterns = this.#patterns;
    if (patterns === null || this.#memo === null) return this.#test;
    // A verdict that was cut short by a missing answer may want another one after it.
    do {
      for (let at = 0; at < batch.length; at += frameSize(batch.view, at)) this.#test(batch.view, at);
    } while (await this.#memo.ask(patterns.handlers.sandbox));
    return this.#test;
  }

  async close(): Promise<void> {
    await this.#patterns?.handlers.close();
    await this.#patterns?.worker.close();
  }

  #compile(): void {
    const names = this.#names;
    this.#probes = names.probes.length;
    const { kernel, user } = this.#clause;
    const first = compileTest(kernel, names);
    if (user === null) {
      this.#test = first;
      return;
    }
    const memo = this.#patterns?.memo() ?? null;
    this.#memo = memo;
    const second = compileTest(
      user,
      names,
      memo === null ? undefined : (test) => memo.test(test, subjectReader(test.subject, names)),
    );
    this.#test = (view, at) => first(view, at) && second(view, at);
  }
}

/** What is wrong with the script around the expression, as a place in what was written. */
function inExpression(diagnostic: Diagnostic, source: Source): Diagnostic {
  const offset = (at: number): number => Math.min(Math.max(at - BEFORE.length, 0), source.text.length);
  const moved = ({ start, end }: Span): Span => ({ source, start: offset(start), end: offset(end) });
  return {
    ...diagnostic,
    span: moved(diagnostic.span),
    notes: diagnostic.notes.map((note) =>
      note.span === undefined ? note : { ...note, span: moved(note.span) },
    ),
  };
}

/** A text may close the parenthesis around it, and go on. */
function isOneTest({ items }: Script): boolean {
  const [item] = items;
  return items.length === 1 && item?.kind === "on" && item.actions.length === 1;
}
