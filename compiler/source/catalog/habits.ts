// What stage 2 says about habits of other tools (bpftrace, awk, C, shell, pcap-filter): each shows the right form.
import type { Diagnostic, Note, Span } from "../diagnostic.js";

const habit = (
  code: string,
  span: Span,
  message: string,
  help: string,
  notes: readonly Note[] = [],
): Diagnostic => ({ code, severity: "error", span, message, notes, help });

/** `on drop /tcp.dport == 80/ { … }` */
export const slashPredicate = (span: Span, predicate: string | null): Diagnostic =>
  habit(
    "E0130",
    span,
    "a predicate does not stand between slashes",
    `write \`where ${predicate ?? "CONDITION"}\``,
    [{ text: "`/` opens a regular expression, and only after `matches`" }],
  );

/** `@x[k] = count()` */
export const mapCount = (span: Span, key: string): Diagnostic =>
  habit(
    "E0131",
    span,
    "aggregates have no `[key]`, and are not in this version yet",
    `keep a Map: \`${countInMap(key)}\``,
    [{ text: "with `let seen = new Map()` in front" }],
  );

const countInMap = (key: string): string => `{ seen.set(${key}, (seen.get(${key}) ?? 0) + 1) }`;

/** `@x = 5`, `@x++` */
export const mapAssignment = (span: Span): Diagnostic =>
  habit(
    "E0132",
    span,
    "`@` names an aggregate, not a variable",
    "use a `let` variable in a JavaScript block",
    [{ text: "for example `let seen = 0` and `on drop { seen++ }`" }],
  );

/** A way out that this version has. */
const NOT_YET_AGGREGATE =
  "aggregates are not in this version yet: keep a Map in a `let` variable, in a JavaScript block";

/** `print (a, b)` */
export const printParentheses = (span: Span, operands: string): Diagnostic =>
  habit("E0133", span, "`print` takes no parentheses", `write \`print ${operands}\``);

/** `on drop printf("…")`: a function of handlers as an action. */
export const actionNeedsBraces = (span: Span, name: string): Diagnostic =>
  habit(
    "E0134",
    span,
    `\`${name}\` is a function of JavaScript handlers, not an action`,
    `write \`{ ${name}(…) }\``,
    [{ text: "or `print` with fields: `print comm, ip.saddr`" }],
  );

/** `print ip.saddr where tcp`, `{ … } limit 10/s` */
export const modifierAfterAction = (span: Span, word: string): Diagnostic =>
  habit("E0135", span, `\`${word}\` stands before the actions`, `move it: \`on PROBE ${word} … ACTION\``, [
    { text: "the order is `on`, `where`, `sample` and `limit`, actions, and so they are evaluated" },
  ]);

/** `where` after `sample` or `limit`. */
export const whereAfterModifier = (span: Span): Diagnostic =>
  habit("E0135", span, "`where` stands before `sample` and `limit`", "move it: `on PROBE where … sample …`", [
    { text: "the order is `on`, `where`, `sample` and `limit`, actions, and so they are evaluated" },
  ]);

/** `sample 1%` */
export const samplePercent = (span: Span, percent: bigint): Diagnostic => {
  const every = percent > 0n && percent <= 100n ? 100n / percent : 100n;
  return habit(
    "E0136",
    span,
    "a sample is a fraction, and not in this version yet",
    `test what is true for a part of the packets: \`where ip.id % ${every} == 0\``,
  );
};

/** `a ? b : c` */
export const ternary = (span: Span): Diagnostic =>
  habit(
    "E0137",
    span,
    "there is no `?:` in expressions",
    "use two `on` with `where`, or `?:` in a JavaScript block",
  );

/** `BEGIN { … }`, `on END` */
export const capitals = (span: Span, word: string): Diagnostic =>
  habit(
    "E0138",
    span,
    `\`${word}\` is written in small letters, without \`on\``,
    `write \`${word.toLowerCase()}\``,
  );

/** `on interval:s:1` */
export const interval = (span: Span, period: string): Diagnostic =>
  habit("E0139", span, "a timer is not a probe", `write \`every ${period}\``);

/** `((struct sk_buff *)arg0)` */
export const cCast = (span: Span, type: string): Diagnostic =>
  habit("E0140", span, "casts are not written as in C", `write \`cast(EXPRESSION, ${type})\``, [
    { text: "arguments already have the type that BTF gives them: `args.sk.sk_mark`" },
  ]);

/** `a == b == c`, `1 < x < 5` */
export const comparisonChain = (span: Span): Diagnostic =>
  habit("E0141", span, "comparisons do not chain", "join two with `and`, or use `in {from..to}`");

/** `where tcp.dport = 80` */
export const singleEquals = (span: Span, right: "==" | "in"): Diagnostic =>
  habit("E0142", span, "`=` does not compare", `write \`${right}\``);

/** `in {80-90}` */
export const dashRange = (span: Span, from: string, to: string): Diagnostic =>
  habit("E0143", span, "a range is not written with `-`", `write \`${from}..${to}\``);

/** `on drop, where …` */
export const commaBefore = (span: Span, word: string): Diagnostic =>
  habit("E0144", span, `no comma stands before \`${word}\``, "remove the comma", [
    { text: `after a comma comes another probe, and \`${word}\` was read as one` },
  ]);

/** `print stack()` */
export const emptyCall = (span: Span, name: string): Diagnostic =>
  habit(
    "E0145",
    span,
    `\`${name}\` takes no empty parentheses`,
    `write \`${name}\`${name === "stack" ? ", or `stack(5)` for five frames" : ""}`,
  );

/** `tracepoint:skb:kfree_skb` */
export const foreignProbeKind = (span: Span, kind: string, right: string): Diagnostic =>
  habit("E0146", span, `\`${kind}\` is not what this kind of probe is called here`, `write \`${right}\``);

/** `# comment` */
export const hashComment = (span: Span, text: string): Diagnostic =>
  habit(
    "E0147",
    span,
    "a comment does not begin with `#`",
    text === "" || text.length > 40 ? "write `//`" : `write \`// ${text}\``,
    [{ text: "`#!` may stand in the first line only" }],
  );

/** `$1` */
export const positional = (span: Span, text: string): Diagnostic =>
  habit(
    "E0148",
    span,
    `there is no \`${text}\`: arguments have names`,
    "declare `option NAME: TYPE` and read `$NAME`",
    [{ text: "for example `option port: port` is given as `--port 443` and read as `$port`" }],
  );

/** `'text'` */
export const singleQuotes = (span: Span, inside: string): Diagnostic =>
  habit(
    "E0149",
    span,
    "strings stand between double quotes",
    inside.length > 40 ? 'use `"`' : `write \`"${inside.replaceAll('"', '\\"')}"\``,
  );

/** `comm =~ /x/`, `comm ~ "x"`, `comm == /x/` */
export const tildeMatch = (span: Span, op: string): Diagnostic =>
  habit(
    "E0150",
    span,
    `a regular expression is not compared with \`${op}\``,
    op.startsWith("!") ? "write `not (… matches /…/)`" : "write `matches /…/`",
  );

/** `tcp.dport == {80, 443}` */
export const setOperand = (span: Span, op: string): Diagnostic =>
  habit("E0151", span, "a set cannot stand here", op === "!=" ? "write `not in {…}`" : "write `in {…}`", [
    { text: "a set stands after `in`, `has`, `any` and `contains`; elsewhere `{` opens JavaScript" },
  ]);

/** `sum()`, `hist(a, b)` */
export const aggregateArguments = (span: Span, name: string, wanted: string): Diagnostic =>
  habit("E0152", span, `\`${name}\` takes ${wanted}`, NOT_YET_AGGREGATE);

/** `kprobe:tcp_v4_rcv { … }` without `on`. */
export const missingOn = (span: Span, probe: string): Diagnostic =>
  habit("E0153", span, "a probe stands after `on`", `write \`on ${probe}\``);

/** `kprobe:f+0x10` */
export const probeOffset = (span: Span): Diagnostic =>
  habit("E0154", span, "a probe at an offset is not supported", "attach to the function itself", [
    { text: "offsets into a function may come in a later version" },
  ]);

/** `every 5`, `every 1/s` */
export const periodNeedsUnit = (span: Span, number: string): Diagnostic =>
  habit("E0155", span, "a period needs a unit", `did you mean \`${number}s\`?`);

/** `if (tcp) print` outside braces. */
export const statementNeedsBraces = (span: Span, word: string): Diagnostic =>
  habit(
    "E0156",
    span,
    `\`${word}\` is a statement of JavaScript`,
    `write it between braces: \`{ ${word} … }\``,
    [{ text: "or say it with `where`: `on drop where tcp print`" }],
  );

/** `let a = 1, b = 2` */
export const oneValue = (span: Span): Diagnostic =>
  habit("E0157", span, "`let` declares one variable", "write another `let`");

/** `print @x[k]` */
export const mapKey = (span: Span): Diagnostic =>
  habit("E0158", span, "one key of an aggregate cannot be picked here", NOT_YET_AGGREGATE);

/** `on drop where a where b` */
export const secondWhere = (span: Span): Diagnostic =>
  habit("E0159", span, "there is one `where` already", "join the conditions with `and`");

/** `exit()` */
export const exitCall = (span: Span): Diagnostic =>
  habit("E0160", span, "`exit` is not an action", "write `stop`", [
    { text: "`stop` ends the trace as Ctrl-C would: `end` runs, aggregates are printed" },
  ]);

/** `ntop(ip.saddr)`, `str(comm)`, `bswap(tcp.dport)` */
export const noFunction = (span: Span, name: string): Diagnostic =>
  habit(
    "E0161",
    span,
    `there is no function \`${name}\` in expressions`,
    "name the value itself, without parentheses",
    [
      {
        text: "fields are decoded: addresses, enums and byte order need no function; `stack(N)`, `since(PROBE)` and `cast(…)` exist",
      },
    ],
  );

/** `limit 10s` */
export const limitDuration = (span: Span, count: string, unit: string): Diagnostic =>
  habit(
    "E0162",
    span,
    `a limit is a number in a time (\`${count}/${unit}\`), and not in this version yet`,
    "count in a JavaScript block: `{ if (n++ < 10) print() }` with `let n = 0`",
  );

/** `where tcp port 80` */
export const pcapSyntax = (span: Span, right: string): Diagnostic =>
  habit("E0163", span, "conditions are not written as in tcpdump", `write \`${right}\``);

/** `{ @x[k] = count() }`: an aggregate of the script's in JavaScript. */
export const mapInJavaScript = (span: Span): Diagnostic =>
  habit("E0164", span, "there is no `@` in JavaScript", "keep a Map in a `let` variable", [
    { text: "for example `let seen = new Map()` and `{ seen.set(comm, (seen.get(comm) ?? 0) + 1) }`" },
  ]);
