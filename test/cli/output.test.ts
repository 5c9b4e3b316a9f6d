// What a run says where: quiet runs, events in JSON, bytes of packets that are there to be read.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { onCapture, rowsOf } from "./on-capture.js";

describe("-q", () => {
  const failing =
    "on packet where udp { nothing.here() } on packet where udp print udp.dport let nothing = null";

  test("leaves out the summary, and no failure of a handler", () => {
    const { code, stdout, stderr } = onCapture(failing, "-q");
    assert.equal(code, 0);
    assert.match(stderr, /^-e:1:\d+: .*TypeError.*\n$/);
    assert.match(stdout, /53/);
  });

  test("without it there is both", () => {
    const { stderr } = onCapture(failing);
    assert.match(stderr, /TypeError/);
    assert.match(stderr, /4 events read in/);
  });
});

describe("print with sections", () => {
  test("does not repeat those that the text has anyway", () => {
    const { stdout } = onCapture("on packet where udp print packet, dev, ns, common, udp", "-q");
    assert.equal(stdout.match(/10\.0\.0\.1\.1000 > 10\.0\.0\.2\.53/g)?.length, 1, stdout);
    assert.match(stdout, /udp\.dport 53/);
  });
});

describe("print flow", () => {
  test("adds one text, not its parts beside it", () => {
    const { stdout } = onCapture("on packet where udp print flow", "-q");
    assert.match(stdout, /\n {2}flow 10\.0\.0\.1:1000 > 10\.0\.0\.2:53 udp\n/);
    assert.doesNotMatch(stdout, /flow\.saddr/);
  });
});

describe("save without a file", () => {
  const said = (stderr: string): number =>
    stderr.match(/`save` does nothing without an event file/g)?.length ?? 0;

  test("is said once", () => {
    assert.equal(said(onCapture("on packet where udp save on packet where tcp save print").stderr), 1);
    assert.equal(said(onCapture("on packet where udp print").stderr), 0);
    assert.equal(said(onCapture("on packet where udp save", "-q").stderr), 0);
  });
});

describe("events in JSON", () => {
  test("have a key for each word that `print` adds and no section has", () => {
    const [line = ""] = rowsOf(
      onCapture("on packet where udp print flow, udp, tcp, ip, packet", "-q", "--format", "json"),
    );
    const event: unknown = JSON.parse(line);
    assert.ok(typeof event === "object" && event !== null && "udp" in event && "ip" in event);
    assert.deepEqual(event.udp, { sport: 1000, dport: 53, len: 16, checksum: 0 });
    assert.ok("flow" in event && "tcp" in event && "packet" in event);
    assert.equal(event.flow, "10.0.0.1:1000 > 10.0.0.2:53 udp");
    assert.equal(event.tcp, null);
    assert.ok(typeof event.ip === "object" && event.ip !== null && "saddr" in event.ip);
    assert.equal(event.ip.saddr, "10.0.0.1");
  });

  test("so have those that handlers print", () => {
    const [line = ""] = rowsOf(onCapture("on packet where udp { print(flow) }", "-q", "--format", "json"));
    assert.match(line, /,"flow":"10\.0\.0\.1:1000 > 10\.0\.0\.2:53 udp"\}$/);
  });
});

describe("clauses that can never match in a capture", () => {
  const never = (script: string): readonly string[] =>
    onCapture(script)
      .stderr.split("\n")
      .filter((line) => line.includes("can never match"));

  test("are named once, with what the capture lacks", () => {
    assert.deepEqual(
      never('on packet where comm == "x" print on rx where tcp and ns.inum == 1 or pid > 3 print'),
      [
        "warning: -e:1:1: this `on` can never match: a capture has no task (`comm`, `pid`, `tid`)",
        "warning: -e:1:35: this `on` can never match: a capture has no `ns`",
      ],
    );
  });

  test("are not those that can", () => {
    for (const where of [
      'not comm == "x"',
      'comm == "x" or tcp',
      "tcp.dport + 1 > 3",
      "ip.saddr == 10.0.0.1",
      "flow.sport == 1",
    ])
      assert.deepEqual(never(`on packet where ${where} print`), [], where);
  });
});
