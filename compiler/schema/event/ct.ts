// The connection that conntrack knows the packet by.
import * as layout from "../generated/layout.js";
import type { EventSection, Form, Member } from "./form.js";
import {
  address,
  hasBit,
  interned,
  member,
  names,
  object,
  optional,
  u8,
  u16,
  u32,
  u64,
  within,
} from "./place.js";

const ct = within("ct");

export const ctStates = {
  established: layout.CT_ESTABLISHED,
  related: layout.CT_RELATED,
  new: layout.CT_NEW,
  reply: layout.CT_REPLY,
  related_reply: layout.CT_RELATED_REPLY,
  untracked: layout.CT_UNTRACKED,
};

const zoneDirections = {
  Original: layout.CT_ZONE_ORIGINAL,
  Reply: layout.CT_ZONE_REPLY,
  Default: layout.CT_ZONE_DEFAULT,
  None: layout.CT_ZONE_NONE,
};

function ports(at: (name: string) => ReturnType<typeof ct>): readonly Member[] {
  return [
    member("sport", u16(at("sport")), "source port"),
    member("dport", u16(at("dport")), "destination port"),
  ];
}

/** One direction. */
function tuple(path: string): Form {
  const at = (name: string) => ct(`${path}.${name}`);
  const family = at("family");
  return object(
    member(
      "ip",
      object(
        member("src", address(at("saddr"), family), "source address"),
        member("dst", address(at("daddr"), family), "destination address"),
        member("version", names(family, { v4: 4, v6: 6 }), "IP version of both"),
      ),
      "addresses",
    ),
    member(
      "proto",
      {
        kind: "choice",
        at: at("protocol"),
        options: [
          { key: "tcp", value: 6, members: ports(at) },
          { key: "udp", value: 17, members: ports(at) },
          {
            key: "icmp",
            value: 1,
            members: [
              member("code", u8(at("icmp_code")), "ICMP code"),
              member("type", u8(at("icmp_type")), "ICMP type"),
              member("id", u16(at("icmp_id")), "ICMP identifier"),
            ],
          },
          {
            key: "sctp",
            value: 132,
            members: [...ports(at), member("vtag", u32(at("vtag")), "verification tag")],
          },
        ],
      },
      "what the protocol tells connections apart by",
    ),
  );
}

function connection(path: "connection" | "parent"): readonly Member[] {
  const at = (name: string) => ct(`${path}.${name}`);
  const has = at("has");
  return [
    member("zone_id", u16(at("zone_id")), "conntrack zone"),
    member("zone_dir", names(at("zone_dir"), zoneDirections), "direction that the zone is for"),
    member("orig", tuple(`${path}.orig`), "the direction that opened the connection"),
    member("reply", tuple(`${path}.reply`), "the other one, after NAT"),
    optional(
      "proto_state",
      interned(at("proto_state")),
      hasBit(has, layout.CT_HAS_PROTO_STATE),
      "where the protocol has no states",
      "state of the protocol's own machine: `ESTABLISHED`",
    ),
    optional(
      "mark",
      u32(at("mark")),
      hasBit(has, layout.CT_HAS_MARK),
      "on kernels without CONFIG_NF_CONNTRACK_MARK",
      "mark of the connection",
    ),
    optional(
      "labels",
      object(
        member("hi", u64(at("labels_high")), "upper 64 bits"),
        member("lo", u64(at("labels_low")), "lower 64 bits"),
      ),
      hasBit(has, layout.CT_HAS_LABELS),
      "for connections without labels",
      "labels of the connection",
    ),
    member("ct_status", u64(at("status")), "IPS_* bits of enum ip_conntrack_status"),
  ];
}

export const ctSection: EventSection = {
  key: "ct",
  doc: "The connection that the packet belongs to",
  origin: "retis",
  where: { kind: "section", section: "ct" },
  members: [
    member("state", names(ct("state"), ctStates), "the packet's place in the connection"),
    ...connection("connection"),
    optional(
      "parent",
      object(...connection("parent")),
      hasBit(ct("has_parent")),
      "unless the connection was expected",
      "the connection that this one was expected by (FTP data, …)",
    ),
  ],
};
