// What the numbers in the frames of a run stand for. Types only.
import type { FrameLayout, PlannedProbe } from "../../compiler/plan/plan.js";
import type { Symbols } from "../kernel/kallsyms.js";
import type { EnumNames } from "./enum-names.js";
import type { StackText } from "./stack-text.js";

export interface Names {
  readonly layout: FrameLayout;
  readonly probes: readonly PlannedProbe[];
  readonly enums: EnumNames;
  readonly stacks: StackText;
  readonly symbols: Symbols;
  /** CLOCK_REALTIME minus CLOCK_MONOTONIC, ns. */
  readonly clockOffset: bigint;
}
