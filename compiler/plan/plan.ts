// What is done where: attach points, the clauses that are tested at each, what is collected, how a frame is laid out.
// Everything after this stage (code generators, loader, decoder, outputs, `explain`) reads the plan only. Types only.
import type { CheckedOption, Settings } from "../check/checked.js";
import type { Parameter } from "../kernel-facts.js";
import type { Field } from "../schema/field.js";
import type { FrameLayout } from "../schema/frame-layout.js";
import type { CollectedSection, SectionName, Value } from "../schema/value.js";
import type { Span } from "../source/diagnostic.js";
import type { Test } from "./predicate.js";

export type { FrameLayout } from "../schema/frame-layout.js";

export interface Plan {
  /** Index = slot. */
  readonly probes: readonly PlannedProbe[];
  /** Index = clause id = bit in a frame's `clauses`; at most 64. One per `on`, in script order. */
  readonly clauses: readonly Clause[];
  readonly sections: readonly SectionUse[];
  readonly layout: FrameLayout;
  readonly settings: Settings;
  readonly options: readonly CheckedOption[];
  /** JavaScript of the whole script: `let`s, in order. Empty: no sandbox is started (unless a clause needs one). */
  readonly lets: readonly { readonly name: string; readonly value: ScriptText | null; readonly span: Span }[];
  /** `begin { … }`, `end { … }`, `every … { … }` blocks. */
  readonly timed: readonly TimedBlock[];
}

export interface ScriptText {
  readonly text: string;
  readonly span: Span;
}

export type TimedBlock =
  | { readonly kind: "begin" | "end"; readonly body: ScriptText }
  | { readonly kind: "every"; readonly nanoseconds: bigint; readonly body: ScriptText };

export interface PlannedProbe {
  readonly slot: number;
  readonly kind: "tp" | "kprobe" | "kretprobe";
  /** `skb:kfree_skb`: as events show it. */
  readonly name: string;
  /** `kfree_skb`: what is attached to. */
  readonly target: string;
  readonly parameters: readonly Parameter[];
  /** Positions among the parameters; null: the probe has none. */
  readonly arguments: {
    readonly skb: number | null;
    readonly reason: number | null;
    readonly location: number | null;
  };
  /** Ids of the clauses tested here, ascending. */
  readonly clauses: readonly number[];
  /** For each section the clauses that want it: `wants` of bpf/include/plan.h. */
  readonly wants: Readonly<Record<CollectedSection, bigint>>;
  /** Bytes of the packet that the kernel parts read; 0: none. */
  readonly window: number;
  /** A kernel part looks at VLAN tags. */
  readonly vlan: boolean;
  readonly writtenAs: string;
  readonly span: Span;
}

export interface Clause {
  readonly id: number;
  readonly span: Span;
  /** Decided in the kernel, before anything is copied. */
  readonly kernel: Test;
  /** What is left for user space, on the events that passed; null: nothing. kernel AND user = the whole predicate. */
  readonly user: Test | null;
  /** The whole predicate: what a source without a kernel evaluates. */
  readonly whole: Test;
  /** For `explain`: each conjunct as written, where it is decided, and why not in the kernel. */
  readonly split: readonly SplitNote[];
  readonly actions: readonly PlannedAction[];
}

export interface SplitNote {
  readonly text: string;
  readonly span: Span;
  readonly where: "kernel" | "user" | "both";
  /** Why it, or a part of it, is left to user space. */
  readonly reason: string | null;
}

export type PlannedAction =
  | { readonly kind: "print-event"; readonly added: readonly string[]; readonly span: Span }
  | { readonly kind: "print-record"; readonly columns: readonly PlannedColumn[]; readonly span: Span }
  | { readonly kind: "javascript"; readonly body: ScriptText; readonly span: Span }
  | { readonly kind: "save"; readonly span: Span }
  | { readonly kind: "stop"; readonly span: Span };

/** A column of a record. */
export interface PlannedColumn {
  /** The expression as written: title and JSON key. */
  readonly source: string;
  readonly value: ColumnValue;
}

export type ColumnValue =
  | { readonly kind: "field"; readonly field: Field }
  /** An expression over numbers; `unit` decides its text. */
  | { readonly kind: "number"; readonly value: Value; readonly unit: "bytes" | "ns" | null }
  | { readonly kind: "test"; readonly test: Test }
  /** A literal that is no number, or an option's: the same in every record. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "section"; readonly section: string }
  | { readonly kind: "stack"; readonly depth: number | null };

/** A section that is collected, and the places of the script that it is for. */
export interface SectionUse {
  readonly section: SectionName;
  readonly reasons: readonly { readonly text: string; readonly span: Span }[];
}
