// The registry of names: unique, documented, their frame members real, the table of field names complete.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fieldAliases, wordAliases } from "../../../compiler/schema/aliases.js";
import type { Field, FieldType } from "../../../compiler/schema/field.js";
import {
  allNames,
  eithers,
  fields,
  lookUp,
  schemas,
  sectionWord,
  words,
} from "../../../compiler/schema/index.js";
import { type StructMember, structMember } from "../../../compiler/schema/struct-member.js";
import type { FrameMember, Load, Value } from "../../../compiler/schema/value.js";

/** The canonical column of the table of field names, for the protocols that this version has. */
const canonical = `
  eth.saddr eth.daddr eth.addr eth.type vlan.id vlan.pcp vlan.dei vlan.type
  arp.op arp.saddr arp.daddr arp.smac arp.tmac arp.htype arp.ptype
  ip.saddr ip.daddr ip.addr ip.proto ip.ttl ip.len ip.version ip.hlen ip.id ip.df ip.mf ip.frag ip.dscp ip.ecn ip.tos
  ip.checksum ipv6.flow ipv6.plen ipv6.nexthdr ip.ihl
  ipv4.saddr ipv4.daddr ipv4.addr ipv6.saddr ipv6.daddr ipv6.addr
  tcp.sport tcp.dport tcp.port tcp.seq tcp.ack_seq tcp.flags tcp.flags.syn tcp.flags.ack tcp.flags.fin tcp.flags.rst
  tcp.flags.psh tcp.flags.urg tcp.flags.ece tcp.flags.cwr tcp.window tcp.hlen tcp.doff tcp.len tcp.checksum tcp.urgptr
  tcp.opt.mss tcp.opt.wscale tcp.opt.tsval tcp.opt.tsecr
  udp.sport udp.dport udp.port udp.len udp.checksum l4.sport l4.dport l4.port
  icmp.type icmp.code icmp.id icmp.seq icmp.gateway icmp.mtu
  icmpv6.type icmpv6.code icmpv6.id icmpv6.seq icmpv6.target icmpv6.mtu
  sctp.sport sctp.dport sctp.port sctp.vtag sctp.chunk sctp.data.tsn sctp.data.sid sctp.data.ssn sctp.data.ppid
  packet.len drop.reason drop.subsys drop.location skb.len skb.data_len skb.mark skb.hash skb.priority skb.pkt_type
  dev.name dev.ifindex dev.rx_ifindex ns.inum probe probe.type time cpu pid tid comm task.context stack flow
  flow.saddr flow.daddr flow.sport flow.dport flow.proto
`
  .trim()
  .split(/\s+/);

/** The alias column: alias -> canonical. */
const aliases = `
  eth.src=eth.saddr ether.saddr=eth.saddr eth.dst=eth.daddr ether.daddr=eth.daddr ether.host=eth.addr
  eth.proto=eth.type ether.type=eth.type vlan.vid=vlan.id vlan.vlan=vlan.id vlan.priority=vlan.pcp vlan.prio=vlan.pcp
  vlan.cfi=vlan.dei vlan.etype=vlan.type arp.opcode=arp.op arp.operation=arp.op arp.spa=arp.saddr arp.psrc=arp.saddr
  arp.tpa=arp.daddr arp.pdst=arp.daddr arp.sha=arp.smac arp.hwsrc=arp.smac arp.tha=arp.tmac arp.dmac=arp.tmac
  arp.hwdst=arp.tmac arp.hwtype=arp.htype ip.src=ip.saddr src=ip.saddr ip4.saddr=ipv4.saddr ip6.saddr=ipv6.saddr
  ip.dst=ip.daddr dst=ip.daddr host=ip.addr ip.host=ip.addr ip.protocol=ip.proto l4proto=ip.proto
  ipv6.nxt=ipv6.nexthdr ip6.nh=ipv6.nexthdr ipv6.hlim=ipv6.hoplimit ip6.hoplimit=ipv6.hoplimit ip.hoplimit=ip.ttl
  ip.length=ip.len ip.ver=ip.version ip.hdrlength=ip.ihl ip.flags.df=ip.df ip.flags.mf=ip.mf ip.frag_offset=ip.frag
  ip.frag-off=ip.frag ip.offset=ip.frag ip.dsfield.dscp=ip.dscp ip.dsfield.ecn=ip.ecn ipv6.tclass.dscp=ipv6.dscp
  ip.dsfield=ip.tos ipv6.tc=ipv6.tclass ip.chksum=ip.checksum ip.csum=ip.checksum ip6.flowlabel=ipv6.flow
  ipv6.flowlabel=ipv6.flow ipv6.fl=ipv6.flow tcp.srcport=tcp.sport tcp.dstport=tcp.dport tcp.sequence=tcp.seq
  tcp.seq_raw=tcp.seq tcp.ackseq=tcp.ack_seq tcp.ack_raw=tcp.ack_seq tcp.flags.reset=tcp.flags.rst
  tcp.flags.push=tcp.flags.psh tcp.win=tcp.window tcp.window_size_value=tcp.window tcp.hdr_len=tcp.hlen
  tcp.dataofs=tcp.doff tcp.chksum=tcp.checksum tcp.csum=tcp.checksum tcp.options.mss=tcp.opt.mss
  tcp.options.wscale.shift=tcp.opt.wscale tcp.options.timestamp.tsval=tcp.opt.tsval udp.srcport=udp.sport
  udp.dstport=udp.dport udp.length=udp.len udp.csum=udp.checksum th.sport=l4.sport meta.sport=l4.sport port=l4.port
  icmp.ident=icmp.id icmp.sequence=icmp.seq icmp.gw=icmp.gateway icmp6.type=icmpv6.type nd.target=icmpv6.target
  icmpv6.taddr=icmpv6.target sctp.tag=sctp.vtag sctp.verification_tag=sctp.vtag sctp.chunk_type=sctp.chunk
  reason=drop.reason iface=dev.name iif=dev.rx_ifindex meta.iifname=dev.name netns=ns.inum
`
  .trim()
  .split(/\s+/)
  .map((pair) => pair.split("=") as [string, string]);

function loadsOf(value: Value): readonly Load[] {
  switch (value.kind) {
    case "load":
      return [value.load];
    case "arithmetic":
      return [...loadsOf(value.left), ...loadsOf(value.right)];
    case "first":
      return value.values.flatMap(loadsOf);
    case "guarded":
      return [...loadsOf(value.value), ...loadsOf(value.guard)];
    case "complement":
    case "negate":
      return loadsOf(value.operand);
    default:
      return [];
  }
}

function loadsOfField(field: Field): readonly Load[] {
  if (field.value.kind === "number") return loadsOf(field.value.value);
  if (field.value.kind !== "address") return [];
  const { v4, v6 } = field.value.value;
  return [...(v4 === null ? [] : [v4]), ...(v6 === null ? [] : [v6.high, v6.low])].flatMap(loadsOf);
}

function frameMembers(field: Field): readonly FrameMember[] {
  if (field.value.kind === "string") return [field.value.value.frame];
  return loadsOfField(field).flatMap((load) => ("frame" in load ? [load.frame] : []));
}

const memberOf = (frame: FrameMember, path: string): StructMember | undefined =>
  structMember(frame.section === "frame" ? "frame" : `section_${frame.section}`, path) ?? undefined;

const bitsOf = (type: FieldType): number | null => (type.kind === "integer" ? type.bits : null);

describe("registry", () => {
  it("has each canonical name once", () => {
    const names = schemas.flatMap((schema) =>
      [...schema.fields, ...schema.eithers].map((field) => field.name),
    );
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
    const wordNames = schemas.flatMap((schema) => schema.words.map((word) => word.name));
    assert.equal(new Set(wordNames).size, wordNames.length);
  });

  it("has every name of the table", () => {
    assert.deepEqual(
      canonical.filter((name) => !fields.has(name) && !eithers.has(name)),
      [],
    );
  });

  it("has every alias of the table", () => {
    for (const [alias, name] of aliases) assert.equal(lookUp(alias)?.name, name, alias);
  });

  it("has aliases of real fields only, and none that hides a name", () => {
    for (const [alias, name] of fieldAliases) {
      assert.ok(fields.has(name) || eithers.has(name), `${alias} -> ${name}`);
      assert.ok(!fields.has(alias) && !eithers.has(alias), `${alias} is a name of its own`);
    }
    for (const [alias, word] of wordAliases) {
      assert.ok(words.has(word), `${alias} -> ${word}`);
      assert.ok(!words.has(alias), `${alias} is a word of its own`);
    }
  });

  it("keeps unit, family and type under an alias", () => {
    // A family's name never leads to a field of both, nor the other way round.
    for (const name of allNames) {
      const entry = lookUp(name);
      assert.ok(entry !== null, name);
      const family = /^(?:ipv4|ip4)\./.test(name) ? 4 : /^(?:ipv6|ip6)\./.test(name) ? 6 : null;
      if (family === null || entry.kind === "section") continue;
      assert.match(entry.name, new RegExp(`^ipv${family}\\.`), name);
    }
    assert.equal(lookUp("ip.hlen")?.name, "ip.hlen");
    assert.equal(lookUp("ip.ihl")?.name, "ip.ihl", "words are another field than bytes");
    assert.equal(lookUp("tcp.ack"), null, "a field or a flag: nobody knows");
  });

  it("says of every field what it is and when it is absent", () => {
    for (const field of fields.values()) {
      assert.match(field.doc, /^[^\n]+[^.\n]$/, `${field.name}: one line without a full stop`);
      if (field.absent !== null)
        assert.match(field.absent, /^(without|at|when|in|where|before|and) /, field.name);
    }
  });

  it("has members of the frame for what is collected, as wide as the field", () => {
    for (const field of fields.values()) {
      for (const frame of frameMembers(field)) {
        const member = memberOf(frame, frame.member);
        assert.ok(member !== undefined, `${field.name}: ${frame.section}.${frame.member}`);
        if (frame.presentIf !== undefined)
          assert.ok(memberOf(frame, frame.presentIf) !== undefined, `${field.name}: ${frame.presentIf}`);
      }
      // Beside the value itself a guard may be read, which is as wide as it is.
      const bits = bitsOf(field.type);
      const sizes = frameMembers(field).map((frame) => memberOf(frame, frame.member)?.size ?? 0);
      if (bits !== null && sizes.length > 0)
        assert.ok(Math.max(...sizes) * 8 >= bits, `${field.name} has ${bits} bits, ${sizes} bytes`);
    }
  });

  it("names the section of every member that it reads", () => {
    for (const field of fields.values()) {
      for (const { section } of frameMembers(field))
        if (section !== "frame")
          assert.ok(field.sections.includes(section), `${field.name} needs ${section}`);
      const reads = loadsOfField(field).some((load) => load.kind === "header" || load.kind === "layers");
      if (reads) assert.ok(field.sections.includes("packet"), `${field.name} needs packet`);
    }
  });

  it("prints sections by their other names, too", () => {
    assert.equal(sectionWord("skb-drop")?.name, "drop");
    assert.equal(sectionWord("ip6")?.name, "ipv6");
    assert.equal(sectionWord("stack")?.name, "stack");
    assert.equal(sectionWord("netns"), null, "an alias of the field ns.inum");
    assert.equal(lookUp("stack")?.kind, "field", "as a value it is a field");
  });
});
