// What the numbers in live frames stand for: asked of the running kernel.
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import type { Plan } from "../../compiler/plan/plan.js";
import { clockOffset } from "../kernel/clock.js";
import type { Kallsyms } from "../kernel/kallsyms.js";
import { EnumNames } from "./enum-names.js";
import { LiveStacks } from "./live-stacks.js";
import type { Names } from "./names.js";

export function liveNames(plan: Plan, kernel: KernelFacts, symbols: Kallsyms): Names {
  return {
    layout: plan.layout,
    probes: plan.probes,
    enums: new EnumNames(kernel),
    stacks: new LiveStacks(symbols),
    symbols,
    // Live frames refer to no strings.
    strings: { text: () => "" },
    clockOffset: clockOffset(),
  };
}
