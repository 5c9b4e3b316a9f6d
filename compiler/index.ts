// The pipeline: script text -> tree -> checked script -> plan. Calls the stages in order, nothing else.

import { check } from "./check/check.js";
import type { CheckedScript, Settings } from "./check/checked.js";
import { kernelCan, looksAtVlan, windowNeeded } from "./codegen/bpf/index.js";
import { sectionsUsed } from "./codegen/handlers/index.js";
import type { KernelFacts } from "./kernel-facts.js";
import { type Abilities, buildPlan } from "./plan/build-plan.js";
import type { Plan } from "./plan/plan.js";
import { fields } from "./schema/index.js";
import type { SectionName } from "./schema/value.js";
import { usedFileUnreadable } from "./source/catalog/check.js";
import { type Checked, type Diagnostic, hasErrors, type Source } from "./source/diagnostic.js";
import type { Script } from "./syntax/ast.js";
import { parse } from "./syntax/parse.js";

export interface CompileInput {
  readonly source: Source;
  /** Declarations that every script has: stdlib/prelude.rts. */
  readonly prelude: Source;
  /** The text behind a `use`, relative to the script that it stands in; or why it cannot be read. */
  readonly load: (path: string, from: Source) => Source | Unreadable;
  readonly kernel: KernelFacts;
  /** The script's options as given, by name. */
  readonly options: ReadonlyMap<string, string>;
  /** Of the command line: what is not null goes before the script's own. */
  readonly settings: Settings;
  /** Sections that the events can have; without it those that the running kernel is asked for. */
  readonly sections?: ReadonlySet<SectionName>;
}

export interface Unreadable {
  readonly unreadable: string;
}

export interface Compiled {
  readonly script: Script;
  /** By the path as the script writes it. */
  readonly used: ReadonlyMap<string, Script>;
  readonly checked: CheckedScript;
  readonly plan: Plan;
}

const abilities: Abilities = {
  kernelLimit: kernelCan,
  windowNeeded,
  looksAtVlan,
  sectionsOfHandler: sectionsUsed,
  field: (name) => fields.get(name) ?? null,
};

/** All errors of the first stage that has any; warnings of all that ran. */
export function compile(input: CompileInput): Checked<Compiled> {
  const diagnostics: Diagnostic[] = [];
  const take = <T>(stage: Checked<T>): T | null => {
    diagnostics.push(...stage.diagnostics);
    return stage.value;
  };
  const failed = (): Checked<never> => ({ value: null, diagnostics });

  const script = take(parse(input.source));
  const prelude = take(parse(input.prelude));
  if (script === null || prelude === null) return failed();
  const used = new Map<string, Script>();
  for (const item of script.items) {
    if (item.kind !== "use") continue;
    const loaded = input.load(item.path.value, input.source);
    if ("unreadable" in loaded) diagnostics.push(usedFileUnreadable(item.path.span, loaded.unreadable));
    const parsed = "unreadable" in loaded ? null : take(parse(loaded));
    if (parsed !== null) used.set(item.path.value, parsed);
  }
  if (hasErrors(diagnostics)) return failed();
  const { kernel, options, sections = kernel.sections } = input;
  const checked = take(
    check(script, { kernel, prelude, used, options, ...(sections === undefined ? {} : { sections }) }),
  );
  if (checked === null) return failed();
  const plan = take(
    buildPlan({ ...checked, settings: override(checked.settings, input.settings) }, abilities),
  );
  if (plan === null) return failed();
  return { value: { script, used, checked, plan }, diagnostics };
}

const override = (own: Settings, given: Settings): Settings => ({
  buffer: given.buffer ?? own.buffer,
  snaplen: given.snaplen ?? own.snaplen,
});
