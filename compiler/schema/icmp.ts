// ICMP for IPv4 (RFC 792). Fields that only some messages have are absent in the others.
import {
  address,
  addressField,
  enumeration,
  fixed,
  header,
  integer,
  onlyIf,
  protocolFields,
} from "./constructors.js";
import { protocolWord, type SectionSchema } from "./section.js";

/** IANA's types by nft's names; the first name of a number is the one shown. */
export const icmpTypes = fixed("ICMP type", {
  "echo-reply": 0,
  "destination-unreachable": 3,
  "source-quench": 4,
  redirect: 5,
  "echo-request": 8,
  "router-advertisement": 9,
  "router-solicitation": 10,
  "time-exceeded": 11,
  "parameter-problem": 12,
  "timestamp-request": 13,
  "timestamp-reply": 14,
  "info-request": 15,
  "info-reply": 16,
  "address-mask-request": 17,
  "address-mask-reply": 18,
  "dest-unreachable": 3,
});

const type = header("ICMP", "l4", 0, 1);
/** Echo, timestamp, information and address mask messages. */
const QUERIES = [0n, 8n, 13n, 14n, 15n, 16n, 17n, 18n];
/** Type 3, code 4: fragmentation needed (RFC 1191 §4). */
const FRAGMENTATION_NEEDED = [0x0304n];
const REDIRECT = [5n];

const field = protocolFields("without an ICMP header in the linear data");
const ABSENT_QUERY = "in messages other than echo, timestamp, information and address mask";

export const icmp: SectionSchema = {
  title: "ICMP",
  words: [protocolWord("icmp", ["ICMP"], "the packet has an ICMP header (IPv4)")],
  fields: [
    field("icmp.type", enumeration(icmpTypes), type, "message type"),
    field("icmp.code", integer(8), header("ICMP", "l4", 1, 1), "code, whose meaning depends on the type"),
    field("icmp.checksum", integer(16), header("ICMP", "l4", 2, 2), "checksum"),
    field(
      "icmp.id",
      integer(16),
      onlyIf(header("ICMP", "l4", 4, 2), type, QUERIES),
      "identifier",
      ABSENT_QUERY,
    ),
    field(
      "icmp.seq",
      integer(16),
      onlyIf(header("ICMP", "l4", 6, 2), type, QUERIES),
      "sequence number",
      ABSENT_QUERY,
    ),
    addressField(
      {
        name: "icmp.gateway",
        type: address(4),
        doc: "gateway that a redirect names",
        absent: "in messages other than redirect",
        sections: ["packet"],
      },
      { v4: onlyIf(header("ICMP", "l4", 4, 4), type, REDIRECT), v6: null },
    ),
    field(
      "icmp.mtu",
      integer(16, "bytes"),
      onlyIf(header("ICMP", "l4", 6, 2), header("ICMP", "l4", 0, 2), FRAGMENTATION_NEEDED),
      "MTU of the next hop",
      "in messages other than fragmentation needed",
    ),
  ],
  eithers: [],
};
