// Sections that have no struct, as Retis' text: the start of a file, flows of Open vSwitch.
import { ufidOf } from "./ovs-text.js";
import type { Detrace, Flow, Startup } from "./read-extra.js";

/** Lines of the section, those after the first indented as Retis indents what it continues. */
export type Lines = readonly string[];

export function startupLines({ version, commandLine, machine, fileId }: Startup): Lines {
  const lines: string[] = [];
  if (version !== null) lines.push(`collected with Retis ${version}`);
  if (machine !== null) lines.push(`on machine ${machine.join(" ")}`.trimEnd());
  if (fileId !== null) lines.push(`file id ${fileId}`);
  if (commandLine !== null) lines.push(`cmdline ${commandLine}`);
  return lines;
}

/** `ufid:… {dpflow}` and `openflow:` with the flows, which continue below. */
export function detraceText(
  { ufid, dpflow, ofpflows }: Detrace,
  gap: string,
  deeper: string,
  single: boolean,
): string {
  let text = `ufid:${ufidOf(ufid)} ${dpflow}`;
  if (ofpflows.length > 0)
    text += single ? ` openflow: ${ofpflows.join(" ")}` : `${gap}openflow:${ofpflows.join(deeper)}`;
  return text;
}

/** What sorting has added to a flow lookup. */
export function flowText({ dpflow, ofpflows }: Flow, gap: string, deeper: string, single: boolean): string {
  let text = dpflow === "" ? "" : `${gap}odpflow ${dpflow}`;
  if (ofpflows.length > 0)
    text += single
      ? ` openflow ${ofpflows.join(" ")}`
      : `${gap}openflow${ofpflows.map((flow) => deeper + flow).join("")}`;
  return text;
}
