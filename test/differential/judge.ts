// One batch of predicates on all packets: the kernel's verdicts, those of user space's closures, and the reference's.
import { compileTest, type RegexHook } from "../../compiler/codegen/predicates/index.js";
import type { Test } from "../../compiler/plan/predicate.js";
import { FRAME_SIZE, hitOf, writeFrame } from "./frames.js";
import type { PacketCase } from "./packets.js";
import { planOf } from "./plans.js";
import { type Hit, holds, stringOf } from "./reference.js";
import type { Arguments, Slot } from "./world.js";

/** Bits of a frame's `clauses`. */
export const MAX_CLAUSES = 64;

export const show = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));

export const showPacket = ({ bytes, ...rest }: PacketCase): string =>
  `${show(rest)} ${Buffer.from(bytes).toString("hex")}`;

export interface UserVerdicts {
  readonly closure: boolean;
  readonly reference: boolean;
}

/** By packet, then by predicate. */
export function userVerdicts(
  tests: readonly Test[],
  packets: readonly PacketCase[],
  slot: Slot,
  args: Arguments,
): readonly (readonly UserVerdicts[])[] {
  const plan = planOf(tests);
  const closures = tests.map((test) => compileTest(test, plan));
  // Frames lie anywhere in a batch: not at its start.
  const at = 40;
  const batch = Buffer.alloc(at + FRAME_SIZE);
  const frame = batch.subarray(at);
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  return packets.map((packet) => {
    writeFrame(frame, packet, slot, args);
    const hit = hitOf(packet, slot, args, plan.probes[slot]!);
    return tests.map((test, index) => ({
      closure: closures[index]!(view, at),
      reference: holds(test, hit),
    }));
  });
}

export const bit = (verdicts: bigint, clause: number): boolean => ((verdicts >> BigInt(clause)) & 1n) === 1n;

/** Regular expressions, which the sandbox runs in a trace: here on the hit that is looked at. */
export class Looking {
  #hit: Hit | null = null;

  at(hit: Hit): void {
    this.#hit = hit;
  }

  readonly regex: RegexHook = ({ source, flags, subject }) => {
    const expression = new RegExp(source, flags);
    return () => {
      if (this.#hit === null || subject.kind === "field") throw new Error("no text is looked at");
      const text =
        subject.kind === "probe" ? this.#hit.probe[subject.what] : stringOf(subject.load, this.#hit);
      return text !== null && expression.test(text);
    };
  };
}
