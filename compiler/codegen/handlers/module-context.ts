// What the blocks of one module share while they are rewritten: the plan's facts, and the functions and tables that
// each may ask for.
import type { CheckedOption } from "../../check/checked.js";
import type { FrameLayout, Plan } from "../../plan/plan.js";
import type { Test } from "../../plan/predicate.js";
import { sectionsOfTest } from "../../plan/used-sections.js";
import type { SectionWord } from "../../schema/field.js";
import { fields } from "../../schema/index.js";
import type { SectionName } from "../../schema/value.js";
import type { ReadContext } from "./field-read.js";
import type { FrameAccess } from "./frame-access.js";
import type { Argument, RecordFormat } from "./handler-module.js";
import { ModuleTables } from "./module-tables.js";
import { sectionFunction } from "./section-object.js";

/** What the generator must know beside the plan. */
export interface HandlerFacts {
  /** Names of the kernel's enums (KernelFacts has it). */
  readonly enumValues: (name: string) => ReadonlyMap<string, bigint> | null;
  /** The script's named filters, whole, by name: booleans in handlers. */
  readonly filters: ReadonlyMap<string, Test>;
}

export class ModuleContext {
  readonly tables: ModuleTables;
  readonly frame: FrameLayout;
  readonly options: ReadonlyMap<string, CheckedOption>;
  readonly lets: ReadonlySet<string>;
  readonly filters: ReadonlyMap<string, Test>;
  private readonly sections = new Map<string, string>();
  private readonly functions: string[] = [];

  constructor(
    private readonly plan: Plan,
    facts: HandlerFacts,
  ) {
    this.tables = new ModuleTables(facts.enumValues);
    this.frame = plan.layout;
    this.options = new Map(plan.options.map((option) => [option.name, option]));
    this.lets = new Set(plan.lets.map((one) => one.name));
    this.filters = facts.filters;
  }

  /** A section that the test reads and that is not collected for the clause; null: there is none. */
  notCollected(test: Test, clause: number | null): SectionName | null {
    if (clause === null) return null;
    const bit = 1n << BigInt(clause);
    const needed = sectionsOfTest(test, (name) => fields.get(name) ?? null);
    return (
      needed.find(
        (section) =>
          !this.plan.probes.some(
            ({ wants }: { readonly wants: Readonly<Partial<Record<SectionName, bigint>>> }) =>
              ((wants[section] ?? 0n) & bit) !== 0n,
          ),
      ) ?? null
    );
  }

  read(access: FrameAccess): ReadContext {
    return { access, tables: this.tables };
  }

  /** The constant that holds the function which makes the section's object. */
  section(name: string, word: SectionWord | null): string {
    const known = this.sections.get(name);
    if (known !== undefined) return known;
    const constant = `rts$section${this.sections.size}`;
    this.sections.set(name, constant);
    const text = sectionFunction(name, word, this.frame, { tables: this.tables });
    this.functions.push(`const ${constant} = ${text};`);
    return constant;
  }

  /** A format, and the function that writes its records; returns the function's name. */
  emitter(format: RecordFormat, slots: readonly Argument[]): string {
    const id = this.tables.format(format);
    const parameters: string[] = [];
    const prepared: string[] = [];
    const writes: string[] = [];
    const parameter = (): string => {
      parameters.push(`rts$a${parameters.length}`);
      return parameters.at(-1) ?? "";
    };
    for (const argument of slots) {
      if (argument.kind === "value") {
        const name = parameter();
        prepared.push(`${name} = rts$scalar(${name});`);
        writes.push(`rts$value(${name});`);
      } else for (let i = numbersOf(argument); i > 0; i--) writes.push(`rts$out[rts$n++] = ${parameter()};`);
    }
    const constant = `rts$format${id}`;
    const body = `${prepared.join(" ")} if (rts$begin(${id})) { ${writes.join(" ")} rts$done = rts$n; }`;
    this.functions.push(`const ${constant} = (${parameters.join(", ")}) => { ${body} };`);
    return constant;
  }

  declarations(): readonly string[] {
    return [...this.tables.declarations(), ...this.functions];
  }
}

/** Numbers that an argument of a fixed size takes. */
export const numbersOf = (argument: Argument): number =>
  argument.kind === "u64" || argument.kind === "s64" ? 2 : 1;
