// SCTP (RFC 9260). Chunks have no fixed place: user space walks them.
import { computedField, fixed, header, integer, protocolFields } from "./constructors.js";
import type { Field } from "./field.js";
import { either, protocolWord, type SectionSchema } from "./section.js";

const ABSENT = "without an SCTP header in the linear data; later fragments have none";
const field = protocolFields(ABSENT);

export const sctpSport = field("sctp.sport", integer(16), header("SCTP", "l4", 0, 2), "source port");
export const sctpDport = field("sctp.dport", integer(16), header("SCTP", "l4", 2, 2), "destination port");

/** IANA's chunk types by nft's names. */
const chunkTypes = fixed("SCTP chunk", {
  data: 0,
  init: 1,
  "init-ack": 2,
  sack: 3,
  heartbeat: 4,
  "heartbeat-ack": 5,
  abort: 6,
  shutdown: 7,
  "shutdown-ack": 8,
  error: 9,
  "cookie-echo": 10,
  "cookie-ack": 11,
  ecne: 12,
  cwr: 13,
  "shutdown-complete": 14,
  auth: 15,
  "i-data": 64,
  "asconf-ack": 128,
  reconf: 130,
  pad: 132,
  "forward-tsn": 192,
  asconf: 193,
  "i-forward-tsn": 194,
});

const WALK = "SCTP chunks have no fixed place: finding one is a loop over the packet";
const ofData = (name: string, type: Field["type"], doc: string): Field =>
  computedField(`sctp.data.${name}`, type, doc, "without a DATA chunk in the captured bytes", WALK);

export const sctp: SectionSchema = {
  title: "SCTP",
  words: [protocolWord("sctp", ["SCTP"], "the packet has an SCTP header")],
  fields: [
    sctpSport,
    sctpDport,
    field("sctp.vtag", integer(32), header("SCTP", "l4", 4, 4), "verification tag"),
    field("sctp.checksum", integer(32), header("SCTP", "l4", 8, 4), "checksum"),
    computedField(
      "sctp.chunk",
      { kind: "number-set", source: chunkTypes },
      "the set of chunk types in the packet: `sctp.chunk has data`",
      ABSENT,
      WALK,
    ),
    ofData("tsn", integer(32), "transmission sequence number of the first DATA chunk"),
    ofData("sid", integer(16), "stream identifier of the first DATA chunk"),
    ofData("ssn", integer(16), "stream sequence number of the first DATA chunk"),
    ofData("ppid", integer(32), "payload protocol identifier of the first DATA chunk"),
  ],
  eithers: [either("sctp.port", sctpSport, sctpDport, "source or destination port")],
};
