// What the numbers in the frames of a run stand for. Types only.
import type { FrameLayout } from "../../compiler/plan/plan.js";
import type { ProbeName } from "../../compiler/plan/probe-name.js";
import type { Symbols } from "../kernel/kallsyms.js";
import type { EnumNames } from "./enum-names.js";

/** Texts that frames refer to by number. */
export interface Strings {
  text(id: number): string;
}

/** Stacks that frames hold or refer to. */
export interface Stacks {
  /** The traced code's frames, innermost first: `tcp_v4_rcv+0x9e`. `section` is where struct section_stack begins. */
  frames(view: DataView, section: number): readonly string[];
}

export interface Names {
  readonly layout: FrameLayout;
  /** By slot; grows while a source is read that names its probes as they come. */
  readonly probes: readonly ProbeName[];
  readonly enums: EnumNames;
  readonly stacks: Stacks;
  /** Interned strings of the stream; 0 is none. */
  readonly strings: Strings;
  readonly symbols: Symbols;
  /** CLOCK_REALTIME minus CLOCK_MONOTONIC, ns. */
  readonly clockOffset: bigint;
}
