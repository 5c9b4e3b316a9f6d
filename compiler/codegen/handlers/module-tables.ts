// What is shared by all handlers of a module and numbered as they need it: names of enum members and flags, the fields
// that the host supplies, and the formats of records.
import { dropReasonTexts } from "../../schema/drop-reason-texts.js";
import { enumNames } from "../../schema/enum-names.js";
import type { EnumSource, Field } from "../../schema/field.js";
import { FIXED_FORMATS, type RecordFormat } from "./handler-module.js";

/** Up to this number an enum's names are an array in the sandbox, else a Map. */
const LARGEST_ARRAY = 4096;

export interface EnumTable {
  /** The constant in the module that holds the names. */
  readonly constant: string;
  readonly names: ReadonlyMap<number, string>;
}

export type FlagBits = readonly (readonly [string, number])[];

export class ModuleTables {
  readonly formats: RecordFormat[] = [...FIXED_FORMATS];
  readonly hostFields: Field[] = [];
  private readonly constants: string[] = [];
  private readonly enums = new Map<string, EnumTable>();
  private readonly flags = new Map<string, string>();

  constructor(private readonly enumValues: (name: string) => ReadonlyMap<string, bigint> | null) {}

  enumOf(source: EnumSource): EnumTable {
    const key = `${source.kind} ${source.name}`;
    const known = this.enums.get(key);
    if (known !== undefined) return known;
    const names = namesOf(source, this.enumValues);
    const constant = `rts$enum${this.enums.size}`;
    const table = { constant, names };
    this.enums.set(key, table);
    const largest = Math.max(-1, ...names.keys());
    if (largest <= LARGEST_ARRAY) {
      const list = Array.from({ length: largest + 1 }, (_, value) => names.get(value) ?? null);
      this.constants.push(`const ${constant} = rts$names(${JSON.stringify(list)});`);
    } else {
      this.constants.push(`const ${constant} = rts$sparse(${JSON.stringify([...names])});`);
    }
    return table;
  }

  /** The constant that holds the names of the bits. */
  flagsOf(bits: FlagBits): string {
    const text = JSON.stringify(bits);
    const known = this.flags.get(text);
    if (known !== undefined) return known;
    const constant = `rts$flags${this.flags.size}`;
    this.flags.set(text, constant);
    this.constants.push(`const ${constant} = rts$flagSet(${text});`);
    return constant;
  }

  format(format: RecordFormat): number {
    return this.formats.push(format) - 1;
  }

  hostField(field: Field): number {
    const known = this.hostFields.findIndex((one) => one.name === field.name);
    return known >= 0 ? known : this.hostFields.push(field) - 1;
  }

  declarations(): readonly string[] {
    return this.constants;
  }
}

/** Names by number; of several names for one number the first counts, as wherever names are shown. */
export function namesOf(
  source: EnumSource,
  enumValues: (name: string) => ReadonlyMap<string, bigint> | null,
): ReadonlyMap<number, string> {
  // Every subsystem of the kernel has an enum of its own for these.
  if (source.kind === "kernel" && source.name === "skb_drop_reason")
    return dropReasonTexts({ enumValues }).reasons;
  const names = new Map<number, string>();
  for (const [name, value] of enumNames(source, { enumValues })?.shown ?? []) {
    const number = Number(value);
    if (!names.has(number) && number >= 0) names.set(number, name);
  }
  return names;
}
