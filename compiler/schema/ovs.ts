// What Open vSwitch did with the packet. Stored events have it; live ones not yet.
import {
  and,
  enumeration,
  fixed,
  frameOnly,
  integer,
  numberField,
  onlyIf,
  otherField,
  signedInteger,
} from "./constructors.js";
import { ovsEvents } from "./event/ovs.js";
import type { FieldType } from "./field.js";
import * as layout from "./generated/layout.js";
import type { SectionSchema } from "./section.js";
import type { Value } from "./value.js";

const ABSENT = "where Open vSwitch does not handle the packet";
const STORED = "only stored events have it";

/** enum ovs_packet_cmd of include/uapi/linux/openvswitch.h. */
const commands = fixed("command of an upcall", { unspec: 0, miss: 1, action: 2, exec: 3 });

const member = (name: string): Value => frameOnly({ section: "ovs", member: name }, STORED);

/** A member of some kinds of events only. */
const ofEvents = (
  name: string,
  type: FieldType,
  of: string,
  events: readonly number[],
  doc: string,
  what: string,
) =>
  numberField(
    { name: `ovs.${name}`, type, doc, absent: `${ABSENT}, and ${what}`, sections: ["ovs"] },
    onlyIf(
      member(of),
      member("event"),
      events.map((event) => BigInt(event)),
    ),
  );

const upcalls = [layout.OVS_UPCALL, layout.OVS_UPCALL_ENQUEUE];

export const ovs: SectionSchema = {
  title: "Open vSwitch",
  words: [
    {
      kind: "section",
      name: "ovs",
      presence: { kind: "section", section: "ovs" },
      protocol: false,
      sections: ["ovs"],
      doc: "what Open vSwitch did",
    },
  ],
  fields: [
    numberField(
      {
        name: "ovs.event",
        type: enumeration(fixed("event of Open vSwitch", ovsEvents)),
        doc: "what happened",
        absent: ABSENT,
        sections: ["ovs"],
      },
      member("event"),
    ),
    otherField(
      {
        name: "ovs.action",
        type: { kind: "string" },
        doc: "action that was executed: `output`, `ct`, …",
        absent: `${ABSENT}, and unless it executed an action`,
        sections: ["ovs"],
      },
      {
        kind: "string",
        value: {
          kind: "string",
          from: "interned",
          size: 0,
          frame: { section: "ovs", member: "action", presentIf: "action" },
        },
      },
    ),
    ofEvents(
      "cmd",
      enumeration(commands),
      "cmd",
      upcalls,
      "why user space was asked",
      "unless it asked user space",
    ),
    ofEvents("port", integer(32), "port", upcalls, "port of the datapath", "unless it asked user space"),
    ofEvents(
      "ret",
      signedInteger(32),
      "ret",
      [layout.OVS_UPCALL_ENQUEUE, layout.OVS_UPCALL_RETURN],
      "0, or an error number below 0",
      "unless it asked user space",
    ),
    numberField(
      {
        name: "ovs.recirc_id",
        type: integer(32),
        doc: "recirculation id that an action runs in",
        absent: `${ABSENT}, and unless it executed an action`,
        sections: ["ovs"],
      },
      onlyIf(member("recirc_id"), and(member("has"), BigInt(layout.OVS_HAS_RECIRC_ID)), "nonzero"),
    ),
  ],
  eithers: [],
};
