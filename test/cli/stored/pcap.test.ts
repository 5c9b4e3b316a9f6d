// `retis pcap`: what tshark reads of it is what the events hold, and a pipe can be read while it is written.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import {
  FIXTURES,
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

const noTshark = spawnSync("tshark", ["--version"]).status === 0 ? false : "tshark: not on this machine";

interface Seen {
  readonly bytes: string;
  readonly time: string;
  readonly length: string;
  readonly interface: string;
  readonly comment: string;
}

/** What tshark makes of the packets; fails when it complains. */
function dissect(capture: string): Seen[] {
  const fields = ["frame.time_epoch", "frame.len", "frame.interface_name", "frame.comment"];
  const { stdout, stderr, status } = spawnSync("tshark", ["-r", capture, "-T", "json", "-x", "-J", "frame"], {
    encoding: "utf8",
    maxBuffer: 256 << 20,
  });
  assert.equal(stderr.replace(/^Running as user.*\n/gm, ""), "");
  assert.equal(status, 0);
  const text = spawnSync("tshark", ["-r", capture, "-T", "fields", ...fields.flatMap((one) => ["-e", one])], {
    encoding: "utf8",
    maxBuffer: 256 << 20,
  }).stdout;
  const rows = text
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
  return (JSON.parse(stdout) as { _source: { layers: { frame_raw: [string] } } }[]).map(
    ({ _source }, index) => {
      const [time = "", length = "", name = "", comment = ""] = rows[index] ?? [];
      return { bytes: _source.layers.frame_raw[0], time, length, interface: name, comment };
    },
  );
}

interface PacketEvent {
  readonly common: { readonly timestamp: number };
  readonly kernel: { readonly symbol: string; readonly probe_type: string };
  readonly packet: { readonly data: string; readonly len: number };
  readonly dev?: { readonly name: string; readonly ifindex: number };
}

const packetsOf = (events: readonly Json[]): PacketEvent[] =>
  events.filter((event) => "packet" in event && "kernel" in event) as unknown as PacketEvent[];

function clockOffset(first: Json | undefined): bigint {
  const startup = first?.["startup"] as
    | { readonly clock_monotonic_offset: { readonly sec: number; readonly nsec: number } }
    | undefined;
  assert.ok(startup !== undefined);
  const { sec, nsec } = startup.clock_monotonic_offset;
  return BigInt(sec) * 1_000_000_000n + BigInt(nsec);
}

describe("retis pcap", { skip: noFixtures !== false ? noFixtures : noTshark }, () => {
  const folder = ownFolder();

  for (const name of FIXTURES)
    test(`${name}: packets, times, devices and comments`, () => {
      const capture = folder.file(`${name}.pcapng`);
      const events = jsonLines(fixtureText(`${name}.json`));
      output("pcap", fixture(`${name}.json`), "-o", capture);
      const offset = clockOffset(events[0]);
      const packets = packetsOf(events);
      const seen = dissect(capture);
      assert.equal(seen.length, packets.length);
      packets.forEach((event, index) => {
        const one = seen[index];
        assert.equal(one?.bytes, Buffer.from(event.packet.data, "base64").toString("hex"));
        assert.equal(Number(one?.length), event.packet.len);
        const time = BigInt(event.common.timestamp) + offset;
        assert.equal(one?.time, `${time / 1_000_000_000n}.${String(time % 1_000_000_000n).padStart(9, "0")}`);
        if (event.dev !== undefined) assert.equal(one?.interface, event.dev.name);
        assert.ok(one?.comment.includes(event.kernel.symbol), one?.comment);
      });
    });

  test("devices keep their index on the way back", () => {
    const capture = folder.file("back.pcapng");
    output("pcap", fixture("ovs.json"), "-o", capture);
    const devices = (path: string): string[] =>
      jsonLines(output("print", path, "--format", "json"))
        .filter((event) => "packet" in event && "dev" in event)
        .map(({ dev }) => `${(dev as PacketEvent["dev"])?.ifindex} ${(dev as PacketEvent["dev"])?.name}`);
    assert.deepEqual(devices(capture), devices(fixture("ovs.json")));
  });

  test("by probe, as Retis names it, and with wildcards", () => {
    const packets = packetsOf(jsonLines(fixtureText("full.json")));
    const cases: [string, (event: PacketEvent) => boolean][] = [
      ["tp:net:netif_receive_skb", ({ kernel }) => kernel.symbol === "net:netif_receive_skb"],
      ["net:net*", ({ kernel }) => kernel.symbol.startsWith("net:net")],
      ["ip_rcv*", ({ kernel }) => kernel.probe_type === "kprobe" && kernel.symbol.startsWith("ip_rcv")],
      ["kretprobe:ip_rcv_core", ({ kernel }) => kernel.probe_type === "kretprobe"],
      ["*", () => true],
    ];
    for (const [probe, wanted] of cases) {
      const capture = folder.file("probe.pcapng");
      const { stderr, code } = run(["pcap", fixture("full.json"), "-p", probe, "-o", capture]);
      assert.equal(code, 0, probe);
      assert.match(stderr, /^\d+ event\(s\) were processed$/m);
      assert.deepEqual(
        dissect(capture).map(({ bytes }) => bytes),
        packets.filter(wanted).map(({ packet }) => Buffer.from(packet.data, "base64").toString("hex")),
        probe,
      );
    }
  });

  test("a probe that no event is of makes no file", () => {
    const capture = folder.file("none.pcapng");
    const { code, stderr } = run(["pcap", fixture("full.json"), "-p", "skb:consume_skb", "-o", capture]);
    assert.equal(code, 2);
    assert.match(stderr, /Probe not found in the events/);
    assert.ok(!existsSync(capture));
  });

  test("a pipe is written as it is read", { timeout: 60_000 }, async () => {
    const lines = fixtureText("full.json").split("\n");
    const child = start(["pcap", "-", "-o", "-"]);
    let bytes = 0;
    const first = new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        resolve();
      });
    });
    child.stdin.write(`${lines.slice(0, 20).join("\n")}\n`);
    await first;
    const early = bytes;
    child.stdin.end(`${lines.slice(20).join("\n")}`);
    const code = await new Promise((resolve) => child.on("close", resolve));
    assert.equal(code, 0);
    assert.ok(bytes > early);
  });
});
