// `retis print`: formats, times, expressions, several files, files that grow, readers that leave.
import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import {
  fixture,
  fixtureText,
  type Json,
  jsonLines,
  noFixtures,
  output,
  ownFolder,
  run,
  start,
} from "./stored.js";

interface Event {
  readonly common: { readonly timestamp: number; readonly task?: { readonly comm: string } };
  readonly kernel?: { readonly symbol: string; readonly probe_type: string };
  readonly "skb-drop"?: { readonly drop_reason: string };
  readonly dev?: { readonly name: string };
}

const events = (text: string): Event[] => jsonLines(text) as unknown as Event[];

describe("retis print", { skip: noFixtures }, () => {
  const folder = ownFolder();
  const full = noFixtures === false ? fixture("full.json") : "";
  const all = noFixtures === false ? events(fixtureText("full.json")) : [];

  test("--format json has what the file has", () => {
    for (const name of ["full", "ovs"]) {
      const printed = jsonLines(output("print", "--format", "json", fixture(`${name}.json`)));
      const stored = jsonLines(fixtureText(`${name}.json`));
      assert.equal(printed.length, stored.length);
      for (const [index, event] of stored.entries()) assertPart(event, printed[index] ?? {});
    }
  });

  test("--format json of sorted events: a list for each series", () => {
    const sorted = folder.file("sorted.json");
    output("sort", fixture("ovs.json"), "-o", sorted);
    const printed = output("print", "--format", "json", sorted).trimEnd().split("\n");
    const lists = printed.map((line) => JSON.parse(line) as Json[]);
    assert.deepEqual(
      lists.map((list) => list.length),
      seriesLengths(fixtureText("ovs.sorted.txt")),
    );
  });

  test("--format table has a row for each event", () => {
    const [titles = "", ...rows] = output("print", "--format", "table", full).trimEnd().split("\n");
    assert.match(titles, /^ +time +cpu +comm +probe +dev +flow +len +drop$/);
    assert.equal(rows.length, all.length);
    const drops = all.filter((event) => event["skb-drop"] !== undefined).length;
    assert.equal(rows.filter((row) => !row.endsWith(" -")).length, drops);
  });

  test("--time iso and delta", () => {
    const [, first = "", second = ""] = output(
      "print",
      "--format",
      "single-line",
      "--time",
      "iso",
      full,
    ).split("\n");
    const utc = fixtureText("full.single.txt").split("\n");
    assert.equal(first.slice(0, 26), utc[1]?.slice(0, 26).replace(" ", "T"));
    assert.match(second, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z /);
    const deltas = output("print", "--format", "single-line", "--time", "delta", full)
      .trimEnd()
      .split("\n")
      .map((line) => Number(/^[+-](\d+\.\d{9})/.exec(line)?.[0]));
    assert.equal(deltas[0], 0);
    for (const [index, delta] of deltas.slice(1).entries()) {
      const between = ((all[index + 1]?.common.timestamp ?? 0) - (all[index]?.common.timestamp ?? 0)) / 1e9;
      assert.ok(Math.abs(delta - between) < 1e-8, `${delta} ${between}`);
    }
  });

  test("--where: any event, whatever its probe", () => {
    const cases: [string, (event: Event) => boolean][] = [
      ["drop.reason == NO_SOCKET", (event) => event["skb-drop"]?.drop_reason === "NO_SOCKET"],
      ['probe == "ip_rcv"', ({ kernel }) => kernel?.symbol === "ip_rcv"],
      ['probe.type == "kretprobe"', ({ kernel }) => kernel?.probe_type === "kretprobe"],
      ["comm matches /^py/", ({ common }) => common.task?.comm.startsWith("py") === true],
      [
        'dev.name == "ra" and probe matches "net:*"',
        ({ dev, kernel }) => dev?.name === "ra" && kernel?.symbol.startsWith("net:") === true,
      ],
      ["not drop", (event) => event["skb-drop"] === undefined],
    ];
    for (const [expression, wanted] of cases)
      assert.deepEqual(
        events(output("print", "--format", "json", "--where", expression, full)).map(
          ({ common }) => common.timestamp,
        ),
        all.filter(wanted).map(({ common }) => common.timestamp),
        expression,
      );
  });

  test("--where: what is wrong is shown, and nothing but an expression is taken", () => {
    const wrong = run(["print", "--where", "drop.reson == NO_SOCKET", full]);
    assert.equal(wrong.code, 1);
    assert.match(
      wrong.stderr,
      /error\[E\d+\].*\n --> --where:1:1\n {2}\|\n1 \| drop\.reson == NO_SOCKET\n.*did you mean `drop.reason`/,
    );
    assert.match(
      run(["print", "--where", "tcp.port ==", full]).stderr,
      /--where:1:12\n {2}\|\n1 \| tcp\.port ==\n/,
    );
    assert.match(run(["print", "--where", " ", full]).stderr, /the expression is empty/);
    for (const text of ["tcp limit 3", "tcp) print (udp", "tcp print on rx where udp", ""])
      assert.ok([1, 2].includes(run(["print", "--where", text, full]).code ?? 0), text);
  });

  test("--where on sorted events keeps what passes of each series", () => {
    const sorted = folder.file("where.json");
    output("sort", full, "-o", sorted);
    const text = output("print", "--where", "drop", sorted);
    assert.equal(
      text.split("\n").filter((line) => /\(reason /.test(line)).length,
      all.filter((event) => event["skb-drop"] !== undefined).length,
    );
    assert.match(text, /^\d/);
    assert.doesNotMatch(text, /^ {2}↳/);
  });

  test("several files, one of them missing", () => {
    const { code, stdout, stderr } = run([
      "print",
      fixture("nftdrop.json"),
      folder.file("none.json"),
      fixture("dropmon.json"),
      "--utc",
    ]);
    assert.equal(code, 3);
    assert.equal(stdout, fixtureText("nftdrop.multi.txt") + fixtureText("dropmon.multi.txt"));
    assert.match(stderr, /no file `.*none\.json`/);
  });

  test("retis.data where no file is named, and its rotated set", () => {
    const { path } = ownFolder();
    assert.match(run(["print"], { cwd: path }).stderr, /no file `retis\.data`/);
    writeFileSync(`${path}/retis.data.0`, fixtureText("nftdrop.json"));
    writeFileSync(`${path}/retis.data.1`, fixtureText("dropmon.json"));
    const both = fixtureText("nftdrop.json") + fixtureText("dropmon.json");
    assert.equal(
      jsonLines(run(["print", "--format", "json"], { cwd: path }).stdout).length,
      jsonLines(both).length,
    );
    assert.equal(
      jsonLines(run(["print", "--format", "json", "retis.data.1.."], { cwd: path }).stdout).length,
      jsonLines(fixtureText("dropmon.json")).length,
    );
    writeFileSync(`${path}/retis.data`, fixtureText("nftdrop.json"));
    assert.equal(run(["print", "--utc"], { cwd: path }).stdout, fixtureText("nftdrop.multi.txt"));
  });

  test("--follow shows what is added", { timeout: 60_000 }, async () => {
    const lines = fixtureText("nftdrop.json").trimEnd().split("\n");
    const file = folder.file("grows.json", `${lines.slice(0, 3).join("\n")}\n${lines[3]?.slice(0, 100)}`);
    const child = start(["print", "--follow", "--utc", file]);
    let text = "";
    let wake = (): void => {};
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      wake();
    });
    const until = async (wanted: string): Promise<void> => {
      while (text.length < wanted.length)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      assert.equal(text, wanted);
    };
    const whole = fixtureText("nftdrop.multi.txt").split(/(?<=\n\n)/);
    await until(whole.slice(0, 3).join(""));
    appendFileSync(file, `${lines[3]?.slice(100)}\n${lines.slice(4).join("\n")}\n`);
    await until(whole.join(""));
    child.kill("SIGINT");
    assert.equal(await new Promise((resolve) => child.on("close", resolve)), 0);
  });

  test("--follow ends when nobody reads any more, though nothing is added", {
    timeout: 60_000,
  }, async (t) => {
    const child = start(["print", "--follow", fixture("nftdrop.json")]);
    t.after(() => child.kill("SIGKILL"));
    child.stdout.once("data", () => child.stdout.destroy());
    assert.equal(await new Promise((resolve) => child.on("close", resolve)), 0);
  });

  test("a reader that leaves is no failure", { timeout: 60_000 }, async () => {
    const big = folder.file("big.json", fixtureText("full.json").repeat(20));
    for (const args of [
      ["print", big],
      ["print", "--format", "json", big],
      ["sort", big],
      ["convert", big, "-o", "-"],
      ["pcap", big],
    ]) {
      const child = start(args);
      let errors = "";
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
        errors += chunk;
      });
      await new Promise((resolve) => child.stdout.once("data", resolve));
      child.stdout.destroy();
      assert.equal(await new Promise((resolve) => child.on("close", resolve)), 0, args.join(" "));
      assert.doesNotMatch(errors, /error|EPIPE/, args.join(" "));
    }
  });
});

/** Everything of `part` is in `whole`: our JSON has more than Retis'. */
function assertPart(part: unknown, whole: unknown): void {
  if (typeof part !== "object" || part === null || Array.isArray(part)) {
    assert.deepEqual(whole, part);
    return;
  }
  for (const [key, value] of Object.entries(part)) assertPart(value, (whole as Json)[key]);
}

/** Events of each series of a sorted text. */
function seriesLengths(text: string): number[] {
  return text
    .split(/\n\n(?=\S|$)/)
    .filter((series) => series.trim() !== "")
    .map((series) => 1 + (series.match(/^ {2}↳/gm)?.length ?? 0));
}
