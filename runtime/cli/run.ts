// `retis run` and `retis -e`: a script on live traffic.
import { Command } from "commander";
import { generateHandlers, type HandlerModule } from "../../compiler/codegen/handlers/index.js";
import type { Compiled } from "../../compiler/index.js";
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import { nothingToDo } from "../../compiler/plan/nothing-to-do.js";
import type { Plan } from "../../compiler/plan/plan.js";
import { hasErrors, type Source } from "../../compiler/source/diagnostic.js";
import type { Script } from "../../compiler/syntax/ast.js";
import { loadAddon } from "../addon/addon.js";
import type { EventSource } from "../events/source.js";
import { EXIT, ScriptError, UsageError } from "../failure.js";
import { runningKernel } from "../kernel/facts.js";
import { NOWHERE } from "../outputs/run-file.js";
import type { ByteSink } from "../outputs/sink.js";
import type { ReplayInput } from "../replay/replay-session.js";
import type { RunOptions } from "../run-options.js";
import { SandboxWorker } from "../sandbox/sandbox.js";
import { scriptDigest } from "../script-digest.js";
import { type AboutRun, runSession, type SessionInput } from "../session.js";
import type { FileRequest } from "../store/output-file.js";
import { colors } from "./color.js";
import { addRunOptions, checkRunOptions, type RawRunOptions } from "./parse-run-options.js";
import { reportDiagnostics } from "./report.js";
import { scriptHelp, unknownArgument } from "./script-options.js";
import { type CompileChoice, chooseScript, compileOrReport, scriptArguments } from "./scripts.js";
import { printError, printOut } from "./standard-output.js";
import { isTerminal } from "./terminal.js";
import { VERSION } from "./version.js";

/** Where a run's output goes, when it is not the terminal's. */
export interface RunOutputs {
  readonly sink?: ByteSink;
  readonly say?: (line: string) => void;
}

/** `words`: what stands after the script, its own options and those of `run` among them. */
export async function run(
  name: string | null,
  expression: string | null,
  words: readonly string[],
  before: RawRunOptions,
  outputs: RunOutputs = {},
): Promise<number> {
  const source = chooseScript(name, expression);
  const parsed = scriptArguments(source, words);
  if (parsed.script !== null && parsed.rest.some((word) => word === "--help" || word === "-h")) {
    printOut(`${scriptHelp(name ?? "-e SCRIPT", parsed.script, parsed.declared)}\n`);
    return EXIT.fine;
  }
  const options = checkRunOptions(joined(before, optionsAfter(parsed)));
  // QuickJS takes as long to load as everything else together: it does so beside the compiler.
  const worker = parsed.script !== null && wantsSandbox(parsed.script) ? new SandboxWorker() : null;
  const { dim } = colors({ isTTY: isTerminal(2) });
  const { bold } = colors({ isTTY: isTerminal(1) });
  const say =
    outputs.say ??
    ((line: string): void => {
      if (!options.quiet) printError(`${dim(line)}\n`);
    });
  const warn = outputs.say ?? ((line: string): void => printError(`${dim(line)}\n`));
  const settings = { buffer: options.buffer, snaplen: options.snaplen };
  const choice = { settings, quiet: options.quiet };
  const common = {
    options,
    say,
    warn,
    paint: bold,
    ...(outputs.sink === undefined ? {} : { sink: outputs.sink }),
  };
  try {
    if (options.from !== null)
      return await replay(source, parsed.given, options.from, choice, worker, common);
    const kernel = runningKernel(loadAddon());
    const compiled = compileOrReport(source, parsed.given, kernel, choice);
    const { plan } = compiled;
    refuseIdle(plan, source);
    noteIdleSave(plan, options, say);
    const script = scriptOf(compiled, kernel, worker, choice);
    const about = (): AboutRun => aboutRun(compiled, parsed.given);
    return await runSession({ addon: loadAddon(), kernel, plan, script, about, ...common });
  } finally {
    await worker?.close();
  }
}

/** What an event file says of how it was made. */
function aboutRun(compiled: Compiled, given: ReadonlyMap<string, string>): AboutRun {
  const { name } = compiled.script.source;
  return {
    writer: `retis ${VERSION}`,
    commandLine: ["retis", ...process.argv.slice(2)].join(" "),
    script: { name, digest: scriptDigest(compiled), options: Object.fromEntries(given) },
  };
}

/** JavaScript or a regular expression anywhere in the script's text; a wrong guess only costs time. */
function wantsSandbox(script: Script): boolean {
  return script.items.some(
    (item) =>
      item.kind === "use" ||
      item.kind === "let" ||
      ("actions" in item && item.actions.some((action) => action.kind === "javascript")) ||
      /\b(matches|contains)\b/.test(item.span.source.text.slice(item.span.start, item.span.end)),
  );
}

/** `--from`: the same on stored events. */
async function replay(
  text: Source,
  given: ReadonlyMap<string, string>,
  path: string,
  choice: CompileChoice,
  worker: SandboxWorker | null,
  common: Pick<ReplayInput, "options" | "say" | "warn" | "paint" | "sink">,
): Promise<number> {
  const { openSource } = await import("../store/open-source.js");
  const { StoredFacts } = await import("../replay/stored-facts.js");
  const { replayPlan } = await import("../replay/replay-plan.js");
  const { runReplay } = await import("../replay/replay-session.js");
  const { isRunOf } = await import("../replay/recorded-run.js");
  if (common.options.out !== null) {
    const { refuseSameFile } = await import("./convert-output.js");
    refuseSameFile(path, common.options.out.path, "replay");
  }
  const source = await openSource(path);
  const kernel = new StoredFacts(source, source.enums);
  const compiled = compileOrReport(text, given, kernel, choice);
  refuseIdle(compiled.plan, text);
  noteIdleSave(compiled.plan, common.options, common.say);
  const plan = replayPlan(compiled.plan, source.names.layout, common.options.as);
  const script = scriptOf({ ...compiled, plan }, kernel, worker, choice);
  const about = aboutRun(compiled, given);
  const ofRecordedRun = isRunOf(source.header, about.script);
  const file = await fileOfReplay(source, about, common.options.out);
  return runReplay({ source, plan, script, ofRecordedRun, ...file, ...common });
}

/** A run of declarations alone would wait for ever. */
function refuseIdle(plan: Plan, script: Source): void {
  const problem = nothingToDo(plan, script);
  if (problem === null) return;
  reportDiagnostics([problem]);
  throw new ScriptError();
}

/** `save` has nowhere to write to: no mistake, since the same script may be run with a file. */
function noteIdleSave(plan: Plan, { out }: RunOptions, say: (line: string) => void): void {
  if (out === null && plan.clauses.some(({ actions }) => actions.some(({ kind }) => kind === "save")))
    say("note: `save` does nothing without an event file: -o FILE");
}

/** `-o` of a replay: what the script lets through, with its verdicts. */
async function fileOfReplay(
  source: EventSource,
  about: AboutRun,
  file: FileRequest | null,
): Promise<Pick<ReplayInput, "createFile" | "sink">> {
  if (file === null) return {};
  const { createOutputFile, replayOrigin } = await import("../store/create-output-file.js");
  return {
    ...(file.path === "-" ? { sink: NOWHERE } : {}),
    createFile: (names, plan, started) => {
      const decided = plan.clauses.flatMap(({ id, user }) => (user === null ? [id] : []));
      const origin = replayOrigin(source, { ...about, script: { ...about.script, decided } }, started);
      return createOutputFile(loadAddon(), { file, names, origin, live: null });
    },
  };
}

/** Null: no JavaScript and no regular expression. */
function scriptOf(
  compiled: Compiled,
  kernel: KernelFacts,
  worker: SandboxWorker | null,
  choice: CompileChoice,
): SessionInput["script"] {
  const module = worker === null ? null : handlersOf(compiled, kernel, choice);
  return module === null || worker === null ? null : { module, worker };
}

function handlersOf(compiled: Compiled, kernel: KernelFacts, { quiet }: CompileChoice): HandlerModule | null {
  const { value, diagnostics } = generateHandlers(compiled.plan, kernel, compiled.checked);
  reportDiagnostics(quiet && !hasErrors(diagnostics) ? [] : diagnostics);
  if (value === null || hasErrors(diagnostics)) throw new ScriptError();
  return value.empty ? null : value;
}

/** Options before and behind the script; only --format may be on both sides. */
function joined(before: RawRunOptions, after: RawRunOptions): RawRunOptions {
  const given = new Set(Object.keys(before));
  const twice = Object.keys(after).find((name) => name !== "format" && given.has(name));
  if (twice !== undefined) {
    const flag = twice.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new UsageError(`--${flag} is given twice`, "give it once, before or behind the script");
  }
  return { ...before, ...after, format: [...(before.format ?? []), ...(after.format ?? [])] };
}

/** Options of `run` that stand after the script's name. */
function optionsAfter(parsed: ReturnType<typeof scriptArguments>): RawRunOptions {
  if (parsed.rest.length === 0) return {};
  const command = addRunOptions(new Command("run"))
    .exitOverride()
    .helpOption(false)
    .allowUnknownOption()
    .argument("[rest...]");
  command.parse([...parsed.rest], { from: "user" });
  const [extra] = command.args;
  if (extra !== undefined) {
    const known = command.options.map((option) => option.long ?? "");
    throw unknownArgument(extra, parsed.declared, known);
  }
  return command.opts<RawRunOptions>();
}
