// A path such as `tcp.dport`, `web`, `NO_SOCKET` -> what it means, or the sentence that says what is wrong with it.
import type { KernelFacts } from "../kernel-facts.js";
import { unalias } from "../schema/aliases.js";
import * as schema from "../schema/index.js";
import type { SectionName } from "../schema/value.js";
import { notYet } from "../source/catalog/check.js";
import * as catalog from "../source/catalog/check-expressions.js";
import type { Diagnostic } from "../source/diagnostic.js";
import { nearest } from "../source/nearest.js";
import type { Path } from "../syntax/ast.js";
import type { Reference } from "./checked.js";
import type { Report, Scope } from "./collect-declarations.js";
import { findMember, hasNames, type NamedType, namesWhat } from "./enum-member.js";
import { futureFields, futureWords } from "./future-words.js";
import { services } from "./services.js";
import type { Type } from "./type.js";

/** `true` and `false` are values, and the only names without a reference. */
export type Named =
  | Reference
  | { readonly kind: "truth"; readonly value: boolean }
  /** Reported. */
  | null;

export const pathText = (path: Path): string =>
  [path.head.text, ...path.tail.flatMap((step) => (step.kind === "member" ? [step.name.text] : []))].join(
    ".",
  );

/** `opposite`: the type of what it is compared with, whose names come first. */
export function resolvePath(
  path: Path,
  opposite: Type | null,
  scope: Scope,
  kernel: KernelFacts,
  report: Report,
): Named {
  const alone = path.tail.length === 0;
  if (alone && opposite !== null && hasNames(opposite)) {
    const member = resolveMember(path, opposite, scope, kernel, report);
    if (member !== "other") return member;
  }
  const name = pathText(path);
  if (alone) {
    if (name === "true" || name === "false") return { kind: "truth", value: name === "true" };
    const filter = scope.filters.get(name);
    if (filter !== undefined) return { kind: "filter", filter };
  }
  const indexed = path.tail.some((step) => step.kind === "index");
  const known = indexed ? null : schema.lookUp(name);
  const entry = known === null || sectionsOf(known).every((one) => scope.sections.has(one)) ? known : null;
  switch (entry?.kind) {
    case "field":
      return { kind: "field", field: entry };
    case "either":
      return { kind: "either", field: entry };
    case "section":
      return { kind: "section", word: entry };
    default:
      report(unknown(path, name, indexed, opposite, scope));
      return null;
  }
}

const sectionsOf = (entry: schema.Entry): readonly SectionName[] =>
  entry.kind === "either" ? entry.sides.flatMap((side) => side.sections) : entry.sections;

/** "other": it is no member, but may be the name of something else. */
function resolveMember(
  path: Path,
  type: NamedType,
  scope: Scope,
  kernel: KernelFacts,
  report: Report,
): Named | "other" {
  const word = path.head.text;
  const member = findMember(type, word, kernel);
  switch (member.kind) {
    case "member":
      return { kind: "member", name: word, value: member.value };
    case "foreign":
      report(catalog.foreignMember(path.span, word, namesWhat(type), kernel.release));
      return { kind: "member", name: word, value: null };
    case "no-enum":
      return { kind: "member", name: word, value: null };
    case "unknown": {
      const entry = schema.lookUp(word);
      if (entry?.kind === "field" || entry?.kind === "either" || scope.filters.has(word)) return "other";
      report(
        catalog.unknownMember(path.span, word, namesWhat(type), nearest(word, member.known), member.known),
      );
      return null;
    }
  }
}

function unknown(
  path: Path,
  name: string,
  indexed: boolean,
  opposite: Type | null,
  scope: Scope,
): Diagnostic {
  const { span, head } = path;
  const respelt = unalias(name) ?? name;
  const future = futureFields.get(respelt);
  if (future !== undefined) return notYet(span, `\`${name}\` is`, future);
  const wayOut = futureWords.get(head.text);
  if (wayOut !== undefined) return notYet(span, `\`${head.text}\` is`, wayOut);
  if (name === "tcp.ack") return catalog.ambiguousAck(span);
  if (path.tail.length === 0) return unknownWord(path, opposite, scope);
  if (scope.filters.has(head.text)) return catalog.filterMember(span, head.text);
  if (indexed) return catalog.indexedName(span, head.text);
  const word = respelt.split(".")[0] ?? respelt;
  const under = schema.allNames.filter((one) => one.startsWith(`${word}.`));
  if (under.length > 0) {
    const near = nearestUnder(word, respelt, under);
    const field = name.slice(head.text.length + 1);
    return catalog.unknownField(span, head.text, field, near, schema.fieldsOf(word));
  }
  if (schema.lookUp(word) !== null) {
    return catalog.unknownField(span, head.text, name.slice(head.text.length + 1), null, []);
  }
  return catalog.unknownName(span, name, canonical(nearest(name, schema.allNames)));
}

/** The nearest field of one section; else one of another section that ends alike (`ip.dport` -> `tcp.dport`). */
function nearestUnder(word: string, name: string, under: readonly string[]): string | null {
  const field = name.slice(word.length + 1);
  const ends = under.map((one) => one.slice(word.length + 1));
  const near = nearest(field, ends);
  if (near !== null) return canonical(`${word}.${near}`);
  return endingIn(field) ?? canonical(nearest(name, schema.allNames));
}

const canonical = (name: string | null): string | null =>
  name === null ? null : (schema.lookUp(name)?.name ?? name);

/** `dport` -> `tcp.dport`: fields come before either-fields, in the order of the help. */
function endingIn(word: string): string | null {
  const found = schema.allNames.find((name) => name.endsWith(`.${word}`));
  return found === undefined ? null : canonical(found);
}

function unknownWord(path: Path, opposite: Type | null, scope: Scope): Diagnostic {
  const { span } = path;
  const word = path.head.text;
  const variable = scope.lets.get(word);
  if (variable !== undefined) return catalog.variableInTest(span, word, variable.name.span);
  if (opposite?.kind === "string") return catalog.unquoted(span, word);
  const port = services.get(word.toLowerCase());
  if (opposite?.kind === "integer" && port !== undefined) return catalog.serviceName(span, word, port);
  if (opposite?.kind === "address") return catalog.hostName(span, word);
  const names = [...scope.filters.keys(), ...schema.allNames];
  return catalog.unknownName(span, word, endingIn(word) ?? canonical(nearest(word, names)));
}
