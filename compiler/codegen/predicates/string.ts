// Strings of a frame: bytes up to the NUL, compared as bytes.
import type { FrameLayout } from "../../plan/plan.js";
import { structs } from "../../schema/generated/layout.js";
import type { StringLoad } from "../../schema/value.js";
import { globBytes } from "../glob.js";
import { utf8 } from "../utf8.js";
import { type FramePlan, type FrameTest, placeMember } from "./frame.js";

const never: FrameTest = () => false;

/** The text of a string that stored frames have by number or in parts; null: absent. */
type StoredText = (view: DataView, at: number) => string | null;

/** Null: the string stands in the frame byte by byte. */
function storedText(load: StringLoad, plan: FramePlan): StoredText | null {
  if (load.from !== "interned" && load.from !== "tracking-id") return null;
  const place = placeMember(load.frame, plan);
  if (place === null) return () => null;
  const { offset, present } = place;
  if (load.from === "interned") {
    const { strings } = plan;
    return (view, at) =>
      present(view, at) ? (strings?.text(view.getUint32(at + offset, true)) ?? null) : null;
  }
  return (view, at) => (present(view, at) ? trackingId(view, plan.layout, at) : null);
}

/** As events show it: when the packet was first seen and where its data was, as one number of 128 bits. */
export function trackingId(view: DataView, layout: FrameLayout, at: number): string {
  const section = at + (layout.offsets.tracking ?? 0);
  const { timestamp, orig_head } = structs.section_tracking.members;
  const time = view.getBigUint64(section + timestamp.offset, true);
  return ((time << 64n) | view.getBigUint64(section + orig_head.offset, true)).toString(16);
}

export function stringTest(load: StringLoad, text: string, negated: boolean, plan: FramePlan): FrameTest {
  const stored = storedText(load, plan);
  if (stored !== null)
    return (view, at) => {
      const found = stored(view, at);
      return found !== null && (found === text) !== negated;
    };
  const place = placeMember(load.frame, plan);
  if (place === null) return never;
  const { offset, present } = place;
  const bytes = [...utf8(text), 0];
  // Without room for the NUL no string of the kernel is that long.
  if (bytes.length > load.size) return (view, at) => negated && present(view, at);
  return (view, at) => {
    if (!present(view, at)) return false;
    for (let index = 0; index < bytes.length; index += 1)
      if (view.getUint8(at + offset + index) !== bytes[index]) return negated;
    return !negated;
  };
}

export function globTest(load: StringLoad, pattern: string, plan: FramePlan): FrameTest {
  const stored = storedText(load, plan);
  if (stored !== null) {
    const fits = globBytes(pattern);
    return (view, at) => {
      const found = stored(view, at);
      if (found === null) return false;
      const bytes = utf8(found);
      return fits((index) => bytes[index] ?? 0, 0, bytes.length);
    };
  }
  const place = placeMember(load.frame, plan);
  if (place === null) return never;
  const { offset, present, size } = place;
  const matches = globBytes(pattern);
  return (view, at) => {
    if (!present(view, at)) return false;
    const start = at + offset;
    let end = start;
    while (end < start + size && view.getUint8(end) !== 0) end += 1;
    return matches((index) => view.getUint8(index), start, end);
  };
}
