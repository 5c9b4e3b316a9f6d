// What `probe` and `probe.type` are at an attach point, as text that a script compares with.
import type { PlannedProbe } from "../plan/plan.js";

export function probeText(probe: Pick<PlannedProbe, "kind" | "name">, what: "name" | "type"): string {
  return what === "name" ? probe.name : probe.kind;
}
