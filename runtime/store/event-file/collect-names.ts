// What the frames of a batch from another source refer to, as a table for the writer: texts, stacks, symbols, probes
// and drop reasons, each once.
import { structs } from "../../../compiler/schema/generated/layout.js";
import { SECTION_BITS } from "../../../compiler/schema/section-bits.js";
import { type Batch, framePresent, frameSize, frameSlot } from "../../events/frame.js";
import type { Names } from "../../outputs/names.js";
import { EntryWriter } from "./block-format.js";
import { stringMembers, symbolMembers } from "./stored-layout.js";

const { reason: reasonMember, has_reason: hasReason } = structs.section_drop.members;
const stackId = structs.section_stack.members.reserved.offset;

export class NameCollector {
  readonly #names: Names;
  readonly #entries = new EntryWriter();
  readonly #strings: ReturnType<typeof stringMembers>;
  readonly #symbols: ReturnType<typeof symbolMembers>;
  readonly #seen = {
    strings: new Set<number>(),
    stacks: new Set<number>(),
    symbols: new Set<bigint>(),
    slots: new Set<number>(),
    reasons: new Set<number>(),
  };

  constructor(names: Names) {
    this.#names = names;
    this.#strings = stringMembers(names.layout);
    this.#symbols = symbolMembers(names.layout);
  }

  /** Null: they refer to nothing. */
  collect({ view, length }: Batch): Buffer | null {
    for (const seen of Object.values(this.#seen)) seen.clear();
    for (let at = 0; at < length; at += frameSize(view, at)) this.#frame(view, at);
    return this.#entries.take();
  }

  #frame(view: DataView, at: number): void {
    const present = framePresent(view, at);
    this.#probe(frameSlot(view, at));
    for (const { bit, from } of this.#strings)
      if ((present & bit) !== 0) this.#string(view.getUint32(at + from, true));
    for (const { bit, from } of this.#symbols)
      if ((present & bit) !== 0) this.#symbol(view.getBigUint64(at + from, true));
    const { drop, stack } = this.#names.layout.offsets;
    if (drop !== undefined && (present & SECTION_BITS.drop) !== 0) this.#reason(view, at + drop);
    if (stack !== undefined && (present & SECTION_BITS.stack) !== 0) this.#stack(view, at + stack);
  }

  #string(id: number): void {
    if (id === 0 || !add(this.#seen.strings, id)) return;
    this.#entries.string(id, this.#names.strings.text(id));
  }

  #stack(view: DataView, section: number): void {
    const id = view.getUint32(section + stackId, true);
    if (add(this.#seen.stacks, id)) this.#entries.stack(id, this.#names.stacks.frames(view, section));
  }

  #symbol(address: bigint): void {
    if (!add(this.#seen.symbols, address)) return;
    const [high, low] = [Number(address >> 32n), Number(address & 0xffff_ffffn)];
    this.#entries.symbol(high, low, this.#names.symbols.name(high, low));
  }

  #probe(slot: number): void {
    if (!add(this.#seen.slots, slot)) return;
    const probe = this.#names.probes[slot];
    if (probe !== undefined) this.#entries.probe(slot, probe);
  }

  #reason(view: DataView, section: number): void {
    if (view.getUint32(section + hasReason.offset, true) === 0) return;
    const value = view.getUint32(section + reasonMember.offset, true);
    if (add(this.#seen.reasons, value)) this.#entries.reason(value, this.#names.enums.reasons.text(value));
  }
}

function add<T>(seen: Set<T>, value: T): boolean {
  if (seen.has(value)) return false;
  seen.add(value);
  return true;
}
