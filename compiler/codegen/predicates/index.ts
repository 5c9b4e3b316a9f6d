// User space's verdict: tests and values of a plan as closures over its frames.
import type { Value } from "../../schema/value.js";
import type { FramePlan } from "./frame.js";
import { bigIntOf, isNumber, numberOf } from "./value.js";

export type { FramePlan, FrameTest } from "./frame.js";
export { trackingId } from "./string.js";
export { compileTest, type RegexHook } from "./test.js";

/** The value of a frame that begins at `at`; null: absent. A BigInt only where 53 bits might not do. */
export type FrameValue = (view: DataView, at: number) => number | bigint | null;

export function compileValue(value: Value, plan: FramePlan): FrameValue {
  if (!isNumber(value, plan)) return bigIntOf(value, plan);
  const number = numberOf(value, plan);
  return (view, at) => {
    const found = number(view, at);
    return Number.isNaN(found) ? null : found;
  };
}
