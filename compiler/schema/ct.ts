// The connection that the packet belongs to, as conntrack knows it. Stored events have it; live ones not yet.

import { and, enumeration, frameOnly, integer, numberField, onlyIf, otherField } from "./constructors.js";
import { ctStates } from "./event/ct.js";
import type { EnumSource } from "./field.js";
import { CT_HAS_MARK } from "./generated/layout.js";
import type { SectionSchema } from "./section.js";
import type { Value } from "./value.js";

const ABSENT = "when the packet is of no connection";
const STORED = "only stored events have it";

const states: EnumSource = {
  kind: "fixed",
  name: "state of the connection",
  values: new Map(Object.entries(ctStates).map(([name, value]) => [name, BigInt(value)])),
  // As in nft, a reply is of an established connection, and what is related is so in both directions.
  includes: new Map([
    [BigInt(ctStates.established), [BigInt(ctStates.reply)]],
    [BigInt(ctStates.related), [BigInt(ctStates.related_reply)]],
  ]),
};

const member = (name: string): Value => frameOnly({ section: "ct", member: name }, STORED);
const has = (bit: number): Value => and(member("connection.has"), BigInt(bit));
const parts = { sections: ["ct"] as const, absent: ABSENT };

export const ct: SectionSchema = {
  title: "Connection tracking",
  words: [
    {
      kind: "section",
      name: "ct",
      presence: { kind: "section", section: "ct" },
      protocol: false,
      sections: ["ct"],
      doc: "the connection that the packet belongs to",
    },
  ],
  fields: [
    numberField(
      {
        ...parts,
        name: "ct.state",
        type: enumeration(states),
        doc: "the packet's place in the connection; `established` and `related` include replies",
      },
      member("state"),
    ),
    numberField(
      { ...parts, name: "ct.zone", type: integer(16), doc: "conntrack zone" },
      member("connection.zone_id"),
    ),
    numberField(
      {
        ...parts,
        name: "ct.mark",
        type: integer(32),
        doc: "mark of the connection",
        absent: `${ABSENT}, and on kernels without marks of connections`,
      },
      onlyIf(member("connection.mark"), has(CT_HAS_MARK), "nonzero"),
    ),
    numberField(
      { ...parts, name: "ct.status", type: integer(64), doc: "IPS_* bits of enum ip_conntrack_status" },
      { ...member("connection.status"), signed: false },
    ),
    otherField(
      {
        ...parts,
        name: "ct.proto_state",
        type: { kind: "string" },
        doc: "state of the protocol's own machine: `ESTABLISHED`",
        absent: `${ABSENT}, or its protocol has no states`,
      },
      {
        kind: "string",
        value: {
          kind: "string",
          from: "interned",
          size: 0,
          frame: { section: "ct", member: "connection.proto_state", presentIf: "connection.proto_state" },
        },
      },
    ),
  ],
  eithers: [],
};
