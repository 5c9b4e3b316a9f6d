// What the numbers in stored frames stand for: learned from the tables of the blocks as they are read.
import type { FrameLayout } from "../../../compiler/plan/plan.js";
import type { ProbeName } from "../../../compiler/plan/probe-name.js";
import { structs } from "../../../compiler/schema/generated/layout.js";
import { assertNever } from "../../../compiler/source/assert-never.js";
import { addressKey, type Symbols } from "../../kernel/kallsyms.js";
import { DropReasons } from "../../outputs/drop-reasons.js";
import { EnumNames } from "../../outputs/enum-names.js";
import type { Names, Stacks, Strings } from "../../outputs/names.js";
import type { Entry } from "./block-format.js";
import type { FileHeader } from "./file-header.js";

type Learned = Exclude<Entry, { readonly kind: "loss" | "tick" }>;

const MAX_SLOT = 0xffff;
const stackId = structs.section_stack.members.reserved.offset;

export class StoredNames implements Names, Stacks, Strings, Symbols {
  readonly layout: FrameLayout;
  readonly probes: ProbeName[];
  readonly enums: EnumNames;
  readonly clockOffset: bigint;
  readonly #reasons: StoredReasons;
  #strings = new Map<number, string>();
  #stacks = new Map<number, readonly string[]>();
  #symbols = new Map<number, string>();

  constructor(layout: FrameLayout, header: FileHeader) {
    const kernel = { enumValues: (name: string) => header.enums[name] ?? null };
    this.layout = layout;
    this.probes = [...header.probes];
    this.#reasons = new StoredReasons(kernel);
    this.enums = new StoredEnums(kernel, this.#reasons);
    this.clockOffset = header.clockOffset ?? 0n;
  }

  get stacks(): Stacks {
    return this;
  }

  get strings(): Strings {
    return this;
  }

  get symbols(): Symbols {
    return this;
  }

  text(id: number): string {
    return this.#strings.get(id) ?? "";
  }

  frames(view: DataView, section: number): readonly string[] {
    return this.#stacks.get(view.getUint32(section + stackId, true)) ?? [];
  }

  name(high: number, low: number): string {
    return (
      this.#symbols.get(addressKey(high, low)) ??
      `0x${(high >>> 0).toString(16)}${(low >>> 0).toString(16).padStart(8, "0")}`
    );
  }

  learn(entry: Learned): void {
    switch (entry.kind) {
      case "string":
        this.#strings.set(entry.id, entry.text);
        break;
      case "stack":
        this.#stacks.set(entry.id, entry.frames);
        break;
      case "symbol":
        this.#symbols.set(entry.key, entry.text);
        break;
      case "probe":
        if (entry.slot <= MAX_SLOT) this.probes[entry.slot] = entry.probe;
        break;
      case "reason":
        this.#reasons.learn(entry.value, entry.text);
        break;
      default:
        assertNever(entry);
    }
  }

  /** Texts are in every block that needs them: what earlier ones brought can go when it becomes much. */
  forget(): void {
    this.#strings = new Map();
    this.#stacks = new Map();
    this.#symbols = new Map();
    this.#reasons.forget();
  }
}

/** Reasons that another program's file names, beside those that the file's kernel has. */
class StoredReasons extends DropReasons {
  readonly #named = new Map<number, string>();

  learn(reason: number, text: string): void {
    this.#named.set(reason, text);
  }

  forget(): void {
    this.#named.clear();
  }

  override text(reason: number): string {
    return this.#named.get(reason) ?? super.text(reason);
  }
}

class StoredEnums extends EnumNames {
  override readonly reasons: DropReasons;

  constructor(kernel: ConstructorParameters<typeof EnumNames>[0], reasons: DropReasons) {
    super(kernel);
    this.reasons = reasons;
  }
}
