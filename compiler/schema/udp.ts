// UDP (RFC 768).
import { header, integer, protocolFields } from "./constructors.js";
import { either, protocolWord, type SectionSchema } from "./section.js";

const field = protocolFields("without a UDP header in the linear data; later fragments have none");

export const udpSport = field("udp.sport", integer(16), header("UDP", "l4", 0, 2), "source port");
export const udpDport = field("udp.dport", integer(16), header("UDP", "l4", 2, 2), "destination port");

export const udp: SectionSchema = {
  title: "UDP",
  words: [protocolWord("udp", ["UDP"], "the packet has a UDP header")],
  fields: [
    udpSport,
    udpDport,
    field(
      "udp.len",
      integer(16, "bytes"),
      header("UDP", "l4", 4, 2),
      "length of header and data, as in the header",
    ),
    field("udp.checksum", integer(16), header("UDP", "l4", 6, 2), "checksum"),
  ],
  eithers: [either("udp.port", udpSport, udpDport, "source or destination port")],
};
