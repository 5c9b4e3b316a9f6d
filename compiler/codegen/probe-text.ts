// What `probe` and `probe.type` are at an attach point, as text that a script compares with.
import type { ProbeName } from "../plan/probe-name.js";

export function probeText(probe: ProbeName, what: "name" | "type"): string {
  return what === "name" ? probe.name : probe.kind;
}
