// How a diagnostic looks, and the lines and near misses it is made with.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Diagnostic, Source, Span } from "../../../compiler/source/diagnostic.js";
import { lineText, placeOf } from "../../../compiler/source/lines.js";
import { edits, nearest } from "../../../compiler/source/nearest.js";
import { renderDiagnostic, renderDiagnostics } from "../../../compiler/source/render.js";

const source: Source = {
  name: "drops.rts",
  text: '// one\n\non drop where drop.reson == NO_SOCKET\n\ton\t"漢字" x\non drop {\n  a\n  b\n}\n',
};

function span(text: string, of: Source = source): Span {
  const start = of.text.indexOf(text);
  assert.ok(start >= 0, text);
  return { source: of, start, end: start + text.length };
}

const diagnostic = (place: Span, more: Partial<Diagnostic> = {}): Diagnostic => ({
  code: "E0203",
  severity: "error",
  span: place,
  message: "`drop` has no field `reson`",
  notes: [],
  ...more,
});

const render = (value: Diagnostic): string => renderDiagnostic(value, { color: false });

describe("a diagnostic", () => {
  it("looks as the language's description says", () => {
    assert.equal(
      render(diagnostic(span("drop.reson"), { help: "did you mean `drop.reason`?" })),
      `error[E0203]: \`drop\` has no field \`reson\`
 --> drops.rts:3:15
  |
3 | on drop where drop.reson == NO_SOCKET
  |               ^^^^^^^^^^ did you mean \`drop.reason\`?`,
    );
  });

  it("puts long help and notes below", () => {
    const help = "this is help that is too long to stand under the carets, where it would be hard to read";
    const lines = render(diagnostic(span("drop.reson"), { help, notes: [{ text: "why" }] })).split("\n");
    assert.deepEqual(lines.slice(4), ["  |               ^^^^^^^^^^", "  = note: why", `  = help: ${help}`]);
  });

  it("quotes the places of its notes", () => {
    const lines = render(
      diagnostic(span("drop.reson"), { notes: [{ text: "first here", span: span("on drop {") }] }),
    );
    assert.match(lines, /\nnote: first here\n --> drops.rts:5:1\n {2}\|\n5 \| on drop \{\n {2}\| \^{9}$/);
  });

  it("counts columns in characters and places carets in cells", () => {
    const lines = render(diagnostic({ ...span("x\non drop {"), end: span("x\non drop {").start + 1 })).split(
      "\n",
    );
    assert.equal(lines[1], " --> drops.rts:4:10");
    assert.equal(lines[3], '4 |     on    "漢字" x');
    assert.equal(lines[4]?.indexOf("^"), "4 |     on    ".length + '"漢字" '.length + 2);
  });

  it("shows the first and the last of several lines", () => {
    assert.deepEqual(
      render(diagnostic(span("{\n  a\n  b\n}"), { help: "did you?" }))
        .split("\n")
        .slice(2),
      ["  |", "5 | on drop {", "  |         ^", "...", "8 | }", "  | ^ did you?"],
    );
  });

  it("stands at the end of a text that ends too early", () => {
    const short: Source = { name: "-e", text: "on drop" };
    const lines = render(diagnostic({ source: short, start: 7, end: 7 })).split("\n");
    assert.deepEqual(lines.slice(1), [" --> -e:1:8", "  |", "1 | on drop", "  |        ^"]);
  });

  it("sends no control character of a script to the terminal", () => {
    const hostile: Source = { name: "a\u001b[2Jb", text: "on \u001b]0;x\u0007 \u202e drop" };
    const text = render(diagnostic({ source: hostile, start: 3, end: 4 }, { message: "\u001b[31m" }));
    assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}|\u202e/u);
  });

  it("cuts long lines around its place", () => {
    const long: Source = { name: "long", text: `${"a ".repeat(500)}HERE${" b".repeat(500)}` };
    const lines = render(diagnostic(span("HERE", long))).split("\n");
    const [shown = "", carets = ""] = lines.slice(3);
    assert.ok(shown.length < 200, `${shown.length}`);
    assert.equal(shown.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1), "HERE");
  });

  it("of a warning says so, and colours do not change the text", () => {
    const warning = diagnostic(span("drop.reson"), {
      severity: "warning",
      code: "W0101",
      notes: [{ text: "why" }],
    });
    assert.match(render(warning), /^warning\[W0101\]: /);
    const coloured = renderDiagnostic(warning, { color: true });
    assert.notEqual(coloured, render(warning));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    assert.equal(coloured.replace(/\u001b\[[\d;]*m/g, ""), render(warning));
  });

  it("is separated from the next by an empty line", () => {
    const one = diagnostic(span("drop.reson"));
    assert.equal(renderDiagnostics([one, one], { color: false }), `${render(one)}\n\n${render(one)}`);
  });
});

describe("places", () => {
  it("count lines and characters from one", () => {
    assert.deepEqual(placeOf(source, 0), { line: 1, column: 1 });
    assert.deepEqual(placeOf(source, 6), { line: 1, column: 7 });
    assert.deepEqual(placeOf(source, 7), { line: 2, column: 1 });
    assert.deepEqual(placeOf(source, source.text.length), { line: 9, column: 1 });
    assert.deepEqual(placeOf({ name: "wide", text: "😀x" }, 2), { line: 1, column: 2 });
  });
  it("know lines without their ends", () => {
    const windows: Source = { name: "crlf", text: "a\r\nb\r\n" };
    assert.deepEqual(
      [1, 2, 3].map((line) => lineText(windows, line)),
      ["a", "b", ""],
    );
  });
});

describe("near misses", () => {
  it("count edits, a swap as one", () => {
    assert.equal(edits("pritn", "print"), 1);
    assert.equal(edits("reson", "reason"), 1);
    assert.equal(edits("", "abc"), 3);
    assert.equal(edits("kitten", "sitting"), 3);
  });
  it("are found for misspelt words", () => {
    const words = [
      "print",
      "where",
      "count",
      "clear",
      "drop.reason",
      "drop.location",
      "tcp.dport",
      "tcp.sport",
    ];
    const expected = [
      ...[
        ["pritn", "print"],
        ["wher", "where"],
        ["Clear", "clear"],
        ["drop.reson", "drop.reason"],
      ],
      ...[
        ["tcp.dprt", "tcp.dport"],
        ["drop.locaton", "drop.location"],
      ],
    ];
    for (const [word = "", near] of expected) assert.equal(nearest(word, words), near, word);
  });
  it("are not found for other words", () => {
    for (const word of ["x", "stack", "ip", "hello", "prometheus"])
      assert.equal(nearest(word, ["print", "stats", "on", "in"]), null, word);
  });
});
