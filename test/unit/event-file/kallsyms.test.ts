// Names of kernel addresses, from a table made by hand and from this kernel's own.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Kallsyms } from "../../../runtime/kernel/kallsyms.js";
import { notBuilt } from "../addon/fixture.js";

const skip = notBuilt;

function withTable(text: string, use: (symbols: Kallsyms) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "retis-kallsyms-"));
  try {
    writeFileSync(join(folder, "kallsyms"), text);
    const symbols = Kallsyms.open(join(folder, "kallsyms"));
    use(symbols);
    symbols.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const TABLE = `0000000000000000 A fixed_percpu_data
ffffffff81000000 T _text
ffffffff81000100 t first
ffffffff81000100 T second
ffffffff81000200 D data_between
ffffffff81000300 W weak_one
ffffffffc0300000 t in_module\t[nf_tables]
ffffffff81000400 T out_of_order
`;

test("the symbol below an address, with the distance", { skip }, () => {
  withTable(TABLE, (symbols) => {
    const name = (low: number, high = 0xffffffff): string => symbols.name(high, low);
    assert.equal(name(0x81000000), "_text+0x0");
    assert.equal(name(0x810000ff), "_text+0xff");
    assert.match(name(0x81000110), /^(first|second)\+0x10$/);
    assert.match(name(0x810002f0), /^(first|second)\+0x1f0$/, "data is no place to run");
    assert.equal(name(0x81000304), "weak_one+0x4");
    assert.equal(name(0x81000404), "out_of_order+0x4");
    assert.equal(name(0xc0300010), "in_module+0x10");
    assert.equal(name(0x80ffffff), "0xffffffff80ffffff");
    assert.equal(symbols.name(0, 0x10), "0x000000010");
    assert.equal(name(0x81000304), "weak_one+0x4", "once more");
  });
});

test("what is there, and whether it may be seen", { skip }, () => {
  withTable(TABLE, (symbols) => {
    for (const known of ["_text", "in_module", "weak_one"]) assert.equal(symbols.has(known), true, known);
    for (const unknown of ["data_between", "in_mod", "in_module\t[nf_tables]", ""])
      assert.equal(symbols.has(unknown), false, unknown);
  });
  withTable("0000000000000000 T _text\n0000000000000000 T other\n", (symbols) => {
    assert.equal(symbols.hidden(), true);
    assert.equal(symbols.name(0xffffffff, 0x81000000), "0xffffffff81000000");
  });
  const perCpu = "0000000000000000 A fixed_percpu_data\n0000000000001000 A cpu_debug_store\n";
  withTable(perCpu, (symbols) => assert.equal(symbols.hidden(), false));
  for (const odd of ["", "\n\n", "ffffffff81000000 T", "no table at all, but some text of some length"])
    withTable(odd, (symbols) => assert.equal(symbols.name(1, 2), "0x100000002"));
});

test("this kernel's functions", { skip: skip || (process.getuid?.() !== 0 && "needs root") }, () => {
  const symbols = Kallsyms.open();
  const lines = readFileSync("/proc/kallsyms", "latin1").split("\n");
  const places = new Map<string, number>();
  for (const line of lines) places.set(line.slice(0, 16), (places.get(line.slice(0, 16)) ?? 0) + 1);
  let checked = 0;
  for (let index = 0; index < lines.length; index += 997) {
    const match = /^([0-9a-f]{8})([0-9a-f]{8}) [tT] (\S+)/.exec(lines[index] ?? "");
    if (match === null || /^0+$/.test(match[1] ?? "") || places.get(`${match[1]}${match[2]}`) !== 1) continue;
    assert.equal(symbols.name(parseInt(match[1] ?? "", 16), parseInt(match[2] ?? "", 16)), `${match[3]}+0x0`);
    assert.equal(symbols.has(match[3] ?? ""), true);
    checked++;
  }
  assert.ok(checked > 10 || symbols.hidden(), `${checked} symbols`);
  symbols.close();
});
