// Drop reasons by number, as Retis prints them.
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import { type DropReasonTexts, dropReasonTexts } from "../../compiler/schema/drop-reason-texts.js";

export class DropReasons {
  readonly #known: DropReasonTexts;
  readonly #texts: Map<number, string>;

  constructor(kernel: Pick<KernelFacts, "enumValues">) {
    this.#known = dropReasonTexts(kernel);
    this.#texts = new Map(this.#known.reasons);
  }

  /** `NO_SOCKET`, `openvswitch/LAST_ACTION`, or the number when this kernel has no name for it. */
  text(reason: number): string {
    const known = this.#texts.get(reason);
    if (known !== undefined) return known;
    const owner = this.#known.ownerOf(reason);
    const text = owner === null ? String(reason) : `${owner}/${reason}`;
    this.#texts.set(reason, text);
    return text;
  }
}
