// One event as a line of JSON, by the sections' definitions: Retis' keys and ours beside them, or Retis' alone; joined with
// what the event's section `extra` has, which is nothing for nearly all events.
import { structs } from "../../compiler/schema/generated/layout.js";
import { sectionAt } from "../events/frame.js";
import { literal } from "../packet/literal.js";
import type { TextWriter } from "../packet/text-writer.js";
import { type JsonForm, jsonProgram, STEP, type Step, TEST } from "./json-program.js";
import { splitObject } from "./json-span.js";
import { JsonValues, writeChars } from "./json-values.js";
import type { Names } from "./names.js";

export type { JsonForm } from "./json-program.js";

/** What `extra` has for an object: key -> JSON, and which of the keys were written already. */
interface Extra {
  readonly members: ReadonlyMap<string, string>;
  readonly written: Set<string>;
}

const TRUE = literal("true");
const FALSE = literal("false");

const extraMember = structs.section_extra.members.json;

export class EventJson {
  readonly #names: Names;
  readonly #steps: readonly Step[];

  constructor(names: Names, form: JsonForm = "full") {
    this.#names = names;
    this.#steps = jsonProgram(names, new JsonValues(names), form);
  }

  /** Writes the event at `at` and a newline. */
  write(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    this.writeObject(out, bytes, view, at);
    out.char(10);
  }

  /** Writes the event at `at` alone. */
  writeObject(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    const section = sectionAt(this.#names.layout, view, at, "extra");
    if (section < 0) this.#run(out, bytes, view, at);
    else {
      const json = this.#names.strings.text(view.getUint32(section + extraMember.offset, true));
      this.#runWith(splitObject(json), out, bytes, view, at);
    }
  }

  /** The loop for events that are all in their frame. */
  #run(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
    const steps = this.#steps;
    let fresh = true;
    for (let index = 0; index < steps.length; ) {
      const step = steps[index];
      if (step === undefined) return;
      if (step.test !== TEST.always && !holds(step, view, at)) {
        index = step.skip;
        continue;
      }
      index++;
      switch (step.kind) {
        case STEP.close:
          out.char(125);
          fresh = false;
          continue;
        case STEP.choose:
          index = this.#chosen(step, view, at);
          continue;
        case STEP.goto:
        case STEP.extra:
          index = step.skip;
          continue;
        default:
          out.literal(fresh ? step.first : step.next);
          fresh = step.kind === STEP.open;
          if (fresh) out.char(123);
          else writeStep(step, out, bytes, view, at);
      }
    }
  }

  /** The same, where members stand beside the frame. */
  #runWith(
    event: ReadonlyMap<string, string>,
    out: TextWriter,
    bytes: Buffer,
    view: DataView,
    at: number,
  ): void {
    const steps = this.#steps;
    const around: (Extra | null)[] = [];
    let extra: Extra | null = null;
    let fresh = true;
    for (let index = 0; index < steps.length; ) {
      const step = steps[index];
      if (step === undefined) return;
      const there = step.test === TEST.always || holds(step, view, at);
      const added: string | undefined = addedTo(step, extra);
      if (added !== undefined) extra?.written.add(step.key);
      if (added !== undefined && !(there && (step.kind === STEP.open || step.kind === STEP.made))) {
        out.literal(fresh ? step.first : step.next);
        fresh = false;
        out.utf8(added);
        index = step.skip;
        continue;
      }
      if (!there) {
        index = step.skip;
        continue;
      }
      index++;
      switch (step.kind) {
        case STEP.close:
          writeRest(out, extra, fresh);
          out.char(125);
          fresh = false;
          extra = around.pop() ?? null;
          continue;
        case STEP.choose:
          index = this.#chosen(step, view, at);
          continue;
        case STEP.goto:
        case STEP.extra:
          index = step.skip;
          continue;
        case STEP.open: {
          out.literal(fresh ? step.first : step.next);
          out.char(123);
          fresh = true;
          const members: ReadonlyMap<string, string> | null =
            index === 1 ? event : added === undefined ? null : splitObject(added);
          around.push(extra);
          extra = members === null ? null : { members, written: new Set() };
          continue;
        }
        default:
          out.literal(fresh ? step.first : step.next);
          fresh = false;
          writeStep(step, out, bytes, view, at);
      }
    }
  }

  #chosen(step: Step, view: DataView, at: number): number {
    const number = readNumber(view, at + step.offset, step.size);
    const value = step.byText ? this.#names.strings.text(number) : number;
    return step.cases?.get(value) ?? step.skip;
  }
}

/** What `extra` has for the step's key; undefined: nothing, or it was written already. */
function addedTo(step: Step, extra: Extra | null): string | undefined {
  if (extra === null || step.key === "" || extra.written.has(step.key)) return undefined;
  return extra.members.get(step.key);
}

/** Members of the object that no step has written. */
function writeRest(out: TextWriter, extra: Extra | null, before: boolean): void {
  let fresh = before;
  for (const [key, json] of extra?.members ?? []) {
    if (extra?.written.has(key) === true) continue;
    if (!fresh) out.char(44);
    fresh = false;
    out.utf8(JSON.stringify(key));
    out.char(58);
    out.utf8(json);
  }
}

function holds(step: Step, view: DataView, at: number): boolean {
  switch (step.test) {
    case TEST.some:
      return (readNumber(view, at + step.testOffset, step.testSize) & step.testMask) !== 0;
    case TEST.none:
      return (readNumber(view, at + step.testOffset, step.testSize) & step.testMask) === 0;
    case TEST.nonzero64:
      return (
        view.getUint32(at + step.testOffset, true) !== 0 ||
        view.getUint32(at + step.testOffset + 4, true) !== 0
      );
    default:
      return step.custom?.(view, at) ?? false;
  }
}

/** Unsigned, of at most 32 bits. */
function readNumber(view: DataView, offset: number, size: number): number {
  if (size === 4) return view.getUint32(offset, true);
  return size === 2 ? view.getUint16(offset, true) : view.getUint8(offset);
}

function writeStep(step: Step, out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
  const place = at + step.offset;
  switch (step.kind) {
    case STEP.u8:
      out.dec(view.getUint8(place));
      break;
    case STEP.u16:
      out.dec(view.getUint16(place, true));
      break;
    case STEP.u32:
      out.dec(view.getUint32(place, true));
      break;
    case STEP.u64:
      out.dec64(view.getUint32(place + 4, true), view.getUint32(place, true));
      break;
    case STEP.s32:
      out.dec(view.getInt32(place, true));
      break;
    case STEP.s64:
      out.decBig(view.getBigInt64(place, true));
      break;
    case STEP.bits:
      out.dec((readNumber(view, place, step.size) >>> step.shift) & step.mask);
      break;
    case STEP.boolean:
      out.literal((readNumber(view, place, step.size) & step.mask) !== 0 ? TRUE : FALSE);
      break;
    case STEP.names: {
      const number = readNumber(view, place, step.size);
      const name = step.names?.get(number);
      if (name === undefined) out.ascii(`"${number}"`);
      else out.literal(name);
      break;
    }
    case STEP.chars:
      writeChars(out, bytes, place, step.size);
      break;
    default:
      step.write?.(out, bytes, view, at, at + step.base);
  }
}
