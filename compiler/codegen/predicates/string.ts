// Strings of a frame: bytes up to the NUL, compared as bytes.
import type { StringLoad } from "../../schema/value.js";
import { globBytes } from "../glob.js";
import { utf8 } from "../utf8.js";
import { type FramePlan, type FrameTest, placeMember } from "./frame.js";

const never: FrameTest = () => false;

export function stringTest(load: StringLoad, text: string, negated: boolean, plan: FramePlan): FrameTest {
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
