// Plan -> the bytes of the C's read-only data: `slots[]` and `layout`, encoded by the layout that BTF gives.

import type { FrameLayout, Plan, PlannedProbe } from "../../compiler/plan/plan.js";
import { ACCESS_PROBE, ACCESS_TYPED, structs } from "../../compiler/schema/generated/layout.js";
import { COLLECTED_SECTIONS } from "../../compiler/schema/section-bits.js";

const slot = structs.slot.members;
const layout = structs.layout.members;

/**
 * The variables of bpf/include/maps.bpf.h that a plan decides. `stackReads`: enum stack_reads. `inlined`: probes whose
 * programs have decide() inline.
 */
export function encodeReadOnlyData(
  plan: Pick<Plan, "probes" | "layout">,
  access: "typed" | "probe",
  stackReads: number,
  inlined: ReadonlySet<PlannedProbe> = new Set(),
): readonly { readonly variable: string; readonly bytes: Buffer }[] {
  const reads = Buffer.alloc(4);
  reads.writeUInt32LE(stackReads);
  return [
    { variable: "slots", bytes: encodeSlots(plan.probes, access, inlined) },
    { variable: "layout", bytes: encodeLayout(plan.layout) },
    { variable: "stack_reads", bytes: reads },
  ];
}

/** struct slot[] for all probes, in slot order. */
function encodeSlots(
  probes: readonly PlannedProbe[],
  access: "typed" | "probe",
  inlined: ReadonlySet<PlannedProbe>,
): Buffer {
  const bytes = Buffer.alloc(structs.slot.size * probes.length);
  for (const probe of probes) {
    const at = probe.slot * structs.slot.size;
    COLLECTED_SECTIONS.forEach((section, index) => {
      bytes.writeBigUInt64LE(probe.wants[section], at + slot.wants.offset + index * slot.wants.element.size);
    });
    bytes.writeUInt16LE(probe.window, at + slot.window.offset);
    bytes.writeUInt8(access === "typed" ? ACCESS_TYPED : ACCESS_PROBE, at + slot.access.offset);
    bytes.writeUInt8(probe.vlan ? 1 : 0, at + slot.vlan.offset);
    bytes.writeUInt8(inlined.has(probe) ? 1 : 0, at + slot.inlined.offset);
    bytes.writeInt8(probe.arguments.skb ?? -1, at + slot.skb.offset);
    bytes.writeInt8(probe.arguments.reason ?? -1, at + slot.reason.offset);
    bytes.writeInt8(probe.arguments.location ?? -1, at + slot.location.offset);
  }
  return bytes;
}

/** struct layout. */
function encodeLayout(plan: FrameLayout): Buffer {
  const bytes = Buffer.alloc(structs.layout.size);
  COLLECTED_SECTIONS.forEach((section, index) => {
    bytes.writeUInt16LE(
      plan.offsets[section] ?? 0,
      layout.offset.offset + index * layout.offset.element.size,
    );
  });
  bytes.writeUInt16LE(plan.bytes, layout.bytes.offset);
  bytes.writeUInt16LE(plan.snap, layout.snap.offset);
  plan.classes.forEach((size, index) => {
    bytes.writeUInt16LE(size, layout.class_snap.offset + index * layout.class_snap.element.size);
  });
  return bytes;
}
