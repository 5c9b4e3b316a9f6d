// `set buffer = 32MB` -> the settings of the run.
import * as catalog from "../source/catalog/check.js";
import { nearest } from "../source/nearest.js";
import type { Literal, Setting } from "../syntax/ast.js";
import type { Settings } from "./checked.js";
import type { Report } from "./collect-declarations.js";

interface SettingRule {
  readonly expected: string;
  readonly example: string;
  readonly from: bigint;
  readonly to: bigint;
}

const rules: ReadonlyMap<keyof Settings, SettingRule> = new Map([
  // A ring of less than a page cannot be made, and one of 2 GiB or more not be mapped (its size is 32 bits, twice mapped).
  ["buffer", { expected: "a size from 4KiB to 1GiB", example: "32MB", from: 4096n, to: 1n << 30n }],
  // What a frame can carry: 16 bits of captured length.
  ["snaplen", { expected: "a size up to 65535 bytes", example: "256", from: 0n, to: 65_535n }],
]);

const isKnown = (name: string): name is keyof Settings => [...rules.keys()].some((known) => known === name);

export function checkSettings(items: readonly Setting[], report: Report): Settings {
  const values: Record<keyof Settings, number | null> = { buffer: null, snaplen: null };
  const before = new Map<string, Setting>();
  for (const item of items) {
    const name = item.name.text;
    const rule = isKnown(name) ? rules.get(name) : undefined;
    if (!isKnown(name) || rule === undefined) {
      const known = [...rules.keys()];
      report(catalog.unknownSetting(item.name.span, name, nearest(name, known), known));
      continue;
    }
    const first = before.get(name);
    if (first !== undefined) report(catalog.settingTwice(item.name.span, name, first.name.span));
    before.set(name, item);
    const bytes = bytesOf(item.value);
    if (bytes === null || bytes < rule.from || bytes > rule.to)
      report(catalog.wrongSetting(item.value.span, name, rule.expected, rule.example));
    else values[name] = Number(bytes);
  }
  return values;
}

function bytesOf(literal: Literal): bigint | null {
  if (literal.kind === "size") return literal.bytes;
  return literal.kind === "int" ? literal.value : null;
}
