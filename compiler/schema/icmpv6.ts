// ICMPv6 (RFC 4443) and neighbour discovery (RFC 4861). Fields that only some messages have are absent in the others.
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
export const icmpv6Types = fixed("ICMPv6 type", {
  "destination-unreachable": 1,
  "packet-too-big": 2,
  "time-exceeded": 3,
  "parameter-problem": 4,
  "echo-request": 128,
  "echo-reply": 129,
  "mld-listener-query": 130,
  "mld-listener-report": 131,
  "mld-listener-done": 132,
  "nd-router-solicit": 133,
  "nd-router-advert": 134,
  "nd-neighbor-solicit": 135,
  "nd-neighbor-advert": 136,
  "nd-redirect": 137,
  "router-renumbering": 138,
  "ind-neighbor-solicit": 141,
  "ind-neighbor-advert": 142,
  "mld2-listener-report": 143,
  "mld-listener-reduction": 132,
  "dest-unreachable": 1,
});

const type = header("ICMPV6", "l4", 0, 1);
const ECHO = [128n, 129n];
const TOO_BIG = [2n];
/** Neighbour solicitation, neighbour advertisement, redirect: the target stands at 8 in all three. */
const WITH_TARGET = [135n, 136n, 137n];

const field = protocolFields("without an ICMPv6 header in the linear data");
const echo = (name: string, offset: number, doc: string) =>
  field(
    name,
    integer(16),
    onlyIf(header("ICMPV6", "l4", offset, 2), type, ECHO),
    doc,
    "in messages other than echo",
  );

export const icmpv6: SectionSchema = {
  title: "ICMPv6",
  words: [protocolWord("icmpv6", ["ICMPV6"], "the packet has an ICMPv6 header")],
  fields: [
    field("icmpv6.type", enumeration(icmpv6Types), type, "message type"),
    field("icmpv6.code", integer(8), header("ICMPV6", "l4", 1, 1), "code, whose meaning depends on the type"),
    field("icmpv6.checksum", integer(16), header("ICMPV6", "l4", 2, 2), "checksum"),
    echo("icmpv6.id", 4, "identifier"),
    echo("icmpv6.seq", 6, "sequence number"),
    addressField(
      {
        name: "icmpv6.target",
        type: address(6),
        doc: "target of a neighbour solicitation, neighbour advertisement or redirect",
        absent: "in other messages",
        sections: ["packet"],
      },
      {
        v4: null,
        v6: {
          high: onlyIf(header("ICMPV6", "l4", 8, 8), type, WITH_TARGET),
          low: onlyIf(header("ICMPV6", "l4", 16, 8), type, WITH_TARGET),
        },
      },
    ),
    field(
      "icmpv6.mtu",
      integer(32, "bytes"),
      onlyIf(header("ICMPV6", "l4", 4, 4), type, TOO_BIG),
      "MTU of the next hop",
      "in messages other than packet-too-big",
    ),
  ],
  eithers: [],
};
