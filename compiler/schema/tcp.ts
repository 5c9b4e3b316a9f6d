// TCP (RFC 9293). All numbers are raw as in the header: sequence numbers are not relative, the window is not scaled.
import {
  bits,
  boolean,
  computedField,
  header,
  integer,
  layers,
  minus,
  protocolFields,
  shiftRight,
  signedInteger,
  times,
} from "./constructors.js";
import type { Field } from "./field.js";
import { ipLength } from "./ip.js";
import { either, protocolWord, type SectionSchema } from "./section.js";
import type { Value } from "./value.js";

const at = (offset: number, size: 1 | 2 | 4): Value => header("TCP", "l4", offset, size);
const ABSENT = "without a TCP header in the linear data; later fragments have none";
const field = protocolFields(ABSENT);

export const tcpSport = field("tcp.sport", integer(16), at(0, 2), "source port");
export const tcpDport = field("tcp.dport", integer(16), at(2, 2), "destination port");

/** RFC 9293 §3.1 and RFC 3168 §6.1: the octet at 13, lowest bit first. */
export const tcpFlags: ReadonlyMap<string, bigint> = new Map(
  ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"].map((name, bit) => [name, 1n << BigInt(bit)]),
);

const flagByte = at(13, 1);
const flagFields: readonly Field[] = [...tcpFlags.keys()].map((name, bit) =>
  field(
    `tcp.flags.${name}`,
    boolean,
    bits(flagByte, BigInt(bit), 1n),
    `the ${name.toUpperCase()} flag is set`,
  ),
);

const headerWords = shiftRight(at(12, 1), 4n);
const headerBytes = times(headerWords, 4n);
const ipHeaders = minus(layers("TCP", "l4"), layers("TCP", "l3"));

const WALK = "TCP options have no fixed place: finding one is a loop over the header";
const option = (name: string, type: Field["type"], doc: string): Field =>
  computedField(`tcp.opt.${name}`, type, doc, `without that option, or ${ABSENT}`, WALK);

export const tcp: SectionSchema = {
  title: "TCP",
  words: [protocolWord("tcp", ["TCP"], "the packet has a TCP header")],
  fields: [
    tcpSport,
    tcpDport,
    field("tcp.seq", integer(32), at(4, 4), "sequence number, raw: not relative to the connection's first"),
    field("tcp.ack_seq", integer(32), at(8, 4), "acknowledgement number, raw"),
    field("tcp.flags", { kind: "flags", bits: tcpFlags }, flagByte, "the flags: a set of names"),
    ...flagFields,
    field("tcp.window", integer(16), at(14, 2), "window as in the header, not scaled"),
    field("tcp.hlen", integer(8, "bytes"), headerBytes, "header length with options"),
    field(
      "tcp.doff",
      integer(8),
      headerWords,
      "data offset: header length in 32-bit words, as in the header",
    ),
    field(
      "tcp.len",
      signedInteger(32, "bytes"),
      minus(minus(ipLength, ipHeaders), headerBytes),
      "payload length: the IP length without IP and TCP headers",
    ),
    field("tcp.checksum", integer(16), at(16, 2), "checksum"),
    field("tcp.urgptr", integer(16), at(18, 2), "urgent pointer"),
    option("mss", integer(16, "bytes"), "maximum segment size option"),
    option("wscale", integer(8), "window scale option: the shift count"),
    option("tsval", integer(32), "timestamp option: the sender's value"),
    option("tsecr", integer(32), "timestamp option: the echoed value"),
  ],
  eithers: [either("tcp.port", tcpSport, tcpDport, "source or destination port")],
};

/** scapy's letters for the flags: `tcp.flags == "SA"`. */
export const tcpFlagLetters: ReadonlyMap<string, bigint> = new Map(
  [..."FSRPAUEC"].map((letter, bit) => [letter, 1n << BigInt(bit)]),
);
