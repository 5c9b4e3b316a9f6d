// Reads a word such as `kprobe:tcp_v4_rcv` as an attach point: the kind of probe and its target.
import * as habits from "../source/catalog/habits.js";
import * as say from "../source/catalog/syntax.js";
import type { Diagnostic, Span } from "../source/diagnostic.js";
import { nearest } from "../source/nearest.js";
import type { AttachPoint, ProbeKind } from "./ast.js";

const kinds: ReadonlyMap<string, ProbeKind> = new Map([
  ["tp", "tp"],
  ["t", "tp"],
  ["kprobe", "kprobe"],
  ["k", "kprobe"],
  ["kretprobe", "kretprobe"],
  ["kr", "kretprobe"],
  ["fentry", "fentry"],
  ["f", "fentry"],
  ["fexit", "fexit"],
  ["uprobe", "uprobe"],
  ["uretprobe", "uretprobe"],
  ["usdt", "usdt"],
]);

const fullKinds = [...new Set(kinds.values())];

/** What bpftrace, ftrace and older Retis call them. */
const foreignKinds: ReadonlyMap<string, ProbeKind> = new Map([
  ["tracepoint", "tp"],
  ["rawtracepoint", "tp"],
  ["raw_tracepoint", "tp"],
  ["raw_tp", "tp"],
  ["rt", "tp"],
  ["kfunc", "fentry"],
  ["kretfunc", "fexit"],
  ["fr", "fexit"],
]);

const timers: ReadonlySet<string> = new Set(["interval", "profile", "i", "p"]);

/** `word` is one token of the lexer; a problem is reported and a likely reading returned. */
export function readAttachPoint(
  word: string,
  span: Span,
  report: (problem: Diagnostic) => void,
): AttachPoint {
  const bare: AttachPoint = { kind: "target", probeKind: null, target: word, span };
  const colon = word.indexOf(":");
  if (colon < 0) {
    if (word === "BEGIN" || word === "END") report(habits.capitals(span, word));
    return bare;
  }
  const prefix = word.slice(0, colon);
  const target = word.slice(colon + 1);
  const kind = kinds.get(prefix);
  if (kind !== undefined) {
    if (target === "") report(say.emptyTarget(span, prefix));
    return { kind: "target", probeKind: kind, target, span };
  }
  const foreign = foreignKinds.get(prefix);
  if (foreign !== undefined) {
    report(habits.foreignProbeKind(span, prefix, ownSpelling(word)));
    return { kind: "target", probeKind: foreign, target, span };
  }
  const period = timerPeriod(word);
  if (period !== null) report(habits.interval(span, period));
  // Two parts are a tracepoint's subsystem and event: whether they exist is asked later.
  else if (target.includes(":")) {
    report(say.unknownProbeKind(span, prefix, fullKinds, nearest(prefix, fullKinds)));
  }
  return bare;
}

/** The same attach point as it is written here: `tracepoint:a:b` is `tp:a:b`. */
export function ownSpelling(word: string): string {
  const colon = word.indexOf(":");
  const kind = foreignKinds.get(word.slice(0, colon));
  return kind === undefined ? word : `${kind}${word.slice(colon)}`;
}

/** The period of bpftrace's timers: `interval:s:1`, `profile:hz:99`, `interval:1s`. Null: `word` is none. */
export function timerPeriod(word: string): string | null {
  const colon = word.indexOf(":");
  if (!timers.has(word.slice(0, colon))) return null;
  const target = word.slice(colon + 1);
  const [, unit = "", count = ""] = /^(s|ms|us|hz):(\d+)$/.exec(target) ?? [];
  if (unit === "hz") return `${Math.max(1, Math.round(1000 / Math.max(1, Number(count))))}ms`;
  if (unit !== "") return `${count}${unit}`;
  return /^\d+(?:s|ms|us|ns|m|h)$/.test(target) ? target : null;
}
