// The JSON that an event has beside its structs -> what of it is shown, checked: a file may say anything.
import { structs } from "../../compiler/schema/generated/layout.js";
import type { Strings } from "./names.js";
import { shownText } from "./shown-text.js";

export interface Extra {
  readonly startup: Startup | null;
  readonly detrace: Detrace | null;
  /** What sorting has added to a flow lookup. */
  readonly flow: Flow | null;
}

export interface Startup {
  readonly version: string | null;
  readonly commandLine: string | null;
  readonly machine: readonly [release: string, version: string, hardware: string] | null;
  /** Number in a rotated set. */
  readonly fileId: number | null;
  /** CLOCK_REALTIME minus CLOCK_MONOTONIC, ns. */
  readonly clockOffset: bigint | null;
}

export interface Flow {
  readonly dpflow: string;
  readonly ofpflows: readonly string[];
}

export interface Detrace extends Flow {
  readonly ufid: readonly number[];
}

type Json = Readonly<Record<string, unknown>>;

const extraMember = structs.section_extra.members.json;
const NOTHING: Extra = { startup: null, detrace: null, flow: null };

/** `section`: where struct section_extra begins. */
export function readExtra(view: DataView, section: number, strings: Strings): Extra {
  const value = parsed(strings.text(view.getUint32(section + extraMember.offset, true)));
  if (value === null) return NOTHING;
  const startup = objectOf(value["startup"]);
  const detrace = objectOf(value["ovs-detrace"]);
  const flow = objectOf(value["ovs"]);
  return {
    startup: startup === null ? null : startupOf(startup),
    detrace: detrace === null ? null : { ...flowOf(detrace), ufid: ufidOf(detrace["ufid"]) },
    flow: flow === null ? null : flowOf(flow),
  };
}

function startupOf(startup: Json): Startup {
  const machine = objectOf(startup["machine"]);
  const offset = objectOf(startup["clock_monotonic_offset"]);
  const [seconds, nanoseconds] = [integerOf(offset?.["sec"]), integerOf(offset?.["nsec"])];
  return {
    version: textOf(startup["retis_version"]),
    commandLine: textOf(startup["cmdline"]),
    machine:
      machine === null
        ? null
        : [
            textOf(machine["kernel_release"]) ?? "",
            textOf(machine["kernel_version"]) ?? "",
            textOf(machine["hardware_name"]) ?? "",
          ],
    fileId: integerOf(objectOf(startup["split_file"])?.["id"]),
    clockOffset:
      seconds === null || nanoseconds === null
        ? null
        : BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds),
  };
}

const flowOf = (json: Json): Flow => ({
  dpflow: textOf(json["dpflow"]) ?? "",
  ofpflows: listOf(json["ofpflows"]).flatMap((flow) => textOf(flow) ?? []),
});

const ufidOf = (value: unknown): readonly number[] =>
  [0, 1, 2, 3].map((word) => integerOf(listOf(value)[word]) ?? 0);

function parsed(text: string): Json | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null;
  }
}

const objectOf = (value: unknown): Json | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
const textOf = (value: unknown): string | null => (typeof value === "string" ? shownText(value) : null);
const integerOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isSafeInteger(value) ? value : null;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
