// User space's verdict on frames made by hand: what is absent, what garbage behind it must not matter, and what only
// user space finds.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileTest, compileValue, type FramePlan } from "../../../compiler/codegen/predicates/index.js";
import { walkHeaders } from "../../../compiler/packet/walk.js";
import { layOutFrame } from "../../../compiler/plan/lay-out-frame.js";
import type { Test } from "../../../compiler/plan/predicate.js";
import { START_L3, structs } from "../../../compiler/schema/generated/layout.js";
import { fields } from "../../../compiler/schema/index.js";
import { SECTION_BITS } from "../../../compiler/schema/section-bits.js";
import type { StringLoad, Value } from "../../../compiler/schema/value.js";

const plan: FramePlan = { layout: layOutFrame(new Set(["packet", "drop", "dev", "ns"]), 256), probes: [] };
const AT = 16;
const { offsets, bytes: packetBytes } = plan.layout;

/** A frame in the middle of a batch, full of garbage until something is written. */
class Frame {
  readonly #bytes = Buffer.alloc(AT + packetBytes + 256, 0xee);
  readonly view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);

  constructor(...sections: readonly (keyof typeof SECTION_BITS)[]) {
    const present = sections.reduce((mask, section) => mask | SECTION_BITS[section], 0);
    this.#bytes.writeUInt32LE(present, AT + structs.frame.members.present.offset);
  }

  number(
    section: "drop" | "dev" | "ns",
    member: { readonly offset: number; readonly size: number },
    value: bigint,
  ): this {
    for (let byte = 0; byte < member.size; byte += 1)
      this.#bytes[AT + offsets[section]! + member.offset + byte] = Number((value >> BigInt(8 * byte)) & 255n);
    return this;
  }

  name(text: string): this {
    const at = AT + offsets.dev! + structs.section_dev.members.name.offset;
    this.#bytes.write(`${text}\0`, at, "latin1");
    return this;
  }

  packet(hex: string, visible = hex.replaceAll(" ", "").length / 2): this {
    const data = Buffer.from(hex.replaceAll(" ", ""), "hex");
    const at = AT + offsets.packet!;
    const { members } = structs.section_packet;
    const write = (
      place: { readonly offset: number; readonly size: number },
      value: number,
      base = 0,
    ): void => {
      this.#bytes.writeUIntLE(value, at + base + place.offset, place.size);
    };
    write(members.len, data.length);
    write(members.captured, data.length);
    write(members.window, visible);
    write(members.start, START_L3);
    const walked = walkHeaders(data, 0, visible, START_L3, { protocol: 0x0800, vlan: null });
    for (const [name, value] of Object.entries(walked))
      write(structs.layers.members[name as keyof typeof walked], value, members.layers.offset);
    this.#bytes.set(data, AT + packetBytes);
    return this;
  }
}

function value(name: string): Value {
  const found = fields.get(name)?.value;
  if (found?.kind === "number") return found.value;
  if (found?.kind === "computed") return { kind: "computed", name, reason: found.reason, signed: true };
  throw new Error(name);
}

const of = (name: string, frame: Frame) => compileValue(value(name), plan)(frame.view, AT);
const holds = (test: Test, frame: Frame) => compileTest(test, plan)(frame.view, AT);
const number = (bits: bigint): Value => ({ kind: "constant", value: bits, signed: bits < 1n << 63n });

const IPV4 = "45000040 00000000 40060000 0a000001 0a000002";
const TCP = "1f90 0050 00000001 00000000 b002ffff 00000000";
const OPTIONS = "020405b4 01 030307 0000 080a 00000007 00000009";

describe("values of a frame", () => {
  it("are absent without their section, layer or bytes, whatever lies there", () => {
    assert.equal(of("tcp.dport", new Frame()), null);
    assert.equal(of("tcp.dport", new Frame("packet").packet(`${IPV4} ${TCP}`)), 80);
    assert.equal(of("udp.dport", new Frame("packet").packet(`${IPV4} ${TCP}`)), null);
    assert.equal(of("tcp.dport", new Frame("packet").packet(`${IPV4} ${TCP}`, 23)), null);
    assert.equal(of("dev.ifindex", new Frame("packet")), null);
  });

  it("are absent where a member of the section says so", () => {
    const { reason, has_reason } = structs.section_drop.members;
    const frame = (known: bigint) =>
      new Frame("drop").number("drop", reason, 3n).number("drop", has_reason, known);
    assert.equal(of("drop.reason", frame(1n)), 3);
    assert.equal(of("drop.reason", frame(0n)), null);
  });

  it("are BigInts only where 53 bits may not do", () => {
    const { cookie, has_cookie } = structs.section_ns.members;
    const frame = new Frame("ns").number("ns", cookie, (1n << 63n) + 1n).number("ns", has_cookie, 1n);
    assert.equal(of("ns.cookie", frame), (1n << 63n) + 1n);
    assert.equal(typeof of("tcp.seq", new Frame("packet").packet(`${IPV4} ${TCP}`)), "number");
  });

  it("compare exactly across signs", () => {
    const { cookie, has_cookie } = structs.section_ns.members;
    const frame = new Frame("ns").number("ns", cookie, (1n << 64n) - 1n).number("ns", has_cookie, 1n);
    const less = (left: Value, right: Value): Test => ({ kind: "compare", op: "<", left, right });
    assert.equal(holds(less(number(-1n), value("ns.cookie")), frame), true);
    assert.equal(
      holds({ kind: "compare", op: "==", left: value("ns.cookie"), right: number(-1n) }, frame),
      false,
    );
    assert.equal(holds(less(value("ns.cookie"), number((1n << 64n) - 1n)), frame), false);
  });
});

describe("TCP options", () => {
  const packet = (options: string): Frame =>
    new Frame("packet").packet(`${IPV4} ${TCP} ${options} 00000000 00000000`);

  it("are found past others", () => {
    const frame = packet("020405b4 01 030307 01 01 080a 00000007 00000009");
    assert.deepEqual(
      ["mss", "wscale", "tsval", "tsecr"].map((name) => of(`tcp.opt.${name}`, frame)),
      [1460, 7, 7, 9],
    );
  });

  it("end at the end of the list, and at a length that cannot be", () => {
    assert.equal(of("tcp.opt.tsval", packet(OPTIONS)), null, "after the end of the list");
    assert.equal(of("tcp.opt.mss", packet("0301 020405b4 0000")), null, "after a length of one");
    assert.equal(of("tcp.opt.mss", packet("0203 05b4 0000 0000")), null, "of another length");
  });
});

describe("text", () => {
  const { value: load } = fields.get("dev.name")! as {
    readonly value: { readonly kind: "string"; readonly value: StringLoad };
  };
  const is = (text: string, negated = false): Test => ({ kind: "string", load: load.value, text, negated });
  const like = (pattern: string): Test => ({ kind: "glob", load: load.value, pattern });
  const { ifindex } = structs.section_dev.members;
  const frame = (name: string) => new Frame("dev").number("dev", ifindex, 2n).name(name);

  it("ends at the NUL, and is compared whole", () => {
    assert.equal(holds(is("eth0"), frame("eth0")), true);
    assert.equal(holds(is("eth"), frame("eth0")), false);
    assert.equal(holds(is("eth0", true), frame("eth0")), false);
    assert.equal(holds(is("eth0", true), new Frame()), false, "absent");
    assert.equal(holds(is("", false), frame("")), true);
  });

  it("matches globs", () => {
    const cases: readonly (readonly [string, string, boolean])[] = [
      ["eth*", "eth0", true],
      ["*0", "eth10", true],
      ["*th*", "veth1", true],
      ["v*1*3", "veth123", true],
      ["v*1*4", "veth123", false],
      ["????", "eth0", true],
      ["???", "eth0", false],
      ["*", "", true],
      ["?", "", false],
    ];
    for (const [pattern, name, expected] of cases)
      assert.equal(holds(like(pattern), frame(name)), expected, `${pattern} ${name}`);
  });
});
