// Numbers of an enum as names, for display: the running kernel's, or those that a protocol fixes.
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import { enumNames, type EnumNames as NamesOfEnum } from "../../compiler/schema/enum-names.js";
import type { EnumSource } from "../../compiler/schema/field.js";
import { DropReasons } from "./drop-reasons.js";

export class EnumNames {
  readonly reasons: DropReasons;
  readonly #kernel: Pick<KernelFacts, "enumValues">;
  readonly #tables = new Map<string, NamesOfEnum | null>();

  constructor(kernel: Pick<KernelFacts, "enumValues">) {
    this.#kernel = kernel;
    this.reasons = new DropReasons(kernel);
  }

  /** The name without its prefix; the number as text when it has none. */
  text(source: EnumSource, value: number | bigint): string {
    if (source.kind === "kernel" && source.name === "skb_drop_reason")
      return this.reasons.text(Number(value));
    return this.#table(source)?.nameOf(BigInt(value)) ?? String(value);
  }

  #table(source: EnumSource): NamesOfEnum | null {
    const key = `${source.kind} ${source.name}`;
    let table = this.#tables.get(key);
    if (table === undefined) {
      table = enumNames(source, this.#kernel);
      this.#tables.set(key, table);
    }
    return table;
  }
}
