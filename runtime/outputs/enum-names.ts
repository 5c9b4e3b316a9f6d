// Numbers of an enum as names, for display: the running kernel's, or those that a protocol fixes.
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import type { EnumSource } from "../../compiler/schema/field.js";
import { DropReasons } from "./drop-reasons.js";

export class EnumNames {
  readonly reasons: DropReasons;
  readonly #kernel: Pick<KernelFacts, "enumValues">;
  readonly #tables = new Map<string, ReadonlyMap<bigint, string>>();

  constructor(kernel: Pick<KernelFacts, "enumValues">) {
    this.#kernel = kernel;
    this.reasons = new DropReasons(kernel);
  }

  /** The name without its prefix; the number as text when it has none. */
  text(source: EnumSource, value: number | bigint): string {
    if (source.kind === "kernel" && source.name === "skb_drop_reason")
      return this.reasons.text(Number(value));
    return this.#table(source).get(BigInt(value)) ?? String(value);
  }

  #table(source: EnumSource): ReadonlyMap<bigint, string> {
    const key = `${source.kind} ${source.name}`;
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const table = new Map<bigint, string>();
    const values = source.kind === "fixed" ? source.values : (this.#kernel.enumValues(source.name) ?? []);
    for (const [name, number] of values) {
      // The first of two names for one number is the one that is shown.
      if (!table.has(number))
        table.set(number, source.kind === "kernel" ? withoutPrefix(name, source.prefixes) : name);
    }
    this.#tables.set(key, table);
    return table;
  }
}

function withoutPrefix(name: string, prefixes: readonly string[]): string {
  const prefix = prefixes.find((candidate) => name.startsWith(candidate));
  return prefix === undefined ? name : name.slice(prefix.length);
}
