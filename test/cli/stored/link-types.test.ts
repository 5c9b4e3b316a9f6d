// Captures of other link layers than Ethernet: what is not IP keeps the header that says what it is.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytes, ethernet, ipv4, u16, u32, udp, vlan } from "../../unit/packet/build-packet.js";
import { jsonLines, output, ownFolder, run } from "./stored.js";

const SLL = 113;
const SLL2 = 276;
const ARPHRD_ETHER = u16(1);
const SENDER = "020000000001";

const ARP_REQUEST = bytes("0001 0800 06 04 0001", SENDER, "0a000001 000000000000 0a000002");

const capture = (linkType: number, ...packets: readonly Buffer[]): Buffer =>
  bytes(
    "a1b2c3d4 0002 0004 00000000 00000000",
    u32(65_535),
    u32(linkType),
    ...packets.flatMap((packet) => [u32(1), u32(0), u32(packet.length), u32(packet.length), packet]),
  );

const cooked = (type: number, protocol: number, payload: Buffer): Buffer =>
  bytes(u16(type), ARPHRD_ETHER, u16(6), SENDER, "0000", u16(protocol), payload);

const cooked2 = (type: number, protocol: number, payload: Buffer): Buffer =>
  bytes(u16(protocol), "0000", u32(3), ARPHRD_ETHER, type, 6, SENDER, "0000", payload);

describe("link types", () => {
  const folder = ownFolder();
  const [HOST, BROADCAST, OUTGOING] = [0, 1, 4];
  const question = ipv4(17, udp(53, Buffer.from("question")));

  for (const [name, linkType, packet] of [
    ["LINUX_SLL", SLL, cooked],
    ["LINUX_SLL2", SLL2, cooked2],
  ] as const) {
    const file = folder.file(
      `${name}.pcap`,
      capture(
        linkType,
        packet(BROADCAST, 0x0806, ARP_REQUEST),
        packet(OUTGOING, 0x8100, vlan(5, 0x0800, question)),
        packet(HOST, 0x0800, question),
        packet(HOST, 4, bytes("424203 0000")),
      ),
    );

    test(`${name}: ARP, tagged frames, IP and 802.2`, () => {
      const lines = output("print", "--format", "single-line", "-e", file)
        .trimEnd()
        .split("\n")
        .map((line) => line.replace(/^\d+ \[tp\] /, "").replace(/ tos .*/, ""));
      assert.deepEqual(lines, [
        "net:netif_receive_skb 02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff ethertype ARP (0x0806) request who-has 10.0.0.2 tell 10.0.0.1",
        "net:net_dev_start_xmit 02:00:00:00:00:01 > 00:00:00:00:00:00 ethertype 802.1Q (0x8100) vlan 5 p 0 ethertype IPv4 (0x0800) 10.0.0.1.1000 > 10.0.0.2.53",
        "net:netif_receive_skb 10.0.0.1.1000 > 10.0.0.2.53",
        "net:netif_receive_skb ... (ethertype 0x0005 not supported, use 'retis pcap')",
      ]);
      const rows = output(
        ...["-q", "--format", "json", "--from", file, "-e"],
        "on packet print arp.op, vlan.id, udp.dport, packet.len",
      );
      assert.deepEqual(
        jsonLines(rows).map((row) => [row["arp.op"], row["vlan.id"], row["udp.dport"], row["packet.len"]]),
        [
          ["request", null, null, 14 + 28],
          [null, 5, 53, 14 + 4 + question.length],
          [null, null, 53, question.length],
          [null, null, null, 14 + 5],
        ],
      );
    });

    test(`${name}: written as pcapng and read back`, () => {
      const written = folder.file(`${name}.pcapng`);
      output("pcap", file, "-o", written);
      assert.equal(output("print", "-e", written), output("print", "-e", file));
    });

    test(`${name}: a packet cut within the link header is a packet`, () => {
      const { code, stdout, stderr } = run([
        "print",
        folder.file(`${name}-cut.pcap`, capture(linkType, packet(HOST, 0x0800, question).subarray(0, 12))),
      ]);
      assert.deepEqual([code, stdout, stderr], [0, "1000000000 [tp] packet\n\n", ""]);
    });
  }

  test("a link type that is not known", () => {
    const file = folder.file("wifi.pcap", capture(105, ethernet(0x0800, question)));
    const { code, stderr } = run(["print", file]);
    assert.equal(code, 3);
    assert.match(
      stderr,
      /packets of link type 105 are left out: only Ethernet, IP, loopback and Linux cooked/,
    );
  });
});
