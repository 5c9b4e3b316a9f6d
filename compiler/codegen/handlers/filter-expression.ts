// A named filter in a handler: its test -> one JavaScript expression, true or false as both verdicts have it.
import type { Test, TextSubject, UserTest } from "../../plan/predicate.js";
import { fields } from "../../schema/index.js";
import type { StringLoad, Value } from "../../schema/value.js";
import { assertNever } from "../../source/assert-never.js";
import { type ReadContext, readValue } from "./field-read.js";
import { type Alternative, alternativesOf, choose } from "./javascript-value.js";

/** Null somewhere inside: only the host could tell; such a part is undefined, which is false. */
export function testExpression(test: Test, context: ReadContext): string {
  switch (test.kind) {
    case "constant":
      return String(test.value);
    case "and":
    case "or":
      if (test.tests.length === 0) return String(test.kind === "and");
      return `(${test.tests.map((one) => testExpression(one, context)).join(test.kind === "and" ? " && " : " || ")})`;
    case "not":
      return `!${testExpression(test.test, context)}`;
    case "compare":
      return pairwise(test.left, test.right, context, (left, right) => {
        const op = test.op === "==" ? "==" : test.op;
        return `${parenthesized(left)} ${op} ${parenthesized(right)}`;
      });
    case "ranges": {
      const one = alternativesOf(test.value, context.access) ?? [];
      return choose(
        one,
        (value) => {
          const suffix = value.big ? "n" : "";
          const inside = test.ranges
            .map(({ from, to }) => {
              const text = parenthesized(value);
              if (from === to) return `${text} === ${from}${suffix}`;
              return `${text} >= ${from}${suffix} && ${text} <= ${to}${suffix}`;
            })
            .join(" || ");
          return test.negated ? `!(${inside || "false"})` : inside || "false";
        },
        "false",
      );
    }
    case "layer":
      return `!!${context.access.layer(test.anyOf)}`;
    case "section":
      return context.access.section(test.section) === null
        ? "false"
        : `!!${context.access.present(test.section).join("")}`;
    case "string":
      return `rts$is(${stringText(test.load, context)}, ${JSON.stringify(test.text)}, ${test.negated})`;
    case "glob":
      return `rts$matches(${globExpression(test.pattern)}, ${stringText(test.load, context)})`;
    case "regex":
    case "set-has":
    case "probe":
      return userTest(test, context);
    default:
      return assertNever(test);
  }
}

const parenthesized = (one: Alternative): string => (one.atom ? one.text : `(${one.text})`);

/** JavaScript compares numbers and BigInts exactly with `<` and `==`. */
function pairwise(
  left: Value,
  right: Value,
  context: ReadContext,
  text: (left: Alternative, right: Alternative) => string,
): string {
  const lefts = alternativesOf(left, context.access) ?? [];
  const rights = alternativesOf(right, context.access) ?? [];
  const both = lefts.flatMap((one) =>
    rights.map((other) => ({
      ...one,
      text: text(one, other),
      guards: [...new Set([...one.guards, ...other.guards])],
    })),
  );
  return choose(both, (one) => one.text, "false");
}

function stringText(load: StringLoad, context: ReadContext): string {
  const place = context.access.member(load.frame);
  if (place === null) return "undefined";
  const read = `rts$string(rts$o + ${place.offset}, ${load.size})`;
  return place.guards.length === 0 ? read : `(${place.guards.join(" && ")} ? ${read} : undefined)`;
}

function userTest(test: UserTest, context: ReadContext): string {
  switch (test.kind) {
    case "regex":
      return `rts$matches(/${test.source}/${test.flags.replace(/[gy]/g, "")}, ${subjectText(test.subject, context)})`;
    case "set-has": {
      const field = fields.get(test.name);
      if (field === undefined) return "false";
      // The host supplies the set as text: names where the numbers have some.
      const names =
        field.type.kind === "number-set"
          ? context.tables.enumOf(field.type.source).names
          : new Map<number, string>();
      const members = test.members.map((one) => names.get(Number(one)) ?? String(one));
      return `rts$has(${readValue(field, context)}, ${JSON.stringify(members)}, ${JSON.stringify(test.mode)})`;
    }
    case "probe": {
      const text = subjectText({ kind: "probe", what: test.what }, context);
      if (test.glob) return `rts$matches(${globExpression(test.text)}, ${text})`;
      return `rts$is(${text}, ${JSON.stringify(test.text)}, false)`;
    }
    default:
      return assertNever(test);
  }
}

function subjectText(subject: TextSubject, context: ReadContext): string {
  switch (subject.kind) {
    case "string":
      return stringText(subject.load, context);
    case "probe":
    case "field": {
      const name = subject.kind === "field" ? subject.name : subject.what === "name" ? "probe" : "probe.type";
      const field = fields.get(name);
      return field === undefined ? "undefined" : readValue(field, context);
    }
    default:
      return assertNever(subject);
  }
}

/** `*` and `?` over the whole text. */
function globExpression(pattern: string): string {
  const source = [...pattern]
    .map((character) => (character === "*" ? "[^]*" : character === "?" ? "[^]" : escaped(character)))
    .join("");
  return `/^${source}$/`;
}

const escaped = (character: string): string =>
  /[\w-]/.test(character) ? character : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
