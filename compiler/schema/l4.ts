// The ports of whatever transport protocol there is: TCP, UDP or SCTP.
import { first, integer, protocolFields } from "./constructors.js";
import type { Field } from "./field.js";
import { sctpDport, sctpSport } from "./sctp.js";
import { either, protocolWord, type SectionSchema } from "./section.js";
import { tcpDport, tcpSport } from "./tcp.js";
import { udpDport, udpSport } from "./udp.js";
import type { Value } from "./value.js";

const field = protocolFields("without a TCP, UDP or SCTP header in the linear data");

const value = (of: Field): readonly Value[] => (of.value.kind === "number" ? [of.value.value] : []);
const sport = first(...[tcpSport, udpSport, sctpSport].flatMap(value));
const dport = first(...[tcpDport, udpDport, sctpDport].flatMap(value));

export const l4Sport = field("l4.sport", integer(16), sport, "source port of TCP, UDP or SCTP");
export const l4Dport = field("l4.dport", integer(16), dport, "destination port of TCP, UDP or SCTP");

export const l4: SectionSchema = {
  title: "Any transport protocol",
  words: [protocolWord("l4", ["TCP", "UDP", "SCTP"], "the packet has a TCP, UDP or SCTP header")],
  fields: [l4Sport, l4Dport],
  eithers: [either("l4.port", l4Sport, l4Dport, "source or destination port of TCP, UDP or SCTP")],
};
