// libpcap behind the addon: programs, verdicts, messages.
import assert from "node:assert/strict";
import test from "node:test";
import { addon, notBuilt } from "./fixture.js";

const ethernet = 1;
const raw = 12;

/** An IPv4 TCP packet without options. */
function tcp(sourcePort: number, destinationPort: number): Buffer {
  const packet = Buffer.alloc(40);
  packet[0] = 0x45;
  packet.writeUInt16BE(40, 2);
  packet[8] = 64;
  packet[9] = 6;
  packet.writeUInt32BE(0x0a00_0001, 12);
  packet.writeUInt32BE(0x0a00_0002, 16);
  packet.writeUInt16BE(sourcePort, 20);
  packet.writeUInt16BE(destinationPort, 22);
  packet[32] = 0x50;
  return packet;
}

function matches(expression: string, packet: Buffer, linkType = raw, wireLength = packet.length): boolean {
  const { pcapCompile, pcapMatch } = addon();
  return pcapMatch(pcapCompile(expression, linkType, 262144), packet, wireLength);
}

test("a packet matches what libpcap says it does", { skip: notBuilt }, () => {
  const http = tcp(40000, 80);
  assert.equal(matches("tcp port 80", http), true);
  assert.equal(matches("tcp src port 80", http), false);
  assert.equal(matches("tcp port 81", http), false);
  assert.equal(matches("host 10.0.0.2 and not udp", http), true);
  assert.equal(matches("ip6", http), false);
  const frame = Buffer.concat([Buffer.from("02000000000202000000000108 00".replace(" ", ""), "hex"), http]);
  assert.equal(matches("ether dst 02:00:00:00:00:02 and tcp dst port 80", frame, ethernet), true);
  assert.equal(matches("tcp dst port 80", frame, raw), false);
});

test("the length on the wire counts, and so do missing bytes", { skip: notBuilt }, () => {
  const packet = tcp(1, 80);
  assert.equal(matches("greater 1000", packet, raw, 1500), true);
  assert.equal(matches("greater 1000", packet), false);
  assert.equal(matches("tcp port 80", packet.subarray(0, 22), raw, 40), false);
});

test("a program is whole instructions that end in a return", { skip: notBuilt }, () => {
  const program = addon().pcapCompile("tcp port 80", raw, 262144);
  assert.equal(program.length % 8, 0);
  assert.equal(program.readUInt16LE(program.length - 8) & 7, 6, "BPF_RET");
  assert.ok(addon().pcapCompile("tcp port 80", ethernet, 262144).length !== program.length);
});

test("libpcap's own messages come through", { skip: notBuilt }, () => {
  assert.throws(() => addon().pcapCompile("tcp porrt 80", raw, 262144), /syntax error/);
  assert.throws(() => addon().pcapCompile("vlan", raw, 262144), /no VLAN support/);
  assert.throws(() => addon().pcapMatch(Buffer.alloc(8, 0xff), tcp(1, 2), 40), /not a valid filter/);
});
