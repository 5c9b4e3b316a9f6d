// What the numbers in frames of a Retis file stand for: asked of the decoder that made them, and remembered.
import type { FrameLayout } from "../../../compiler/plan/plan.js";
import type { ProbeName } from "../../../compiler/plan/probe-name.js";
import { structs } from "../../../compiler/schema/generated/layout.js";
import { FIRST_PASSING_ID, type JsonDecoder } from "../../addon/json-decoder.js";
import type { Names, Stacks, Strings } from "../../outputs/names.js";
import { StoredEnums } from "./reasons.js";

const stackId = structs.section_stack.members.reserved.offset;

class StoredStrings implements Strings {
  readonly #decoder: JsonDecoder;
  readonly #known: (string | undefined)[] = [""];

  constructor(decoder: JsonDecoder) {
    this.#decoder = decoder;
  }

  text(id: number): string {
    const known = this.#known[id];
    if (known !== undefined) return known;
    const text = this.#decoder.text(id) ?? "";
    // The decoder bounds how many there are.
    if (id < FIRST_PASSING_ID) this.#known[id] = text;
    return text;
  }
}

class StoredStacks implements Stacks {
  readonly #decoder: JsonDecoder;
  readonly #known: (readonly string[] | undefined)[] = [];

  constructor(decoder: JsonDecoder) {
    this.#decoder = decoder;
  }

  frames(view: DataView, section: number): readonly string[] {
    const id = view.getUint32(section + stackId, true);
    const known = this.#known[id];
    if (known !== undefined) return known;
    const frames = texts(this.#decoder.stack(id) ?? "[]");
    if (id < FIRST_PASSING_ID) this.#known[id] = frames;
    return frames;
  }
}

function texts(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.map(String) : [];
}

export interface StoredNames extends Names {
  /** Grows as the file is read. */
  readonly probes: ProbeName[];
}

export function storedNames(decoder: JsonDecoder, layout: FrameLayout, clockOffset: bigint): StoredNames {
  const strings = new StoredStrings(decoder);
  return {
    layout,
    probes: [],
    enums: new StoredEnums((value) => decoder.reason(value)),
    stacks: new StoredStacks(decoder),
    strings,
    // Where the kernel has an address, a file has its name: a number of the string table stands in its place.
    symbols: { name: (_high, low) => strings.text(low) },
    clockOffset,
  };
}
