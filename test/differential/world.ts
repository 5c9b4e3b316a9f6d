// Generated code in the kernel, on packets that a test made up: decide() alone, or all that happens on a hit.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plan } from "../../compiler/plan/plan.js";
import {
  STACK_READS_ANY,
  STACK_READS_FIXED,
  STACK_READS_INITIALIZED,
} from "../../compiler/schema/generated/layout.js";
import { BpfError, type BpfObject } from "../../runtime/addon/addon.js";
import { encodeReadOnlyData } from "../../runtime/attach/read-only-data.js";
import { addon } from "../unit/addon/fixture.js";
import { kernel, layOutObjects, memoryOf, SKB } from "./memory.js";
import type { PacketCase } from "./packets.js";

export { cannotLoad } from "../unit/addon/fixture.js";

const repository = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/** The plan's clauses are tested at these two slots. */
export type Slot = 0 | 1;

/** What kfree_skb has beside the packet. */
export interface Arguments {
  readonly reason: number;
  readonly location: bigint;
}

const compiled = new Map<string, Buffer>();

/** A C file beside this one -> object. */
function compileC(name: string): Buffer {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "retis-differential-"));
  try {
    const output = join(folder, "program.o");
    execFileSync("clang-16", [
      ..."-O2 -g -target bpf -mcpu=v3 -Wall -Werror -Wno-unused-function -D__TARGET_ARCH_x86".split(" "),
      `-I${join(repository, "bpf")}`,
      ...["-c", join(repository, "test/differential", name), "-o", output],
    ]);
    const object = readFileSync(output);
    compiled.set(name, object);
    return object;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export class World {
  readonly #object: BpfObject;
  readonly #context: BigUint64Array;
  readonly #self: bigint;
  readonly #answer: { readonly map: string; readonly offset: number };

  private constructor(object: BpfObject, { reason, location }: Arguments) {
    this.#object = object;
    const memory = Buffer.from(object.mmapMap("world"));
    object.testRun("locate", new BigUint64Array(0));
    this.#self = memory.readBigUInt64LE(0);
    this.#context = BigUint64Array.of(this.#self + BigInt(SKB), location, BigInt(reason));
    const answer = object.variable("answer")!;
    this.#answer = { map: answer.section, offset: answer.offset };
    layOutObjects(memory, this.#self);
  }

  /** decide() on windows that are ready. */
  static deciding(elf: Uint8Array, args: Arguments): World {
    return new World(load(openObject("decide.bpf.c", elf)), args);
  }

  /** The whole program: it finds the packet, walks its headers, and emits frames. */
  static whole(elf: Uint8Array, plan: Plan, args: Arguments): World {
    const open = (stackReads: number): BpfObject => {
      const object = openObject("whole.bpf.c", elf);
      object.setMapSize("events", RING_BYTES);
      object.setMapSize("counters", 1024);
      for (const { variable, bytes } of encodeReadOnlyData(plan, "probe", stackReads)) {
        const place = object.variable(variable)!;
        object.setData(place.section, place.offset, bytes);
      }
      return object;
    };
    const object = loadFirst(
      kernel.features.variableStackReads
        ? [() => open(STACK_READS_ANY), () => open(STACK_READS_INITIALIZED)]
        : [() => open(STACK_READS_FIXED)],
    );
    const enabled = object.variable("enabled")!;
    new Uint32Array(object.mmapMap(enabled.section), enabled.offset, 1)[0] = 1;
    return new World(object, args);
  }

  run(slot: Slot, packets: readonly PacketCase[]): BigUint64Array {
    return this.#object.testRunBatch({
      program: `verdict_${slot}`,
      context: this.#context,
      map: "world",
      offset: SKB,
      packets: packets.map((packet) => memoryOf(packet, this.#self)),
      result: this.#answer,
    });
  }

  /** On the packets of this machine too, as slot 0; until close(). */
  attach(tracepoint: string): void {
    this.#object.attach("verdict_0", { kind: "raw_tracepoint", name: tracepoint });
  }

  /** The frames of all runs so far, in order. */
  frames(): Promise<readonly Buffer[]> {
    return framesIn(this.#object);
  }

  close(): void {
    this.#object.close();
  }
}

const RING_BYTES = 1 << 20;

/** What the ring holds. */
export async function framesIn(object: BpfObject): Promise<readonly Buffer[]> {
  const frames: Buffer[] = [];
  const batch = Buffer.from(new SharedArrayBuffer(RING_BYTES));
  const drain = new (addon().Drain)(object, "events", [batch], (index, bytes) => {
    for (let at = 0; at < bytes; ) {
      const size = batch.readUInt32LE(at);
      frames.push(Buffer.from(batch.subarray(at, at + size)));
      at += (size + 7) & ~7;
    }
    drain.release(index);
  });
  await drain.stop();
  return frames;
}

function openObject(name: string, elf: Uint8Array): BpfObject {
  const object = new (addon().BpfObject)(addon().link([compileC(name), elf]));
  for (const program of ["locate", "verdict_0", "verdict_1"]) object.setAutoload(program, true);
  return object;
}

function loadFirst(attempts: readonly (() => BpfObject)[]): BpfObject {
  const [first, ...rest] = attempts;
  try {
    return load(first!());
  } catch (error) {
    if (rest.length === 0) throw error;
    return loadFirst(rest);
  }
}

/** Fails with the verifier's whole log. */
function load(object: BpfObject): BpfObject {
  try {
    object.load();
    return object;
  } catch (error) {
    const log = error instanceof BpfError ? `\n${error.fullVerifierLog ?? object.log()}` : "";
    object.close();
    throw new Error(`${String(error)}${log}`);
  }
}
