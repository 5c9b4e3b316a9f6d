// The decisions that need context: keyword or name, set or JavaScript, probe or expression, where an item begins.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { acornSyntax } from "../../../compiler/syntax/javascript.js";
import { lexItem } from "../../../compiler/syntax/lexer.js";

/** `type:text` of each token of the first item. */
function kinds(text: string): readonly string[] {
  const { tokens, problems } = lexItem({ name: "lexer", text }, 0, acornSyntax);
  assert.deepEqual(problems, []);
  return tokens.map(({ tokenType, image }) => `${tokenType.name}:${image}`);
}

/** The texts of all items. */
function items(text: string): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    const { end } = lexItem({ name: "lexer", text }, at, acornSyntax);
    found.push(text.slice(at, end).trim());
    at = end;
  }
  return found;
}

describe("words", () => {
  it("are keywords between values and names where a value stands", () => {
    assert.deepEqual(kinds("on drop where where and print print x.in"), [
      ...[
        "On:on",
        "ProbeWord:drop",
        "Where:where",
        "Word:where",
        "And:and",
        "Word:print",
        "Print:print",
        "Word:x",
      ],
      ...["Dot:.", "Word:in"],
    ]);
  });
  it("that begin something else begin it after print", () => {
    assert.deepEqual(kinds("on drop print count print limit"), [
      ...["On:on", "ProbeWord:drop", "Print:print", "AggregateWord:count", "Print:print", "Limit:limit"],
    ]);
  });
  it("take a minus before a letter", () => {
    assert.deepEqual(kinds("filter f = echo-request - a-b -c-1").slice(3), [
      ...["Word:echo-request", "Minus:-", "Word:a-b", "Minus:-", "Word:c", "Minus:-", "Int:1"],
    ]);
    assert.deepEqual(kinds("filter f = $a-b").slice(3), ["OptionName:$a", "Minus:-", "Word:b"]);
  });
  it("such as any are operands before a dot only", () => {
    assert.deepEqual(kinds("filter f = any.tcp any any.udp").slice(3), [
      ...["Word:any", "Dot:.", "Word:tcp", "MembershipWord:any", "Word:any", "Dot:.", "Word:udp"],
    ]);
  });
  it("such as stack are functions before a parenthesis only", () => {
    assert.deepEqual(kinds("on a print stack, stack (3), since, since(a:b)").slice(3), [
      ...["Word:stack", "Comma:,", "Stack:stack", "LeftParen:(", "Int:3", "RightParen:)", "Comma:,"],
      ...["Word:since", "Comma:,", "Since:since", "LeftParen:(", "ProbeWord:a:b", "RightParen:)"],
    ]);
  });
});

describe("attach points", () => {
  it("are one word, with quoted paths", () => {
    assert.deepEqual(kinds('on tp:net:*, k:a?b||$p, usdt:"/a b/c":d:e print').slice(1, -1), [
      ...["ProbeWord:tp:net:*", "Comma:,", "ProbeWord:k:a?b", "Or:||", "OptionName:$p", "Comma:,"],
      'ProbeWord:usdt:"/a b/c":d:e',
    ]);
  });
  it("may be called like keywords", () => {
    assert.deepEqual(kinds("on print print"), ["On:on", "ProbeWord:print", "Print:print"]);
  });
  it("end with the list", () => {
    assert.deepEqual(kinds("on a where b || c, d").slice(2), [
      "Where:where",
      "Word:b",
      "Or:||",
      "Word:c",
      "Comma:,",
      "Word:d",
    ]);
    assert.deepEqual(kinds("on a print since(b, c:d by e), f:g".replace(":g", "")).slice(3), [
      ...[
        "Since:since",
        "LeftParen:(",
        "ProbeWord:b",
        "Comma:,",
        "ProbeWord:c:d",
        "By:by",
        "Word:e",
        "RightParen:)",
      ],
      ...["Comma:,", "Word:f"],
    ]);
  });
});

describe("braces", () => {
  it("are sets after in, has, any, contains, a colon and the value of an option", () => {
    for (const op of ["in", "not in", "has", "any", "contains"]) {
      assert.ok(kinds(`on a where b ${op} {c} {d}`).includes("JavaScriptBlock:{d}"), op);
      assert.ok(kinds(`on a where b ${op} {c} {d}`).includes("LeftBrace:{"), op);
    }
    assert.equal(kinds("option a: {port} = {1}").filter((kind) => kind === "LeftBrace:{").length, 2);
    assert.ok(kinds("set a = {1}").includes("LeftBrace:{"));
  });
  it("are JavaScript elsewhere, after a member called in too", () => {
    assert.deepEqual(kinds("on a where b.in {}").at(-1), "JavaScriptBlock:{}");
    assert.deepEqual(kinds("every 1s { `}` }").at(-1), "JavaScriptBlock:{ `}` }");
  });
});

describe("slashes", () => {
  it("open a regular expression after matches only", () => {
    assert.deepEqual(kinds("filter f = a matches /b c/i and d / e / g").slice(5), [
      ...["Regex:/b c/i", "And:and", "Word:d", "Slash:/", "Word:e", "Slash:/", "Word:g"],
    ]);
  });
  it("belong to networks without space only", () => {
    assert.deepEqual(kinds("filter f = 10.0.0.0/8 / 2 / ::/0").slice(3), [
      ...["Cidr:10.0.0.0/8", "Slash:/", "Int:2", "Slash:/", "Cidr:::/0"],
    ]);
  });
});

describe("literals", () => {
  it("stop at a range", () => {
    assert.deepEqual(
      kinds("filter f = a in {80..90, 10.0.0.1..10.0.0.9, ::1..fd00::2, 1s..2s, a.b..c}").slice(6, -1),
      [
        ...["Int:80", "DotDot:..", "Int:90", "Comma:,", "Ip:10.0.0.1", "DotDot:..", "Ip:10.0.0.9", "Comma:,"],
        ...[
          "Ip:::1",
          "DotDot:..",
          "Ip:fd00::2",
          "Comma:,",
          "Duration:1s",
          "DotDot:..",
          "Duration:2s",
          "Comma:,",
        ],
        ...["Word:a", "Dot:.", "Word:b", "DotDot:..", "Word:c"],
      ],
    );
  });
  it("with colons are MACs and IPv6 addresses, names of options are not", () => {
    assert.deepEqual(
      kinds("filter f = ab:cd:ef:01:02:03 | dead:: | fe80::1").filter((kind) => /^(Mac|Ip)/.test(kind)),
      [...["Mac:ab:cd:ef:01:02:03", "Ip:dead::", "Ip:fe80::1"]],
    );
    assert.deepEqual(kinds("option fade:cafe = 3").slice(1, 4), ["Word:fade", "Colon::", "Word:cafe"]);
  });
});

describe("items", () => {
  it("begin at their words, but not within values", () => {
    assert.deepEqual(items("on a where on print on b print end print; filter f = end every 5s stop"), [
      ...["on a where on print", "on b print", "end print;", "filter f = end", "every 5s stop"],
    ]);
  });
  it("begin with probe before a name and an equals sign only", () => {
    assert.deepEqual(items("on a print probe probe b = c print"), ["on a print probe", "probe b = c print"]);
    assert.deepEqual(items("on a print probe, b where probe == c"), ["on a print probe, b where probe == c"]);
  });
  it("do not begin inside JavaScript", () => {
    const text = "on a {\non b print\n}";
    assert.equal(lexItem({ name: "lexer", text }, 0, acornSyntax).end, text.length);
  });
  it("end a let where its expression ends", () => {
    assert.deepEqual(items("let a = b => ({ c: 1 })\nlet d\non e print"), [
      "let a = b => ({ c: 1 })",
      "let d",
      "on e print",
    ]);
    assert.deepEqual(items("let a = 1; let b = (2) set c = 3"), ["let a = 1;", "let b = (2)", "set c = 3"]);
  });
});
