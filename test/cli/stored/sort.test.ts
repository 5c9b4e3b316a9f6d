// `retis sort`: where its output goes, what it reads, and what it refuses.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fixture, fixtureText, type Json, jsonLines, noFixtures, output, ownFolder, run } from "./stored.js";

const seriesOf = (text: string): Json[][] => jsonLines(text) as unknown as Json[][];

describe("retis sort", { skip: noFixtures }, () => {
  const folder = ownFolder();

  test("-o writes series as Retis does; --print shows them too", () => {
    const sorted = folder.file("sorted.json");
    const { code, stdout, stderr } = run(["sort", fixture("ovs.json"), "-o", sorted, "--print"]);
    assert.equal(code, 0);
    assert.equal(stdout, fixtureText("ovs.sorted.txt"));
    assert.match(stderr, /wrote .*sorted\.json: 181 events/);
    const series = seriesOf(readFileSync(sorted, "utf8"));
    assert.ok(series.every((events) => Array.isArray(events)));
    const stored = jsonLines(fixtureText("ovs.json"));
    assert.equal(series.flat().length, stored.length);
    // All that the file had, and what sorting adds.
    const known = new Map(stored.map((event) => [JSON.stringify(event), event]));
    for (const { tracking, ...event } of series.flat()) {
      const ovs = event["ovs"] as Json | undefined;
      if (ovs?.["event_type"] === "flow_lookup") event["ovs"] = { ...ovs, dpflow: "", ofpflows: [] };
      assert.ok(known.has(JSON.stringify(event)), JSON.stringify(event));
      assert.equal(tracking === undefined, !("skb-tracking" in event) && ovs === undefined);
    }
    assert.equal(output("print", sorted), fixtureText("ovs.sorted.txt"));
  });

  test("-o in our format", () => {
    const sorted = folder.file("sorted.retis");
    output("sort", fixture("full.json"), "-o", sorted, "--out-format", "retis");
    assert.equal(output("print", sorted), fixtureText("full.sorted.txt"));
    const stats = output("stats", sorted);
    // The start of the file is none.
    const series = fixtureText("full.sorted.txt").split(/\n\n(?=\d)/).length - 1;
    assert.ok(series > 50);
    assert.ok(stats.includes(`\nNumber of series: ${series}\nNumber of events: 739\n`), stats);
  });

  test("what is sorted already is said, and shown", () => {
    const sorted = folder.file("again.json");
    output("sort", fixture("full.json"), "-o", sorted);
    const { code, stdout, stderr } = run(["sort", sorted]);
    assert.equal(code, 0);
    assert.equal(stdout, fixtureText("full.sorted.txt"));
    assert.match(stderr, /again\.json: already sorted/);
  });

  test("in place is refused, by whatever name", () => {
    const file = folder.file("place.json", fixtureText("nftdrop.json"));
    for (const out of [file, `${folder.path}/./place.json`]) {
      const { code, stderr } = run(["sort", file, "-o", out]);
      assert.equal(code, 2);
      assert.match(stderr, /cannot sort .* in place/);
    }
    assert.equal(readFileSync(file, "utf8"), fixtureText("nftdrop.json"));
  });

  test("from a pipe, and leaves nothing behind", () => {
    for (const name of ["full", "ovs"]) {
      const { code, stdout } = run(["sort", "-"], { input: fixtureText(`${name}.json`) });
      assert.equal(code, 0);
      assert.equal(stdout, fixtureText(`${name}.sorted.txt`));
    }
    const ours = folder.file("pipe.retis");
    output("convert", fixture("full.json"), "-o", ours);
    assert.equal(run(["sort", "-"], { input: readFileSync(ours) }).stdout, fixtureText("full.sorted.txt"));
  });

  test("a rotated set is sorted as one", () => {
    const [start = "", ...lines] = fixtureText("full.json").trimEnd().split("\n");
    const startOf = (id: number): string =>
      start.replace(
        '"startup":{',
        `"startup":{"split_file":{"id":${id},"policy":{"kind":"size","limit":1000000}},`,
      );
    for (let part = 0; part < 4; part++)
      folder.file(
        `set.${part}`,
        `${[startOf(part), ...lines.slice(part * 200, (part + 1) * 200)].join("\n")}\n`,
      );
    const series = seriesOf(output("sort", folder.file("set.0.."), "-o", "-"));
    const expected = seriesOf(output("sort", fixture("full.json"), "-o", "-"));
    const events = (all: Json[][]): Json[][] => all.filter(([first]) => first?.["startup"] === undefined);
    assert.deepEqual(events(series), events(expected));
    assert.equal(series.length - events(series).length, 4);
    const stats = output("stats", folder.file("set.0.."));
    assert.equal(stats.match(/^Split index: \d$/gm)?.length, 4);
    assert.equal(stats.match(/^Retis cmdline: /gm)?.length, 1);
  });

  test("files of Retis 1.6, which sort -o writes as of 1.7", () => {
    const old = fixtureText("full.json")
      .replace('"retis_version":"v1.7.0"', '"retis_version":"v1.6.2"')
      .replace(/"cmdline":"[^"]*",/, "")
      .replace(/,"machine":\{[^}]*\}/, "")
      .replaceAll('"proto_state"', '"tcp_state"');
    const file = folder.file("old.json", old);
    const text = output("sort", file).split("\n\n").slice(1).join("\n\n");
    assert.equal(text, fixtureText("full.sorted.txt").split("\n\n").slice(1).join("\n\n"));
    const written = output("sort", file, "-o", "-");
    assert.match(written, /"retis_version":"v1\.7\.0"/);
    assert.match(written, /"proto_state"/);
  });

  test("a capture, whose packets are each their own", () => {
    const capture = folder.file("capture.pcapng");
    output("pcap", fixture("nftdrop.json"), "-o", capture);
    const printed = output("print", capture).trimEnd().split("\n\n");
    assert.deepEqual(output("sort", capture).trimEnd().split("\n\n"), printed);
  });

  test("a full disk", () => {
    const { code, stderr } = run(["sort", fixture("full.json"), "-o", "/dev/full"]);
    assert.equal(code, 3);
    assert.match(stderr, /cannot write \/dev\/full/);
    assert.ok(!existsSync(folder.file("none")));
  });
});
