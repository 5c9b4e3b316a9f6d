// The sections' definitions -> a list of steps that write an event as JSON. One loop runs them (event-json.ts), for
// closures that call closures take twice as long: every place is a number from the start of the frame.
import {
  type EventSection,
  eventSections,
  type Form,
  type Item,
  type Member,
  type Place,
  type Presence,
  type Tagged,
} from "../../compiler/schema/event/index.js";
import { START_L2, START_L3, START_NONE, structs } from "../../compiler/schema/generated/layout.js";
import { SECTION_BITS } from "../../compiler/schema/section-bits.js";
import type { SectionName } from "../../compiler/schema/value.js";
import { frameSlot } from "../events/frame.js";
import { type Literal, literal } from "../packet/literal.js";
import { writeEthernet } from "./json-ethernet.js";
import type { JsonValues, WriteValue } from "./json-values.js";
import type { Names } from "./names.js";

/** `full`: Retis' keys and ours; `retis`: Retis' alone. */
export type JsonForm = "full" | "retis";

/** What a step does. Small integers, so that the loop's switch is a table of jumps. */
export const STEP = {
  open: 0,
  close: 1,
  goto: 2,
  choose: 3,
  extra: 4,
  value: 5,
  u8: 6,
  u16: 7,
  u32: 8,
  u64: 9,
  s32: 10,
  s64: 11,
  bits: 12,
  boolean: 13,
  names: 14,
  chars: 15,
  /** A whole section that `write` makes up. */
  made: 16,
} as const;

/** When a step is taken; else the loop goes on at `skip`. */
export const TEST = { always: 0, some: 1, none: 2, nonzero64: 3, custom: 4 } as const;

export type CustomTest = (view: DataView, at: number) => boolean;

export interface Step {
  readonly kind: number;
  readonly key: string;
  /** `"key":`, and the same behind another member. */
  readonly first: Literal;
  readonly next: Literal;
  readonly offset: number;
  readonly size: number;
  readonly mask: number;
  readonly shift: number;
  readonly test: number;
  readonly testOffset: number;
  readonly testSize: number;
  readonly testMask: number;
  readonly custom: CustomTest | null;
  /** The step behind the member: where the loop goes on when it is not there. */
  skip: number;
  /** Where the section's struct begins in the frame. */
  readonly base: number;
  readonly write: WriteValue | null;
  /** Texts of a number: quoted names. */
  readonly names: ReadonlyMap<number, Literal> | null;
  /** choose: steps by number, or by the text that the number stands for. */
  readonly byText: boolean;
  readonly cases: ReadonlyMap<number | string, number> | null;
}

const plain: Step = {
  kind: STEP.value,
  key: "",
  first: literal(""),
  next: literal(""),
  offset: 0,
  size: 0,
  mask: 0,
  shift: 0,
  test: TEST.always,
  testOffset: 0,
  testSize: 0,
  testMask: 0,
  custom: null,
  skip: 0,
  base: 0,
  write: null,
  names: null,
  byText: false,
  cases: null,
};

type Parts = Partial<Omit<Step, "skip">>;

export function jsonProgram(names: Names, values: JsonValues, form: JsonForm): readonly Step[] {
  const program = new Program(names, values, form);
  program.event();
  return program.steps;
}

class Program {
  readonly steps: Step[] = [];
  readonly #names: Names;
  readonly #values: JsonValues;
  readonly #form: JsonForm;

  constructor(names: Names, values: JsonValues, form: JsonForm) {
    this.#names = names;
    this.#values = values;
    this.#form = form;
  }

  event(): void {
    this.#object({ ...plain }, () => {
      for (const section of eventSections) this.#section(section);
    });
  }

  /** Every step has all properties, in one order: the loop sees one shape. */
  #step(parts: Parts): Step {
    const step: Step = { ...plain, ...parts, skip: this.steps.length + 1 };
    this.steps.push(step);
    return step;
  }

  #object(opening: Parts, body: () => void): void {
    const open = this.#step({ ...opening, kind: STEP.open });
    body();
    this.#step({ kind: STEP.close });
    open.skip = this.steps.length;
  }

  // ---- sections ----------------------------------------------------------------------------------------------------

  #section(section: EventSection): void {
    const key = keyed(section.key);
    switch (section.where.kind) {
      case "frame":
        this.#object(key, () => this.#items(section.members, 0));
        break;
      case "probe": {
        const { probes } = this.#names;
        const custom: CustomTest = (view, at) => {
          const probe = probes[frameSlot(view, at)];
          return probe !== undefined && probe.kind !== "usdt";
        };
        this.#object({ ...key, test: TEST.custom, custom }, () => this.#items(section.members, 0));
        break;
      }
      case "section": {
        const base = this.#names.layout.offsets[section.where.section];
        const there = sectionTest(section.where.section);
        if (base === undefined) this.#step({ ...key, kind: STEP.extra });
        else if (section.key === "packet") this.#packet(section, base);
        else this.#object({ ...key, ...there, base }, () => this.#items(section.members, base));
        break;
      }
      case "extra":
        this.#step({ ...key, kind: STEP.extra });
    }
  }

  /** A packet of which nothing was found has no section; one without a link layer gets a made-up header for Retis. */
  #packet(section: EventSection, base: number): void {
    const key = keyed(section.key);
    const start = base + structs.section_packet.members.start.offset;
    const present = structs.frame.members.present.offset;
    const starts = (view: DataView, at: number): number =>
      (view.getUint32(at + present, true) & SECTION_BITS.packet) === 0
        ? START_NONE
        : view.getUint16(at + start, true);
    const made = this.#form === "retis";
    if (made) {
      const custom: CustomTest = (view, at) => starts(view, at) === START_L3;
      const write = writeEthernet(this.#names.layout);
      this.#step({ ...key, kind: STEP.made, test: TEST.custom, custom, base, write });
    }
    const custom: CustomTest = made
      ? (view, at) => starts(view, at) === START_L2
      : (view, at) => starts(view, at) !== START_NONE;
    this.#object({ ...key, test: TEST.custom, custom, base }, () => this.#items(section.members, base));
  }

  // ---- members -----------------------------------------------------------------------------------------------------

  #items(items: readonly Item[], base: number): void {
    for (const item of items) {
      if (item.kind === "tagged") this.#tagged(item, base);
      else if (this.#form === "full" || item.origin === "retis") this.#member(item, base);
    }
  }

  #member(member: Member, base: number): void {
    const parts = { ...keyed(member.key), ...this.#presence(member, base), base };
    const { form } = member;
    switch (form.kind) {
      case "object": {
        const own = form.section === null ? base : (this.#names.layout.offsets[form.section] ?? 0);
        this.#object(parts, () => this.#items(form.members, own));
        break;
      }
      case "choice":
        this.#object(parts, () => this.#choice(form, base));
        break;
      case "text-only":
        break;
      default:
        this.#step({ ...parts, ...this.#leaf(form, base) });
    }
  }

  /** The tag, then the members of the case that it names. */
  #tagged({ tag, cases }: Tagged, base: number): void {
    this.#member(tag, base);
    const { form } = tag;
    const at = form.kind === "names" || form.kind === "interned" ? form.at : null;
    const where = new Map<number | string, number>();
    const number = (name: string): number | string =>
      form.kind === "names" ? (form.values[name] ?? name) : name;
    this.#choose(at, base, where, form.kind === "interned", () =>
      Object.entries(cases).map(([name, items]) => [number(name), () => this.#items(items, base)]),
    );
  }

  #choice(form: Extract<Form, { readonly kind: "choice" }>, base: number): void {
    this.#choose(form.at, base, new Map(), false, () =>
      form.options.map(({ key, value, members }) => [
        value,
        () => this.#object(keyed(key), () => this.#items(members, base)),
      ]),
    );
  }

  /** Steps of several cases, of which a number or an interned text chooses one. */
  #choose(
    at: Place | null,
    base: number,
    where: Map<number | string, number>,
    byText: boolean,
    cases: () => readonly (readonly [number | string, () => void])[],
  ): void {
    const choose = this.#step({
      kind: STEP.choose,
      cases: where,
      offset: at === null ? 0 : base + at.offset,
      size: at?.size ?? 4,
      byText,
    });
    const ends: Step[] = [];
    for (const [value, body] of cases()) {
      where.set(value, this.steps.length);
      body();
      ends.push(this.#step({ kind: STEP.goto }));
    }
    for (const end of [choose, ...ends]) end.skip = this.steps.length;
  }

  #leaf(form: Exclude<Form, { readonly kind: "object" | "choice" | "text-only" }>, base: number): Parts {
    switch (form.kind) {
      case "integer":
        return integer(form, base);
      case "boolean":
        return { kind: STEP.boolean, ...placed(form.at, base), mask: form.mask };
      case "names":
        return {
          kind: STEP.names,
          ...placed(form.at, base),
          names: new Map(
            Object.entries(form.values).map(([name, value]) => [value, literal(JSON.stringify(name))]),
          ),
        };
      case "chars":
        return { kind: STEP.chars, ...placed(form.at, base) };
      case "stack":
        // A section of the frame, and a member in JSON.
        return { write: this.#values.leaf(form), base: this.#names.layout.offsets.stack ?? 0 };
      default:
        return { write: this.#values.leaf(form) };
    }
  }

  #presence(member: Member, base: number): Parts {
    const { presence, form } = member;
    switch (presence?.kind) {
      case undefined:
        return {};
      case "bit":
        return { test: TEST.some, ...tested(presence.at, base), testMask: presence.mask };
      case "no-bit":
        return { test: TEST.none, ...tested(presence.at, base), testMask: presence.mask };
      case "while":
        return { test: TEST.some, ...tested(presence.at, base), testMask: -1 };
      case "nonzero":
        return nonzero(form, base);
      case "section":
        return this.#names.layout.offsets[presence.section] === undefined
          ? { test: TEST.some }
          : sectionTest(presence.section);
      case "subsystem":
      case "optional":
        return { test: TEST.custom, custom: this.#custom(presence, member, base) };
    }
  }

  #custom(presence: Presence, { form }: Member, base: number): CustomTest {
    if (presence.kind !== "subsystem" || form.kind !== "drop-reason") return () => false;
    return (view, at) => this.#values.hasSubsystem(form, view, at + base);
  }
}

const keyed = (key: string): Pick<Step, "key" | "first" | "next"> => {
  const quoted = `${JSON.stringify(key)}:`;
  return { key, first: literal(quoted), next: literal(`,${quoted}`) };
};

/** Bytes from the start of the frame. */
const placed = (at: Place, base: number): Pick<Step, "offset" | "size"> => ({
  offset: at.from === "frame" ? at.offset : base + at.offset,
  size: at.size,
});

function tested(at: Place, base: number): Pick<Step, "testOffset" | "testSize"> {
  const { offset, size } = placed(at, base);
  return { testOffset: offset, testSize: size };
}

function sectionTest(section: SectionName): Parts {
  const { offset, size } = structs.frame.members.present;
  return { test: TEST.some, testOffset: offset, testSize: size, testMask: SECTION_BITS[section] };
}

function nonzero(form: Form, base: number): Parts {
  if (!("at" in form)) return {};
  const where = tested(form.at, base);
  return form.at.size === 8
    ? { test: TEST.nonzero64, ...where }
    : { test: TEST.some, ...where, testMask: -1 };
}

function integer(form: Extract<Form, { readonly kind: "integer" }>, base: number): Parts {
  const { at, bits, shift, signed } = form;
  const place = placed(at, base);
  if (at.size === 8) return { kind: signed ? STEP.s64 : STEP.u64, ...place };
  if (signed) return { kind: STEP.s32, ...place };
  // Wider in the frame than Retis has it: its lower bits, as Retis shows them.
  if (bits < at.size * 8 || shift !== 0) return { kind: STEP.bits, ...place, shift, mask: 2 ** bits - 1 };
  return { kind: at.size === 1 ? STEP.u8 : at.size === 2 ? STEP.u16 : STEP.u32, ...place };
}
