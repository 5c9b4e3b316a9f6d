// Sections that have no struct, as Retis' text: the start of a file, flows of Open vSwitch. They are rare, and read from
// their JSON when they are shown.
import { structs } from "../../compiler/schema/generated/layout.js";
import type { Strings } from "./names.js";
import { ufidOf } from "./ovs-text.js";

/** The JSON object of an event's extra section. */
export interface Extra {
  readonly startup?: Startup;
  readonly "ovs-detrace"?: Detrace;
  readonly ovs?: { readonly dpflow?: string; readonly ofpflows?: readonly string[] };
}

interface Startup {
  readonly retis_version?: string;
  readonly cmdline?: string;
  readonly machine?: {
    readonly kernel_release?: string;
    readonly kernel_version?: string;
    readonly hardware_name?: string;
  };
  readonly split_file?: { readonly id: number };
  readonly clock_monotonic_offset?: { readonly sec: number; readonly nsec: number };
}

interface Detrace {
  readonly ufid?: readonly number[];
  readonly dpflow?: string;
  readonly ofpflows?: readonly string[];
}

/** `section`: where struct section_extra begins. */
export function readExtra(view: DataView, section: number, strings: Strings): Extra {
  const id = view.getUint32(section + structs.section_extra.members.json.offset, true);
  const value: unknown = JSON.parse(strings.text(id));
  return typeof value === "object" && value !== null ? value : {};
}

/** Lines of the section, those after the first indented as Retis indents what it continues. */
export type Lines = readonly string[];

export function startupLines({ retis_version, cmdline, machine, split_file }: Startup): Lines {
  const lines: string[] = [];
  if (retis_version !== undefined) lines.push(`collected with Retis ${retis_version}`);
  if (machine !== undefined)
    lines.push(
      `on machine ${machine.kernel_release ?? ""} ${machine.kernel_version ?? ""} ${machine.hardware_name ?? ""}`.trimEnd(),
    );
  if (split_file !== undefined) lines.push(`file id ${split_file.id}`);
  if (cmdline !== undefined) lines.push(`cmdline ${cmdline}`);
  return lines;
}

/** `ufid:… {dpflow}` and `openflow:` with the flows, which continue below. */
export function detraceText(
  { ufid, dpflow, ofpflows }: Detrace,
  gap: string,
  deeper: string,
  single: boolean,
): string {
  let text = `ufid:${ufidOf(ufid ?? [0, 0, 0, 0])} ${dpflow ?? ""}`;
  if (ofpflows !== undefined && ofpflows.length > 0)
    text += single ? ` openflow: ${ofpflows.join(" ")}` : `${gap}openflow:${ofpflows.join(deeper)}`;
  return text;
}

/** What sorting has added to a flow lookup. */
export function flowText(
  dpflow: string,
  ofpflows: readonly string[],
  gap: string,
  deeper: string,
  single: boolean,
): string {
  let text = dpflow === "" ? "" : `${gap}odpflow ${dpflow}`;
  if (ofpflows.length > 0)
    text += single
      ? ` openflow ${ofpflows.join(" ")}`
      : `${gap}openflow${ofpflows.map((flow) => deeper + flow).join("")}`;
  return text;
}
