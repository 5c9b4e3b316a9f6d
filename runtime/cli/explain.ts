// `retis explain`: the plan of a script for this kernel. Needs no privilege beyond reading BTF.
import { generate } from "../../compiler/codegen/bpf/index.js";
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import { explainPlan } from "../../compiler/plan/explain.js";
import type { Plan } from "../../compiler/plan/plan.js";
import { loadAddon } from "../addon/addon.js";
import { DEFAULT_RING_BYTES, ringBytes } from "../attach/ring-size.js";
import { EXIT } from "../failure.js";
import { runningKernel } from "../kernel/facts.js";
import { chooseScript, compileOrReport, onlyScriptOptions, scriptArguments } from "./scripts.js";
import { printOut } from "./standard-output.js";

export function explain(
  name: string | null,
  expression: string | null,
  args: readonly string[],
  bpf: boolean,
): number {
  const source = chooseScript(name, expression);
  const options = onlyScriptOptions(scriptArguments(source, args));
  const kernel = runningKernel(loadAddon());
  const { plan } = compileOrReport(source, options, kernel);
  const ring = ringBytes(plan.settings.buffer ?? DEFAULT_RING_BYTES);
  printOut(explainPlan(plan, { ring, kernel: kernel.release }));
  if (bpf) printOut(instructions(plan, kernel));
  return EXIT.fine;
}

/** The kernel part of each clause in the kernel's own notation. */
function instructions(plan: Plan, kernel: KernelFacts): string {
  const lines = generate(plan, kernel).listing.flatMap(({ clause, text }) => [
    "",
    `Instructions of clause ${clause}${text.length === 0 ? ": none, every hit passes" : ""}`,
    ...text.map((line) => `  ${line}`),
  ]);
  return `${lines.join("\n")}\n`;
}
