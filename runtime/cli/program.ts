// The command line: commands, their options and help. What a command does stands in its own file, loaded when it runs.
import { Command, CommanderError } from "commander";
import { nearest } from "../../compiler/source/nearest.js";
import { EXIT, UsageError } from "../failure.js";
import { addRunOptions, type RawRunOptions } from "./parse-run-options.js";
import { prefetchForTrace } from "./prefetch.js";
import { printOut } from "./standard-output.js";
import { addStoredCommands } from "./stored-commands.js";
import { VERSION } from "./version.js";

interface ScriptChoice {
  /** The script of `-e`; else the first argument names one. */
  readonly expression?: string;
}

/** Runs the command that the arguments name; resolves to the exit code. */
export async function runProgram(args: readonly string[]): Promise<number> {
  let code: number = EXIT.fine;
  const program = buildProgram((result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has said what it had to say; help and version are no failure.
    return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
  }
  return code;
}

function buildProgram(finish: (code: number) => void): Command {
  const program = new Command("retis")
    .description("Trace packets through the Linux kernel with small scripts.")
    .version(VERSION, "-V, --version")
    .exitOverride()
    .configureOutput({ writeOut: printOut })
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false })
    .helpCommand(false)
    .enablePositionalOptions();

  addRunOptions(program)
    .option("-e, --expression <script>", "run this script text", oneScript)
    .argument("[arguments...]")
    .usage("[options] -e SCRIPT | COMMAND …")
    .passThroughOptions(false)
    .allowUnknownOption()
    .addHelpText("after", EXAMPLES)
    .hook("preAction", (_program, command) => {
      if (command !== program) optionsBefore(program, command);
    })
    .action(async (words: string[], options: RawRunOptions & ScriptChoice) => {
      if (options.expression === undefined) {
        const [word] = words;
        if (word === undefined) {
          program.outputHelp();
          finish(EXIT.usage);
          return;
        }
        throw await unknownCommand(
          word,
          program.commands.map((command) => command.name()),
        );
      }
      prefetchForTrace(process.argv);
      const { run } = await import("./run.js");
      finish(await run(null, options.expression, words, options));
    });

  addRunOptions(program.command("run"))
    .summary("run a script on live traffic")
    .description(
      "Runs a script: a path, or the name of one in the current folder, the user's folder or the standard library.",
    )
    .option("-e, --expression <script>", "run this script text", oneScript)
    .argument("[script]", "path or name")
    .argument("[arguments...]", "options that the script declares; see `retis run SCRIPT --help`")
    .usage("[options] SCRIPT [script options] [options]")
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (script: string | undefined, rest: string[], options: RawRunOptions & ScriptChoice) => {
      prefetchForTrace(process.argv);
      const { run } = await import("./run.js");
      const { name, expression, words } = chosen(script, rest, options);
      finish(await run(name, expression, words, options));
    });

  scriptCommand(program, "explain", "show what a script does where, and why")
    .option("--bpf", "show the instructions of the kernel part")
    .action(async (script: string | undefined, rest: string[], options: ScriptChoice & { bpf?: boolean }) => {
      const { explain } = await import("./explain.js");
      const { name, expression, words } = chosen(script, rest, options);
      finish(explain(name, expression, words, options.bpf === true));
    });

  scriptCommand(program, "check", "compile a script and report what is wrong").action(
    async (script: string | undefined, rest: string[], options: ScriptChoice) => {
      const { checkScripts } = await import("./check.js");
      const { name, expression, words } = chosen(script, rest, options);
      finish(checkScripts(name, expression, words));
    },
  );

  program
    .command("dump")
    .summary("print what a stage of the compiler makes of a script")
    .argument("<stage>", "ast, types, plan or handlers")
    .argument("[script]", "path or name")
    .argument("[arguments...]")
    .option("-e, --expression <script>", "use this script text", oneScript)
    .allowUnknownOption()
    .action(async (stage: string, script: string | undefined, rest: string[], options: ScriptChoice) => {
      const { dump } = await import("./dump.js");
      const { name, expression, words } = chosen(script, rest, options);
      finish(dump(stage, name, expression, words));
    });

  program
    .command("test")
    .summary("run the cases next to scripts, without a kernel")
    .argument("<script...>", "paths or names; the cases of x.rts are in x.tests/")
    .option("--update", "write what comes as what is expected")
    .action(async (scripts: string[], options: { update?: boolean }) => {
      const { testScripts } = await import("./test.js");
      finish(await testScripts(scripts, options.update === true));
    });

  program
    .command("inspect")
    .summary("list the tracepoints of this kernel, with their arguments")
    .argument("[pattern]", "subsystem:event with * and ?; without it: those that have a packet")
    .action(async (pattern: string | undefined) => {
      const { inspect } = await import("./inspect.js");
      finish(inspect(pattern ?? null));
    });

  addStoredCommands(program, finish);

  program
    .command("help")
    .summary("help on a command, or: fields, probes, scripts, settings, or a field")
    .argument("[topic]")
    .action(async (topic: string | undefined) => {
      const { help } = await import("./help.js");
      finish(help(program, topic ?? null));
    });
  return program;
}

async function unknownCommand(word: string, commands: readonly string[]): Promise<UsageError> {
  const { scriptNames } = await import("../script-files.js");
  const near = nearest(word, commands);
  const help = scriptNames().includes(word)
    ? `\`retis run ${word}\` runs the script`
    : near !== null
      ? `did you mean \`retis ${near}\`?`
      : "retis --help lists the commands; `retis run NAME` runs a script";
  return new UsageError(`unknown command \`${word}\``, help);
}

/** With -e the first argument is no script's name, but an option of the script. */
function chosen(
  script: string | undefined,
  rest: readonly string[],
  { expression }: ScriptChoice,
): { readonly name: string | null; readonly expression: string | null; readonly words: readonly string[] } {
  return expression === undefined
    ? { name: script ?? null, expression: null, words: rest }
    : { name: null, expression, words: script === undefined ? rest : [script, ...rest] };
}

/** Of two scripts one would be forgotten. */
function oneScript(text: string, before: string | undefined): string {
  if (before === undefined) return text;
  throw new UsageError("-e is given twice", "one script does it all: `-e 'on drop print  on reset print'`");
}

/**
 * Options that stand before a command are those of a bare `retis -e`: `run` has the same, any other command would
 * ignore them.
 */
function optionsBefore(program: Command, command: Command): void {
  for (const option of program.options) {
    const name = option.attributeName();
    if (program.getOptionValueSource(name) !== "cli") continue;
    const flag = option.long ?? option.flags;
    if (command.name() !== "run")
      throw new UsageError(
        `\`${flag}\` stands before \`${command.name()}\``,
        `options of a command stand after it; \`retis ${command.name()} --help\` lists them`,
      );
    const both = command.getOptionValueSource(name) === "cli";
    if (both && !Array.isArray(program.getOptionValue(name)))
      throw new UsageError(`${flag} is given twice`, `give it once, after \`${command.name()}\``);
    const before: unknown = program.getOptionValue(name);
    const after: unknown = command.getOptionValue(name);
    const value = Array.isArray(before) && Array.isArray(after) ? [...before, ...after] : before;
    command.setOptionValueWithSource(name, value, "cli");
  }
}

function scriptCommand(program: Command, name: string, summary: string): Command {
  return program
    .command(name)
    .summary(summary)
    .option("-e, --expression <script>", "use this script text", oneScript)
    .argument("[script]", "path or name")
    .argument("[arguments...]", "options that the script declares")
    .allowUnknownOption();
}

const EXAMPLES = `
Examples:
  retis -e 'on drop where tcp.dport==80 print stack'
  retis -e 'on drop print ip.saddr, tcp.dport, drop.reason'
  retis run dropmon
  retis explain -e 'on rx where tcp.port == 80 print'
  retis help scripts`;
