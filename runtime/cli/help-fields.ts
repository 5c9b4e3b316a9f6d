// `retis help fields` and `retis help FIELD`: what stands in the registry of fields, as text.
import { typeName } from "../../compiler/check/describe-type.js";
import type { KernelFacts } from "../../compiler/kernel-facts.js";
import { enumNames } from "../../compiler/schema/enum-names.js";
import type { EitherField, EnumSource, Field, SectionWord } from "../../compiler/schema/field.js";
import { aliasesOf, lookUp, schemas } from "../../compiler/schema/index.js";
import type { SectionSchema } from "../../compiler/schema/section.js";

/** A type in one word, as a reader of the list needs it. */
function shortType(field: Field): string {
  const { type } = field;
  switch (type.kind) {
    case "integer":
      return type.unit ?? "number";
    case "boolean":
      return "bool";
    case "enum":
      return "name";
    case "number-set":
      return "set";
    case "symbol":
      return "place";
    case "string":
      return "text";
    default:
      return type.kind;
  }
}

const INTRODUCTION = `Fields, by section. A section's word alone (\`tcp\`) tests that it is there. A comparison with an absent field is false.
bytes and ns are numbers with a unit; a name is one of a list that \`retis help FIELD\` shows, with other spellings.
`;

/** Every field with its type, meaning and when it is absent. */
export const fieldsText = (): string => [INTRODUCTION, ...schemas.map(sectionText)].join("\n");

function sectionText(schema: SectionSchema): string {
  const { title, words, fields, eithers } = schema;
  const usual = usualAbsence(fields);
  const lines = [title];
  if (usual !== null) lines.push(`  absent ${usual}`);
  for (const word of words) lines.push(row(word.name, "section", word.doc));
  for (const field of fields)
    lines.push(row(field.name, shortType(field), field.doc + absence(field, usual)));
  for (const either of eithers) lines.push(row(either.name, "either", either.doc));
  return `${lines.join("\n")}\n`;
}

const row = (name: string, type: string, meaning: string): string =>
  `  ${name.padEnd(18)} ${type.padEnd(8)} ${meaning}`;

/** What most fields of a section say, said once. */
function usualAbsence(fields: readonly Field[]): string | null {
  const counts = new Map<string, number>();
  for (const { absent } of fields) if (absent !== null) counts.set(absent, (counts.get(absent) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most !== undefined && most[1] > 1 && 2 * most[1] >= fields.length ? most[0] : null;
}

function absence({ absent }: Field, usual: string | null): string {
  if (absent === usual) return "";
  return absent === null ? "; never absent" : `; absent ${absent}`;
}

/** What a name means, canonical or not; null: nothing. `kernel` null: no BTF, so names of its enums are unknown. */
export function fieldText(name: string, kernel: () => KernelFacts | null): string | null {
  const entry = lookUp(name);
  if (entry === null) return null;
  const lines = [`${entry.name}: ${entry.doc}`];
  const add = (title: string, text: string): void => {
    lines.push(...wrapped(text).map((line, index) => `  ${(index === 0 ? title : "").padEnd(10)} ${line}`));
  };
  const others = aliasesOf(entry.name);
  if (others.length > 0) add("also", others.join(", "));
  switch (entry.kind) {
    case "field":
      describe(entry, add, kernel);
      break;
    case "either":
      describeEither(entry, add);
      break;
    case "section":
      describeSection(entry, add);
      break;
  }
  return `${lines.join("\n")}\n`;
}

/** Lines of at most a hundred characters; a word that is longer stands alone. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= 100) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

type Add = (title: string, text: string) => void;

function describe(field: Field, add: Add, kernel: () => KernelFacts | null): void {
  add("type", typeName(field.type));
  add("absent", field.absent ?? "never");
  if (field.value.kind === "computed") add("decided", `in user space: ${field.value.reason}`);
  const { type } = field;
  if (type.kind === "flags") add("names", [...type.bits.keys()].join(" "));
  if (type.kind === "enum" || type.kind === "number-set") add("names", namesOf(type.source, kernel));
}

function namesOf(source: EnumSource, kernel: () => KernelFacts | null): string {
  const facts = source.kind === "fixed" ? null : kernel();
  const names = enumNames(source, { enumValues: (name) => facts?.enumValues(name) ?? null });
  if (names === null) return `this kernel has no enum ${source.name}`;
  const seen = new Map<bigint, string[]>();
  for (const [name, value] of names.shown) seen.set(value, [...(seen.get(value) ?? []), name]);
  return [...seen.values()].map((same) => same.join(" or ")).join(", ");
}

function describeEither({ sides }: EitherField, add: Add): void {
  const [one, other] = sides;
  add(
    "means",
    `${one.name} or ${other.name}: some side for == < <= > >= in matches, no side for != and not in`,
  );
}

function describeSection(word: SectionWord, add: Add): void {
  add("alone", "tests that it is there");
  const schema = schemas.find(({ words }) => words.includes(word));
  const fields = [...(schema?.fields ?? []), ...(schema?.eithers ?? [])]
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`${word.name}.`));
  if (fields.length > 0) add("fields", fields.join(", "));
}
