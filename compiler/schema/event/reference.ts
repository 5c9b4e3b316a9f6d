// The definitions of sections -> docs/events.md: every key of an event's JSON, its type, what it means, when it is absent.
import type { Form, Item, Member } from "./form.js";
import { eventSections } from "./index.js";

const OPENING = `# Events as JSON

\`--format json\` prints an object a line; \`--format retis-json\` writes files that Retis 1.7 reads, of the same keys without
those marked *ours*. \`retis schema\` prints the same as JSON Schema. A member that is not there is absent, never null.
Numbers of 64 bits exceed what JavaScript's \`JSON.parse\` keeps exact.
`;

export function eventReference(): string {
  const sections = eventSections.map(({ key, doc, members }) => {
    const rows = rowsOf(members, "", null).map(
      ({ path, type, absent, text }) => `| \`${path}\` | ${type} | ${text} | ${absent} |`,
    );
    return [
      `## ${key}`,
      "",
      `${doc}.`,
      "",
      "| key | type | meaning | absent |",
      "|---|---|---|---|",
      ...rows,
    ].join("\n");
  });
  return `${[OPENING.trimEnd(), ...sections].join("\n\n")}\n`;
}

interface Row {
  readonly path: string;
  readonly type: string;
  readonly absent: string;
  readonly text: string;
}

/** `when`: the tag's value that these members go with. */
function rowsOf(items: readonly Item[], prefix: string, when: string | null): readonly Row[] {
  return items.flatMap((item) => {
    if (item.kind === "member") return rowsOfMember(item, prefix, when);
    const { tag, cases } = item;
    return [
      ...rowsOfMember(tag, prefix, when),
      ...Object.entries(cases).flatMap(([name, members]) => rowsOf(members, prefix, `${tag.key} is ${name}`)),
    ];
  });
}

function rowsOfMember(member: Member, prefix: string, when: string | null): readonly Row[] {
  const path = `${prefix}${member.key}`;
  const conditions = [when === null ? null : `unless ${when}`, member.absent].filter((one) => one !== null);
  const row: Row = {
    path,
    type: typeName(member.form),
    absent: conditions.join("; "),
    text: `${escaped(member.doc)}${member.origin === "ours" ? " (*ours*)" : ""}`,
  };
  const inner = innerOf(member.form);
  return [row, ...inner.flatMap(({ items, under }) => rowsOf(items, `${path}.${under}`, null))];
}

function innerOf(form: Form): readonly { readonly items: readonly Item[]; readonly under: string }[] {
  switch (form.kind) {
    case "object":
      return [{ items: form.members, under: "" }];
    case "choice":
      return form.options.map(({ key, members }) => ({ items: members, under: `${key}.` }));
    case "text-only":
      return typeof form.of === "string" ? [] : innerOf(form.of);
    default:
      return [];
  }
}

function typeName(form: Form): string {
  switch (form.kind) {
    case "integer":
      return `${form.signed ? "s" : "u"}${form.bits}`;
    case "boolean":
      return "bool";
    case "names":
      return Object.keys(form.values)
        .map((name) => `\`${name}\``)
        .join(", ");
    case "probe":
      return form.what === "symbol" ? "text" : "`raw_tracepoint`, `kprobe`, `kretprobe`";
    case "literal":
      return `\`${form.value}\``;
    case "address":
      return "address";
    case "words":
      return `[u32; ${form.count}]`;
    case "packet-bytes":
      return "base64";
    case "stack":
      return "[text]";
    case "empty":
      return form.of === "text" ? "text" : "[text]";
    case "object":
      return "object";
    case "choice":
      return "one of";
    case "text-only":
      return typeof form.of === "string" ? TEXT_ONLY[form.of] : "object";
    default:
      return "text";
  }
}

const TEXT_ONLY = {
  text: "text",
  texts: "[text]",
  u32: "u32",
  u64: "u64",
  s64: "s64",
  words: "[u32; 4]",
} as const;

const escaped = (text: string): string => text.replaceAll("|", "\\|");
