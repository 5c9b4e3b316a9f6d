// Records: what stands in a column that is no plain field.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { onCapture, rowsOf } from "./on-capture.js";

describe("records", () => {
  test("a regular expression as a column is asked of the sandbox", () => {
    const result = onCapture(
      "on packet where tcp print ip.daddr matches /^10/, ip.daddr matches /2$/, tcp.dport",
      "-q",
    );
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual(rowsOf(result), [
      "ip.daddr matches /^10/ ip.daddr matches /2$/ tcp.dport",
      "true true 80",
      "true true 80",
      "false true 80",
    ]);
  });

  test("a filter with a regular expression as a column", () => {
    const result = onCapture(
      "filter six = ip.saddr matches /:/ on packet where udp or six print six, ip.proto",
      "-q",
    );
    assert.deepEqual(rowsOf(result), ["six ip.proto", "false udp", "true tcp"], result.stderr);
  });

  test("literals read as they are written", () => {
    const script =
      'on packet where udp print "hello", 10.0.0.1, 10ms, 10.0.0.0/8, 02:00:00:00:00:01, 7, udp.dport';
    assert.deepEqual(
      rowsOf(onCapture(script, "-q"))[1],
      "hello 10.0.0.1 10ms 10.0.0.0/8 02:00:00:00:00:01 7 53",
    );
    const [line = ""] = rowsOf(onCapture(script, "-q", "--format", "json"));
    assert.deepEqual(JSON.parse(line), {
      '"hello"': "hello",
      "10.0.0.1": "10.0.0.1",
      "10ms": "10ms",
      "10.0.0.0/8": "10.0.0.0/8",
      "02:00:00:00:00:01": "02:00:00:00:00:01",
      "7": 7,
      "udp.dport": 53,
    });
  });

  test("the CPU of a packet in a capture is absent", () => {
    const script =
      "on packet where udp print cpu, cpu == 0 on packet where cpu == 0 print time on packet where udp { print(cpu) }";
    assert.deepEqual(rowsOf(onCapture(script, "-q")), ["cpu cpu == 0", "- false", "-"]);
  });

  test("so do options", () => {
    const script = [
      'option name: string = "x y" option wait: duration = 5s option yes: bool = true option ports: {port} = {1, 5..7}',
      "option size: size = 2KB option who: ip? on packet where udp print $name, $wait, $yes, $ports, $size, $who",
    ].join(" ");
    assert.equal(rowsOf(onCapture(script, "-q", "--wait", "1min"))[1], "x y 1min true {1, 5..7} 2000 -");
  });

  test("--utc makes dates of points in time, but not in JSON", () => {
    const script = "on packet where udp print time, udp.dport";
    assert.deepEqual(rowsOf(onCapture(script, "-q", "--utc"))[1], "2026-01-02 03:04:05.002000 53");
    assert.match(rowsOf(onCapture(script, "-q"))[1] ?? "", /^\d+ 53$/);
    assert.match(rowsOf(onCapture(script, "-q", "--utc", "--format", "json"))[0] ?? "", /^\{"time":\d+,/);
  });
});

describe("tables", () => {
  test("of flows and probes are aligned from the first row on", () => {
    const { stdout } = onCapture("on packet where tcp or udp print flow, probe, tcp.dport, ip.ttl", "-q");
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.length, 5);
    assert.equal(new Set(lines.map((line) => line.length)).size, 1, stdout);
  });
});

describe("stop in `begin`", () => {
  test("no event is shown, `end` runs", () => {
    const result = onCapture('begin { print("one"); stop() } on packet print end { print("two") }');
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual(rowsOf(result), ["one", "two"]);
  });
});
