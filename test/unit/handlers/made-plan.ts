// Plans with handlers, made by hand from pieces of JavaScript: what the generator of handlers takes.

import type { CheckedOption } from "../../../compiler/check/checked.js";
import { generateHandlers, type HandlerModule } from "../../../compiler/codegen/handlers/index.js";
import type { Clause, Plan, PlannedAction, ScriptText } from "../../../compiler/plan/plan.js";
import type { Test } from "../../../compiler/plan/predicate.js";
import type { Diagnostic, Source, Span } from "../../../compiler/source/diagnostic.js";
import { FULL_LAYOUT } from "./made-frames.js";

export interface Pieces {
  /** Bodies of one clause each; an array: several blocks of one clause. */
  readonly on?: readonly (string | readonly string[])[];
  /** Initializers by name; null: none. */
  readonly lets?: Readonly<Record<string, string | null>>;
  readonly begin?: string;
  readonly end?: string;
  readonly every?: string;
  readonly options?: readonly CheckedOption[];
  readonly patterns?: readonly { readonly source: string; readonly flags: string }[];
  readonly layout?: Plan["layout"];
  readonly probes?: readonly string[];
}

const TRUE: Test = { kind: "constant", value: true };

/** The pieces stand in the script one below the other. */
export function makePlan(pieces: Pieces): Plan {
  const texts: string[] = [];
  let length = 0;
  const source: { name: string; text: string } = { name: "test.rts", text: "" };
  const place = (text: string, before: string, after: string): ScriptText => {
    const start = length + before.length;
    texts.push(`${before}${text}${after}\n`);
    length += before.length + text.length + after.length + 1;
    return { text, span: { source, start, end: start + text.length } };
  };
  const anywhere: Span = { source, start: 0, end: 1 };
  const lets = Object.entries(pieces.lets ?? {}).map(([name, value]) => {
    const text = value === null ? null : place(value, `let ${name} = `, "");
    return { name, value: text, span: text?.span ?? anywhere };
  });
  const clauses = (pieces.on ?? []).map((bodies, id): Clause => {
    const actions = [bodies].flat().map((body): PlannedAction => {
      const text = place(body, "on drop {", "}");
      return { kind: "javascript", body: text, span: text.span };
    });
    return { id, span: anywhere, kernel: TRUE, user: null, whole: TRUE, split: [], actions };
  });
  (pieces.patterns ?? []).forEach((pattern) => {
    const test: Test = {
      kind: "regex",
      subject: { kind: "probe", what: "name" },
      source: pattern.source,
      flags: pattern.flags,
      span: anywhere,
    };
    clauses.push({
      id: clauses.length,
      span: anywhere,
      kernel: TRUE,
      user: test,
      whole: test,
      split: [],
      actions: [],
    });
  });
  const timed: Plan["timed"][number][] = [];
  if (pieces.begin !== undefined) timed.push({ kind: "begin", body: place(pieces.begin, "begin {", "}") });
  if (pieces.every !== undefined) {
    timed.push({ kind: "every", nanoseconds: 1_000_000_000n, body: place(pieces.every, "every 1s {", "}") });
  }
  if (pieces.end !== undefined) timed.push({ kind: "end", body: place(pieces.end, "end {", "}") });
  source.text = texts.join("");
  return {
    probes: (pieces.probes ?? ["skb:kfree_skb"]).map((name, slot) => ({
      slot,
      kind: "tp",
      name,
      target: name.split(":")[1] ?? name,
      parameters: [],
      arguments: { skb: null, reason: null, location: null },
      clauses: clauses.map((clause) => clause.id),
      wants: { task: 0n, packet: 0n, skb: 0n, drop: 0n, dev: 0n, ns: 0n, stack: 0n },
      window: 256,
      vlan: true,
      writtenAs: name,
      span: anywhere,
    })),
    clauses,
    sections: [],
    layout: pieces.layout ?? FULL_LAYOUT,
    settings: { buffer: null, snaplen: null },
    options: pieces.options ?? [],
    lets,
    timed,
  };
}

const ENUMS = new Map([
  [
    "skb_drop_reason",
    new Map([
      ["SKB_NOT_DROPPED_YET", 0n],
      ["SKB_CONSUMED", 1n],
      ["SKB_DROP_REASON_NOT_SPECIFIED", 2n],
      ["SKB_DROP_REASON_NO_SOCKET", 3n],
    ]),
  ],
  ["skb_drop_reason_subsys", new Map([["SKB_DROP_REASON_SUBSYS_OPENVSWITCH", 3n]])],
  ["ovs_drop_reason", new Map([["OVS_DROP_LAST_ACTION", 0x30001n]])],
]);

export const KERNEL = {
  enumValues: (name: string): ReadonlyMap<string, bigint> | null => ENUMS.get(name) ?? null,
};

export function makeModule(pieces: Pieces): HandlerModule {
  const { value, diagnostics } = generateHandlers(makePlan(pieces), KERNEL);
  if (value === null) throw new Error(diagnostics.map((one) => `${one.code} ${one.message}`).join("\n"));
  return value;
}

export const findings = (pieces: Pieces): readonly Diagnostic[] =>
  generateHandlers(makePlan(pieces), KERNEL).diagnostics;

export const sourceOf = (text: string): Source => ({ name: "test.rts", text });
