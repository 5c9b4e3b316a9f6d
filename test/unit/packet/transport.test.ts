// Owns the cases of TCP, SCTP, VXLAN and Geneve text.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytes, chunk, ethernet, ipv4, sctp, tcp, u16, u32, udp } from "./build-packet.js";
import { l3Text } from "./packet-text.js";

const TRUNCATED = "... (truncated or incomplete packet)";
const NOTHING = Buffer.alloc(0);

/** What stands behind the protocol. */
function tail(packet: Uint8Array, linkLayer = false): string {
  const whole = l3Text(packet, linkLayer);
  const match = /^.*? proto [A-Z]+ \(\d+\)/.exec(whole);
  assert.ok(match !== null, whole);
  return whole.slice(match[0].length);
}

describe("TCP text", () => {
  it("shows flags in order", () => {
    const flags = (value: number, reserved = 0) =>
      tail(ipv4(6, tcp(value, NOTHING, NOTHING, { reserved }))).match(/flags \[(.*?)\]/)?.[1];
    assert.equal(flags(0xff, 1), "FSRP.UEWe");
    assert.equal(flags(0x00), "");
    assert.equal(flags(0x12), "S.");
    assert.equal(flags(0xc2), "SEW");
    assert.equal(flags(0x02, 0x0e), "S", "the other reserved bits do not show");
  });

  it("shows the range of a segment with data, and ack with its flag only", () => {
    assert.equal(
      tail(ipv4(6, tcp(0x18, NOTHING, Buffer.alloc(10)))),
      " flags [P.] seq 100:110 ack 200 win 500",
    );
    assert.equal(tail(ipv4(6, tcp(0x04, NOTHING))), " flags [R] seq 100 win 500");
    assert.equal(
      tail(ipv4(6, tcp(0x10, NOTHING, Buffer.alloc(10), { sequence: 0xffff_fffe }))),
      " flags [.] seq 4294967294:8 ack 200 win 500",
    );
  });

  it("takes the segment length from the IP header when the capture is cut", () => {
    const packet = ipv4(6, tcp(0x10, NOTHING), { totalLength: 1500 });
    assert.equal(tail(packet), " flags [.] seq 100:1560 ack 200 win 500");
  });

  const options = (hex: string, headerWords?: number) => {
    const list = bytes(hex);
    const segment = tcp(0x02, list, NOTHING, headerWords === undefined ? {} : { headerWords });
    return tail(ipv4(6, segment)).match(/ win 500 ?(.*)/)?.[1];
  };

  it("shows every option it knows", () => {
    assert.equal(
      options("0204 05b4 0402 080a 00000001 ffffffff 01 030307"),
      "[mss 1460,sackOK,TS val 1 ecr 4294967295,nop,wscale 7]",
    );
    assert.equal(
      options("0101 0512 00000001 00000002 fffffffe ffffffff"),
      "[nop,nop,sack 2 {1:2}{4294967294:4294967295}]",
    );
    assert.equal(options("0606 00000007 0706 00000008"), "[echo 7,echoreply 8]");
    assert.equal(
      options("0b06 00000001 0c06 00000002 0d06 00000003 0000"),
      "[cc 1,ccnew 2,ccecho 3,eol,eol]",
    );
    assert.equal(options(`1312${"00".repeat(16)} 1404 0000`), "[md5,scps]");
    assert.equal(options("1c04 0000 1d04 0000 1e04 0000 fe04 0000"), "[uto,tcp-ao,mptcp,exp]");
    assert.equal(options("2202 0101"), "[tfo cookiereq,nop,nop]");
    assert.equal(options("2206 0aff0001 0101"), "[tfo cookie 0x0a0xff0x000x01,nop,nop]");
    assert.equal(options("4504 0000"), "[?]");
  });

  it("shows values that are whole, of damaged options too", () => {
    assert.equal(options("0203 05 01"), "[mss,nop]", "a length too short for the value");
    assert.equal(options("0200 0101"), "[mss,nop,nop]", "a length of zero moves on");
    assert.equal(options("0506 00000001 0101"), "[sack invalid,nop,nop]");
    assert.equal(
      options("0512 00000001 00000002 0000"),
      "[sack 2 {1:2}]",
      "blocks beyond the header are left out",
    );
    assert.equal(options("080a 0000"), "[TS]");
    assert.equal(options("220a 0b0c"), "[tfo cookie 0x0b0x0c????????????]");
    assert.equal(options("0101 0103"), "[nop,nop,nop,wscale]", "a kind without length");
    assert.equal(options("01010101", 15), "[nop,nop,nop,nop]", "a header longer than the packet");
    assert.equal(options("", 15), "[]");
  });

  it("shows no options where the header has none", () => {
    assert.equal(
      tail(ipv4(6, tcp(0x02, NOTHING, NOTHING, { headerWords: 2 }))),
      " flags [S] seq 100:112 win 500",
    );
  });

  it("says when it is cut", () => {
    assert.equal(tail(ipv4(6, tcp(0x02, NOTHING).subarray(0, 19))), TRUNCATED);
  });
});

describe("SCTP text", () => {
  const init = bytes(u32(0xc58b332e), u32(106_496), u16(10), u16(65_535), u32(4_174_528_668));

  it("shows one bracket per chunk", () => {
    assert.equal(
      tail(ipv4(132, sctp(chunk(1, 0, init)))),
      " vtag 0xabcd [INIT init_tag 0xc58b332e rwnd 106496 OS 10 MIS 65535 init_TSN 4174528668]",
    );
    assert.equal(
      tail(ipv4(132, sctp(chunk(2, 0, bytes(init, "0007000400000000"))))),
      " vtag 0xabcd [INIT_ACK init_tag 0xc58b332e rwnd 106496 OS 10 MIS 65535 init_TSN 4174528668]",
    );
    const data = bytes(u32(1), u16(2), u16(3), u32(46), "616263");
    const sack = bytes(u32(9), u32(1000), u16(1), u16(2), Buffer.alloc(12));
    assert.equal(
      tail(ipv4(132, sctp(chunk(3, 0, sack), chunk(0, 7, data), chunk(0, 2, data), chunk(0, 0, data)))),
      " vtag 0xabcd [SACK cum_ack 9 a_rwnd 1000 #gap_acks 1 #dup_tsns 2] [DATA (UBE) TSN 1 SID 2 SSEQ 3 PPID 0x2e]" +
        " [DATA (B) TSN 1 SID 2 SSEQ 3 PPID 0x2e] [DATA TSN 1 SID 2 SSEQ 3 PPID 0x2e]",
    );
  });

  it("shows other chunks by name, unknown ones by number", () => {
    const types = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 64, 193];
    assert.equal(
      tail(ipv4(132, sctp(...types.map((type) => chunk(type, 0, NOTHING))))),
      " vtag 0xabcd [HEARTBEAT] [HEARTBEAT_ACK] [ABORT] [SHUTDOWN] [SHUTDOWN_ACK] [ERROR] [COOKIE_ECHO] [COOKIE_ACK]" +
        " [ECNE] [CWR] [SHUTDOWN_COMPLETE] [UNKNOWN:15] [UNKNOWN:64] [UNKNOWN:193]",
    );
  });

  it("is whole when only the end of the last chunk is not captured", () => {
    const packet = ipv4(132, sctp(chunk(0, 3, bytes(u32(1), u16(2), u16(3), u32(0), Buffer.alloc(200)))));
    assert.equal(tail(packet.subarray(0, 60)), " vtag 0xabcd [DATA (BE) TSN 1 SID 2 SSEQ 3 PPID 0x0]");
  });

  it("says when chunks are cut, missing or damaged", () => {
    assert.equal(tail(ipv4(132, sctp(chunk(1, 0, init.subarray(0, 12))))), ` vtag 0xabcd${TRUNCATED}`);
    assert.equal(
      tail(ipv4(132, sctp(chunk(4, 0, NOTHING), chunk(5, 0, NOTHING))).subarray(0, 20 + 12 + 6)),
      ` vtag 0xabcd [HEARTBEAT]${TRUNCATED}`,
    );
    assert.equal(tail(ipv4(132, sctp(bytes("04000000")))), ` vtag 0xabcd [HEARTBEAT]${TRUNCATED}`);
    assert.equal(tail(ipv4(132, sctp().subarray(0, 11))), TRUNCATED);
  });
});

describe("tunnel text", () => {
  const inner = ipv4(1, bytes(8, 0, u16(0)));
  const innerText = "10.0.0.1 > 10.0.0.2 tos 0x0 ttl 64 id 7 off 0 len 24 proto ICMP (1) type 8 code 0";
  const macs = "02:00:00:00:00:01 > 02:00:00:00:00:02";
  const frame = ethernet(0x0800, inner);

  it("opens VXLAN at both ports", () => {
    for (const port of [4789, 8472]) {
      const packet = ipv4(17, udp(port, bytes("08000000 12345600", frame)));
      assert.equal(tail(packet), ` len 46 vxlan [I] vni 0x123456 ${innerText}`);
      assert.equal(
        tail(packet, true),
        ` len 46 vxlan [I] vni 0x123456 ${macs} ethertype IPv4 (0x0800) ${innerText}`,
      );
    }
    assert.equal(tail(ipv4(17, udp(4789, Buffer.alloc(8)))), ` len 8 vxlan [] vni 0x0 ${TRUNCATED}`);
    assert.equal(tail(ipv4(17, udp(4789, Buffer.alloc(7)))), ` len 7${TRUNCATED}`);
    assert.equal(
      tail(ipv4(17, udp(4789, bytes("08000000 00000000", ethernet(0x1234, NOTHING))))),
      " len 22 vxlan [I] vni 0x0 ... (ethertype 0x1234 not supported, use 'retis pcap')",
    );
  });

  const geneve = (
    flags: number,
    protocol: number,
    options: Uint8Array,
    payload: Uint8Array,
    words?: number,
  ) =>
    ipv4(
      17,
      udp(6081, bytes(words ?? options.length / 4, flags, u16(protocol), "00000100", options, payload)),
    );

  it("opens Geneve with an Ethernet frame or an IP packet inside", () => {
    const packet = geneve(0, 0x6558, NOTHING, frame);
    assert.equal(tail(packet), ` len 46 geneve [] vni 0x1 ${innerText}`);
    assert.equal(
      tail(packet, true),
      ` len 46 geneve [] vni 0x1 proto TEB (0x6558) ${macs} ethertype IPv4 (0x0800) ${innerText}`,
    );
    assert.equal(tail(geneve(0xc0, 0x0800, NOTHING, inner)), ` len 32 geneve [OC] vni 0x1 ${innerText}`);
    assert.equal(
      tail(geneve(0, 0x0800, NOTHING, inner), true),
      ` len 32 geneve [] vni 0x1 proto IPv4 (0x0800)  ${innerText}`,
    );
    assert.equal(
      tail(geneve(0, 0x1234, NOTHING, inner), true),
      " len 32 geneve [] vni 0x1 proto (0x1234)  ... (ethertype 0x1234 not supported, use 'retis pcap')",
    );
  });

  it("lists Geneve options and reads the GRO hint", () => {
    const options = bytes(
      "0102 80 02 0000000000000000",
      "0100 01 01 06 0e 36 3e",
      "0100 01 01 01 0e 22 2a",
      "ffff 7f e0",
    );
    assert.equal(
      tail(geneve(0x40, 0x6558, options, frame)),
      ` len ${46 + options.length} geneve [C] vni 0x1 [class 0x102 type 0x80(C) len 8,` +
        "class 0x100 type 0x1 len 4 (proto 2 v6 nh 14 tp 54 hlen 62)," +
        "class 0x100 type 0x1 len 4 (proto 1 v4 nh 14 tp 34 hlen 42)," +
        `class 0xffff type 0x7f len 0] ${innerText}`,
    );
  });

  it("says when Geneve is cut", () => {
    assert.equal(
      tail(geneve(0, 0x6558, bytes("0100 01 01 06"), NOTHING, 2)),
      ` len 13 geneve [] vni 0x1 [class 0x100 type 0x1 len 4] ${TRUNCATED}`,
    );
    assert.equal(
      tail(geneve(0, 0x6558, bytes("0100"), NOTHING, 63)),
      ` len 10 geneve [] vni 0x1 [] ${TRUNCATED}`,
    );
    assert.equal(tail(ipv4(17, udp(6081, Buffer.alloc(7)))), ` len 7${TRUNCATED}`);
  });

  it("shows a UDP length below its header as zero", () => {
    assert.equal(tail(ipv4(17, bytes(u16(1), u16(2), u16(5), u16(0)))), " len 0");
  });
});
