// The definitions of sections -> JSON Schema 2020-12: of a line of an event file, which is an event, or in a sorted file the
// list of the events of one packet.
import { assertNever } from "../../source/assert-never.js";
import type { EventSection, Form, Item, Member, Tagged } from "./form.js";
import { eventSections } from "./index.js";

export type JsonSchema = { readonly [key: string]: unknown };

/** Where texts of a member say more than that they are texts. */
const BASE64 = { contentEncoding: "base64", pattern: "^[A-Za-z0-9+/]*={0,2}$" };

export function eventSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Retis Metadata",
    description: "A line of an event file: an event, or the events of one packet where the file is sorted.",
    type: ["object", "array"],
    properties: Object.fromEntries(
      eventSections.map((section) => [section.key, { $ref: `#/$defs/${section.key}` }]),
    ),
    required: ["common"],
    additionalProperties: false,
    items: { allOf: [{ $ref: "#" }, { type: "object" }] },
    minItems: 1,
    $defs: Object.fromEntries(eventSections.map((section) => [section.key, sectionSchema(section)])),
  };
}

const sectionSchema = (section: EventSection): JsonSchema => ({
  description: section.doc,
  ...objectSchema(section.members),
});

/** One schema where no tag decides; otherwise one for each case. */
function objectSchema(items: readonly Item[]): JsonSchema {
  const cases = expand(items);
  const [only] = cases;
  if (only !== undefined && cases.length === 1) return membersSchema(only);
  return { type: "object", oneOf: cases.map(membersSchema) };
}

/** A member, and the one value that a tag has in this case. */
interface CaseMember {
  readonly member: Member;
  readonly value: JsonSchema | null;
}

/** Lists of members, one for each way in which tags may turn out. */
function expand(items: readonly Item[]): readonly (readonly CaseMember[])[] {
  let lists: readonly (readonly CaseMember[])[] = [[]];
  for (const item of items) {
    const tails = item.kind === "member" ? [[{ member: item, value: null }]] : expandTagged(item);
    lists = lists.flatMap((list) => tails.map((tail) => [...list, ...tail]));
  }
  return lists;
}

function expandTagged({ tag, cases }: Tagged): readonly (readonly CaseMember[])[] {
  const named = Object.entries(cases).flatMap(([name, items]) =>
    expand(items).map((rest) => [{ member: tag, value: { const: name } }, ...rest]),
  );
  if (tag.form.kind === "names") return named;
  // A name without a case of its own has no more members.
  const others = { type: "string", not: { enum: Object.keys(cases) } };
  return [...named, [{ member: tag, value: others }]];
}

function membersSchema(members: readonly CaseMember[]): JsonSchema {
  return {
    type: "object",
    properties: Object.fromEntries(
      members.map(({ member, value }) => [
        member.key,
        { description: describe(member), ...(value ?? formSchema(member.form, member)) },
      ]),
    ),
    required: members.filter(({ member }) => member.presence === null).map(({ member }) => member.key),
    additionalProperties: false,
  };
}

const describe = (member: Member): string =>
  member.absent === null ? sentence(member.doc) : `${sentence(member.doc)}; absent ${member.absent}`;

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function formSchema(form: Form, member: Member): JsonSchema {
  switch (form.kind) {
    case "integer":
      return integerSchema(form.bits, form.signed);
    case "boolean":
      return { type: "boolean" };
    case "chars":
    case "interned":
    case "symbol":
    case "drop-reason":
      return { type: "string" };
    case "names":
      return { enum: Object.keys(form.values) };
    case "address":
      return { type: "string", pattern: "^([0-9]+(\\.[0-9]+){3}|[0-9a-f:]*:[0-9a-f:]*[0-9.]*)$" };
    case "words":
      return wordsSchema(form.count);
    case "packet-bytes":
      return { type: "string", ...BASE64 };
    case "stack":
      return { type: "array", items: { type: "string" } };
    case "probe":
      return form.what === "symbol"
        ? { type: "string" }
        : { enum: ["raw_tracepoint", "kprobe", "kretprobe"] };
    case "literal":
      return { const: form.value };
    case "empty":
      return form.of === "text" ? { type: "string" } : { type: "array", items: { type: "string" } };
    case "object":
      return objectSchema(form.members);
    case "choice":
      return {
        type: "object",
        properties: Object.fromEntries(
          form.options.map((option) => [option.key, objectSchema(option.members)]),
        ),
        minProperties: 1,
        maxProperties: 1,
        additionalProperties: false,
      };
    case "text-only":
      return textOnlySchema(form.of, member);
    default:
      return assertNever(form);
  }
}

function textOnlySchema(of: Extract<Form, { readonly kind: "text-only" }>["of"], member: Member): JsonSchema {
  switch (of) {
    case "text":
      return { type: "string" };
    case "texts":
      return { type: "array", items: { type: "string" } };
    case "u32":
      return integerSchema(32, false);
    case "u64":
      return integerSchema(64, false);
    case "s64":
      return integerSchema(64, true);
    case "words":
      return wordsSchema(4);
    default:
      return formSchema(of, member);
  }
}

/** Bounds beyond 2^53 are powers of two: as numbers of JavaScript they are the next number up, which loses nothing. */
function integerSchema(bits: number, signed: boolean): JsonSchema {
  const top = 2 ** (signed ? bits - 1 : bits);
  return { type: "integer", minimum: signed ? -top : 0, maximum: bits > 53 ? top : top - 1 };
}

const wordsSchema = (count: number): JsonSchema => ({
  type: "array",
  items: integerSchema(32, false),
  minItems: count,
  maxItems: count,
});
