// What C and TypeScript share is laid out as typed arrays can read it, and without bytes that nobody fills in.
import assert from "node:assert/strict";
import test from "node:test";
import * as layout from "../../../compiler/schema/generated/layout.js";

interface Shape {
  readonly size: number;
  readonly struct?: string;
  readonly element?: { readonly size: number; readonly struct?: string };
}
interface Struct {
  readonly size: number;
  readonly members: Readonly<Record<string, Shape & { readonly offset: number }>>;
}
const structs: Readonly<Record<string, Struct>> = layout.structs;

const alignmentOf = (shape: Shape): number => {
  const inner = shape.element ?? shape;
  if (inner.struct === undefined) return inner.size;
  const struct = structs[inner.struct];
  assert.ok(struct, `struct ${inner.struct} is not generated`);
  return Math.max(...Object.values(struct.members).map(alignmentOf));
};

for (const [name, { size, members }] of Object.entries(structs)) {
  test(`struct ${name} has natural alignment and no holes`, () => {
    let end = 0;
    for (const [member, shape] of Object.entries(members)) {
      assert.equal(shape.offset % alignmentOf(shape), 0, `${member} is not aligned`);
      assert.equal(shape.offset, end, `a hole before ${member}`);
      end = shape.offset + shape.size;
    }
    // The last two bytes of struct layout are what rounds it up in an array.
    assert.ok(size - end < 8 && size % Math.max(...Object.values(members).map(alignmentOf)) === 0);
    if (name === "frame" || name === "window") assert.equal(size % 8, 0);
  });
}

test("arrays have the lengths that the constants say", () => {
  const { structs: s } = layout;
  assert.equal(s.window.members.bytes.count, layout.WINDOW);
  assert.equal(s.counters.members.slots.count, layout.SLOTS);
  assert.equal(s.section_stack.members.frames.count, layout.STACK_DEPTH);
  assert.equal(s.slot.members.wants.count, layout.SECTIONS);
  assert.equal(s.layout.members.offset.count, layout.SECTIONS);
});

test("two CPUs never count in one cache line", () => {
  assert.equal(layout.structs.counters.size % 64, 0);
});

test("the verifier can see an aligned access to a header of a packet with a link layer", () => {
  // load_be16() of bpf/include/window.bpf.h reads two bytes at even offsets of the window.
  assert.equal(layout.structs.window.members.bytes.offset % 8, 0);
});

test("every enum constant is there by name, once in its enum and once on its own", () => {
  const all: Readonly<Record<string, unknown>> = { ...layout };
  for (const constants of Object.values(layout.enums)) {
    for (const [name, value] of Object.entries(constants)) assert.equal(all[name], value);
  }
  assert.deepEqual(Object.keys(layout.enums.access), ["ACCESS_TYPED", "ACCESS_PROBE"]);
});
