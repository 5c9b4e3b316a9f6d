// The reference of fields is `retis help fields`: it has every field, and docs/language.md names every section.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fieldAliases } from "../../compiler/schema/aliases.js";
import { eithers, fields, words } from "../../compiler/schema/index.js";
import { fieldsText, fieldText } from "../../runtime/cli/help-fields.js";
import { kernel } from "../kernel-facts.js";
import { readDocument } from "./blocks.js";

describe("help on fields", () => {
  const lines = fieldsText().split("\n");

  it("has a line for every field, with a type and a meaning", () => {
    for (const name of [...fields.keys(), ...eithers.keys(), ...words.keys()]) {
      const line = lines.find((one) => one.startsWith(`  ${name} `));
      assert.match(line ?? "", /^ {2}\S+ +\S+ +\S.*\S$/, name);
    }
  });

  it("says when a field is absent, in its line or under its section's title", () => {
    let usual = "";
    for (const line of lines) {
      if (!line.startsWith(" ")) usual = "";
      if (line.startsWith("  absent ")) usual = line.slice("  absent ".length);
      const field = fields.get(line.trim().split(" ")[0] ?? "");
      if (field === undefined || field.absent === null || / section /.test(line)) continue;
      assert.ok(line.includes(`absent ${field.absent}`) || field.absent === usual, line);
    }
  });

  it("explains every name, and lists the names of its values", () => {
    for (const name of [...fields.keys(), ...eithers.keys(), ...words.keys(), ...fieldAliases.keys()])
      assert.notEqual(
        fieldText(name, () => kernel),
        null,
        name,
      );
    assert.match(fieldText("drop.reason", () => kernel) ?? "", /names .*NO_SOCKET/);
    assert.match(fieldText("drop.reason", () => null) ?? "", /no enum skb_drop_reason/);
    assert.match(fieldText("icmp.type", () => null) ?? "", /names .*echo-request/);
    assert.match(fieldText("tcp.dstport", () => null) ?? "", /^tcp\.dport: /);
    assert.equal(
      fieldText("tcp.no_such", () => kernel),
      null,
    );
  });
});

it("docs/language.md names every section", () => {
  const language = readDocument("docs/language.md");
  const sections = new Set([...fields.keys(), ...eithers.keys()].map((name) => name.split(".")[0] ?? name));
  for (const section of sections) assert.match(language, new RegExp(`\`${section}[\`.]`), section);
});
