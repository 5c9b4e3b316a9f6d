// A plan and its generated object -> programs that are loaded and attached. Nothing stays behind: what is attached is
// held by descriptors of this process only.
import { readFileSync } from "node:fs";
import type { Generated } from "../../compiler/codegen/bpf/index.js";
import type { KernelFeatures } from "../../compiler/kernel-facts.js";
import type { Plan, PlannedProbe } from "../../compiler/plan/plan.js";
import {
  MARKER_DECIDE,
  STACK_READS_ANY,
  STACK_READS_FIXED,
  STACK_READS_INITIALIZED,
} from "../../compiler/schema/generated/layout.js";
import { type Addon, BpfError, type BpfObject, type ProgramInfo } from "../addon/addon.js";
import { resource } from "../resources.js";
import { Counters } from "./counters.js";
import { explainBpfError } from "./explain-error.js";
import { encodeReadOnlyData } from "./read-only-data.js";
import { DEFAULT_RING_BYTES, ringBytes } from "./ring-size.js";

/** A running trace's kernel side. */
export interface Attached {
  readonly object: BpfObject;
  readonly counters: Counters;
  /** All probes begin at once. */
  enable(): void;
  /** No program runs after this returns; the ring and the counters can still be read. */
  detach(): void;
  programInfo(probe: PlannedProbe): ProgramInfo;
  close(): void;
}

const programName = (probe: PlannedProbe): string => `tp_btf_${probe.slot}`;

/** Fails with a SystemError that names the clause, when the verifier refuses it, or the missing privilege. */
export function attach(
  addon: Addon,
  plan: Plan,
  generated: Pick<Generated, "elf" | "inline">,
  features: KernelFeatures,
): Attached {
  const objects = kernelObjects(plan, features).map((name) => readFileSync(resource(`bpf/${name}.bpf.o`)));
  const linked = addon.link([...objects, generated.elf]);
  let object: BpfObject | null = null;
  try {
    object = load({ addon, plan, linked, inline: generated.inline }, features);
    return attachAll(object, plan);
  } catch (error) {
    object?.close();
    if (error instanceof BpfError) throw explainBpfError(error, plan);
    throw error;
  }
}

/** The compiled C that this kernel can run, and that the script needs. */
function kernelObjects(plan: Plan, features: KernelFeatures): readonly string[] {
  const programs = features.readOnlyCasts ? "tp_btf_cast" : "tp_btf";
  const tasks = plan.sections.some(({ section }) => section === "task") && features.taskContext;
  return tasks ? [programs, "preempt_count"] : [programs];
}

function attachAll(object: BpfObject, plan: Plan): Attached {
  const links = plan.probes.map((probe) => object.attach(programName(probe), { kind: "trace" }));
  const flag = variableOf(object, "enabled");
  const enabled = new Uint32Array(object.mmapMap(flag.section), flag.offset, 1);
  return {
    object,
    counters: new Counters(object.mmapMap("counters"), possibleCpus()),
    enable: () => Atomics.store(enabled, 0, 1),
    detach: () => {
      Atomics.store(enabled, 0, 0);
      for (const link of links) link.detach();
    },
    programInfo: (probe) => object.programInfo(programName(probe)),
    close: () => object.close(),
  };
}

interface Loading {
  readonly addon: Addon;
  readonly plan: Plan;
  readonly linked: Buffer;
  readonly inline: Uint8Array | null;
}

function load(loading: Loading, features: KernelFeatures): BpfObject {
  if (!features.variableStackReads) return loadAs(loading, STACK_READS_FIXED);
  try {
    return loadAs(loading, STACK_READS_ANY);
  } catch (error) {
    // From 5.12 to 6.2 the verifier wants every byte written that an offset might reach; nothing but trying tells.
    if (
      error instanceof BpfError &&
      error.code === "EACCES" &&
      /invalid( indirect| variable-offset)? read from stack/.test(error.fullVerifierLog ?? "")
    )
      return loadAs(loading, STACK_READS_INITIALIZED);
    throw error;
  }
}

function loadAs({ addon, plan, linked, inline }: Loading, stackReads: number): BpfObject {
  const object = new addon.BpfObject(linked);
  try {
    for (const probe of plan.probes) {
      object.setAutoload(programName(probe), true);
      object.setAttachTarget(programName(probe), probe.target);
    }
    const inlined = plan.probes.filter(
      (probe) => inline !== null && object.insertCode(programName(probe), MARKER_DECIDE, inline),
    );
    object.setMapSize("events", ringBytes(plan.settings.buffer ?? DEFAULT_RING_BYTES));
    object.setMapSize("counters", possibleCpus());
    for (const { variable, bytes } of encodeReadOnlyData(plan, "typed", stackReads, new Set(inlined))) {
      const { section, offset } = variableOf(object, variable);
      object.setData(section, offset, bytes);
    }
    object.load();
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

function variableOf(object: BpfObject, name: string): { readonly section: string; readonly offset: number } {
  const variable = object.variable(name);
  if (variable === null) throw new Error(`the kernel objects have no variable ${name}`);
  return variable;
}

/** How many struct counters there are: CPUs that could be switched on, `0-3` or `0-1,4`. */
function possibleCpus(): number {
  const list = readFileSync("/sys/devices/system/cpu/possible", "utf8").trim();
  return Number(list.split(/[-,]/).at(-1) ?? "0") + 1;
}
