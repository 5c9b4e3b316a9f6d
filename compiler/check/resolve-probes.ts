// `drop, tp:net:*, a || b` -> tracepoints of the kernel that the script is for.
import type { KernelFacts, Tracepoint } from "../kernel-facts.js";
import { assertNever } from "../source/assert-never.js";
import * as catalog from "../source/catalog/check.js";
import type { Diagnostic, Span } from "../source/diagnostic.js";
import { nearest } from "../source/nearest.js";
import type { Attach, AttachPoint, ProbeDecl, ProbeKind } from "../syntax/ast.js";
import { readAttachPoint } from "../syntax/attach-point.js";
import type { OptionValue, ResolvedProbe } from "./checked.js";
import type { Report, Scope } from "./collect-declarations.js";
import { futureProbes } from "./future-words.js";

/** What one attach point stands for, or why for nothing. Poisoned: reported where it was declared. */
type Found =
  | { readonly kind: "found"; readonly tracepoints: readonly Tracepoint[] }
  | { readonly kind: "missing"; readonly problem: Diagnostic }
  | { readonly kind: "poisoned" };

const found = (...tracepoints: readonly Tracepoint[]): Found => ({ kind: "found", tracepoints });
const missing = (problem: Diagnostic): Found => ({ kind: "missing", problem });

export class ProbeResolver {
  readonly #scope: Scope;
  readonly #kernel: KernelFacts;
  /** Null: an optional option that was not given, or one whose value is wrong. */
  readonly #option: (name: string) => OptionValue | null;
  readonly #report: Report;
  readonly #declarations = new Map<ProbeDecl, Found>();
  /** Declarations that are being resolved, outermost first: one that comes up again needs itself. */
  readonly #open: ProbeDecl[] = [];

  constructor(
    scope: Scope,
    kernel: KernelFacts,
    option: (name: string) => OptionValue | null,
    report: Report,
  ) {
    this.#scope = scope;
    this.#kernel = kernel;
    this.#option = option;
    this.#report = report;
  }

  /** Every `probe` that the script and its used files declare, named or not. */
  checkDeclarations(): void {
    for (const probe of this.#scope.probes.values())
      if (!this.#scope.preludeProbes.has(probe)) this.#declared(probe);
  }

  /** In the order written, none twice. Reports what cannot be resolved. */
  resolve(attach: readonly Attach[]): readonly ResolvedProbe[] {
    const probes = new Map<string, ResolvedProbe>();
    for (const one of attach) {
      const result = this.#first(one);
      if (result.kind === "missing") this.#report(result.problem);
      if (result.kind !== "found") continue;
      for (const tracepoint of result.tracepoints) {
        const kind = tracepoint.kind ?? "tp";
        const key = `${kind}:${tracepoint.name}`;
        if (probes.has(key)) continue;
        const writtenAs = one.span.source.text.slice(one.span.start, one.span.end);
        probes.set(key, { kind, tracepoint, span: one.span, writtenAs });
      }
    }
    return [...probes.values()];
  }

  /** `a || b`: the first that there is. */
  #first(attach: Attach): Found {
    const problems: Diagnostic[] = [];
    for (const point of attach.alternatives) {
      const result = this.#point(point);
      if (result.kind !== "missing") return result;
      problems.push(result.problem);
    }
    const [only] = problems;
    if (only !== undefined && problems.length === 1) return missing(only);
    return missing(catalog.noAlternative(attach.span, problems));
  }

  #point(point: AttachPoint): Found {
    switch (point.kind) {
      case "option":
        return this.#optionPoint(point.option.name, point.span);
      case "target":
        return this.#target(point.probeKind, point.target, point.span);
      default:
        return assertNever(point);
    }
  }

  #optionPoint(name: string, span: Span): Found {
    const declared = this.#scope.options.get(name);
    if (declared === undefined)
      return missing(catalog.unknownOption(span, name, nearest(name, this.#scope.options.keys())));
    if (declared.type.base.text !== "probe" || declared.type.set)
      return missing(catalog.optionIsNoProbe(span, name, declared.span));
    const value = this.#option(name);
    // Required and not given, or given wrongly: that has been said.
    if (value === null)
      return declared.type.optional ? missing(catalog.probeNotGiven(span, name)) : { kind: "poisoned" };
    const text = value.kind === "name" ? value.text : value.kind === "string" ? value.value : "";
    const problems: Diagnostic[] = [];
    const point = readAttachPoint(text, span, (problem) => problems.push(problem));
    const [problem] = problems;
    const result = problem === undefined ? this.#point(point) : missing(problem);
    if (result.kind !== "missing" || value.span.source.given !== true) return result;
    // Not the script is wrong, but what was given.
    const use = { text: "used here", span };
    return missing({ ...result.problem, span: value.span, notes: [...result.problem.notes, use] });
  }

  #target(kind: ProbeKind | null, target: string, span: Span): Found {
    switch (kind) {
      case null:
        return target.includes(":") ? this.#tracepoint(target, span) : this.#name(target, span);
      case "tp":
        return this.#tracepoint(target, span);
      case "kprobe":
      case "kretprobe": {
        const stored = this.#kernel.functionProbe?.(kind, target) ?? null;
        return stored === null ? missing(this.#functionProblem(target, span)) : found(stored);
      }
      case "fentry":
      case "fexit":
        return missing(this.#functionProblem(target, span));
      case "uprobe":
      case "uretprobe":
      case "usdt":
        return missing(catalog.userProbe(span, kind));
      default:
        return assertNever(kind);
    }
  }

  /** A word without a colon: a declared probe, else a function. */
  #name(name: string, span: Span): Found {
    const declared = this.#scope.probes.get(name);
    if (declared !== undefined) return this.#use(declared, span);
    const wayOut = futureProbes.get(name);
    if (wayOut !== undefined) return missing(catalog.notYet(span, `probe \`${name}\` is`, wayOut));
    const events = this.#byEvent(name);
    if (events.length > 0) return missing(catalog.tracepointWithoutSubsystem(span, name, events));
    if (this.#kernel.functionState(name) !== "absent") return missing(this.#functionProblem(name, span));
    const names = [...this.#scope.probes.keys()];
    const near = nearest(name, names) ?? nearest(name, this.#kernel.tracepoints());
    const event = near === null ? this.#nearestEvent(name) : null;
    return missing(catalog.unknownProbe(span, name, near ?? event, names));
  }

  #functionProblem(name: string, span: Span): Diagnostic {
    return catalog.functionProbe(span, name, this.#kernel.functionState(name), this.#nearestEvent(name));
  }

  /** `kfree_skb` -> `skb:kfree_skb` */
  #byEvent(event: string): readonly string[] {
    return this.#kernel.tracepoints().filter((name) => name.slice(name.indexOf(":") + 1) === event);
  }

  #nearestEvent(name: string): string | null {
    const events = this.#kernel.tracepoints().map((point) => point.slice(point.indexOf(":") + 1));
    const near = nearest(name, events);
    return near === null ? null : (this.#byEvent(near)[0] ?? null);
  }

  #tracepoint(target: string, span: Span): Found {
    const parts = target.split(":");
    if (parts.length === 1) {
      return missing(catalog.tracepointWithoutSubsystem(span, target, this.#byEvent(target)));
    }
    if (/[*?]/.test(target)) return this.#wildcard(target, span);
    const tracepoint = this.#kernel.tracepoint(target);
    if (tracepoint !== null) return found(tracepoint);
    // A right event under a wrong subsystem is the likeliest mistake.
    const [elsewhere] = this.#byEvent(parts.slice(1).join(":"));
    const near = elsewhere ?? nearest(target, this.#kernel.tracepoints());
    return missing(catalog.unknownTracepoint(span, target, near, this.#kernel.release));
  }

  #wildcard(pattern: string, span: Span): Found {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[^:]*")
      .replaceAll("?", "[^:]");
    const expression = new RegExp(`^${source}$`);
    const tracepoints = this.#kernel
      .tracepoints()
      .filter((name) => expression.test(name))
      .flatMap((name) => this.#kernel.tracepoint(name) ?? []);
    if (tracepoints.length > 0) return found(...tracepoints);
    // Every kernel has tracepoints: without any, the list could not be read.
    return missing(
      this.#kernel.tracepoints().length === 0
        ? catalog.unknownWildcard(span, pattern)
        : catalog.emptyWildcard(span, pattern),
    );
  }

  /** A declared probe at the place that names it. */
  #use(probe: ProbeDecl, span: Span): Found {
    const result = this.#declared(probe);
    if (result.kind === "missing")
      return missing(catalog.probeUnavailable(span, probe.name.text, result.problem));
    return result;
  }

  /** What is wrong is reported here, once; a prelude's probe that this kernel lacks only where it is used. */
  #declared(probe: ProbeDecl): Found {
    const known = this.#declarations.get(probe);
    if (known !== undefined) return known;
    const at = this.#open.indexOf(probe);
    if (at >= 0) {
      const circle = this.#open.slice(at);
      this.#report(
        catalog.cycle(
          probe.name.span,
          "probe",
          [...circle, probe].map((one) => one.name.text),
          circle.slice(1).map((one) => one.name.span),
        ),
      );
      return { kind: "poisoned" };
    }
    this.#open.push(probe);
    const results = probe.attach.map((attach) => this.#first(attach));
    this.#open.pop();
    const result = this.#joined(probe, results);
    this.#declarations.set(probe, result);
    return result;
  }

  #joined(probe: ProbeDecl, results: readonly Found[]): Found {
    const problems = results.flatMap((result) => (result.kind === "missing" ? [result.problem] : []));
    const [problem] = problems;
    if (problem !== undefined && this.#scope.preludeProbes.has(probe)) return missing(problem);
    for (const one of problems) this.#report(one);
    if (results.some((result) => result.kind !== "found")) return { kind: "poisoned" };
    return found(...results.flatMap((result) => (result.kind === "found" ? result.tracepoints : [])));
  }
}
