// The conntrack section as Retis' text: `ct_state NEW status 0x8 tcp (SYN_SENT) orig […] reply […] zone 0 mark 0`.
import {
  CT_HAS_LABELS,
  CT_HAS_MARK,
  CT_HAS_PROTO_STATE,
  structs,
} from "../../compiler/schema/generated/layout.js";
import type { TextWriter } from "../packet/text-writer.js";
import type { Strings } from "./names.js";

const ct = structs.section_ct.members;
const connection = structs.ct_connection.members;
const tuple = structs.ct_tuple.members;

/** enum ct_state (bpf/sections/ct.h). */
const STATES = ["ESTABLISHED", "RELATED", "NEW", "REPLY", "RELATED_REPLY", "UNTRACKED"] as const;
/** enum ct_zone_dir; `None` shows nothing. */
const ZONES = ["orig-zone", "reply-zone", "zone"] as const;

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 1: "icmp", 6: "tcp", 17: "udp", 132: "sctp" };
const ICMP = 1;
const TCP = 6;
const SCTP = 132;

/** `parent`: what stands before a master connection: a new line in several-line form. */
export function writeCt(
  out: TextWriter,
  bytes: Buffer,
  view: DataView,
  at: number,
  strings: Strings,
  parent: string,
): void {
  out.ascii("ct_state ");
  out.ascii(STATES[view.getUint32(at + ct.state.offset, true)] ?? "UNKNOWN");
  out.char(32);
  writeConnection(out, bytes, view, at + ct.connection.offset, strings);
  if (view.getUint32(at + ct.has_parent.offset, true) === 0) return;
  out.ascii(`${parent}\\ parent [`);
  writeConnection(out, bytes, view, at + ct.parent.offset, strings);
  out.char(93);
}

function writeConnection(out: TextWriter, bytes: Buffer, view: DataView, at: number, strings: Strings): void {
  const has = view.getUint8(at + connection.has.offset);
  out.ascii("status 0x");
  out.hexBig(view.getBigUint64(at + connection.status.offset, true));
  const protocol = view.getUint8(at + connection.orig.offset + tuple.protocol.offset);
  out.ascii(` ${PROTOCOL_NAMES[protocol] ?? protocol}`);
  if ((has & CT_HAS_PROTO_STATE) !== 0) {
    out.ascii(" (");
    out.utf8(strings.text(view.getUint32(at + connection.proto_state.offset, true)));
    out.char(41);
  } else if (protocol === TCP || protocol === SCTP) out.ascii(" (UNKNOWN)");
  out.ascii(" orig ");
  writeTuple(out, bytes, view, at + connection.orig.offset);
  out.ascii(" reply ");
  writeTuple(out, bytes, view, at + connection.reply.offset);
  const zone = ZONES[view.getUint8(at + connection.zone_dir.offset)];
  if (zone !== undefined) out.ascii(` ${zone} ${view.getUint16(at + connection.zone_id.offset, true)}`);
  if ((has & CT_HAS_MARK) !== 0) {
    out.ascii(" mark ");
    out.dec(view.getUint32(at + connection.mark.offset, true));
  }
  if ((has & CT_HAS_LABELS) !== 0) {
    const high = view.getBigUint64(at + connection.labels_high.offset, true);
    const low = view.getBigUint64(at + connection.labels_low.offset, true);
    out.ascii(" labels 0x");
    out.hexBig((high << 64n) | low);
  }
}

/** `[10.0.0.1.4000 > 10.0.0.2.80]`; ICMP has type, code and id in place of ports. */
function writeTuple(out: TextWriter, bytes: Buffer, view: DataView, at: number): void {
  const protocol = view.getUint8(at + tuple.protocol.offset);
  const v6 = view.getUint8(at + tuple.family.offset) === 6;
  const address = (offset: number): void => {
    if (v6) out.ipv6(bytes, at + offset);
    else out.ipv4(bytes, at + offset);
  };
  const port = (offset: number): void => {
    if (protocol === ICMP) return;
    out.char(46);
    out.dec(view.getUint16(at + offset, true));
  };
  out.char(91);
  address(tuple.saddr.offset);
  port(tuple.sport.offset);
  out.ascii(" > ");
  address(tuple.daddr.offset);
  port(tuple.dport.offset);
  if (protocol === ICMP) {
    out.ascii(
      ` type ${view.getUint8(at + tuple.icmp_type.offset)} code ${view.getUint8(at + tuple.icmp_code.offset)}`,
    );
    out.ascii(` id ${view.getUint16(at + tuple.icmp_id.offset, true)}`);
  }
  if (protocol === SCTP) {
    out.ascii(" vtag 0x");
    out.hex(view.getUint32(at + tuple.vtag.offset, true));
  }
  out.char(93);
}
