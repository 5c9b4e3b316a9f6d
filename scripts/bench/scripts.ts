// The scripts that are measured, compiled for this kernel as `retis -e` would.
import { generateHandlers, type HandlerModule } from "../../compiler/codegen/handlers/index.js";
import type { Compiled } from "../../compiler/index.js";
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import type { Plan } from "../../compiler/plan/plan.js";
import { loadAddon } from "../../runtime/addon/addon.js";
import { compileScript } from "../../runtime/compile-script.js";
import { runningKernel } from "../../runtime/kernel/facts.js";

/** Dropped connection attempts to these ports of this host are the frames that output is measured with. */
export const PORTS = 64;
export const FIRST_PORT = 40000;
const drops = `on drop where tcp.dport in {${FIRST_PORT}..${FIRST_PORT + PORTS - 1}}`;

export const WORKLOADS = {
  text: `${drops} print`,
  handler: `let seen = new Map()
${drops} { seen.set(tcp.dport, (seen.get(tcp.dport) ?? 0) + 1) }`,
} as const;
export type Workload = keyof typeof WORKLOADS;

export interface Prepared {
  readonly kernel: KernelFacts;
  readonly plan: Plan;
  readonly module: HandlerModule;
}

export function prepare(text: string, snaplen: number | null = null): Prepared {
  const kernel = runningKernel(loadAddon());
  const { compiled, diagnostics } = compileScript({
    source: { name: "-e", text },
    options: new Map(),
    kernel,
    settings: { buffer: null, snaplen },
  });
  if (compiled === null) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return { kernel, plan: compiled.plan, module: handlersOf(compiled, kernel) };
}

function handlersOf(compiled: Compiled, kernel: KernelFacts): HandlerModule {
  const { value, diagnostics } = generateHandlers(compiled.plan, kernel, compiled.checked);
  if (value === null) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return value;
}
